"""What a server does after a change without saying so.

OpenLDAP's refint overlay takes an entry that is deleted out of the values that name it, and gives
them the new name of one that is renamed: a moment later, without a new entryCSN and without telling
anybody who follows. So where a name has gone, those that bear it as a value are read again a few times.
So are those that name what is not there: the name may have come and gone while we were not looking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set as AbstractSet
from heapq import heappop, heappush
from itertools import islice
from typing import Final

from ...ldap.entry import Entry
from ...snapshot import Snapshot
from .naming import attributes_naming, named, referrers, values_naming
from .reading import uuid_of
from .steps import EntryChange

__all__ = ["Echoes"]

DELAYS: Final = (0.5, 2.0, 10.0, 60.0)
"""Seconds after which to look: refint takes about 0.3 s for a few referrers, and longer for many."""

MOST_AT_A_TIME: Final = 200
"""Entries to read before it is time to listen again."""

MOST_DANGLING: Final = 2000
"""Where more values lead nowhere, it is the directory that is so."""


class Echoes:
    """Which entries below `base` to read again, and when.

    `now` is in seconds of any clock that never goes back.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._due: list[tuple[float, bytes]] = []
        self._waiting: set[tuple[float, bytes]] = set()

    def expect(
        self, snapshot: Snapshot, gone: AbstractSet[str], changes: Iterable[EntryChange], now: float
    ) -> None:
        """Note who bears a name that has gone, and whose new values lead nowhere."""
        self._note(referrers(snapshot, gone) if gone else (), now)
        self._note((each.after for each in changes if self._dangles(snapshot, each)), now)

    def expect_dangling(self, snapshot: Snapshot, now: float) -> None:
        """Note who bears a value that leads nowhere."""
        names = {name for name in values_naming(snapshot) if self._is_missing(snapshot, name)}
        self._note(islice(referrers(snapshot, names), MOST_DANGLING), now)

    def due(self, now: float) -> list[bytes]:
        """The entries to be read now; some of them, where they are many."""
        found: dict[bytes, None] = {}
        while self._due and self._due[0][0] <= now and len(found) < MOST_AT_A_TIME:
            moment = heappop(self._due)
            self._waiting.discard(moment)
            found[moment[1]] = None
        return list(found)

    def _note(self, entries: Iterable[Entry | None], now: float) -> None:
        for uuid in {uuid_of(entry) for entry in entries if entry is not None} - {None}:
            assert uuid is not None
            for delay in DELAYS:
                moment = now + delay, uuid
                if moment not in self._waiting:
                    self._waiting.add(moment)
                    heappush(self._due, moment)

    def _dangles(self, snapshot: Snapshot, change: EntryChange) -> bool:
        """Whether an entry has got a value that leads nowhere."""
        return any(self._is_missing(snapshot, name) for name in new_names(snapshot, change))

    def _is_missing(self, snapshot: Snapshot, name: str) -> bool:
        base = snapshot.key(self._base)
        return (not base or f",{name}".endswith(f",{base}")) and snapshot.at(name) is None


def new_names(snapshot: Snapshot, change: EntryChange) -> Iterator[str]:
    """The names among the values that an entry did not have before."""
    if change.after is None:
        return
    definitions = snapshot.definitions
    for attribute in attributes_naming(change.after, definitions):
        before = () if change.before is None else change.before.stored(attribute)
        for value in {*change.after.stored(attribute)}.difference(before):
            if (name := named(attribute, value, definitions)) is not None:
                yield name
