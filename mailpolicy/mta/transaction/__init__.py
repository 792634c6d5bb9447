"""One message on its way, for protocols that see all of it: envelope first, headers and body later.

A milter and a server in our own process ask the same questions in the same order; `Transaction` asks them.
"""

from __future__ import annotations

from .addresses import addresses_in
from .filing import FOLDER, SpamHeader
from .headers import Headers, fields_of, unambiguous, without, written
from .parameters import address_of, is_utf8, size_of
from .transaction import Ending, Transaction

__all__ = [
    "FOLDER",
    "Ending",
    "Headers",
    "SpamHeader",
    "Transaction",
    "address_of",
    "addresses_in",
    "fields_of",
    "is_utf8",
    "size_of",
    "unambiguous",
    "without",
    "written",
]
