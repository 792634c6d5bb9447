"""All entries of a directory at one moment.

A `Snapshot` never changes. It knows where entries are: by DN, by place in the tree, by kind, by
address, name or id. What they mean for each other is for the floors above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Final

from attrs import frozen

from ..errors import InvalidDN
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.matching.names import dn_key
from ..reasons import Level
from .facets import PARENT, TERMS, OfLevel
from .index import Index, folded_domain, folded_name
from .postings import Posting
from .remembering import remember
from .rows import NONE, Rows
from .segment import Segment
from .tree import Tree
from .version import Version

__all__ = ["Snapshot"]

MOST_REFERENCES: Final = 4096
"""How many references a snapshot remembers."""

NAMED: Final = (Level.COS, Level.SERVER, Level.ALIAS)
"""Kinds that are found by a common name."""

UNKNOWN: Final[Any] = object()


@frozen(eq=False, repr=False)
class Snapshot(Version):
    """Entries with the ways to find them."""

    is_whole: ClassVar[bool] = True
    """Whether all entries are at hand; where they are fetched one by one, segments are no short cut."""

    def key(self, dn: str) -> str:
        """The DN as the directory compares it; `InvalidDN` where the text is none."""
        return dn_key(DN.parse(dn), self.definitions)

    def entry(self, dn: str) -> Entry | None:
        """The entry of that DN, in whatever spelling."""
        return self.at(self.key(dn))

    def within(self, base: str, scope: str) -> Iterator[Entry]:
        """The entries in the scope `base`, `one`, `sub` or `children` of a search at `base`."""
        return iter(self.entries(self.rows_within(base, scope)))

    def rows_within(self, base: str, scope: str) -> Rows:
        """The rows of these entries."""
        key = self.key(base)
        if not key and scope == "sub":
            return self.rows
        own = self.row(key) if scope in ("base", "sub") else None
        rows = NONE if own is None or self._entry(own) is None else Rows.of((own,))
        if scope == "base":
            return rows
        step = Tree.children if scope == "one" else Tree.below
        return rows | self.matching(lambda segment: step(segment.derived(PARENT, Tree), key))

    def has_children(self, entry: Entry) -> bool:
        """Whether anything stands below an entry."""
        return bool(self.rows_within(entry.dn, "one"))

    def of_level(self, level: Level) -> Iterator[Entry]:
        """All entries of one kind, in the order of the source."""
        return iter(self.entries(self.rows_of(level)))

    def rows_of(self, level: Level) -> Rows:
        """The rows of these entries."""
        return self.matching(OfLevel(level))

    def level_of(self, entry: Entry) -> Level | None:
        """The kind of object an entry is; None for one that only holds the tree together."""
        return self.dialect.level_of(entry)

    def lookup(self, index: Index, term: str) -> tuple[Entry, ...]:
        """The entries that an index has under a term in its folded spelling, in the order of their DNs."""
        found = self._found(self.base, index, term)
        if self.recent.numbers:
            hidden = self.recent.entries
            found = [row for row in found if row not in hidden]
            found += self._found(self.recent, index, term)
        entries = [entry for entry in map(self._entry, found) if entry is not None]
        if len(entries) > 1:
            entries.sort(key=lambda entry: self.key(entry.dn))
        return tuple(entries)

    @staticmethod
    def _found(segment: Segment, index: Index, term: str) -> list[int]:
        posting = segment.find(TERMS[index]).by_key.get(term)
        if posting is None:
            return []
        return [posting] if isinstance(posting, int) else list(posting)

    def postings(self, index: Index) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Every term of an index with its entries."""
        for term in self._terms(index):
            if found := self.lookup(index, term):
                yield term, found

    def shared(self) -> Iterator[tuple[Index, str, tuple[Entry, ...]]]:
        """Every term that several entries have in the same index, with those entries."""
        for index in Index:
            for term in self._terms(index, lambda posting: not isinstance(posting, int)):
                if len(found := self.lookup(index, term)) > 1:
                    yield index, term, found

    def _terms(self, index: Index, wanted: Callable[[Posting], bool] = lambda posting: True) -> Iterable[str]:
        """The terms of an index with wanted postings, and all of those that have changed."""
        base, recent = (segment.find(TERMS[index]) for segment in (self.base, self.recent))
        found = {term: None for term, posting in base.by_key.items() if wanted(posting)}
        return found | dict.fromkeys(recent)

    # For who has to fetch entries

    def expect(self, addresses: Iterable[str]) -> None:
        """Be told that these addresses are about to be looked up: fetched one by one, many take long."""

    def searched(self, base: str, scope: str, filter: Filter, limit: int | None = None) -> Rows | None:
        """The rows that the source itself finds in a search, at most so many; None where it is not asked."""
        return None

    # How entries point at each other

    def configuration(self) -> Entry | None:
        """The entry that holds what applies to everybody."""
        return min(self.of_level(Level.GLOBAL), default=None, key=lambda entry: self.key(entry.dn))

    def domain(self, name: str) -> Entry | None:
        """The domain of that name, with or without an `@` before it."""
        return next(iter(self.lookup(Index.DOMAIN, folded_domain(name))), None)

    def named(self, level: Level, name: str) -> Entry | None:
        """The class of service or server of that common name."""
        found = self.lookup(Index.NAME, folded_name(name))
        return next((entry for entry in found if self.level_of(entry) is level), None)

    def referred(self, reference: str, level: Level) -> Entry | None:
        """The entry of one kind that another entry names by DN, id or name; None if that dangles."""
        known, asked = self.memory("references"), (reference, level)
        found: Entry | None = known.get(asked, UNKNOWN)
        if found is UNKNOWN:
            candidates = self._by_reference(reference.strip(), level)
            found = next((entry for entry in candidates if self.level_of(entry) is level), None)
            remember(known, asked, found, MOST_REFERENCES)
        return found

    def _by_reference(self, reference: str, level: Level) -> Iterator[Entry]:
        yield from self.lookup(Index.ID, reference.lower())
        if "=" in reference and (entry := self._entry_named(reference)) is not None:
            yield entry
        if level is Level.DOMAIN:
            yield from self.lookup(Index.DOMAIN, folded_domain(reference))
        if level in NAMED:
            yield from self.lookup(Index.NAME, folded_name(reference))

    def _entry_named(self, dn: str) -> Entry | None:
        try:
            return self.entry(dn)
        except InvalidDN:
            return None
