"""What every fault is tried with: a server, a network to it, and a look at what is left behind."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpolicy.live.replica import doubts
from tests.live.proxy import Proxy
from tests.live.servers import Served, acme_server
from tests.slapd import require

GRACE = 4.0
"""Seconds for a thread to end that was in the middle of something."""


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """No test leaves a thread or a descriptor."""
    threads, descriptors = set(threading.enumerate()), open_descriptors()
    yield
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and (
        set(threading.enumerate()) - threads or open_descriptors() - descriptors
    ):
        gc.collect()
        time.sleep(0.02)
    assert not set(threading.enumerate()) - threads
    assert not open_descriptors() - descriptors


def open_descriptors() -> Counter[str]:
    """How many descriptors of which kind this process has."""
    found: Counter[str] = Counter()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:  # the one of the listing itself
            continue
        found[target.partition(":")[0]] += 1
    return found


@pytest.fixture(autouse=True)
def not_in_doubt_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe a server sooner that what it no longer has is gone."""
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 0.5)
    monkeypatch.setattr(doubts, "LONGEST_LAG", 1.5)


@pytest.fixture
def server() -> Iterator[Served]:
    """The example directory, with the access rules and limits of `ldif/server`."""
    require()
    with acme_server(tcp=True) as running:
        yield running


@pytest.fixture
def proxy(server: Served) -> Iterator[Proxy]:
    """The network between us and that server."""
    with Proxy(server.tcp_uri) as running:
        yield running


@pytest.fixture
def server_with_log(session_log: int | None) -> Iterator[Served]:
    """As `server`, with a session log of that length, or none."""
    require()
    with acme_server(tcp=True, session_log=session_log) as running:
        yield running


@pytest.fixture
def proxy_to_it(server_with_log: Served) -> Iterator[Proxy]:
    """The network between us and that server."""
    with Proxy(server_with_log.tcp_uri) as running:
        yield running
