"""Changes of a live directory, one after the other."""

from __future__ import annotations

from collections import deque
from typing import Self

from .board import Board, Published
from .replica import EntryChange

__all__ = ["AsyncWatch", "Watch"]


class Unseen:
    """The changes that somebody who watches has not seen yet; none is left out however late she comes."""

    def __init__(self, board: Board) -> None:
        self._at: Published = board.latest
        self._ready: deque[EntryChange] = deque()

    def take(self) -> EntryChange | None:
        """The next change; None where there is none yet."""
        while not self._ready and self._at.following is not None:
            self._at = self._at.following
            self._ready.extend(self._at.changes)
        return self._ready.popleft() if self._ready else None

    def is_there(self) -> bool:
        return bool(self._ready) or self._at.following is not None


class Watch:
    """The changes of entries from the moment it was made on; iterating waits, and ends with the directory.

    It is for one thread at a time.
    """

    def __init__(self, board: Board, owner: object) -> None:
        self._board = board
        self._owner = owner
        """Who would be closed if nobody held it."""
        self._unseen = Unseen(board)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> EntryChange:
        change = self.next_within(None)
        if change is None:
            raise StopIteration
        return change

    def next_within(self, timeout: float | None) -> EntryChange | None:
        """The next change; None where none comes within so many seconds, or where the directory is closed."""
        self._board.bell.wait(self._unseen.is_there, timeout)
        return self._unseen.take()


class AsyncWatch:
    """The same for `async for`."""

    def __init__(self, board: Board, owner: object) -> None:
        self._board = board
        self._owner = owner
        self._unseen = Unseen(board)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EntryChange:
        await self._board.bell.until(self._unseen.is_there)
        change = self._unseen.take()
        if change is None:
            raise StopAsyncIteration
        return change
