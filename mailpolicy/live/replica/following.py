"""Following a server, in the best way that it offers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ...errors import NotFound, Unavailable
from ..backend import Backend
from .polling import polled
from .probe import offers_sync
from .replica import Replica
from .session import Pace, Refused, synchronised
from .steps import Step

__all__ = ["follow"]


def follow(
    backend: Backend,
    replica: Replica,
    *,
    heartbeat: float = 5.0,
    poll_every: float = 10.0,
    sweep_every: float = 300.0,
    audit_every: float = 3600.0,
    step_size: int = 1000,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Step]:
    """Keep a replica equal to a server; every state is a step, and so is each sign of life.

    The first step comes when everything is known. While nothing changes, a step without changes comes
    each `heartbeat` seconds, as soon as the server has answered once more. A server that does not say
    what changes is asked each `poll_every` seconds, and each `sweep_every` what is gone. One that does
    is compared with us each `audit_every` seconds, and after each connection to what may be another
    database. A step has at most `step_size` changes of the server's, once everything is known; an entry
    that is renamed takes all below it along.

    It never ends, but by Unavailable, where the server does not answer or cannot be followed.
    """
    pace = Pace(heartbeat, poll_every, sweep_every, audit_every, step_size)
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
