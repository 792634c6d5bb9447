"""Which lists somebody is on, as far as rights are concerned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..errors import Ambiguous, Unavailable
from ..ldap.entry import Entry
from ..lists.named.holders import direct
from ..lists.reach import entry_at, list_row
from ..lists.upward import doubt_between, lists_of, start_of
from ..snapshot import Snapshot

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
    if is_on_none(snapshot, who, address):
        return ()
    try:
        found = lists_of(snapshot, address or "" if who is None else who)
    except (Ambiguous, Unavailable):
        return ()
    return tuple([Group(each.entry, each.is_direct) for each in found])


def nested_in(snapshot: Snapshot, lists: Iterable[Entry]) -> Iterator[Entry]:
    """Give the lists that are on any of these, directly or through others: as wide as deep, each once."""
    seen = set()
    ahead = deque(row for each in lists for row in direct(snapshot, each).lists)
    while ahead:
        row = ahead.popleft()
        if row not in seen:
            seen.add(row)
            entry = entry_at(snapshot, row)
            ahead.extend(direct(snapshot, entry).lists)
            yield entry


def may_hide(snapshot: Snapshot, of: Entry, who: Entry | None, address: str | None = None) -> bool:
    """Whether nobody can tell if somebody is on a list, though she is not seen on it.

    One of its addresses may be that of a list that could not be read, or hers among others.
    """
    if is_on_none(snapshot, who, address):
        return False
    try:
        start = start_of(snapshot, address or "" if who is None else who)
    except (Ambiguous, Unavailable):
        return True
    return doubt_between(snapshot, list_row(snapshot, of), start) is not None


def is_on_none(snapshot: Snapshot, who: Entry | None, address: str | None) -> bool:
    """Whether that is nobody, or an address of ours that nobody has."""
    if who is not None:
        return False
    return address is None or snapshot.domain(address.rpartition("@")[2]) is not None
