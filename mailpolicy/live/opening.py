"""Opening a directory on servers."""

from __future__ import annotations

import os
import weakref
from datetime import timedelta
from os import PathLike
from pathlib import Path
from typing import Any, Final

from ..errors import NotFound, Unavailable
from ..ldap.definitions import Definitions
from ..status.table import TABLES
from ..values import Duration
from .asking import Asking, asking
from .bind import Bind
from .board import Board
from .following import Following, Wanted
from .keeping import Keeping, asked_of, restored
from .live import Live
from .replica import Pace
from .servers import Servers

__all__ = ["open_live", "open_servers"]

BEATS: Final = 3
"""A source that has been silent for so many heartbeats is no longer fresh."""


def open_servers(
    urls: str,
    *,
    bind: Bind | None = None,
    live: bool = True,
    dialect: str = "auto",
    schema: Definitions | None = None,
    statuses: str | None = None,
    cache: str | PathLike[str] | None = None,
    stale_for: str | int | timedelta = "1d",
    wait: float | None = 60.0,
    heartbeat: float = 5.0,
    **connection: Any,
) -> Live | Asking:
    """Open the directory on the servers of these URLs: see `mailpolicy.open`."""
    if statuses is not None and statuses not in TABLES:
        raise NotFound("status table", statuses, tuple(TABLES))
    servers = Servers.parse(urls, bind=bind, **connection)
    if not live:
        return asking(servers, dialect=dialect, schema=schema, statuses=statuses)
    wanted = Wanted(dialect, schema, Pace(heartbeat=heartbeat))
    return open_live(servers, wanted, statuses=statuses, cache=cache, stale_for=stale_for, wait=wait)


def open_live(
    servers: Servers,
    wanted: Wanted,
    *,
    statuses: str | None = None,
    cache: str | PathLike[str] | None = None,
    stale_for: str | int | timedelta = "1d",
    wait: float | None = 60.0,
) -> Live:
    """Follow the servers from now on; returns when there is something to ask.

    That is at once where `cache` has what an earlier run has seen. Otherwise a server has `wait` seconds to
    tell all it has; Unavailable where none answers or all takes longer, and nothing is left running then.
    """
    servers.speaking()  # or there would be nobody to tell what to install
    board = Board(
        servers.urls[0], statuses, Duration(stale_for).total_seconds(), BEATS * wanted.pace.heartbeat
    )
    asked = asked_of(servers, wanted)
    seed = None if cache is None else restored(Path(cache), servers.base, wanted, asked, board)
    following = Following(servers, board, wanted, seed)
    keeping = None if cache is None else Keeping(Path(cache), board, following, asked)
    live = Live(servers, board, following, keeping)
    try:
        following.start()
        if keeping is not None:
            keeping.start()
        if wait is not None:
            wait_for_first(board, wait)
    except BaseException:
        # Nobody else has it yet, and the wait may be interrupted.
        live.close()
        raise
    OPENED.add(live)
    return live


def wait_for_first(board: Board, seconds: float) -> None:
    """Wait until there is something to ask; Unavailable if there is not, and why."""
    board.bell.wait(lambda: board.said.snapshot is not None or board.said.problem != "", seconds)
    said = board.said
    if said.snapshot is None:
        raise Unavailable(said.source, why=said.problem or f"has not told all it has in {seconds:g} s")


OPENED: Final[weakref.WeakSet[Live]] = weakref.WeakSet()
"""What is open, to be told of a fork."""


def after_fork() -> None:
    for live in tuple(OPENED):
        live.forked()


os.register_at_fork(after_in_child=after_fork)
