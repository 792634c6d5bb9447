"""A live directory in asyncio: nothing here waits for a server in the way of others."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..freshness import Freshness
from ..model import Directory
from ..snapshot.changes import Change
from .bind import Bind
from .board import Board
from .verbs import Verbs
from .waiting import LONGEST_RETURN, Awaited, ready_for
from .watch import AsyncWatch
from .write import Applied

if TYPE_CHECKING:
    from .live import Live

__all__ = ["AsyncLive"]


class AsyncLive(Verbs):
    """The twin of `Live` for asyncio.

    The verbs are the same, for they never wait. What waits is awaited: `wait_for`, `ready`, `apply`, `close`,
    and `watch` is for `async for`.
    """

    def __init__(self, live: Live, board: Board) -> None:
        self._live, self._board = live, board

    @property
    def directory(self) -> Directory:
        """The directory as it is now, which never changes; Unavailable where nothing can be relied on."""
        return self._live.directory

    @property
    def freshness(self) -> Freshness:
        """How things stand with the servers, at this moment."""
        return self._live.freshness

    def watch(self) -> AsyncWatch:
        """The changes of entries from now on, for `async for`."""
        return AsyncWatch(self._board, self._live)

    async def wait_for(self, what: Awaited, timeout: float | None = None) -> Directory:
        """Wait until the directory shows something, and give it as it is then: see `Live.wait_for`."""
        if not await self._board.bell.until(ready_for(self._board, what), timeout):
            raise self._live.missing()
        return self.directory

    async def ready(self, timeout: float | None = None) -> Directory:
        """Wait until a server is followed: see `Live.ready`."""
        if not await self._board.bell.until(lambda: bool(self.freshness), timeout):
            raise self._live.missing()
        return self.directory

    async def apply(
        self, *changes: Change, bind: Bind | None = None, timeout: float | None = LONGEST_RETURN
    ) -> Applied:
        """Make changes on the server, and return when they show here: see `Live.apply`."""
        return await asyncio.to_thread(self._live.apply, *changes, bind=bind, timeout=timeout)

    async def close(self) -> None:
        """End it: see `Live.close`."""
        await asyncio.to_thread(self._live.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return repr(self._live).replace("<Live", "<AsyncLive", 1)
