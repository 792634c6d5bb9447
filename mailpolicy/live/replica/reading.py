"""From what a server says of an entry to the entry as we keep it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ...errors import InvalidDN
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...schema.dialects import Dialect
from ...snapshot import Finding
from ...snapshot.load import Layouts
from ..backend import Attributes

__all__ = [
    "COMPUTED",
    "ENTRY_CSN",
    "ENTRY_UUID",
    "MODIFIED",
    "MODIFIER",
    "Reader",
    "csn_of",
    "is_older",
    "is_uuid",
    "uuid_in",
    "uuid_of",
]

ENTRY_UUID: Final = "entryUUID"
ENTRY_CSN: Final = "entryCSN"
MODIFIED: Final = "modifyTimestamp"
MODIFIER: Final = "modifiersName"

COMPUTED: Final = frozenset(
    ("entryDN", "subschemaSubentry", "hasSubordinates", "numSubordinates", "contextCSN")
)
"""What a server works out while it is read, and the state of the database, which changes all the time
without the entry that bears it. No dump has the former, and none of them says anything about the entry."""

UUID: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Reader:
    """Makes entries for the snapshots of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._layouts = Layouts(dialect.definitions, without=COMPUTED)

    def entry(self, dn: str, attributes: Attributes) -> Entry | Finding:
        """The entry, or what is wrong with it, so that it cannot be one of ours."""
        try:
            name = DN(dn)
        except InvalidDN as problem:
            return unreadable(dn, f"a name that cannot be read: {problem.expected} is missing")
        entry = self._layouts.entry(name, attributes)
        # Looked for where it stands in what was sent: taking values out of an entry costs much more.
        if not is_uuid(attributes.get(ENTRY_UUID, ())) and uuid_of(entry) is None:
            return unreadable(dn, "no entryUUID, by which alone it could be followed")
        return entry


def unreadable(dn: str, why: str) -> Finding:
    return Finding("broken-record", f"the server shows an entry with {why}. It is left out", dn=dn)


def is_uuid(values: Sequence[bytes]) -> bool:
    """Whether that is one UUID as an attribute has it."""
    return len(values) == 1 and UUID.fullmatch(values[0]) is not None


def uuid_in(values: Sequence[bytes]) -> bytes | None:
    """The 16 bytes of a UUID as an attribute has it; None where there is none."""
    if not is_uuid(values):
        return None
    return bytes.fromhex(values[0].replace(b"-", b"").decode("ascii"))


def uuid_of(entry: Entry) -> bytes | None:
    """The 16 bytes of the entry's UUID."""
    return uuid_in(entry.stored(ENTRY_UUID))


def csn_of(entry: Entry) -> bytes:
    """The number of the last change of the entry, by which an older state of it is known; maybe empty."""
    return next(iter(entry.stored(ENTRY_CSN)), b"")


def is_older(entry: Entry, other: Entry) -> bool:
    """Whether an entry is in an earlier state, by the numbers that one server has given both.

    Those of two servers tell nothing: one whose clock is late may have made the later change.
    """
    mine, theirs = csn_of(entry), csn_of(other)
    return mine < theirs and mine.split(b"#")[2:3] == theirs.split(b"#")[2:3]
