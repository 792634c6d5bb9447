"""What every store of counts does: the same tests for all of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailpolicy.counters import sqlite_opening
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.counters.protocol import HELD_SECONDS, Counters
from mailpolicy.counters.redis import RedisCounters
from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.decision import Charge, Counter
from tests.counting import Asked
from tests.redis import Redis, require

AT = 1_700_000_000.0
MINUTE = Counter("messages", "ann@acme.example", 60)
DAY = Counter("messages", "ann@acme.example", 86400)
SENT = Counter("bytes", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    require()
    with Redis() as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", "redis"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Counters]:
    """Opens the same counts, again and again where they are shared."""
    if request.param == "memory":
        return MemoryCounters
    if request.param == "sqlite":
        return lambda: SqliteCounters(tmp_path / "counts")
    server = request.getfixturevalue("redis")
    return lambda: RedisCounters(server.url, prefix=f"{tmp_path} ", budget=5)


@pytest.fixture
def asked(make: Callable[[], Counters]) -> Iterator[Asked]:
    opened = Asked(make)
    yield opened
    opened.close()


def test_what_is_settled_counts_for_the_window_to_the_moment(asked: Asked) -> None:
    assert asked.reserve("m", [Charge(MINUTE, 1), Charge(DAY, 1)], AT) is None
    asked.settle("m", AT)
    assert [asked.used(MINUTE, AT + after) for after in (0, 59.999, 60)] == [1, 1, 0]
    assert [asked.used(DAY, AT + after) for after in (60, 86399.999, 86400)] == [1, 1, 0]


def test_what_is_reserved_counts_for_others_only(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 3)], AT)
    assert asked.used(DAY, AT, "m") == 0
    assert asked.used(DAY, AT, "other") == asked.used(DAY, AT) == 3


def test_reserving_again_counts_once(asked: Asked) -> None:
    for recipients in (1, 2, 3, 3):
        assert asked.reserve("m", [Charge(DAY, recipients, limit=3)], AT) is None
    asked.settle("m", AT)
    assert asked.used(DAY, AT) == 3


def test_reserving_other_things_lets_go_of_the_first(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 3)], AT)
    asked.reserve("m", [Charge(SENT, 5)], AT)
    assert (asked.used(DAY, AT), asked.used(SENT, AT)) == (0, 5)
    asked.reserve("m", [], AT)
    assert (asked.used(DAY, AT), asked.used(SENT, AT)) == (0, 0)


def test_what_is_released_was_never_there(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 3)], AT)
    asked.release("m")
    asked.settle("m", AT)
    asked.release("never seen")
    assert asked.used(DAY, AT) == 0


def test_settling_twice_counts_once(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 3)], AT)
    asked.settle("m", AT)
    asked.settle("m", AT)
    assert asked.used(DAY, AT) == 3


def test_a_name_can_be_used_again(asked: Asked) -> None:
    for _ in range(2):
        asked.reserve("m", [Charge(DAY, 1)], AT)
        asked.settle("m", AT)
    assert asked.used(DAY, AT) == 2


def test_the_first_over_its_limit_is_told_and_nothing_changes(asked: Asked) -> None:
    asked.reserve("other", [Charge(DAY, 1)], AT)
    asked.reserve("m", [Charge(SENT, 7)], AT)
    over = asked.reserve("m", [Charge(SENT, 1, 100), Charge(DAY, 2, 2), Charge(MINUTE, 2, 1)], AT)
    assert over == Charge(DAY, 2, 2)
    assert (asked.used(SENT, AT), asked.used(DAY, AT), asked.used(MINUTE, AT)) == (7, 1, 0)


def test_a_limit_can_be_reached_and_not_passed(asked: Asked) -> None:
    assert asked.reserve("m", [Charge(DAY, 5, limit=5)], AT) is None
    assert asked.reserve("n", [Charge(DAY, 1, limit=5)], AT) is not None
    assert asked.reserve("n", [Charge(DAY, 0, limit=5)], AT) is None
    assert asked.reserve("n", [Charge(DAY, 1, limit=6)], AT) is None


def test_a_limit_below_nothing_lets_nothing_pass(asked: Asked) -> None:
    over = Charge(DAY, 0, limit=-1)
    assert asked.reserve("m", [over], AT) == over


def test_charges_of_one_counter_add_up(asked: Asked) -> None:
    assert asked.reserve("m", [Charge(DAY, 2, 3), Charge(DAY, 2)], AT) is not None
    assert asked.reserve("m", [Charge(DAY, 2), Charge(DAY, 2)], AT) is None
    assert asked.used(DAY, AT) == 4


def test_what_is_held_too_long_ends(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 1)], AT)
    assert asked.used(DAY, AT + HELD_SECONDS - 1) == 1
    asked.reserve("m", [Charge(DAY, 1)], AT + HELD_SECONDS - 1)  # still on its way
    assert asked.used(DAY, AT + HELD_SECONDS) == 1
    assert asked.used(DAY, AT + 2 * HELD_SECONDS - 1) == 0
    asked.settle("m", AT + 2 * HELD_SECONDS)
    assert asked.used(DAY, AT + 2 * HELD_SECONDS) == 0


def test_a_clock_that_was_a_year_ahead_stops_nobody_for_a_year(asked: Asked) -> None:
    wrong = AT + 365 * 86400
    for each in range(3):
        asked.reserve(str(each), [Charge(DAY, 1, 3)], wrong)
        asked.settle(str(each), wrong)
    asked.reserve("held", [Charge(DAY, 1), Charge(SENT, 1)], wrong)
    assert (asked.used(DAY, AT), asked.used(SENT, AT)) == (0, 0)
    assert asked.reserve("m", [Charge(DAY, 1, 1)], AT) is None
    asked.settle("m", AT)
    assert asked.used(DAY, AT) == 1
    assert asked.used(DAY, AT + 86400) == 0


def test_a_clock_that_is_set_back_a_little_gives_nothing_away(asked: Asked) -> None:
    asked.reserve("m", [Charge(DAY, 1)], AT)
    asked.settle("m", AT)
    asked.reserve("held", [Charge(DAY, 1)], AT)
    assert asked.used(DAY, AT - 500) == 2
    assert asked.reserve("n", [Charge(DAY, 1, 2)], AT - 500) is not None
    assert asked.used(DAY, AT - 86400) == 1  # what was held is over


def test_gauges_show_what_was_said_last(asked: Asked) -> None:
    assert asked.used(MAILBOX, AT) is None
    asked.set(MAILBOX, 10**12)
    asked.set(MAILBOX, 7)
    assert asked.used(MAILBOX, AT + 10**6) == 7


def test_large_amounts_are_exact(asked: Asked) -> None:
    for message, amount in (("a", 2**52), ("b", 1)):
        asked.reserve(message, [Charge(SENT, amount)], AT)
        asked.settle(message, AT + 0.000001)
    assert asked.used(SENT, AT + 1) == 2**52 + 1
    assert asked.reserve("c", [Charge(SENT, 10**30)], AT) is None
    asked.release("c")


def test_nearby_times_are_told_apart(asked: Asked) -> None:
    asked.reserve("m", [Charge(MINUTE, 1)], AT)
    asked.settle("m", AT + 0.000002)
    assert asked.used(MINUTE, AT + 60.000001) == 1
    assert asked.used(MINUTE, AT + 60.000002) == 0


@pytest.mark.parametrize("message", ["", " ", "a\nb", "\0", "ü😀", "\udc80\ud800", '"{}', "x" * 10_000])
def test_names_hold_any_text(asked: Asked, message: str) -> None:
    counter = Counter("messages", message or "nobody", 60)
    asked.reserve(message, [Charge(counter, 1)], AT)
    asked.reserve(message + "!", [Charge(counter, 1)], AT)
    asked.release(message + "!")
    asked.settle(message, AT)
    assert asked.used(counter, AT) == 1


def test_threads_never_share_what_is_left_for_one(
    make: Callable[[], Counters], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thread has opened the counts itself where they are shared, and else uses the same."""
    # On a busy machine a file may be locked for longer, and who finds it so counts alone for a while.
    monkeypatch.setattr(sqlite_opening, "PATIENCE", 30.0)
    everybody = 8
    first = make()
    taken: list[str] = []
    begin = threading.Barrier(everybody)

    def send(name: str) -> None:
        asked = Asked(lambda: first if isinstance(first, MemoryCounters) else make())
        begin.wait()
        for turn in range(10):
            message = f"{name} {turn}"
            if asked.reserve(message, [Charge(DAY, 1, limit=20)], AT) is None:
                asked.settle(message, AT)
                taken.append(message)
        asked.close()

    threads = [threading.Thread(target=send, args=(str(each),)) for each in range(everybody)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20
    closing = Asked(lambda: first)
    assert closing.used(DAY, AT) == 20
    closing.close()


def test_many_at_once_in_one_loop(make: Callable[[], Counters]) -> None:
    async def send_all() -> tuple[int, int | None]:
        counters = make()
        answers: list[asyncio.Future[Charge | None]] = []
        for each in range(500):
            answers.append(asyncio.get_running_loop().create_future())
            counters.reserve(str(each), (Charge(DAY, 1, limit=20),), AT, answers[-1].set_result)
        over = await asyncio.gather(*answers)
        for each, refused in enumerate(over):
            if refused is None:
                counters.settle(str(each), AT)
        used: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        counters.read("", (DAY,), AT, lambda usage: used.set_result(usage.of(DAY)))
        last = await used
        counters.close()
        if isinstance(counters, RedisCounters):
            await counters.closed()
        return over.count(None), last

    assert asyncio.run(send_all()) == (20, 20)


def test_calls_for_a_message_are_in_order_without_waiting(make: Callable[[], Counters]) -> None:
    async def hurry() -> int | None:
        counters = make()
        for message, ends in (("taken", counters.settle), ("gone", lambda m, at: counters.release(m))):
            counters.reserve(message, (Charge(DAY, 1),), AT, lambda over: None)
            counters.reserve(message, (Charge(DAY, 2),), AT, lambda over: None)
            ends(message, AT)
        loop = asyncio.get_running_loop()
        reserved: asyncio.Future[Charge | None] = loop.create_future()
        counters.reserve("gone", (Charge(DAY, 10),), AT, reserved.set_result)
        assert await reserved is None
        used: asyncio.Future[int | None] = loop.create_future()
        # Asked on behalf of the other one, it is answered when that one's calls are through.
        counters.read("taken", (DAY,), AT, lambda usage: used.set_result(usage.of(DAY)))
        last = await used
        counters.close()
        if isinstance(counters, RedisCounters):
            await counters.closed()
        return last

    assert asyncio.run(hurry()) == 12
