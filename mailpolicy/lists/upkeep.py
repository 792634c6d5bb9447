"""The members of all lists that have been asked for, and how they follow the changes of a directory.

What a list names is worked out once. After that a change concerns it only if its own entry changed,
or an object came, went, or changed what the ladder finds it by: then it concerns the lists that name an
address by which the object was found and is no more, or the other way round. A change of what a domain
is called and how it divides its addresses concerns the lists that name any address of it. Nobody else's
changes can make a difference to a list, so what is kept for one version then holds for the next and the
other way round: both fill the same place. Where a list is concerned, the next version has a place of its
own, without that list, whether the list had been asked for or not. What all domains inherit may concern
every list, and nothing is kept when that changes.

What a list finds is kept by `dynamic`. It is united with what the list names for one version only,
because what a member is, another list say, is up to the member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from ..ldap.entry import Entry
from ..lookup.straight import takes_mail
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Index, Snapshot
from ..snapshot.index import sources, terms
from ..snapshot.segment import Changes
from .dynamic import found
from .members import Direct, named, united
from .named.addressing import Names, Terms, aliases_of, candidates, names_in, own_terms
from .named.naming import texts_named
from .reach import ADDRESSED, entry_at, list_row

__all__ = ["Members", "alias_names", "direct"]

KEPT: Final = "members of lists"


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
        """The same for the next version, but for the lists that may be concerned."""
        told = tuple(differing(before, changes))
        levels = {level for each in told for level in each.levels(after.dialect)}
        if not told:
            return self
        if Level.GLOBAL in levels:
            return Kept()
        is_renamed = Level.DOMAIN in levels
        kept = Kept(self.complete.copy(), self.partial.copy(), [] if is_renamed else self._names)
        if kept.complete or kept.partial:
            names = [self.names(before), kept.names(after)] if is_renamed else [self.names(before)]
            kept.forget({row for each in told for row in each.concerned(after, names)})
        return kept

    def forget(self, rows: set[int]) -> None:
        """Keep nothing of these lists."""
        for row in rows:
            self.complete.pop(row, None)
            self.partial.pop(row, None)

    def names(self, snapshot: Snapshot) -> Names:
        """The names of alias domains, which are the same as long as this is kept."""
        if not self._names:
            self._names.append(names_in(snapshot))
        return self._names[0]


def alias_names(snapshot: Snapshot) -> Names:
    """The names of alias domains, by the name of the domain they lead to."""
    return snapshot.followed(KEPT, Kept).names(snapshot)


@frozen
class Told:
    """What stood in a row and what stands there now, where the ladder can tell the difference."""

    row: int
    key: str
    old: Entry | None
    new: Entry | None

    def levels(self, dialect: Dialect) -> set[Level | None]:
        """What it was and is."""
        return {dialect.level_of(each) for each in (self.old, self.new) if each is not None}

    def concerned(self, snapshot: Snapshot, names: Iterable[Names]) -> Iterator[int]:
        """The rows of the lists to which the difference may make one; `names` are those of both versions."""
        yield self.row
        for own in self._ways(snapshot):
            for each in names:
                yield from candidates(snapshot, own, each)

    def _ways(self, snapshot: Snapshot) -> Iterator[Terms]:
        """What leads to it in one version only, and the addresses of alias entries that mean it."""
        dialect = snapshot.dialect
        old, new = ({*terms(dialect, each)} if each is not None else set() for each in (self.old, self.new))
        is_same = is_same_to_mail(dialect, self.old, self.new)
        own: dict[Index, list[str]] = defaultdict(list)
        for index, term in old ^ new if is_same else old | new:
            own[index].append(term)
            if index is Index.DOMAIN:  # it has a say in all of its addresses, as who catches them has
                own[Index.CATCH_ALL].append(term)
        yield own
        if not is_same or own[Index.ID]:
            for row in aliases_of(snapshot, self.key, own):
                yield own_terms(dialect, entry_at(snapshot, row))


def is_same_to_mail(dialect: Dialect, old: Entry | None, new: Entry | None) -> bool:
    """Whether the ladder, once it has come to an object, takes it as it took it before."""
    if old is None or new is None:
        return False
    level = dialect.level_of(old)
    if level is not dialect.level_of(new):
        return False
    if level is Level.ALIAS:
        target = dialect.alias_target_attribute
        return target is None or tuple(old.stored(target)) == tuple(new.stored(target))
    return level in ADDRESSED and takes_mail(dialect, old, level) is takes_mail(dialect, new, level)


def differing(before: Snapshot, changes: Changes) -> Iterator[Told]:
    """The rows where the ladder can tell what was there from what is there now."""
    for row, (key, new) in changes.items():
        old = before.at(key)
        if is_told(before.dialect, old, new):
            yield Told(row, key, old, new)


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
