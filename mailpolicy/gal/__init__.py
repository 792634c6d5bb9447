"""The address book of a domain: whom its people find when they type."""

from __future__ import annotations

from .external import External, ExternalEntry, ExternalSearch
from .found import AddressBook, Found
from .listing import Match
from .search import gal

__all__ = ["AddressBook", "External", "ExternalEntry", "ExternalSearch", "Found", "Match", "gal"]
