"""A whole directory from LDIF into a server, and back."""

from __future__ import annotations

from .dump import Dump
from .load import Loading
from .reading import Source
from .report import Outcome, Report, Told

__all__ = ["Dump", "Loading", "Outcome", "Report", "Source", "Told"]
