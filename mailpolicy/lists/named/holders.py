"""Which lists name somebody, without looking at any other list.

The addresses of an object are looked up among those that lists name. An address as it stands is put to
the ladder once, for all lists that name it. Where a list may name her with a detail, or only because she
catches what is left of a domain, its own members are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...ldap.matching import dn_key
from ...lookup import alias_target
from ...reasons import Level
from ...snapshot import Snapshot
from ...values.address import folded
from ..members import Dangling, Direct
from ..reach import entry_at, reached, row_of
from ..upkeep import Members, alias_names, direct
from .addressing import Terms, aliases_of, exact_keys, loose_keys, own_terms
from .naming import LOOSE, NAMED, under

__all__ = ["Dangling", "Direct", "direct", "holders", "holding", "holding_address"]


def holding(snapshot: Snapshot, entry: Entry) -> list[int]:
    """Give the rows of the lists that name an object of the snapshot directly, ascending."""
    return only_lists(snapshot, holders(snapshot, row_of(snapshot, entry)))


def holding_address(snapshot: Snapshot, text: str) -> list[int]:
    """The same for an address of a domain that the directory does not have, in any spelling."""
    return only_lists(snapshot, holders_of_address(snapshot, text))


def only_lists(snapshot: Snapshot, rows: Iterable[int]) -> list[int]:
    return sorted(row for row in rows if snapshot.level_of(entry_at(snapshot, row)) is Level.LIST)


def holders(snapshot: Snapshot, row: int) -> set[int]:
    """The rows of all that name the object in a row: lists, and what lists find to take members from."""
    names, members = alias_names(snapshot), Members(snapshot)
    exact, loose = under(snapshot, NAMED), under(snapshot, LOOSE)
    found: set[int] = set()
    for own in ways_to(snapshot, row):
        for key in exact_keys(own, names):
            rows = exact.rows(key)
            if rows and reached(snapshot, key) == row:
                found.update(rows)
        for key in loose_keys(own, names):
            found.update([each for each in loose.rows(key) if each not in found and members.names(each, row)])
    return found


def ways_to(snapshot: Snapshot, row: int) -> Iterator[Terms]:
    """What leads to the entry of a row, and to each alias entry that stands for it."""
    entry = entry_at(snapshot, row)
    own = own_terms(snapshot.dialect, entry)
    yield own
    for each in aliases_of(snapshot, dn_key(entry.dn, snapshot.definitions), own):
        alias = entry_at(snapshot, each)
        if alias_target(snapshot, alias) is entry:
            yield own_terms(snapshot.dialect, alias)


def holders_of_address(snapshot: Snapshot, text: str) -> Sequence[int]:
    try:
        return under(snapshot, NAMED).rows(folded(text))
    except InvalidValue:
        return ()
