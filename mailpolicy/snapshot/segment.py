"""A run of entries with every index over them.

Each index is a *facet*: what leads to an entry is a function of that entry alone, so a segment never
has to look at another one. Facets are worked out when they are first asked for, and a change keeps
those that are there up to date. Assigning a facet that another thread has worked out too does no
harm: both are equal. A *column* is the other way round: what an entry has, by its row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, Self, TypeVar, cast

from ..ldap.entry import Entry
from ..ldap.shape import Shape
from ..schema.dialects import Dialect
from .postings import Postings
from .rows import Rows

__all__ = ["SHAPE", "Base", "Changes", "Column", "Facet", "Recent", "Segment"]

K = TypeVar("K")
V = TypeVar("V", covariant=True)
T = TypeVar("T")
C = TypeVar("C", list[Any], dict[int, Any])

Changes = Mapping[int, tuple[str, Entry | None]]
"""Rows with the key of their name and what stands there now; None where nothing does any more."""

Concerned = Callable[["Facet[Any]", Postings[Any]], Changes]

FEW: Final = 1000
"""Where no more keys than this lead to entries, it is soon said to which."""


class Facet(Hashable, Protocol[K]):
    """One way to entries."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[K]:
        """What leads to an entry whose name has this key."""
        ...

    def collected(self, segment: Segment) -> Postings[K]:
        """All of a segment's entries by what leads to them."""
        ...


class Column(Hashable, Protocol[V]):
    """Something that each entry has, looked up by its row."""

    def value(self, entry: Entry, dialect: Dialect) -> V | None:
        """What the entry has; None where it has no such thing."""
        ...


class _OfShape:
    """Entries of one shape: the others that need the values of entries go by it."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[Shape]:
        return (entry.shape,)

    def collected(self, segment: Segment) -> Postings[Shape]:
        return Postings.of((entry.shape, row) for row, entry in segment)

    def __reduce__(self) -> str:
        return "SHAPE"


SHAPE = _OfShape()


class Segment(ABC):
    """Entries by their row, and the rows by key of their name.

    None stands for an entry that is gone.
    """

    __slots__ = ("_columns", "_covered", "_derived", "_facets", "_rows", "dialect", "entries", "numbers")

    entries: list[Entry | None] | dict[int, Entry | None]
    numbers: Mapping[str, int]

    def __init__(
        self,
        dialect: Dialect,
        entries: list[Entry | None] | dict[int, Entry | None],
        numbers: Mapping[str, int],
        facets: dict[Facet[Any], Postings[Any]] | None = None,
    ) -> None:
        self.dialect = dialect
        self.entries = entries
        self.numbers = numbers
        self._facets: dict[Facet[Any], Postings[Any]] = facets or {}
        self._derived: dict[tuple[Facet[Any], Callable[..., Any]], Any] = {}
        self._columns: dict[Column[Any], Any] = {}
        self._rows: Rows | None = None
        self._covered: Rows | None = None

    def __iter__(self) -> Iterator[tuple[int, Entry]]:
        """Each row that has an entry, with it."""
        for row in self.numbers.values():
            entry = self.entries[row]
            if entry is not None:
                yield row, entry

    @property
    def rows(self) -> Rows:
        """The rows that have an entry."""
        if self._rows is None:
            self._rows = Rows.of(row for row, _ in self)
        return self._rows

    @property
    def covered(self) -> Rows:
        """The rows that the segment has the last word on, those of entries that are gone included."""
        if self._covered is None:
            self._covered = Rows.of(self.numbers.values())
        return self._covered

    def find(self, facet: Facet[K]) -> Postings[K]:
        """The rows by what leads to them in this way."""
        postings = self._facets.get(facet)
        if postings is None:
            postings = self._facets[facet] = facet.collected(self)
        return postings

    def knows(self, facet: Facet[Any]) -> bool:
        """Whether a facet has been worked out."""
        return facet in self._facets

    def derived(self, facet: Facet[K], make: Callable[[Postings[K]], T]) -> T:
        """What `make` makes of a facet, made once: a tree of its keys, say, or a sorted list."""
        asked = facet, make
        made = self._derived.get(asked)
        if made is None:
            made = self._derived[asked] = make(self.find(facet))
        return cast("T", made)

    def having(self, attribute: str) -> Rows:
        """The rows whose entries have an attribute, by its stored name."""
        return Rows.union(rows for shape, rows in self.find(SHAPE).items() if attribute in shape.places)

    @abstractmethod
    def at(self, row: int) -> Entry | None:
        """The entry of a row; None where there is none."""

    @abstractmethod
    def picked(self, rows: Rows) -> list[Entry]:
        """The entries of rows that have one."""

    @abstractmethod
    def numbered(self, rows: Rows) -> Iterable[int]:
        """The same rows, as numbers to keep: a million postings of one row need not have their own."""

    def _value(self, column: Column[T], entry: Entry | None) -> T | None:
        return None if entry is None else column.value(entry, self.dialect)

    @abstractmethod
    def _with_entries(self, changes: Changes) -> list[Entry | None] | dict[int, Entry | None]: ...

    def changed(self, changes: Changes, concerned: Concerned | None = None) -> Self:
        """Give the segment with these entries in place; rows that are new to it come last.

        `concerned` may say more closely which of them a facet has to be looked at for.
        """
        new = {key: row for row, (key, _) in changes.items() if key not in self.numbers}
        numbers = {**self.numbers, **new} if new else self.numbers
        # In this order: what is derived meanwhile would be of facets that are not among those known here.
        derived, before, columns = (
            tuple(self._derived.items()),
            dict(self._facets),
            tuple(self._columns.items()),
        )
        facets = {
            facet: self._facet_changed(facet, known, concerned(facet, known) if concerned else changes)
            for facet, known in before.items()
        }
        after = type(self)(self.dialect, self._with_entries(changes), numbers, facets)
        for (facet, make), made in derived:
            if facets[facet] is before[facet]:
                after._derived[facet, make] = made
        if self._rows is not None:
            gone = Rows.of(row for row, (_, entry) in changes.items() if entry is None)
            after._rows = (self._rows | Rows.of(changes)) - gone
        for column, values in columns:
            patch = {row: self._value(column, entry) for row, (_, entry) in changes.items()}
            after._columns[column] = replaced(values, patch)
        return after

    def _facet_changed(self, facet: Facet[K], postings: Postings[K], changes: Changes) -> Postings[K]:
        lost, gained = [], []
        for row, (key, after) in changes.items():
            before = self.at(row)
            old = () if before is None else tuple(facet.keys(key, before, self.dialect))
            new = () if after is None else tuple(facet.keys(key, after, self.dialect))
            if old != new:
                lost += [(each, row) for each in old]
                gained += [(each, row) for each in new]
        return postings.changed(lost, gained)

    def __reduce__(self) -> tuple[Any, ...]:
        # Shapes are found again by what they are, and two that were apart can then be one.
        # Others may ask for one more meanwhile.
        facets = {facet: known for facet, known in tuple(self._facets.items()) if facet is not SHAPE}
        return type(self), (self.dialect, self.entries, self.numbers, facets)


class Base(Segment):
    """Most entries of a snapshot, one after the other."""

    __slots__ = ()

    entries: list[Entry | None]

    def at(self, row: int) -> Entry | None:
        """The entry of a row; None where there is none."""
        return self.entries[row] if row < len(self.entries) else None

    def column(self, column: Column[T]) -> list[T | None]:
        """What the entry of each row has."""
        values: list[T | None] | None = self._columns.get(column)
        if values is None:
            values = self._columns[column] = [self._value(column, entry) for entry in self.entries]
        return values

    def picked(self, rows: Rows) -> list[Entry]:
        """The entries of rows that have one."""
        return rows.pick(cast("list[Entry]", self.entries))

    def numbered(self, rows: Rows) -> Iterable[int]:
        """The same rows, as the numbers they have in `numbers`."""
        return rows.pick(list(self.numbers.values()))

    def _with_entries(self, changes: Changes) -> list[Entry | None]:
        return replaced(self.entries, {row: entry for row, (_, entry) in changes.items()})

    def absorbing(self, recent: Recent) -> Base:
        """The base with those entries in place that stood before it."""
        changes = {row: (key, recent.entries[row]) for key, row in recent.numbers.items()}
        return self.changed(changes, recent.concerned)


class Recent(Segment):
    """What has changed since: it hides what the base has in its rows, also where None stands."""

    __slots__ = ()

    entries: dict[int, Entry | None]

    def at(self, row: int) -> Entry | None:
        """The entry of a row; None where there is none."""
        return self.entries.get(row)

    def column(self, column: Column[T]) -> dict[int, T | None]:
        """What the entry of each row has that has changed."""
        values: dict[int, T | None] | None = self._columns.get(column)
        if values is None:
            values = {row: self._value(column, entry) for row, entry in self.entries.items()}
            self._columns[column] = values
        return values

    def picked(self, rows: Rows) -> list[Entry]:
        """The entries of rows that have one."""
        return [entry for row in rows if (entry := self.entries[row]) is not None]

    def numbered(self, rows: Rows) -> Iterable[int]:
        """The rows as they are: there are few."""
        return rows

    def concerned(self, facet: Facet[Any], before: Postings[Any]) -> Changes:
        """The entries that a facet leads to, or led to `before`: many a facet has to do with none of them."""
        rows, now = self.covered, self.find(facet)
        if len(before) + len(now) <= FEW:
            rows &= Rows.union((*before.by_key.values(), *now.by_key.values()))
        keys = {row: key for key, row in self.numbers.items()}
        return {row: (keys[row], self.entries[row]) for row in rows}

    def _with_entries(self, changes: Changes) -> dict[int, Entry | None]:
        return replaced(self.entries, {row: entry for row, (_, entry) in changes.items()})


def replaced(items: C, by_row: Mapping[int, Any]) -> C:
    """Something by row, with other things in some of the rows; the original stays as it is."""
    after = items.copy()
    if isinstance(after, list):
        after.extend([None] * (1 + max(by_row, default=-1) - len(after)))
    for row, item in by_row.items():
        after[row] = item
    return after
