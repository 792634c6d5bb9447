"""Waking those who wait, threads and event loops, whenever something changes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping

__all__ = ["Bell"]


class Bell:
    """Rings when something changes, and a last time when it is closed.

    What somebody waits for is asked by whoever waits, outside of every lock: however long that takes,
    nobody else waits for it.
    """

    def __init__(self) -> None:
        self.closed = False
        self._changed = threading.Condition()
        self._rung = 0
        # Replaced, never changed: a loop may leave at any moment, even while those who listen are told.
        self._listeners: Mapping[object, Callable[[], None]] = {}

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()
            listeners = self._listeners
        for listener in listeners.values():
            listener()

    def close(self) -> None:
        """Let nobody wait any longer."""
        self.closed = True
        self.ring()

    def wait(self, ready: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until something holds, looking whenever it rings; whether it does at the end."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            seen = self._rung
            if ready() or self.closed:
                return ready()
            left = None if deadline is None else deadline - time.monotonic()
            with self._changed:
                if not self._changed.wait_for(lambda seen=seen: self._rung != seen, left):  # type: ignore[misc]
                    return ready()

    async def until(self, ready: Callable[[], bool], timeout: float | None = None) -> bool:
        """The same in asyncio, without a thread."""
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            try:
                loop.call_soon_threadsafe(rung.set)
            except RuntimeError:  # the loop has been closed with somebody waiting in it
                leave()

        leave = self._listen(wake)
        try:
            async with asyncio.timeout(timeout):
                while not (ready() or self.closed):
                    await rung.wait()
                    rung.clear()
        except TimeoutError:
            pass
        finally:
            leave()
        return ready()

    def _listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at each ring, from the thread that rings, until the result is called."""
        token = object()
        with self._changed:
            self._listeners = {**self._listeners, token: listener}

        def leave() -> None:
            with self._changed:
                self._listeners = {
                    each: known for each, known in self._listeners.items() if each is not token
                }

        return leave

    def forked(self) -> None:
        """Begin anew in the child of a process whose threads, which may have held the lock, are not here."""
        self._changed = threading.Condition()
        self._listeners = {}
