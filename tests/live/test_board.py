"""What is published, believed and awaited, without any server."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.live.board import CLOCK, Board
from mailpolicy.live.replica import Cookies, EntryChange, Step
from mailpolicy.live.watch import AsyncWatch, Watch
from tests.examples import EXAMPLES

ACME = mp.open(EXAMPLES / "acme.ldif")
JOHN = "john@acme.example"
NOBODY = "nobody@nowhere.example"


def board(stale_for: float = 60.0, fresh_for: float = 30.0) -> Board:
    return Board("ldap://ldap1", None, stale_for, fresh_for)


def publish(to: Board, directory: mp.Directory = ACME, *changes: EntryChange) -> None:
    to.published("ldap://ldap1", Step(directory.snapshot, changes, "syncrepl"), Cookies())


def test_nothing_is_known_before_the_source_has_answered() -> None:
    fresh = board()
    assert fresh.freshness().state == "starting"
    with pytest.raises(Unavailable, match="ldap://ldap1 has not answered yet"):
        fresh.directory()
    fresh.lost("refuses the password", 3.0)
    with pytest.raises(Unavailable, match="refuses the password") as caught:
        fresh.directory()
    assert caught.value.retry_after == 3.0


def test_what_is_published_is_fresh_until_the_source_is_lost() -> None:
    live = board()
    publish(live)
    assert live.freshness().state == "fresh"
    with pytest.raises(NotFound):
        live.directory().find(NOBODY)
    live.lost("was cut")
    assert live.freshness().state == "stale"
    assert live.directory().find(JOHN).freshness.why == "was cut"
    with pytest.raises(Unavailable):
        live.directory().find(NOBODY)
    publish(live)
    with pytest.raises(NotFound):
        live.directory().find(NOBODY)


def test_silence_alone_makes_it_stale_and_then_useless() -> None:
    live = board(stale_for=2, fresh_for=0.5)
    publish(live)
    assert live.freshness()
    time.sleep(0.55)
    assert live.freshness().state == "stale"
    assert "has said nothing" in live.freshness().why
    time.sleep(1.5)
    with pytest.raises(Unavailable, match="has said nothing"):
        live.directory()


def test_what_is_handed_out_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    live = board(fresh_for=10)
    publish(live)
    assert live.directory() is live.directory()
    now = time.clock_gettime(CLOCK)
    monkeypatch.setattr(time, "clock_gettime", lambda _: now + 5)
    assert 4.9 < live.directory().freshness.age < 5.1
    monkeypatch.setattr(time, "clock_gettime", lambda _: now + 11)
    assert live.directory().freshness.state == "stale"


def test_what_is_worked_out_stays_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    live = board(fresh_for=10)
    publish(live)
    for later in (0.0, 20.0):
        now = time.clock_gettime(CLOCK)
        monkeypatch.setattr(time, "clock_gettime", lambda _, now=now, later=later: now + later)
        first = live.directory()
        first.snapshot.memory("x")["seen"] = later
        monkeypatch.setattr(time, "clock_gettime", lambda _, now=now, later=later: now + later + 2)
        second = live.directory()
        assert second is not first
        assert second.snapshot.memory("x")["seen"] == later
        monkeypatch.undo()


def test_what_an_earlier_run_left_is_stale_and_as_old_as_it_is() -> None:
    live = board()
    live.restored(ACME.snapshot, datetime.now(UTC) - timedelta(seconds=40))
    freshness = live.freshness()
    assert (freshness.state, freshness.method) == ("stale", "cache")
    assert 39 < freshness.age < 42
    assert live.directory().find(JOHN).name == JOHN
    live.restored(ACME.snapshot, datetime.now(UTC) - timedelta(seconds=70))
    with pytest.raises(Unavailable):
        live.directory()


def test_a_watch_misses_nothing_however_late_it_looks() -> None:
    live = board()
    publish(live)
    watch = Watch(live, None)
    changes = [EntryChange(f"cn={number}", None, None) for number in range(7)]
    publish(live, ACME, *changes[:3])
    publish(live, ACME)
    publish(live, ACME, *changes[3:])
    live.close()
    assert list(watch) == changes
    assert list(Watch(live, None)) == []


def test_waiting_ends_when_it_is_closed() -> None:
    live = board()
    threading.Timer(0.05, live.close).start()
    began = time.monotonic()
    assert not live.bell.wait(lambda: False, 20)
    assert time.monotonic() - began < 5


def test_waiting_in_asyncio_needs_no_thread() -> None:
    live = board()
    change = EntryChange("cn=x", None, None)

    async def seen() -> EntryChange:
        async for each in AsyncWatch(live, None):
            return each
        raise AssertionError

    async def main() -> None:
        threads = threading.active_count()
        waiting = asyncio.create_task(seen())
        assert not await live.bell.until(lambda: False, 0.02)
        assert threading.active_count() == threads
        publish(live, ACME, change)
        assert await asyncio.wait_for(waiting, 5) == change
        endless = asyncio.create_task(live.bell.until(lambda: False))
        await asyncio.sleep(0)
        live.close()
        assert not await asyncio.wait_for(endless, 5)

    asyncio.run(main())
    assert not live.bell._listeners
