"""Which lists somebody is on, as far as rights are concerned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from ..errors import Ambiguous, Unavailable
from ..ldap.entry import Entry
from ..lists.reach import entry_at
from ..lists.static import Direct, direct
from ..lists.upward import lists_of
from ..lookup import is_partial
from ..snapshot import Index, Snapshot, folded_address

__all__ = ["Group", "groups_of", "may_hide", "nested_in"]


class Group(NamedTuple):
    """A list that somebody is on: named there, or on a list that is."""

    entry: Entry
    direct: bool


def groups_of(snapshot: Snapshot, who: Entry | None, address: str | None = None) -> tuple[Group, ...]:
    """Give every list that somebody is on, nearest first and each once; a list is not on itself.

    `who` is an entry; None for somebody outside, who is known by the address alone. An address of ours
    that nobody has is on no list, whatever takes mail for it.
    """
    if who is None and (address is None or snapshot.domain(address.rpartition("@")[2]) is not None):
        return ()
    try:
        found = lists_of(snapshot, address or "" if who is None else who)
    except (Ambiguous, Unavailable):
        return ()
    return tuple([Group(each.entry, each.is_direct) for each in found])


def nested_in(snapshot: Snapshot, lists: Iterable[Entry]) -> Iterator[Entry]:
    """Give the lists that are on any of these, directly or through others; each once."""
    for entry, _ in downward(snapshot, lists):
        yield entry


def may_hide(snapshot: Snapshot, of: Entry, names: Set[str]) -> bool:
    """Whether nobody can tell if somebody of these names is on a list, though she is not seen on it.

    One of its addresses may be that of a list that could not be read, or hers among others.
    """
    shared = any(len(snapshot.lookup(Index.ADDRESS, name)) > 1 for name in names)
    if not shared and not is_partial(snapshot):
        return False
    return any(
        dangling.problem == "unknown"
        or (dangling.problem == "ambiguous" and folded_address(dangling.address) in names)
        for each in (direct(snapshot, of), *(members for _, members in downward(snapshot, [of])))
        for dangling in each.dangling
    )


def downward(snapshot: Snapshot, lists: Iterable[Entry]) -> Iterator[tuple[Entry, Direct]]:
    """The lists on these, with their members: as wide as deep, each once."""
    seen = set()
    ahead = deque(row for each in lists for row in direct(snapshot, each).lists)
    while ahead:
        row = ahead.popleft()
        if row not in seen:
            seen.add(row)
            entry = entry_at(snapshot, row)
            members = direct(snapshot, entry)
            ahead.extend(members.lists)
            yield entry, members
