"""What is known of accounts and stands in no directory: devices, sessions, last access, mailbox usage."""

from __future__ import annotations

from .accesses import Access, Accesses
from .devices import Devices, KnownDevice
from .file import StoreFile
from .sessions import OpenSession, Sessions
from .usage import MailboxUsage

__all__ = [
    "Access",
    "Accesses",
    "Devices",
    "KnownDevice",
    "MailboxUsage",
    "OpenSession",
    "Sessions",
    "StoreFile",
]
