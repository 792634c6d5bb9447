"""Which lists somebody is on: from her up, so that nobody's members are gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from attrs import field, frozen

from ..errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ..ldap.entry import Entry
from ..lookup import is_partial
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.remembering import remember
from ..values import Address
from .doubts import doubt, is_doubted, shares
from .dynamic import finding
from .members import name_of
from .named.addressing import candidates
from .named.holders import holders, holders_of_address, ways_to
from .reach import entry_at, list_row, reached, row_of
from .upkeep import Members, alias_names

__all__ = ["Membership", "Memberships", "doubt_between", "doubt_of", "is_member", "lists_of", "start_of"]

MOST_DOUBTED: Final = 4096
"""Of how many it is remembered whether there can be a doubt about them."""


@frozen(repr=False)
class Membership:
    """A list that somebody is on."""

    entry: Entry
    row: int
    _snapshot: Snapshot = field(eq=False)
    _below: dict[int, int | None] = field(eq=False)

    @property
    def address(self) -> str:
        """The address of the list; its DN where it has none."""
        return name_of(self._snapshot, self.row)

    @property
    def is_direct(self) -> bool:
        """Whether she is on the list itself, not only on one that is on it."""
        return self._below[self.row] is None

    @property
    def via(self) -> tuple[str, ...]:
        """The addresses of the lists by which she is on it: from this one down, a shortest way."""
        return tuple([name_of(self._snapshot, row) for row in self._way()])

    @property
    def nearest(self) -> Entry:
        """The last list of that way: the one that she is on herself."""
        *_, row = self._way()
        return entry_at(self._snapshot, row)

    def _way(self) -> Iterator[int]:
        row: int | None = self.row
        while row is not None:
            yield row
            row = self._below[row]

    def __repr__(self) -> str:
        return f"<Membership of {self.address}>"


class Memberships(tuple[Membership, ...]):
    """The lists that somebody surely is on, nearest first, and those that nobody can tell of."""

    _snapshot: Snapshot
    _start: int | str | None

    @classmethod
    def of(cls, snapshot: Snapshot, start: int | str | None) -> Memberships:
        """Those of who is in a row, or of an outside address."""
        below: dict[int, int | None] = {}
        found = []
        for row, lower in upward(snapshot, start):
            below[row] = lower
            found.append(Membership(entry_at(snapshot, row), row, snapshot, below))
        memberships = cls(found)
        memberships._snapshot, memberships._start = snapshot, start
        return memberships

    @cached_property
    def doubtful(self) -> tuple[Entry, ...]:
        """The lists that she may be on: of each of them `is_member` raises.

        They name an address that she shares with others, or one that nobody is seen to have although it
        may be hers, or they have such a list on them.
        """
        if self._start is None:
            return ()
        rows = doubtful_above(self._snapshot, self._start, [each.row for each in self])
        return tuple([entry_at(self._snapshot, row) for row in rows])


def lists_of(snapshot: Snapshot, whom: Entry | str) -> Memberships:
    """Give every list that somebody is on, static and dynamic, nearest first.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> [each.via for each in lists_of(acme.snapshot, "wile.e@customer.example")]
    [('partners@acme.example',), ('staff@acme.example', 'partners@acme.example')]

    `whom` is an entry of the snapshot or an address, also one of another domain. A list that is on
    itself is left out of its own lists. An address that nobody has, or that is none, is on no list;
    Ambiguous and Unavailable where nobody can tell whose it is. Lists of which nobody can tell whether
    she is on them are the `doubtful` ones of the result.
    """
    return Memberships.of(snapshot, start_of(snapshot, whom))


def is_member(snapshot: Snapshot, list_entry: Entry, whom: Entry | str) -> bool:
    """Tell whether somebody is on a list, or on one that is on it, without expanding it.

    Whom a dynamic list finds is worked out once, and kept right after that. Where a list names its
    members, her own lists are gone up instead: looking up who they all are would take longer.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> is_member(acme.snapshot, acme.list("staff@acme.example").entry, "Jane+x@acme.example")
    True

    `whom` and the errors are as in `lists_of`; NotFound where the entry is no list of the snapshot.
    Ambiguous and Unavailable too where she is not seen on it, but the list, or one on it, names an
    address that she shares with others, or one that may stand in a part of the source that was not read.
    """
    start, wanted = start_of(snapshot, whom), list_row(snapshot, list_entry)
    members = Members(snapshot).at_hand(wanted)
    if members is not None and isinstance(start, int):
        if start in members.rows:
            return True
        if not members.lists and not members.dangling:
            return False
    if any(row == wanted for row, _ in upward(snapshot, start)):
        return True
    if (why := doubt_between(snapshot, wanted, start)) is not None:
        raise why
    return False


def doubt_of(snapshot: Snapshot, list_entry: Entry, whom: Entry | str) -> Ambiguous | Unavailable | None:
    """Why nobody can tell whether somebody is on a list that she is not seen on; None where she is not."""
    return doubt_between(snapshot, list_row(snapshot, list_entry), start_of(snapshot, whom))


def doubt_between(snapshot: Snapshot, wanted: int, start: int | str | None) -> Ambiguous | Unavailable | None:
    """The same for a list in a row, and for who is in one or has an outside address."""
    return doubt(snapshot, wanted, start) if start is not None and may_be_doubted(snapshot, start) else None


def may_be_doubted(snapshot: Snapshot, start: int | str) -> bool:
    """Whether it pays to look for lists that nobody can tell of."""
    known = snapshot.memory("doubted members")
    found: bool | None = known.get(start)
    if found is None:
        rows = (*((start,) if isinstance(start, int) else ()), *(row for row, _ in upward(snapshot, start)))
        found = remember(known, start, is_doubted(snapshot, rows), MOST_DOUBTED)
    return found


def start_of(snapshot: Snapshot, whom: Entry | str) -> int | str | None:
    """The row to go up from, or an outside address; None where nobody is there."""
    if isinstance(whom, Entry):
        return row_of(snapshot, whom)
    where = reached(snapshot, whom)
    if isinstance(where, int):
        return where
    if isinstance(where, Address):
        return where
    if isinstance(where, NotFound | InvalidValue):
        return None
    raise where


def upward(snapshot: Snapshot, start: int | str | None) -> Iterator[tuple[int, int | None]]:
    """The lists above, nearest first, each with the list below it by which it was met."""
    if start is None:
        return
    seen: set[int] = {start} if isinstance(start, int) else set()
    layer: list[tuple[int, int | None]] = []
    for row in first(snapshot, start):
        if row not in seen:
            seen.add(row)
            layer.append((row, None))
    while layer:
        yield from layer
        higher: list[tuple[int, int | None]] = []
        for lower, _ in layer:
            for row in above(snapshot, lower):
                if row not in seen:
                    seen.add(row)
                    higher.append((row, lower))
        layer = higher


def first(snapshot: Snapshot, start: int | str) -> list[int]:
    if isinstance(start, int):
        return above(snapshot, start)
    return lists_among(snapshot, holders_of_address(snapshot, start))


def above(snapshot: Snapshot, row: int) -> list[int]:
    """The lists that have an object among their direct members, ascending."""
    found = lists_among(snapshot, holders(snapshot, row))
    return sorted({*found, *finding(snapshot, entry_at(snapshot, row))})


def lists_among(snapshot: Snapshot, rows: Iterable[int]) -> list[int]:
    """These rows, where they are lists; else the lists that find them, and so take their members."""
    found: set[int] = set()
    for row in rows:
        entry = entry_at(snapshot, row)
        if snapshot.level_of(entry) is Level.LIST:
            found.add(row)
        else:
            found.update(finding(snapshot, entry))
    return sorted(found)


# Lists that nobody can tell of


def doubtful_above(snapshot: Snapshot, start: int | str, certain: Iterable[int]) -> list[int]:
    """The lists that somebody may be on, beside those that she is on."""
    if not may_be_doubted(snapshot, start):
        return []
    ahead = [*((start,) if isinstance(start, int) else ()), *certain]
    known, found = set(ahead), []

    def meet(rows: Iterable[int]) -> None:
        new = [row for row in rows if row not in known]
        known.update(new)
        found.extend(new)
        ahead.extend(new)

    meet(lists_with_unread(snapshot) if is_partial(snapshot) else ())
    for row in ahead:
        meet(perhaps_above(snapshot, row))
        meet(above(snapshot, row))
    return found


def perhaps_above(snapshot: Snapshot, row: int) -> list[int]:
    """The lists that name an object by an address that others have as well, ascending."""
    named: set[int] = set()
    for own in ways_to(snapshot, row):
        if shares(snapshot, own):
            named.update(candidates(snapshot, own, alias_names(snapshot)))
    members = Members(snapshot)
    return [
        each
        for each in lists_among(snapshot, named)
        if any(row in dangling.rivals for dangling in members.of(each).dangling)
    ]


def lists_with_unread(snapshot: Snapshot) -> list[int]:
    """The lists that name an address which may stand in a part of the source that was not read.

    All lists have to be gone through, once.
    """
    known, members = snapshot.memory("lists with unread members"), Members(snapshot)
    if True not in known:
        known[True] = [
            row
            for row in snapshot.rows_of(Level.LIST)
            if any(dangling.problem == "unknown" for dangling in members.of(row).dangling)
        ]
    rows: list[int] = known[True]
    return rows
