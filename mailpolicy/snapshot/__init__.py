"""Where entries are: all of a directory at one moment, ways to find them, and changes to them."""

from __future__ import annotations

from .finding import Finding, Severity
from .index import Index, folded_address, folded_domain
from .load import load
from .snapshot import Snapshot

__all__ = [
    "Finding",
    "Index",
    "Severity",
    "Snapshot",
    "folded_address",
    "folded_domain",
    "load",
]
