"""Which lists name somebody, without looking at any other list.

The addresses of an object are looked up among those that lists name. An address as it stands is put to
the ladder once, for all lists that name it. Where a list may name her with a detail, or only because she
catches what is left of a domain, its own members are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..lookup import alias_target
from ..reasons import Level
from ..snapshot import Snapshot
from ..values.address import folded
from .kept import Members, alias_names, direct
from .members import Dangling, Direct
from .naming import LOOSE, NAMED, aliases_of, exact_keys, loose_keys, under
from .reach import entry_at, reached, row_of

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
    found: set[int] = set()
    for entry in ways_to(snapshot, row):
        for key in exact_keys(snapshot.dialect, entry, names):
            rows = under(snapshot, NAMED, key)
            if rows and reached(snapshot, key) == row:
                found.update(rows)
        for key in loose_keys(snapshot.dialect, entry, names):
            for each in under(snapshot, LOOSE, key):
                if each not in found and members.names(each, row):
                    found.add(each)
    return found


def ways_to(snapshot: Snapshot, row: int) -> Iterator[Entry]:
    """The entry of a row, and the alias entries that stand for it."""
    entry = entry_at(snapshot, row)
    yield entry
    for each in aliases_of(snapshot, snapshot.key(entry.dn), entry):
        alias = entry_at(snapshot, each)
        if alias_target(snapshot, alias) is entry:
            yield alias


def holders_of_address(snapshot: Snapshot, text: str) -> list[int]:
    try:
        return under(snapshot, NAMED, folded(text))
    except InvalidValue:
        return []
