"""Work that waits for a disk: beside the event loop, and no longer than a disk may take."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from ..config.file import Misconfigured

__all__ = ["OPENING_SECONDS", "in_time"]

Found = TypeVar("Found")

OPENING_SECONDS: Final = 10.0
"""How long a disk may take to open a file."""


async def in_time(
    work: Callable[[], Found],
    what: str,
    late: Callable[[Found], None] = lambda found: None,
    seconds: float = OPENING_SECONDS,
) -> Found:
    """What `work` gives; Misconfigured where the disk does not answer, with `what` it was to give.

    A thread that hangs there is left behind, and keeps nobody from ending. What it gives too late goes to
    `late`.
    """
    told: Future[Found] = Future()

    def run() -> None:
        try:
            found = work()
        except BaseException as problem:  # noqa: BLE001 - whoever waits is told, whatever it is
            if told.set_running_or_notify_cancel():
                told.set_exception(problem)
        else:
            if told.set_running_or_notify_cancel():
                told.set_result(found)
            else:
                late(found)

    threading.Thread(target=run, name="mailpolicy-opening", daemon=True).start()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(told), seconds)
    except TimeoutError:
        raise Misconfigured("", (f"{what}: the disk does not answer",)) from None
