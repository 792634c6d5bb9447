"""All entries of a directory at one moment.

A `Snapshot` never changes. It knows where entries are: by DN, by place in the tree, by kind, by
address, name or id. What they mean for each other is for the floors above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve, field, frozen

from ..errors import InvalidDN
from ..ldap.definitions import Definitions
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching.names import dn_key
from ..reasons import Level
from ..schema.dialects import Dialect
from .finding import Finding
from .index import Index, Term, folded_domain, folded_name, terms_of
from .revision import fingerprint
from .tree import Keys, Tree
from .versioned import VersionedMap, changed_within

__all__ = ["Snapshot"]

MOST_FOLLOWED: Final = 4096
"""How many references a snapshot remembers; beyond that they are followed each time."""


@frozen(eq=False, repr=False)
class Snapshot:
    """Entries with the ways to find them. `problems` are what was wrong with their source."""

    dialect: Dialect
    problems: tuple[Finding, ...] = ()
    lost: int = 0
    """Records of the source that are not among the entries, because no entry could be made of them."""
    _entries: VersionedMap[str, Entry] = field(factory=VersionedMap)
    _tree: Tree = field(factory=Tree)
    _levels: VersionedMap[Level, Keys] = field(factory=VersionedMap)
    _terms: VersionedMap[Term, tuple[str, ...]] = field(factory=VersionedMap)
    _total: list[int] = field(factory=list)
    """The sum of the entries' fingerprints, once somebody has asked for the revision."""
    _followed: dict[tuple[str, Level], Entry | None] = field(init=False, factory=dict)
    """Where references lead: most accounts name one of a few classes of service."""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return self._entries.values()

    @property
    def definitions(self) -> Definitions:
        """What the attributes and classes of the entries mean."""
        return self.dialect.definitions

    @property
    def revision(self) -> str:
        """A name for the content: equal content, equal revision, whatever the order (32 hex digits)."""
        if not self._total:
            definitions = self.definitions
            self._total.append(sum(fingerprint(*each, definitions) for each in self._entries.items()))
        return f"{self._total[0] % 2**128:032x}"

    # Where entries are

    def key(self, dn: str) -> str:
        """The DN as the directory compares it; `InvalidDN` where the text is none."""
        return dn_key(DN.parse(dn), self.definitions)

    def entry(self, dn: str) -> Entry | None:
        """The entry of that DN, in whatever spelling."""
        return self._entries.get(self.key(dn))

    def at(self, key: str) -> Entry | None:
        """The entry under a key that `key` has given."""
        return self._entries.get(key)

    def within(self, base: str, scope: str) -> Iterator[Entry]:
        """The entries in the scope `base`, `one`, `sub` or `children` of a search at `base`."""
        key = self.key(base)
        if scope in ("base", "sub") and (entry := self._entries.get(key)) is not None:
            yield entry
        if scope != "base":
            for child in self._tree.children(key) if scope == "one" else self._tree.below(key):
                if (entry := self._entries.get(child)) is not None:
                    yield entry

    def has_children(self, entry: Entry) -> bool:
        """Whether anything stands below an entry."""
        return any(True for _ in self._tree.children(self.key(entry.dn)))

    def of_level(self, level: Level) -> Iterator[Entry]:
        """All entries of one kind, in the order of the source."""
        return (self._entries[key] for key in self._levels.get(level) or ())

    def level_of(self, entry: Entry) -> Level | None:
        """The kind of object an entry is; None for one that only holds the tree together."""
        return self.dialect.level_of(entry)

    def lookup(self, index: Index, term: str) -> tuple[Entry, ...]:
        """The entries that an index has under a term in its folded spelling, in the order of their DNs."""
        return tuple([self._entries[key] for key in self._terms.get((index, term)) or ()])

    def postings(self, index: Index) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Every term of an index with its entries."""
        for (kind, term), keys in self._terms.items():
            if kind is index:
                yield term, tuple([self._entries[key] for key in keys])

    def shared(self) -> Iterator[tuple[Index, str, tuple[Entry, ...]]]:
        """Every term that several entries have in the same index, with those entries."""
        for (index, term), keys in self._terms.items():
            if len(keys) > 1:
                yield index, term, tuple([self._entries[key] for key in keys])

    # How entries point at each other

    def configuration(self) -> Entry | None:
        """The entry that holds what applies to everybody."""
        first = min(self._levels.get(Level.GLOBAL) or (), default=None)
        return None if first is None else self._entries[first]

    def domain(self, name: str) -> Entry | None:
        """The domain of that name, with or without an `@` before it."""
        return next(iter(self.lookup(Index.DOMAIN, folded_domain(name))), None)

    def named(self, level: Level, name: str) -> Entry | None:
        """The class of service or server of that common name."""
        found = self.lookup(Index.NAME, folded_name(name))
        return next((entry for entry in found if self.level_of(entry) is level), None)

    def referred(self, reference: str, level: Level) -> Entry | None:
        """The entry of one kind that another entry names by DN, id or name; None if that dangles."""
        asked = reference, level
        if asked in self._followed:
            return self._followed[asked]
        candidates = self._by_reference(reference.strip(), level)
        found = next((entry for entry in candidates if self.level_of(entry) is level), None)
        if len(self._followed) < MOST_FOLLOWED:
            self._followed[asked] = found
        return found

    def _by_reference(self, reference: str, level: Level) -> Iterator[Entry]:
        yield from self.lookup(Index.ID, reference.lower())
        if "=" in reference and (entry := self._entry_named(reference)) is not None:
            yield entry
        if level is Level.DOMAIN:
            yield from self.lookup(Index.DOMAIN, folded_domain(reference))
        yield from self.lookup(Index.NAME, folded_name(reference))

    def _entry_named(self, dn: str) -> Entry | None:
        try:
            return self.entry(dn)
        except InvalidDN:
            return None

    # The next version

    def changed(self, changes: Mapping[str, Entry | None]) -> Snapshot:
        """Give the snapshot with each of these entries in place; None removes the one that was there."""
        moved: list[str] = []
        levels: dict[Level, dict[str, bool | None]] = {}
        terms: dict[Term, tuple[str, ...]] = {}
        for key, entry in changes.items():
            old = self._entries.get(key)
            if (old is None) is not (entry is None):
                moved.append(key)
            old_level = None if old is None else self.level_of(old)
            level = None if entry is None else self.level_of(entry)
            if old_level is not level:
                for each, present in ((old_level, None), (level, True)):
                    if each is not None:
                        levels.setdefault(each, {})[key] = present
            lost, gained = self._terms_of(old, old_level), self._terms_of(entry, level)
            for term in (*lost, *gained):
                if (term in lost) is (term in gained):
                    continue
                keys = [each for each in terms.get(term, self._terms.get(term) or ()) if each != key]
                terms[term] = tuple(sorted((*keys, key))) if term in gained else tuple(keys)
        entries = self._entries.changed(changes)
        return evolve(
            self,
            entries=entries,
            tree=self._tree.changed(moved, entries.__contains__),
            levels=changed_within(self._levels, levels),
            terms=self._terms.changed({term: keys or None for term, keys in terms.items()}),
            total=self._changed_total(changes),
        )

    def _terms_of(self, entry: Entry | None, level: Level | None) -> dict[Term, None]:
        return {} if entry is None else dict.fromkeys(terms_of(self.dialect).of(entry, level))

    def _changed_total(self, changes: Mapping[str, Entry | None]) -> list[int]:
        """Keep the revision up to date, but only where somebody has paid for it once."""
        if not self._total:
            return []
        total = self._total[0]
        for key, entry in changes.items():
            old = self._entries.get(key)
            total -= 0 if old is None else fingerprint(key, old, self.definitions)
            total += 0 if entry is None else fingerprint(key, entry, self.definitions)
        return [total]
