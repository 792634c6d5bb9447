"""What tells one state of an entry from another: its entryCSN, and the entryUUID that says which entry it is.

A CSN is the moment of a write with the number of the server that took it, so of two the later is the
greater text (RFC 4533 leaves the form open; slapd writes `20250301080000.000000Z#000000#000#000000`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from ..errors import NotFound
from ..ldap.entry import Entry
from ..ldap.url import Scope
from .backend import Attributes, Backend

__all__ = ["ENTRY_CSN", "ENTRY_UUID", "Stamp", "stamp_at", "stamp_in", "stamp_of"]

ENTRY_CSN: Final = "entryCSN"
ENTRY_UUID: Final = "entryUUID"


@frozen
class Stamp:
    """The state of an entry; None for what is not shown to us."""

    csn: str | None = None
    uuid: str | None = None

    def contradicts(self, other: Stamp) -> bool:
        """Whether these are two states, as far as both say."""
        csns, uuids = {self.csn, other.csn} - {None}, {self.uuid, other.uuid} - {None}
        return len(csns) > 1 or len(uuids) > 1


def stamp_of(entry: Entry) -> Stamp:
    """The state of an entry that we have."""
    return Stamp(only(entry.stored(ENTRY_CSN)), only(entry.stored(ENTRY_UUID)))


def stamp_in(attributes: Attributes) -> Stamp:
    """The state of an entry as a server sends it."""
    values = {name.lower(): several for name, several in attributes.items()}
    return Stamp(only(values.get(ENTRY_CSN.lower(), ())), only(values.get(ENTRY_UUID.lower(), ())))


def stamp_at(backend: Backend, dn: str) -> Stamp | None:
    """The state of an entry on the server; None where there is none that we may see."""
    try:
        found = tuple(backend.search(dn, Scope.BASE, attributes=(ENTRY_CSN, ENTRY_UUID)))
    except NotFound:
        return None
    return stamp_in(found[0][1]) if found else None


def only(values: Sequence[bytes]) -> str | None:
    return values[0].decode("ascii", "replace") if values else None
