"""Whom a dynamic list finds, and which dynamic lists find an entry.

What a list has found once is kept and follows the changes of the directory: an entry that changes is tried
on the lists that its values, before and after, bring up (see `triggers`), and on no others. Only where a
change reaches beyond its entry is a list worked out anew: a filter that asks what stands below an entry,
after entries have come or gone; and one about effective settings, after a change of what others inherit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from ..ldap.entry import Entry
from ..ldap.matching import dn_key, is_within
from ..query import Query, Search, query_for
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Snapshot
from ..snapshot.rows import Rows
from ..snapshot.segment import Changes
from .predicate import Predicate
from .triggers import candidates, is_dynamic_list
from .urls import MemberSearch, member_searches

__all__ = ["finding", "found", "found_by", "is_found"]

KEPT: Final = "found"
MOST_KEPT: Final = 1 << 14
"""Of how many lists a snapshot keeps whom they find."""

INHERITED_FROM: Final = (Level.COS, Level.DOMAIN, Level.GLOBAL, Level.SERVER)


def found(snapshot: Snapshot, list_entry: Entry) -> Rows:
    """The rows of all entries that a list finds, whatever they are; none for a static one.

    The list need not be part of the snapshot: what it would find is the same.
    """
    kept, row = snapshot.followed(KEPT, Found).by_list, row_of(snapshot, list_entry)
    searches = searches_of(snapshot, list_entry, row)
    known = None if row is None else kept.get(row)
    if known is not None and known.searches == searches:
        return known.rows
    rows = Rows.union([rows_of(snapshot, search) for search in searches])
    if row is not None and len(kept) < MOST_KEPT and has(snapshot.dialect, snapshot.entry_in(row), searches):
        kept[row] = Kept(searches, rows)
    return rows


def found_by(snapshot: Snapshot, list_entry: Entry, search: MemberSearch) -> Rows:
    """The rows that one of its searches finds.

    What all of them find together is kept, and most lists have but one.
    """
    is_alone = searches_of(snapshot, list_entry, row_of(snapshot, list_entry)) == (search,)
    return found(snapshot, list_entry) if is_alone else rows_of(snapshot, search)


def is_found(snapshot: Snapshot, list_entry: Entry, entry: Entry) -> bool:
    """Whether a list finds an entry, without looking at any other."""
    key = dn_key(entry.dn, snapshot.definitions)
    searches = searches_of(snapshot, list_entry, row_of(snapshot, list_entry))
    return any(finds(snapshot, search, key, entry) for search in searches)


def finding(snapshot: Snapshot, entry: Entry) -> list[int]:
    """The rows of the dynamic lists that find an entry, ascending."""
    key = dn_key(entry.dn, snapshot.definitions)
    return [
        row
        for row in sorted(candidates(snapshot, key, entry))
        if (each := snapshot.entry_in(row)) is not None
        and any(finds(snapshot, search, key, entry) for search in searches_of(snapshot, each, row))
    ]


Searches = tuple[MemberSearch, ...]


def searches_of(snapshot: Snapshot, list_entry: Entry, row: int | None) -> Searches:
    """The searches of a list that find anybody; `row` is the one under its name.

    They are kept as long as the entry stands there: reading a URL takes longer than trying somebody on it.
    """
    if row is None or snapshot.entry_in(row) is not list_entry:
        return searches_in(snapshot.dialect, list_entry)
    read = snapshot.followed(KEPT, Found).read
    searches = read.get(row)
    if searches is None:
        searches = read[row] = searches_in(snapshot.dialect, list_entry)
    return searches


def searches_in(dialect: Dialect, list_entry: Entry) -> Searches:
    searches = member_searches(dialect, list_entry)
    return tuple([each for each in searches if isinstance(each, MemberSearch)])


def has(dialect: Dialect, entry: Entry | None, searches: Searches) -> bool:
    """Whether an entry is a list with these searches, so that its triggers are those of the searches."""
    if entry is None or not is_dynamic_list(dialect, entry):
        return False
    return searches_in(dialect, entry) == searches


def rows_of(snapshot: Snapshot, search: MemberSearch) -> Rows:
    judge = judge_of(snapshot, search)
    if isinstance(judge, Query):
        sent = snapshot.searched(search.url.dn, search.scope, judge.filter)
        if sent is not None:
            return sent
    within = snapshot.rows_within(search.url.dn, search.scope)
    if isinstance(judge, Predicate):
        return judge.rows(snapshot, within)
    return Search(snapshot, judge, within).rows()


def finds(snapshot: Snapshot, search: MemberSearch, key: str, entry: Entry) -> bool:
    """Whether a search finds an entry of this key."""
    if not is_within(key, search.key, search.scope):
        return False
    judge = judge_of(snapshot, search)
    if isinstance(judge, Predicate):
        return judge.matches(snapshot, entry) is True
    return judge.matches(entry) is True


def judge_of(snapshot: Snapshot, search: MemberSearch) -> Query | Predicate:
    """What tells whom the search finds; where it asks for the tree, it is one of this very snapshot."""
    judge = search.judge
    return query_for(snapshot, search.filter) if search.asks_tree and isinstance(judge, Query) else judge


def row_of(snapshot: Snapshot, entry: Entry) -> int | None:
    """The row under the name of an entry; None if there never was one of that name."""
    return snapshot.row(dn_key(entry.dn, snapshot.definitions))


# -- what follows changes -----------------------------------------------------------------------------


@frozen
class Kept:
    """Whom a list with these searches finds."""

    searches: Searches
    rows: Rows

    def depends_on(self, *, tree: bool, inherited: bool) -> bool:
        """Whether what it finds may differ where such things have changed."""
        return any((tree and each.asks_tree) or (inherited and each.effective) for each in self.searches)


@frozen(eq=False)
class Found:
    """Whom lists find, by the row of the list; those that nobody has asked for are not there."""

    by_list: dict[int, Kept] = field(factory=dict)
    read: dict[int, Searches] = field(factory=dict)
    """The searches of lists by row, as far as somebody has been tried on them."""

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Found:
        """The same for the next version."""
        kept, read = self.by_list.copy(), self.read.copy()
        for row in changes.keys() & read.keys():
            del read[row]
        if not kept:
            return Found(read=read)
        old = {row: before.entry_in(row) for row in changes}
        for row in changes.keys() & kept.keys():
            if not has(after.dialect, changes[row][1], kept[row].searches):
                del kept[row]
        tree = any((old[row] is None) is not (entry is None) for row, (_, entry) in changes.items())
        inherited = any(
            each is not None and after.level_of(each) in INHERITED_FROM
            for row, (_, entry) in changes.items()
            for each in (old[row], entry)
        )
        if tree or inherited:
            stale = [row for row, each in kept.items() if each.depends_on(tree=tree, inherited=inherited)]
            for row in stale:
                del kept[row]
        for row, (lost, gained) in differences(after, kept, old, changes).items():
            searches, rows = kept[row].searches, kept[row].rows
            kept[row] = Kept(searches, (rows - Rows.of(lost)) | Rows.of(gained))
        return Found(kept, read)


def differences(
    after: Snapshot, kept: Mapping[int, Kept], old: Mapping[int, Entry | None], changes: Changes
) -> dict[int, tuple[list[int], list[int]]]:
    """The rows that lists no longer find, and those that they find now, by the row of the list."""
    found: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for row, (key, entry) in changes.items():
        tried: set[int] = set()
        for each in (old[row], entry):
            if each is not None:
                tried |= candidates(after, key, each)
        for of in tried & kept.keys():
            is_on = entry is not None and any(
                finds(after, search, key, entry) for search in kept[of].searches
            )
            if is_on is not (row in kept[of].rows):
                found[of][is_on].append(row)
    return found
