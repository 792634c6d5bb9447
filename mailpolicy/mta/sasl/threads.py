"""Where passwords are checked, and stores written: beside the event loop, by a few, and not for ever."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

__all__ = ["Aside", "Threads"]

log = logging.getLogger(__name__)

T = TypeVar("T")

SECONDS: Final = 1.8
"""Less than the two seconds that a login may take."""


class Aside(Protocol):
    """Does what takes time without holding up those who have nothing to do with it."""

    def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        """Call `work` elsewhere, and `then` here with what it gives; None if it does not come to an end."""
        ...

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something after a while."""
        ...


class Threads:
    """Threads beside an event loop.

    `size` of them work, and so many more requests as are `waiting` wait for one; what is beyond has no
    answer, at once. Neither has what takes more than `seconds` in all. What hangs keeps its thread until it
    ends, so that a server that does not answer never costs more threads than these. `work` is what they do,
    for the log.
    """

    def __init__(
        self,
        size: int = 4,
        waiting: int = 64,
        seconds: float = SECONDS,
        work: str = "checking passwords",
    ) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=f"mailpolicy {work}")
        self._work = work
        self._most = size + waiting
        self._seconds = seconds
        self._under_way = 0

    def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        """Call `work` in a thread, and `then` on the event loop; see `Aside`."""
        if self._under_way >= self._most:
            log.warning("%s: too many at once: %d", self._work, self._under_way)
            then(None)
            return
        loop = asyncio.get_running_loop()
        self._under_way += 1
        future = self._pool.submit(work)
        waits = True

        def answer(result: T | None) -> None:
            nonlocal waits
            if waits:
                waits = False
                timer.cancel()
                then(result)

        def over() -> None:
            answer(None)
            future.cancel()

        def finish() -> None:
            self._under_way -= 1
            problem = None if future.cancelled() else future.exception()
            if problem is not None:
                log.error("%s failed", self._work, exc_info=problem)
            answer(None if future.cancelled() or problem is not None else future.result())

        def done(_: Future[T]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                loop.call_soon_threadsafe(finish)

        timer = loop.call_later(self._seconds, over)
        future.add_done_callback(done)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something on the event loop after a while."""
        asyncio.get_running_loop().call_later(seconds, call)

    def close(self) -> None:
        """Begin nothing any more; what is under way ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
