"""Which lists somebody is on: from her up, so that nobody's members are gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from ..errors import InvalidValue, NotFound
from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Snapshot
from ..values import Address
from .dynamic import finding
from .kept import Members
from .members import name_of
from .reach import entry_at, list_row, reached, row_of
from .static import holders, holders_of_address

__all__ = ["Membership", "is_member", "lists_of"]


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

    def _way(self) -> Iterator[int]:
        row: int | None = self.row
        while row is not None:
            yield row
            row = self._below[row]

    def __repr__(self) -> str:
        return f"<Membership of {self.address}>"


def lists_of(snapshot: Snapshot, whom: Entry | str) -> tuple[Membership, ...]:
    """Give every list that somebody is on, static and dynamic, nearest first.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> [each.via for each in lists_of(acme.snapshot, "wile.e@customer.example")]
    [('partners@acme.example',), ('staff@acme.example', 'partners@acme.example')]

    `whom` is an entry of the snapshot or an address, also one of another domain. A list that is on
    itself is left out of its own lists. An address that nobody has, or that is none, is on no list;
    Ambiguous and Unavailable where nobody can tell whose it is.
    """
    below: dict[int, int | None] = {}
    found = []
    for row, lower in upward(snapshot, start_of(snapshot, whom)):
        below[row] = lower
        found.append(Membership(entry_at(snapshot, row), row, snapshot, below))
    return tuple(found)


def is_member(snapshot: Snapshot, list_entry: Entry, whom: Entry | str) -> bool:
    """Tell whether somebody is on a list, or on one that is on it, without expanding it.

    Whom a dynamic list finds is worked out once, and kept right after that. Where a list names its
    members, her own lists are gone up instead: looking up who they all are would take longer.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> is_member(acme.snapshot, acme.list("staff@acme.example").entry, "Jane+x@acme.example")
    True

    `whom` and the errors are as in `lists_of`; NotFound where the entry is no list of the snapshot.
    """
    start, wanted = start_of(snapshot, whom), list_row(snapshot, list_entry)
    members = Members(snapshot).at_hand(wanted)
    if members is not None and isinstance(start, int):
        if start in members.rows:
            return True
        if not members.lists:
            return False
    return any(row == wanted for row, _ in upward(snapshot, start))


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
