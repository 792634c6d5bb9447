"""What tells one state of an entry from another: its entryCSN, and the entryUUID that says which entry it is.

A CSN is the moment of a write with the number of the server that took it, so of two the later is the
greater text (RFC 4533 leaves the form open; slapd writes `20250301080000.000000Z#000000#000#000000`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from ...errors import NotFound
from ...ldap.entry import Entry
from ...ldap.url import Scope
from ..backend import Backend

__all__ = ["Stamp", "stamp_at", "stamp_of"]

CSN: Final = "entryCSN"
UUID: Final = "entryUUID"


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
    return Stamp(only(entry.stored(CSN)), only(entry.stored(UUID)))


def stamp_at(backend: Backend, dn: str) -> Stamp | None:
    """The state of an entry on the server; None where there is none that we may see."""
    try:
        found = tuple(backend.search(dn, Scope.BASE, attributes=(CSN, UUID)))
    except NotFound:
        return None
    for _, attributes in found:
        values = {name.lower(): several for name, several in attributes.items()}
        return Stamp(only(values.get(CSN.lower(), ())), only(values.get(UUID.lower(), ())))
    return None


def only(values: Sequence[bytes]) -> str | None:
    return values[0].decode("ascii", "replace") if values else None
