"""The members of all lists that have been asked for, and how they follow the changes of a directory.

What a list names is worked out once. After that a change concerns it only if its own entry changed,
or an object that it may name came, went, or changed what the ladder finds it by. Nobody else's changes
can make a difference to it, so what is kept for one version then holds for the next and the other way
round: both fill the same place. Where a list is concerned, the next version has a place of its own,
without that list, whether the list had been asked for or not. A change of what domains are called and
how they divide their addresses may concern every list, and nothing is kept then.

What a list finds is kept by `dynamic`. It is united with what the list names for one version only,
because what a member is, another list say, is up to the member.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Snapshot
from ..snapshot.index import sources
from ..snapshot.segment import Changes
from .addressing import Names, aliases_of, candidates, names_in, own_terms
from .dynamic import found
from .members import Direct, named, united
from .naming import texts_named
from .reach import entry_at, list_row

__all__ = ["Members", "alias_names", "direct"]

KEPT: Final = "members of lists"
SHARED: Final = (Level.DOMAIN, Level.GLOBAL)
"""What they say may lead any address elsewhere."""


def direct(snapshot: Snapshot, list_entry: Entry) -> Direct:
    """Give the direct members of a list; NotFound where the entry is none of this snapshot."""
    return Members(snapshot).of(list_row(snapshot, list_entry))


class Members:
    """The lists of one snapshot by row, with their direct members."""

    __slots__ = ("_complete", "_kept", "_snapshot", "_united")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._kept = snapshot.followed(KEPT, Kept)
        self._complete = self._kept.complete
        self._united: dict[int, Direct] = snapshot.memory(KEPT)

    def of(self, row: int) -> Direct:
        """The direct members of the list in this row."""
        return self._complete.get(row) or self._united.get(row) or self._worked_out(row)

    def at_hand(self, row: int) -> Direct | None:
        """The same, if somebody has asked before or no addresses have to be looked up for it."""
        known = self._complete.get(row) or self._united.get(row)
        if known is not None or any(texts_named(self._snapshot.dialect, entry_at(self._snapshot, row))):
            return known
        return self.of(row)

    def names(self, holder: int, row: int) -> bool:
        """Whether a list, or what lists take members from, itself names the object in a row."""
        members = self._named(holder)
        return row in members.rows or row in members.lists

    def _worked_out(self, row: int) -> Direct:
        members = self._named(row)
        if row in self._complete:
            return members
        finds = found(self._snapshot, entry_at(self._snapshot, row))
        self._united[row] = both = united(self._snapshot, row, members, finds)
        return both

    def _named(self, row: int) -> Direct:
        members = self._complete.get(row) or self._kept.partial.get(row)
        if members is None:
            entry, dialect = entry_at(self._snapshot, row), self._snapshot.dialect
            is_static = dialect.level_of(entry) is Level.LIST and not dialect.is_dynamic(entry)
            kept = self._complete if is_static else self._kept.partial
            members = kept[row] = named(self._snapshot, row, entry)
        return members


@frozen(eq=False)
class Kept:
    """What is named, by row: by static lists, and by those that find others besides, or are found."""

    complete: dict[int, Direct] = field(factory=dict)
    partial: dict[int, Direct] = field(factory=dict)
    _names: list[Names] = field(factory=list)
    """The names of alias domains, once somebody has asked."""

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Kept:
        """The same for the next version; nothing where any list may be concerned."""
        told = tuple(differing(before, changes))
        if any(after.dialect.level_of(entry) in SHARED for _, _, entry in told):
            return Kept()
        concerned = {row for row, _, _ in told}
        if concerned and (self.complete or self.partial):
            names = self.names(before)
            for _, key, entry in told:
                own = own_terms(after.dialect, entry)
                concerned.update(candidates(after, own, names))
                for row in aliases_of(after, key, own):
                    alias = own_terms(after.dialect, entry_at(after, row))
                    concerned.update(candidates(after, alias, names))
        return self._without(concerned) if concerned else self

    def _without(self, rows: set[int]) -> Kept:
        kept = Kept(self.complete.copy(), self.partial.copy(), self._names)
        for row in rows:
            kept.complete.pop(row, None)
            kept.partial.pop(row, None)
        return kept

    def names(self, snapshot: Snapshot) -> Names:
        """The names of alias domains, which are the same as long as this is kept."""
        if not self._names:
            self._names.append(names_in(snapshot))
        return self._names[0]


def alias_names(snapshot: Snapshot) -> Names:
    """The names of alias domains, by the name of the domain they lead to."""
    return snapshot.followed(KEPT, Kept).names(snapshot)


def differing(before: Snapshot, changes: Changes) -> Iterator[tuple[int, str, Entry]]:
    """What was there and what is there now, by row and key, where the ladder can tell the difference."""
    for row, (key, new) in changes.items():
        old = before.at(key)
        if is_told(before.dialect, old, new):
            yield from ((row, key, each) for each in (old, new) if each is not None)


def is_told(dialect: Dialect, old: Entry | None, new: Entry | None) -> bool:
    """Whether the ladder, or a list, can tell two entries apart."""
    if old is None or new is None:
        return old is not new
    level = dialect.level_of(old)
    return level is not dialect.level_of(new) or any(
        tuple(old.stored(name)) != tuple(new.stored(name)) for name in telling(dialect, level)
    )


@lru_cache(maxsize=64)
def telling(dialect: Dialect, level: Level | None) -> tuple[str, ...]:
    """The attributes by which the ladder finds an object of this kind, and those that make members."""
    found = ["objectClass", *(attribute for _, attribute, _ in sources(dialect, level))] if level else []
    for name in TELLING.get(level, ()):
        binding = dialect.binding(name, level or Level.LIST)
        found += [part.attribute for part in binding.parts] if binding else []
    if level is Level.ALIAS and dialect.alias_target_attribute:
        found.append(dialect.alias_target_attribute)
    return tuple(dict.fromkeys(found))


MEMBERS: Final = ("member_addresses", "member_urls")
TELLING: Final[Mapping[Level | None, tuple[str, ...]]] = {
    None: MEMBERS,
    Level.LIST: ("mail_status", *MEMBERS),
    Level.DOMAIN: ("mail_status", "domain_kind", "alias_target", "recipient_delimiter"),
    Level.GLOBAL: ("mail_status", "recipient_delimiter"),
    **dict.fromkeys((Level.ACCOUNT, Level.RESOURCE, Level.COS, Level.SERVER, Level.ALIAS), ("mail_status",)),
}
"""The settings that count beside those by which an object is found."""
