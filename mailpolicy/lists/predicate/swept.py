"""The values of all objects for one subject, and the rows that have each: for any number of clauses.

A filter may ask the same of a thousand values, and a thousand filters the same of one. So what applies is
swept once for each version of a directory, and a clause is tried once on each different value.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from ...reasons import Level
from ...snapshot import Snapshot
from ...snapshot.facets import LEVEL
from ...snapshot.postings import Posting, Postings
from ...snapshot.remembering import remember
from ...snapshot.rows import NONE, Rows
from .comparing import SameText, ValueTest
from .subjects import Subject

__all__ = ["Swept", "sweep_of"]

MOST_REMEMBERED: Final = 32
"""Of how many subjects a snapshot remembers the values."""

FEW: Final = 64
"""Up to so many different values each is tried: that is sooner done than looking them up by their text."""


class Swept:
    """The values of one subject, and the rows of all who have one or might have."""

    __slots__ = ("_by_value", "_texts", "_values", "rows")

    def __init__(self, rows: Rows, values: Mapping[int, Any], by_value: Postings[int]) -> None:
        self.rows = rows
        self._values = values
        self._by_value = by_value.by_key
        self._texts: dict[Hashable, Mapping[bytes | None, list[int]]] = {}

    def passing(self, test: ValueTest) -> Rows:
        """The rows whose values pass."""
        if isinstance(test, SameText) and len(self._values) > FEW:
            return self._united(self._by_text(test).get(test.wanted, ()))
        return self._united(name for name, value in self._values.items() if test(value))

    def _united(self, names: Iterable[int]) -> Rows:
        found: list[Posting] = [self._by_value[name] for name in names]
        return self.rows if len(found) == len(self._values) else Rows.union(found) if found else NONE

    def _by_text(self, test: SameText) -> Mapping[bytes | None, list[int]]:
        """The names of values by the texts that they are compared as."""
        asked = test.several, test.item
        known = self._texts.get(asked)
        if known is None:
            found: dict[bytes | None, list[int]] = {}
            for name, value in self._values.items():
                for text in dict.fromkeys(test.texts(value)):
                    found.setdefault(text, []).append(name)
            known = self._texts[asked] = found
        return known


def sweep_of(snapshot: Snapshot, subject: Subject) -> Swept:
    """Sweep a subject, or remember it."""
    known = snapshot.memory("swept")
    found: Swept | None = known.get(subject)
    if found is None:
        found = swept(snapshot, subject)
        remember(known, subject, found, MOST_REMEMBERED)
    return found


def swept(snapshot: Snapshot, subject: Subject) -> Swept:
    concerned: list[Rows] = []
    columns: list[list[Any]] = []
    for kind, rows in kinds(snapshot):
        if rows and kind in subject.kinds:
            concerned.append(rows)
            columns.append([None] * len(rows) if kind is None else subject.values(snapshot, kind))
    # Values are told apart by what they are in memory: most are shared, and some cannot be hashed fast.
    names = [id(value) for column in columns for value in column]
    values = dict(zip(names, chain.from_iterable(columns), strict=True))
    pairs = zip(names, chain.from_iterable(concerned), strict=True)
    return Swept(Rows.union(concerned), values, Postings.of(pairs))


def kinds(snapshot: Snapshot) -> Iterator[tuple[Level | None, Rows]]:
    """The rows of each kind of object, and of those that are none."""
    found = {
        kind: snapshot.matching(lambda segment, kind=kind: segment.find(LEVEL)[kind])  # type: ignore[misc]
        for kind in Level
    }
    yield from found.items()
    yield None, snapshot.rows - Rows.union(found.values())
