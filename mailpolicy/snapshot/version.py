"""Entries in versions that share what they have in common.

A large base is never written to again, and the few entries that have changed since stand before it. When
those outgrow their bound, the next version starts from a fresh base. So a change costs far less than
the directory is large, and an old version keeps little alive that a new one does not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from math import isqrt
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast

from attrs import evolve, field, frozen

from ..freshness import AS_READ, Freshness
from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema.dialects import Dialect
from .facets import PARENT, TERMS
from .finding import Finding
from .following import Follower
from .revision import fingerprint
from .rows import Rows
from .segment import Base, Column, Recent, Segment

if TYPE_CHECKING:
    from .snapshot import Snapshot

__all__ = ["Version"]

SMALLEST_BOUND: Final = 32
"""So many changed entries may always stand before the base; a large base bears more."""

RARELY: Final = 2
"""How much more, in square roots. Changes that come fast wait while a fresh base is made: fewer than one in a
hundred do so, although each change costs a little more for it."""

MOST_GONE: Final = 64
"""So many entries that are gone may always keep their rows; where there are many others, a quarter more."""

OPEN: Final = (Level.COS, Level.DOMAIN, Level.GLOBAL, Level.SERVER)
"""What accounts inherit from is kept at hand."""

T = TypeVar("T")
F = TypeVar("F", bound=Follower)


@frozen(eq=False, repr=False)
class Version:
    """Entries by row and by key of their name. `problems` are what was wrong with their source."""

    base: Base
    """Most entries."""
    recent: Recent
    """Those that have changed since the base was made: they hide what the base has in their rows."""
    problems: tuple[Finding, ...] = ()
    lost: int = 0
    """Records of the source that are not among the entries, because no entry could be made of them."""
    _total: list[int] = field(factory=list)
    """The sum of the entries' fingerprints, once somebody has asked for the revision."""
    freshness: Freshness = AS_READ
    """How far the source still stands behind these entries."""
    _memory: dict[Hashable, dict[Any, Any]] = field(factory=dict)
    _followers: dict[Hashable, Follower] = field(factory=dict)

    @classmethod
    def of(
        cls,
        dialect: Dialect,
        entries: Mapping[str, Entry],
        problems: tuple[Finding, ...] = (),
        lost: int = 0,
    ) -> Self:
        """Make the first version of entries by key of their name; they are packed."""
        base = Base(dialect, list(entries.values()), {key: row for row, key in enumerate(entries)})
        base.find(PARENT)
        for term in TERMS.values():
            base.find(term)
        return cls(base, Recent(dialect, {}, {}), problems, lost)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without its memory: what has been worked out can be worked out again.
        return type(self), (self.base, self.recent, self.problems, self.lost, self._total, self.freshness)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries(self.rows))

    @property
    def dialect(self) -> Dialect:
        """How the directory stores what the catalog of settings describes."""
        return self.base.dialect

    @property
    def definitions(self) -> Definitions:
        """What the attributes and classes of the entries mean."""
        return self.dialect.definitions

    @property
    def revision(self) -> str:
        """A name for the content: equal content, equal revision, whatever the order (32 hex digits)."""
        if not self._total:
            keys = {**self.base.numbers, **self.recent.numbers}
            self._total.append(sum(self._fingerprint(key, self._entry(row)) for key, row in keys.items()))
        return f"{self._total[0] % 2**128:032x}"

    def memory(self, of: Hashable) -> dict[Any, Any]:
        """A place to keep what has been worked out from this very snapshot; whoever uses it bounds it."""
        return self._memory.setdefault(of, {})

    def followed(self, of: Hashable, make: Callable[[], F]) -> F:
        """Something that is worked out once and then follows the changes from version to version."""
        follower = self._followers.get(of)
        if follower is None:
            follower = self._followers.setdefault(of, make())
        return cast("F", follower)

    # Rows: where entries stand in the order of the source

    def entries(self, rows: Rows) -> list[Entry]:
        """The entries of these rows."""
        if not self.recent.numbers:
            return self.base.picked(rows)
        return [entry for entry in map(self._entry, rows) if entry is not None]

    def matching(self, find: Callable[[Segment], Rows]) -> Rows:
        """The rows that `find` finds in each part of the snapshot."""
        found = find(self.base)
        if not self.recent.numbers:
            return found
        return (found - self.recent.covered) | find(self.recent)

    def among(self, rows: Rows, find: Callable[[Segment], Rows]) -> Rows:
        """Those of these rows that `find` finds, which is remembered.

        `find` must be hashable, and find a row for what its entry is, not for what others are.
        """
        known = self.memory("found among rows")
        found: Rows | None = known.get(find)
        if found is None:
            found = known[find] = self.matching(find)
        return rows & found

    @property
    def rows(self) -> Rows:
        """All rows that have an entry."""
        known = self.memory("rows")
        if not known:
            known[True] = self.matching(lambda segment: segment.rows)
        return known[True]  # type: ignore[no-any-return]

    def column(self, column: Column[T], rows: Rows) -> list[T | None]:
        """What each of these rows has in a column."""
        base = self.base.column(column)
        if not self.recent.numbers:
            return rows.pick(base)
        recent = self.recent.column(column)
        return [recent[row] if row in recent else base[row] for row in rows]

    def row(self, key: str) -> int | None:
        """The row of the entry whose name has this key, also once it is gone; None if there never was one."""
        row = self.base.numbers.get(key)
        return self.recent.numbers.get(key) if row is None else row

    def entry_in(self, row: int) -> Entry | None:
        """The entry of a row; None where there is none, or none yet."""
        recent = self.recent.entries
        return recent[row] if row in recent else self.base.at(row)

    def _entry(self, row: int) -> Entry | None:
        recent = self.recent.entries
        return recent[row] if recent and row in recent else self.base.entries[row]

    def at(self, key: str) -> Entry | None:
        """The entry whose name has this key."""
        row = self.row(key)
        return None if row is None else self._entry(row)

    # The next version

    def as_fresh_as(self, freshness: Freshness) -> Self:
        """The same entries with another freshness.

        What has been worked out goes along while they are believed as before: where they no longer are,
        what is not seen among them is not known to be missing.
        """
        if bool(freshness) is bool(self.freshness):
            return evolve(self, freshness=freshness)
        return evolve(self, freshness=freshness, memory={}, followers={})

    def changed(self, changes: Mapping[str, Entry | None]) -> Self:
        """Give the snapshot with each of these entries in place; None removes the one that was there."""
        rows = self._numbered(changes)
        base, recent = self.base, self.recent.changed(rows)
        if len(recent.numbers) > SMALLEST_BOUND + RARELY * isqrt(len(base.numbers)):
            base = base.absorbing(recent)
            recent = Recent(self.dialect, {}, {})
            if len(base.numbers) - len(base.rows) > MOST_GONE + len(base.rows) // 4:
                return self._numbered_anew(base, self._changed_total(changes))
        total = self._changed_total(changes)
        after = evolve(self, base=base, recent=recent, total=total, memory={}, followers={})
        for of, follower in tuple(self._followers.items()):
            after._followers[of] = follower.follow(cast("Snapshot", self), cast("Snapshot", after), rows)
        return after

    def _numbered_anew(self, base: Base, total: list[int]) -> Self:
        """The entries of a base in rows of their own again, without those that are gone.

        Nothing follows there, as everything that follows knows entries by their rows.
        """
        entries = {
            key: entry for key, row in base.numbers.items() if (entry := base.entries[row]) is not None
        }
        anew = self.of(self.dialect, entries, self.problems, self.lost)
        return evolve(anew, total=total, freshness=self.freshness)

    def _numbered(self, changes: Mapping[str, Entry | None]) -> dict[int, tuple[str, Entry | None]]:
        """Changes by row; what is new comes after all that ever was."""
        after = max(len(self.base.entries), 1 + max(self.recent.entries, default=-1))
        rows = {}
        for key, entry in changes.items():
            row = self.row(key)
            if row is None:
                row, after = after, after + 1
            rows[row] = key, None if entry is None else packed(self.dialect, entry)
        return rows

    def _fingerprint(self, key: str, entry: Entry | None) -> int:
        return 0 if entry is None else fingerprint(key, entry, self.definitions)

    def _changed_total(self, changes: Mapping[str, Entry | None]) -> list[int]:
        """Keep the revision up to date, but only where somebody has paid for it once."""
        if not self._total:
            return []
        total = self._total[0]
        for key, entry in changes.items():
            total += self._fingerprint(key, entry) - self._fingerprint(key, self.at(key))
        return [total]


def packed(dialect: Dialect, entry: Entry) -> Entry:
    """The entry as a snapshot keeps it: small, unless others inherit from it and so read it often."""
    return entry if dialect.level_of(entry) in OPEN else entry.compact()
