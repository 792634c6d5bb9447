"""Where nobody can tell whether somebody is on a list that she is not seen on.

A list may name an address that several have, and nobody knows whose mail for it is. It may name one that
nobody is seen to have, though a part of the source could not be read: that of an object, or of a list,
that she may be or be on.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from ..errors import Ambiguous, Unavailable
from ..lookup import is_partial
from ..reasons import Level
from ..snapshot import Index, Snapshot
from .members import Dangling, Direct
from .named.addressing import Terms
from .named.holders import ways_to
from .reach import entry_at, reached
from .upkeep import Members

__all__ = ["doubt", "is_doubted", "shares"]

WAYS = (Index.ADDRESS, Index.OLD_ADDRESS, Index.CATCH_ALL)


def is_doubted(snapshot: Snapshot, rows: Iterable[int]) -> bool:
    """Whether there can be any doubt about somebody, by her row and those of the lists she is on.

    Without reading any list: most of the time there is none.
    """
    return is_partial(snapshot) or any(
        shares(snapshot, own) for row in rows for own in ways_to(snapshot, row)
    )


def shares(snapshot: Snapshot, own: Terms) -> bool:
    """Whether somebody else has an address of these, and mail for it may be hers or not."""
    return any(len(snapshot.lookup(index, term)) > 1 for index in WAYS for term in own.get(index, ()))


def doubt(
    snapshot: Snapshot, wanted: int, start: int | str, opened: Container[int] | None = None
) -> Ambiguous | Unavailable | None:
    """Why nobody can tell whether somebody is on a list, though she is not seen on it.

    `start` is her row or an outside address; None is given where she surely is not on it, and a list is
    not on itself. Where only some lists are `opened`, the others below are not looked at.
    """
    if start == wanted:
        return None
    members, seen = Members(snapshot), {wanted}
    ahead: list[tuple[int, Dangling | None]] = [(wanted, None)]
    for row, by in ahead:
        here = members.of(row)
        if by is not None and has(here, start):
            return reason_of(snapshot, by)
        below = [(each, by) for each in here.lists if by or opened is None or each in opened]
        for dangling in here.dangling:
            if dangling.problem == "unknown" or start in dangling.rivals:
                return reason_of(snapshot, dangling)
            below += [(each, dangling) for each in lists_among_rivals(snapshot, dangling)]
        ahead += unseen(below, seen)
    return None


def has(members: Direct, start: int | str) -> bool:
    if isinstance(start, str):
        return start in members.outside
    return start in members.rows or start in members.lists


def lists_among_rivals(snapshot: Snapshot, dangling: Dangling) -> Iterator[int]:
    """The lists that an ambiguous member may be: who is on them may be on the list."""
    for row in dangling.rivals:
        if snapshot.level_of(entry_at(snapshot, row)) is Level.LIST:
            yield row


def unseen(
    below: Iterable[tuple[int, Dangling | None]], seen: set[int]
) -> Iterator[tuple[int, Dangling | None]]:
    for row, by in below:
        if row not in seen:
            seen.add(row)
            yield row, by


def reason_of(snapshot: Snapshot, dangling: Dangling) -> Ambiguous | Unavailable:
    """What the ladder says of such a member."""
    error = reached(snapshot, dangling.address)
    assert isinstance(error, Ambiguous | Unavailable)
    return error
