"""Following a server, in the best way that it offers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from ...errors import NotFound, Unavailable
from ..backend import Backend
from .pace import Pace
from .polling import polled
from .probe import offers_sync
from .replica import Replica
from .session import Refused, synchronised
from .steps import Step

__all__ = ["follow"]

USUAL: Final = Pace()


def follow(
    backend: Backend,
    replica: Replica,
    pace: Pace = USUAL,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Step]:
    """Keep a replica equal to a server; every state is a step, and so is each sign of life.

    The first step comes when everything is known, those after it as `pace` says. It never ends, but by
    Unavailable, where the server does not answer or cannot be followed.
    """
    try:
        if not offers_sync(backend.root_dse()):
            yield from polled(backend, replica, pace, "the server does not offer syncrepl", pause)
        while True:
            try:
                yield from synchronised(backend, replica, pace)
            except Refused as refused:
                why = f"the server does not offer syncrepl here: it {refused.why}"
            # It may have been too busy just then, and somebody may add the overlay.
            yield from for_a_time(pace.audit_every, polled(backend, replica, pace, why, pause))
    except NotFound as missing:
        raise Unavailable(backend.url, why=f"shows no entry {replica.base or 'at the root'}") from missing


def for_a_time(seconds: float, steps: Iterator[Step]) -> Iterator[Step]:
    end = time.monotonic() + seconds
    for step in steps:
        yield step
        if time.monotonic() >= end:
            return
