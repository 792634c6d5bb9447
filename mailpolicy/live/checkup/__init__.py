"""What of a server is as a policy host needs it, and what to do about the rest."""

from __future__ import annotations

from .checkup import checkup
from .item import Item, Verdict

__all__ = ["Item", "Verdict", "checkup"]
