"""A snapshot that fetches what it is asked for.

It answers exactly as if it had everything, but asks the server where to look: for an entry by its name,
for what an index has under a term, for the entries of a kind or in a scope. Whoever looks into its segments
wants everything, and everything is fetched then. From there on it is a snapshot like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...ldap.filter import Filter
from ...ldap.url import Scope
from ...lookup.ladder import homes, spellings
from ...query import query_for
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Index, Snapshot, folded_address, folded_domain
from ...snapshot.rows import NONE, Rows
from ...snapshot.segment import Column, Segment
from ...values import Address
from .known import Known, Term

__all__ = ["Partial"]

DEEPEST: Final = 100
"""Filters that are nested deeper are not sent: servers hang up on very deep ones."""

SEGMENTS: Final = ("base", "recent")

CHANGING: Final[dict[str, Callable[[Known], Any]]] = {
    "freshness": Known.freshness,
    "problems": Known.problems,
    "lost": lambda known: len(known.problems()),
}
"""What a snapshot says of its source: here that goes on, and is asked for at each question."""

T = TypeVar("T")


class Partial(Snapshot):
    """Entries of a server, as far as they are known.

    Entries are fetched at different moments, but what was answered once is answered so again.
    """

    is_whole = False
    _known: Known

    def __init__(self, known: Known) -> None:
        super().__init__(known.snapshot.base, known.snapshot.recent)
        object.__setattr__(self, "_known", known)
        for name in (*SEGMENTS, *CHANGING):
            object.__delattr__(self, name)  # so that looking for it ends in `__getattr__`

    def __getattr__(self, name: str) -> Any:
        if name in CHANGING:
            return CHANGING[name](self._known)
        if name not in SEGMENTS:
            raise AttributeError(name)
        whole = self._known.complete()
        # What has been worked out may be of entries that have changed since, or are gone.
        self._memory.clear()
        self._followers.clear()
        for segment in SEGMENTS:
            object.__setattr__(self, segment, getattr(whole, segment))
        object.__setattr__(self, "is_whole", True)
        return getattr(whole, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._known.complete().as_fresh_as(self.freshness).__reduce__()

    def changed(self, changes: Any) -> Snapshot:  # type: ignore[override]
        """Give a snapshot of everything with each of these entries in place; None removes one."""
        return self._known.complete().as_fresh_as(self.freshness).changed(changes)

    @property
    def dialect(self) -> Dialect:
        """How the directory stores what the catalog of settings describes."""
        return self._known.snapshot.dialect

    def __bool__(self) -> bool:
        return not self._known.is_empty()

    # Rows that somebody has are those of known entries

    def entries(self, rows: Rows) -> list[Entry]:
        """The entries of these rows."""
        return self._known.snapshot.entries(rows)

    def entry_in(self, row: int) -> Entry | None:
        """The entry of a row; None where there is none, or none yet."""
        return self._known.snapshot.entry_in(row)

    def column(self, column: Column[T], rows: Rows) -> list[T | None]:
        """What each of these rows has in a column."""
        return self._known.snapshot.column(column, rows)

    def among(self, rows: Rows, find: Callable[[Segment], Rows]) -> Rows:
        """Those of these rows that `find` finds."""
        return rows & self._known.snapshot.matching(find)

    # Entries by name

    def entry(self, dn: str) -> Entry | None:
        """The entry of that DN, in whatever spelling."""
        return self._at(self._known.row(self.key(dn), dn))

    def at(self, key: str) -> Entry | None:
        """The entry whose name has this key."""
        return self._at(self.row(key))

    def row(self, key: str) -> int | None:
        """The row of the entry whose name has this key; None if there is none."""
        return self._known.row(key, key)

    def _at(self, row: int | None) -> Entry | None:
        return None if row is None else self.entry_in(row)

    # Entries by what they are and have

    def lookup(self, index: Index, term: str) -> tuple[Entry, ...]:
        """The entries that an index has under a term in its folded spelling, in the order of their DNs."""
        if self.is_whole:
            return super().lookup(index, term)
        found = self.entries(self._known.with_term(index, term))
        return tuple(sorted(found, key=lambda entry: self.key(entry.dn)) if len(found) > 1 else found)

    def rows_of(self, level: Level) -> Rows:
        """The rows of the entries of one kind."""
        return super().rows_of(level) if self.is_whole else self._known.of_level(level)

    def rows_within(self, base: str, scope: str) -> Rows:
        """The rows of the entries in the scope `base`, `one`, `sub` or `children` of a search at `base`."""
        if self.is_whole:
            return super().rows_within(base, scope)
        key = self.key(base)
        if scope == Scope.BASE:
            row = self._known.row(key, base)
            return NONE if row is None else Rows.of((row,))
        found = self._known.within(key, base, Scope(scope))
        return super().rows_within(base, scope) if found is None else found

    def has_children(self, entry: Entry) -> bool:
        """Whether anything stands below an entry."""
        return super().has_children(entry) if self.is_whole else self._known.has_children(entry.dn)

    def searched(self, base: str, scope: str, filter: Filter, limit: int | None = None) -> Rows | None:
        """The rows that the server finds, at most so many; None where that is to be worked out here.

        The filter is tried here once more, unless that would mean to ask again for each of them.
        """
        if self.is_whole or filter.depth > DEEPEST:
            return None
        if limit == 0:
            return NONE  # which to a server means that there is no limit
        found = self._known.search(self.key(base), base, Scope(scope), str(filter), limit)
        query = query_for(self, filter)
        if found is None or query.asks_tree:
            return found
        tried = zip(found, self.entries(found), strict=True)
        return Rows.of(row for row, entry in tried if query.matches(entry))

    # What will be asked soon

    def expect(self, addresses: Iterable[str]) -> None:
        """Fetch what the ladder of `mailpolicy.lookup` may ask about these addresses, in few searches."""
        if self.is_whole:
            return
        texts = tuple(dict.fromkeys(addresses))
        self._known.expect(term for text in texts for term in first_rung(text))
        unseen = [text for text in texts if not self._known.with_term(Index.ADDRESS, folded_address(text))]
        self._known.expect(term for text in unseen for term in farther_rungs(self, text))


def first_rung(text: str) -> Iterator[Term]:
    """Where the ladder begins with an address: who has it, and what its domain is."""
    folded = folded_address(text)
    yield Index.ADDRESS, folded
    yield Index.DOMAIN, folded_domain(folded.rpartition("@")[2])


def farther_rungs(snapshot: Snapshot, text: str) -> Iterator[Term]:
    """Where it goes on, to an address that nobody has as it stands."""
    try:
        address = Address(text)
    except InvalidValue:
        return
    for name, domain in homes(snapshot, address.domain):
        for local in spellings(snapshot, address.local, domain):
            for index in (Index.ADDRESS, Index.OLD_ADDRESS):
                yield index, folded_address(f"{local}@{name}")
        yield Index.CATCH_ALL, name
