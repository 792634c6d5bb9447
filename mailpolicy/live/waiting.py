"""What one can wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from ..edit import edit
from ..errors import InvalidValue, NotFound, SchemaError, Unavailable
from ..lookup import selected
from ..model import Directory
from ..schema import SETTINGS, find_setting
from ..snapshot import Snapshot
from ..snapshot.changes import AddValue, Change, Create, Delete, RemoveValue, Rename, Set, Unset
from ..snapshot.revision import fingerprint
from .board import Board
from .replica import Cookies
from .write import Applied, shows

__all__ = ["LONGEST_RETURN", "Awaited", "ready_for"]

LONGEST_RETURN: Final = 10.0
"""Seconds in which what was written should have come back."""

Awaited: TypeAlias = Change | str | Applied | Callable[[Directory], bool]
"""A change, a CSN, what `apply` has given, or a function that is asked."""


def ready_for(board: Board, what: Awaited) -> Callable[[], bool]:
    """The question whether that shows; no while there is nothing to ask.

    InvalidValue for what never would.
    """
    asked = question(board, what)

    def ready() -> bool:
        try:
            return asked(board.directory())
        except Unavailable:
            return False

    return ready


def question(board: Board, what: Awaited) -> Callable[[Directory], bool]:
    if isinstance(what, str):
        check_number(board, what)
        return lambda directory: board.has_seen(what)
    if isinstance(what, Applied):
        return lambda directory: all(shows(directory.snapshot, each) for each in what.entries)
    if isinstance(what, Change):
        check_shown(board, what)
        return lambda directory: is_made(directory.snapshot, what)
    return what


def check_number(board: Board, number: str) -> None:
    if not Cookies.of([number]):
        raise InvalidValue(number, "a CSN such as 20260102030405.000000Z#000000#001#000000")
    if board.said.method == "polling":
        raise InvalidValue(number, "a change or a function: a server that is polled names no CSN")


def check_shown(board: Board, change: Change) -> None:
    """Refuse to wait for a secret: whoever reads for us need not see it."""
    snapshot = board.said.snapshot
    for name in names_in(change):
        secret = (
            find_setting(name).secret
            if name in SETTINGS
            else snapshot is not None and snapshot.dialect.is_secret(name)
        )
        if secret:
            raise InvalidValue(name, "a change that shows, which a secret does not")


def names_in(change: Change) -> tuple[str, ...]:
    match change:
        case Set(values=values) | AddValue(values=values) | RemoveValue(values=values):
            return tuple(values)
        case Unset(names=names):
            return names
    return ()


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
        edited = edit(snapshot, change)
    except NotFound:
        return isinstance(change, Delete)
    except SchemaError:
        if isinstance(change, RemoveValue):  # the value is not there any more
            return True
        raise
    return all(
        after is not None
        and before is not None
        and fingerprint(key, before, snapshot.definitions) == fingerprint(key, after, snapshot.definitions)
        for key, after in edited.items()
        for before in (snapshot.at(key),)
    )
