"""A server in a thread of its own, for those who have no event loop: tests, notebooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, Self, TypeVar

from .server import Serving

__all__ = ["Background"]

T = TypeVar("T")

START_SECONDS: Final = 10.0


class Background:
    """Runs what `made` gives, a `Serving` or several, within `with`: in a thread, with an event loop.

    >>> with Background(lambda: Serving("inet:127.0.0.1:0", opened)) as background:  # doctest: +SKIP
    ...     background.port

    `made` is called in that thread, and so is all that sessions do.
    """

    def __init__(
        self,
        *made: Callable[[], Serving],
        loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
    ) -> None:
        self.servings: list[Serving] = []
        self._made = made
        self._loop = loop()
        self._thread = threading.Thread(target=self._run, name="mailpolicy-server", daemon=True)

    @property
    def port(self) -> int:
        """The port of the first address of the first."""
        return self.servings[0].port

    @property
    def address(self) -> str:
        """The first address of the first."""
        return self.servings[0].addresses[0]

    def run(self, work: Coroutine[Any, Any, T], seconds: float = START_SECONDS) -> T:
        """Let the thread do something, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self.run(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.run(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(START_SECONDS)
            self._loop.close()

    async def _start(self) -> None:
        for made in self._made:
            serving = made()
            await serving.start()
            self.servings.append(serving)

    async def _stop(self) -> None:
        for serving in self.servings:
            await serving.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
