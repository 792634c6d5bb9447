"""What a server does after a change without saying so.

OpenLDAP's refint overlay takes an entry that is deleted out of the values that name it, and gives
them the new name of one that is renamed: a moment later, without a new entryCSN and without telling
anybody who follows. So where a name has gone, those that bear it as a value are read again a few times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Final

from ...ldap.definitions import Definitions, Usage
from ...ldap.matching.rules import find_rule
from ...snapshot import Snapshot
from ...snapshot.segment import Segment
from ...snapshot.stored import stored_names, values_of
from .reading import uuid_of
from .steps import EntryChange

__all__ = ["Echoes", "referrers"]

DELAYS: Final = (0.5, 2.0, 10.0, 60.0)
"""Seconds after which to look: refint takes about 0.3 s for a few referrers, and longer for many."""

MOST_AT_A_TIME: Final = 200
"""Entries to read before it is time to listen again."""


class Echoes:
    """Which entries to read again, and when. `now` is in seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self._due: list[tuple[float, bytes]] = []
        self._waiting: set[tuple[float, bytes]] = set()

    def expect(self, snapshot: Snapshot, changes: Iterable[EntryChange], now: float) -> None:
        """Note who bears the names that have gone."""
        gone = frozenset(gone_names(snapshot, changes))
        for uuid in referrers(snapshot, gone) if gone else ():
            for delay in DELAYS:
                moment = now + delay, uuid
                if moment not in self._waiting:
                    self._waiting.add(moment)
                    heappush(self._due, moment)

    def due(self, now: float) -> list[bytes]:
        """The entries to be read now; some of them, where they are many."""
        found: dict[bytes, None] = {}
        while self._due and self._due[0][0] <= now and len(found) < MOST_AT_A_TIME:
            moment = heappop(self._due)
            self._waiting.discard(moment)
            found[moment[1]] = None
        return list(found)


def gone_names(snapshot: Snapshot, changes: Iterable[EntryChange]) -> Iterator[bytes]:
    """The normal forms of names that entries had and have no longer."""
    for change in changes:
        if change.before is not None and (change.after is None or change.after.dn != change.before.dn):
            yield snapshot.key(change.before.dn).encode("utf-8", "surrogateescape")


def referrers(snapshot: Snapshot, forms: frozenset[bytes]) -> set[bytes]:
    """The UUIDs of entries that have one of these names as a value."""
    recent = snapshot.recent.entries
    found = {row for row in rows_naming(snapshot.base, snapshot.definitions, forms) if row not in recent} | {
        *rows_naming(snapshot.recent, snapshot.definitions, forms)
    }
    entries = (snapshot.entry_in(row) for row in found)
    return {uuid for entry in entries if entry is not None and (uuid := uuid_of(entry)) is not None}


def rows_naming(segment: Segment, definitions: Definitions, forms: frozenset[bytes]) -> Iterator[int]:
    for attribute in stored_names(segment).names:
        if names_entries(attribute, definitions):
            index = values_of(segment, attribute)
            for form in forms & index.by_key.keys():
                yield from index[form]


def names_entries(description: str, definitions: Definitions) -> bool:
    """Whether the values of an attribute are names that people give, and not those the server notes down."""
    attribute = definitions.attribute(description.partition(";")[0])
    rule = None if attribute is None else find_rule(attribute.equality)
    return (
        attribute is not None
        and attribute.usage is Usage.USER_APPLICATIONS
        and rule is not None
        and rule.is_name
    )
