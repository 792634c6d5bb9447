"""What a live directory must say whatever its servers do, and how one is opened to find out soon.

Three outcomes: what is known is answered, what is not seen is `Unavailable` while it may be there all the
same, and after `stale_for` everything is. In the end it holds what `slapcat` writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.freshness import State
from mailpolicy.live import Live
from tests.live.dumps import SECRETS, Contents, assert_same, contents, dumped
from tests.live.servers import PASSWORD, POLICY
from tests.slapd import Slapd

__all__ = [
    "HEARTBEAT",
    "JOHN",
    "UNSEEN",
    "assert_fresh",
    "assert_settled",
    "assert_stale",
    "assert_useless",
    "closed_promptly",
    "eventually",
    "following",
]

JOHN = "john@acme.example"
UNSEEN = "unseen@acme.example"
HEARTBEAT = 0.3
SECONDS = 20.0
"""For what must happen: it takes a fraction of that, but the machine may be busy."""
PROMPT = 1.0


def opened(*urls: str | None, **options: Any) -> Live:
    """Follow these servers as the policy account, and notice within a second or two that they are gone."""
    usual = {
        "bind": mp.Bind(POLICY, PASSWORD),
        "heartbeat": HEARTBEAT,
        "network_timeout": 1.0,
        "operation_timeout": 1.0,
        "wait": SECONDS,
    }
    live = mp.open(" ".join(f"{url}/o=mail" for url in urls), **{**usual, **options})
    assert isinstance(live, Live)
    return live


@contextmanager
def following(*urls: str | None, **options: Any) -> Iterator[Live]:
    """As `opened`, until the end of the block, where it is closed promptly."""
    live = opened(*urls, **options)
    try:
        yield live
    except BaseException:
        live.close()
        raise
    closed_promptly(live)


def closed_promptly(live: Live) -> None:
    start = time.monotonic()
    live.close()
    assert time.monotonic() - start < PROMPT


def eventually(holds: Callable[[], object], what: str = "it") -> None:
    """Wait until something holds, of which nobody tells us."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what} never comes"
        time.sleep(0.01)


def assert_fresh(live: Live) -> None:
    """All that is there is known, and what is not seen is not there."""
    live.ready(SECONDS)
    assert live.account(JOHN).freshness
    with pytest.raises(NotFound):
        live.account(UNSEEN)


def assert_stale(live: Live, why: str = "") -> None:
    """Soon what is known is answered as of then, and what is not seen is not said not to be there."""
    eventually(lambda: live.freshness.state is State.STALE, "staleness")
    eventually(lambda: why in live.freshness.why, f"{why!r} instead of {live.freshness.why!r}")
    assert live.freshness.why
    john = live.account(JOHN)
    assert john.name == JOHN
    assert john.freshness.state is State.STALE
    for ask in (live.account, live.find, live.list, live.domain):
        with pytest.raises(Unavailable):
            ask(UNSEEN)


def assert_useless(live: Live) -> None:
    """Soon nothing is answered any more."""

    def refuses() -> bool:
        try:
            live.account(JOHN)
        except Unavailable as problem:
            return bool(problem.why)
        return False

    eventually(refuses, "the end of what may be relied on")
    for ask in (live.account, live.find, live.list, live.domain):
        for name in (JOHN, UNSEEN):
            with pytest.raises(Unavailable):
                ask(name)


def assert_settled(live: Live, slapd: Slapd) -> None:
    """When all is quiet, and everything that is on its way has come, it holds what the server holds."""
    theirs = contents(dumped(slapd), SECRETS)
    deadline = time.monotonic() + SECONDS
    while (ours := held(live)) != theirs and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ours is not None, str(live.freshness)
    assert_same(ours, theirs)
    assert_fresh(live)


def held(live: Live) -> Contents | None:
    try:
        directory = live.directory
    except Unavailable:
        return None
    return contents(directory.snapshot, SECRETS) if directory.freshness else None
