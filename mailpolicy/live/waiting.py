"""What one can wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..edit import applied
from ..errors import InvalidValue, NotFound, Unavailable
from ..lookup import selected
from ..model import Directory
from ..snapshot import Snapshot
from ..snapshot.changes import Change, Create, Delete, Rename
from .board import Board
from .replica import Cookies
from .write import Applied, shows

__all__ = ["Awaited", "ready_for"]

Awaited: TypeAlias = Change | str | Applied | Callable[[Directory], bool]
"""A change, a CSN, what `apply` has given, or a function that is asked."""


def ready_for(board: Board, what: Awaited) -> Callable[[], bool]:
    """The question whether that shows; no while there is nothing to ask."""
    asked = question(board, what)

    def ready() -> bool:
        try:
            return asked(board.directory())
        except Unavailable:
            return False

    return ready


def question(board: Board, what: Awaited) -> Callable[[Directory], bool]:
    if isinstance(what, str):
        if not Cookies.of([what]):
            raise InvalidValue(what, "a CSN such as 20260102030405.000000Z#000000#001#000000")
        return lambda directory: board.has_seen(what)
    if isinstance(what, Applied):
        return lambda directory: all(shows(directory.snapshot, each) for each in what.entries)
    if isinstance(what, Change):
        return lambda directory: is_made(directory.snapshot, what)
    return what


def is_made(snapshot: Snapshot, change: Change) -> bool:
    """Whether making a change would change nothing, because it is made."""
    try:
        match change:
            case Create(selector=selector):
                return selected(snapshot, selector) is not None
            case Rename(dn=dn):
                return snapshot.entry(dn) is not None
            case Delete(selector=selector):
                return selected(snapshot, selector) is None
        return applied(snapshot, [change]).revision == snapshot.revision
    except NotFound:
        return isinstance(change, Delete)
