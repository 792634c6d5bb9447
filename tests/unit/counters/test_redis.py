"""Counts in Redis while it is down, frozen, slow and back."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library

from mailpolicy.counters.redis import RedisCounters
from mailpolicy.counters.standing_in import Call
from mailpolicy.decision import Charge, Counter
from tests.counting import Asked
from tests.redis import Redis, require

AT = 1_700_000_000.0
DAY = Counter("messages", "ann@acme.example", 86400)
SENT = Counter("bytes", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")


@pytest.fixture(scope="module")
def shared() -> Iterator[Redis]:
    require()
    with Redis() as server:
        yield server


@pytest.fixture
def redis() -> Iterator[Redis]:
    """One to be ill-treated."""
    require()
    with Redis(keeps=True) as server:
        yield server


def opened(server: Redis, prefix: str = "{test} ", budget: float = 0.3) -> Asked:
    return Asked(lambda: RedisCounters(server.url, prefix=prefix, budget=budget, again=0.05))


def sent(asked: Asked, message: str, amount: int = 1, limit: int = 0) -> bool:
    if asked.reserve(message, [Charge(DAY, amount, limit)], AT) is not None:
        return False
    asked.settle(message, AT)
    return True


def back(asked: Asked) -> None:
    deadline = time.monotonic() + 5
    while asked.usage(DAY, at=AT).doubt:
        assert time.monotonic() < deadline
        asked.wait(0.02)


def stop(server: Redis, how: str) -> None:
    server.freeze() if how == "frozen" else server.kill()


def resume(server: Redis, how: str) -> None:
    server.thaw() if how == "frozen" else server.start()


@pytest.mark.parametrize("how", ["down", "frozen"])
def test_while_it_is_away_this_process_counts_and_says_so(redis: Redis, how: str) -> None:
    asked, other = opened(redis), opened(redis)
    assert sent(asked, "before")
    assert sent(other, "of somebody else")
    asked.reserve("across", [Charge(DAY, 1)], AT)
    asked.reserve("let go", [Charge(DAY, 100)], AT)
    asked.wait(0.02)
    stop(redis, how)
    begun = time.monotonic()
    assert sent(asked, "first", limit=200)
    assert time.monotonic() - begun < 2
    begun = time.monotonic()
    for each in range(50):
        assert sent(asked, f"then {each}")
    assert time.monotonic() - begun < 5  # no waiting once it is known: that would be 15
    asked.settle("across", AT)
    asked.release("let go")
    assert not sent(asked, "too many", 2, limit=54)
    asked.set(MAILBOX, 7)
    asked.reserve("held", [Charge(DAY, 1000)], AT)
    usage = asked.usage(DAY, at=AT)
    assert usage.of(DAY) == 1 + 1 + 50 + 1 + 1000
    assert "does not answer" in usage.doubt
    resume(redis, how)
    back(asked)
    everything = 2 + 1 + 50 + 1 + 1000
    assert asked.used(DAY, AT) == everything
    back(other)
    assert (other.used(DAY, AT), other.used(MAILBOX, AT)) == (everything, 7)
    asked.close()
    assert other.used(DAY, AT) == everything - 1000
    other.close()


def test_the_event_loop_is_never_blocked(redis: Redis) -> None:
    async def worst_pause() -> float:
        counters = RedisCounters(redis.url, budget=0.1, again=0.05)
        loop = asyncio.get_running_loop()
        answers = 0

        def told(_: Any) -> None:
            nonlocal answers
            answers += 1

        worst, asked = 0.0, 0
        end = loop.time() + 1.5
        redis.freeze()
        while loop.time() < end:
            for _ in range(5):
                asked += 1
                counters.reserve(str(asked), (Charge(DAY, 1),), AT, told)
            before = loop.time()
            await asyncio.sleep(0.005)
            worst = max(worst, loop.time() - before)
        redis.thaw()
        async with asyncio.timeout(10):
            while answers < asked:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert answers == asked
        counters.close()
        await counters.closed()
        return worst

    assert asyncio.run(worst_pause()) < 1


def test_what_it_did_after_we_had_given_up_is_put_right(redis: Redis) -> None:
    """Frozen it has our calls before it; thawed it carries them out, perhaps after what we say later."""
    asked = opened(redis)
    for each in range(20):
        assert sent(asked, f"warm {each}")
    redis.freeze()
    assert sent(asked, "taken")
    asked.reserve("refused in the end", [Charge(DAY, 7)], AT)
    asked.release("refused in the end")
    asked.wait(0.2)
    redis.thaw()
    back(asked)
    assert asked.used(DAY, AT) == 21
    asked.close()


def test_a_batch_that_comes_late_is_not_carried_out(shared: Redis, tmp_path: Path) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    assert sent(asked, "m")
    assert asked.used(DAY, AT) == 1
    counters = asked.counters
    assert isinstance(counters, RedisCounters)
    late = Call("reserve", "late", (Charge(DAY, 5),), AT)
    counters._number -= 2
    with pytest.raises(redis_library.RedisError):
        asked._loop.run_until_complete(counters._exchange([late], 1.0))
    counters._number += 1
    assert asked.used(DAY, AT) == 1
    asked.close()


def test_telling_it_twice_counts_once(shared: Redis, tmp_path: Path) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    counters = asked.counters
    assert isinstance(counters, RedisCounters)
    gauges = MAILBOX, Counter("aggregate", "acme.example")
    for each in gauges:
        asked.set(each, 100)
        assert asked.used(each, AT) == 100
    for token in ("token", "token", "another", "token"):
        call = Call("settle", "m", tuple(Charge(each, 5) for each in (DAY, *gauges)), AT, token)
        asked._loop.run_until_complete(counters._exchange([call], 1.0))
    assert [asked.used(each, AT) for each in (DAY, *gauges)] == [10, 110, 110]
    with redis_library.Redis.from_url(shared.url) as other:
        kept = list(other.scan_iter(f"{tmp_path} added *"))
        assert len(kept) == 4
        assert all(0 < other.ttl(key) <= 86400 for key in kept)
    asked.close()


def test_what_is_held_of_a_gauge_counts_once_while_it_is_away(redis: Redis) -> None:
    asked, other = opened(redis), opened(redis)
    asked.set(MAILBOX, 100)
    asked.reserve("m", [Charge(MAILBOX, 10)], AT)
    other.reserve("theirs", [Charge(MAILBOX, 1)], AT)
    for message, used in (("", 111), ("m", 101), ("", 111)):
        assert asked.used(MAILBOX, AT, message) == used
    redis.kill()
    assert asked.usage(MAILBOX, at=AT).doubt
    assert [asked.usage(MAILBOX, at=AT, message=each).of(MAILBOX) for each in ("", "m")] == [111, 101]
    asked.settle("m", AT)
    assert asked.usage(MAILBOX, at=AT).of(MAILBOX) == 111
    redis.start()
    back(asked)
    assert asked.used(MAILBOX, AT) == 111
    asked.close()
    other.close()


def test_a_slow_server_is_as_good_as_none(redis: Redis) -> None:
    asked = opened(redis)
    assert sent(asked, "before")
    with redis_library.Redis.from_url(redis.url) as blocking:
        connection = blocking.connection_pool.get_connection()
        connection.send_command("EVAL", BUSY, "0")
        time.sleep(0.05)
        begun = time.monotonic()
        usage = asked.usage(DAY, at=AT)
        assert time.monotonic() - begun < 1
        assert "no answer within 0.3 s" in usage.doubt
        assert usage.of(DAY) == 1
        connection.read_response()
        blocking.connection_pool.release(connection)
    back(asked)
    asked.close()


def test_one_that_is_not_there_at_first(redis: Redis) -> None:
    redis.kill()
    asked = opened(redis)
    assert sent(asked, "m")
    assert asked.usage(DAY, at=AT).doubt
    redis.start()
    back(asked)
    assert asked.used(DAY, AT) == 1
    asked.close()


def test_one_that_has_forgotten_our_script(shared: Redis, tmp_path: Path) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    assert sent(asked, "m")
    with redis_library.Redis.from_url(shared.url) as other:
        other.script_flush()
    assert sent(asked, "n")
    assert asked.used(DAY, AT) == 2
    asked.close()


def test_a_sum_that_is_lost_is_worked_out_again(shared: Redis, tmp_path: Path) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    for each in range(3):
        assert sent(asked, str(each), 5)
    with redis_library.Redis.from_url(shared.url) as other:
        assert other.delete(f"{tmp_path} total {DAY}") == 1
    assert asked.used(DAY, AT) == 15
    asked.close()


@pytest.mark.parametrize(
    ("kind", "counter"),
    [("gauge", MAILBOX), ("held", MAILBOX), ("events", DAY), ("total", DAY), ("held", DAY)],
)
def test_one_foreign_key_does_not_stop_the_rest(
    shared: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str, counter: Counter
) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    asked.set(MAILBOX, 7)
    assert asked.used(MAILBOX, AT) == 7
    with redis_library.Redis.from_url(shared.url, decode_responses=True) as other:
        key = f"{tmp_path} {kind} {counter}"
        other.delete(key)
        other.sadd(key, "something")
        for each in range(3):
            charges = [Charge(MAILBOX, 1, limit=100), Charge(DAY, 1, limit=100), Charge(SENT, 10, limit=100)]
            assert asked.reserve(str(each), charges, AT) is None
            usage = asked.usage(MAILBOX, DAY, SENT, at=AT)
            assert not usage.doubt
            assert usage.of(counter) is None
            assert usage.of(SENT) == 10 * (each + 1)
            asked.settle(str(each), AT) if each else asked.release(str(each))
            if not each:
                asked.reserve("0", charges, AT)
                asked.settle("0", AT)
        fine = {MAILBOX: 10, DAY: 3}
        del fine[counter]
        assert {each: asked.used(each, AT) for each in fine} == fine
        other.delete(key)
        asked.set(MAILBOX, 1)
        assert sent(asked, "after")
        assert isinstance(asked.used(counter, AT), int)
    asked.close()
    [told] = caplog.messages
    assert f"something foreign in place of {counter}, which is unknown" in told


@pytest.mark.parametrize("value", ["", "many", "nan", "inf", "-inf", "1e300"])
def test_a_gauge_that_is_no_number_is_unknown_until_it_is_set(
    shared: Redis, tmp_path: Path, value: str
) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    with redis_library.Redis.from_url(shared.url) as other:
        other.set(f"{tmp_path} gauge {MAILBOX}", value)
    assert asked.used(MAILBOX, AT) is None
    assert asked.reserve("m", [Charge(MAILBOX, 1, limit=100)], AT) is None
    asked.settle("m", AT)
    assert asked.used(MAILBOX, AT) is None
    asked.set(MAILBOX, 5)
    assert asked.used(MAILBOX, AT) == 5
    asked.close()


def test_an_error_of_the_server_is_no_error_of_ours(redis: Redis) -> None:
    asked = opened(redis)
    with redis_library.Redis.from_url(redis.url) as other:
        other.config_set("maxmemory", "1")
        assert sent(asked, "m")
        assert "maxmemory" in asked.usage(DAY, at=AT).doubt
        other.config_set("maxmemory", "0")
    back(asked)
    assert asked.used(DAY, AT) == 1
    asked.close()


def test_a_long_absence_is_told_in_portions(redis: Redis) -> None:
    asked = opened(redis)
    redis.kill()
    for each in range(1000):
        assert sent(asked, str(each))
    redis.start()
    back(asked)
    assert asked.used(DAY, AT) == 1000
    asked.close()


def test_closing_while_it_is_away_says_what_is_lost(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    asked = opened(redis)
    redis.kill()
    assert sent(asked, "m")
    asked.close()
    assert "was not told of" in caplog.text


def test_closing_at_once_counts_what_was_settled(shared: Redis, tmp_path: Path) -> None:
    async def send() -> None:
        counters = RedisCounters(shared.url, prefix=f"{tmp_path} ", budget=5)
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        counters.reserve("m", (Charge(DAY, 1),), AT, lambda over: taken.set_result(None))
        await taken
        counters.settle("m", AT)
        counters.close()
        await counters.closed()

    asyncio.run(send())
    asked = opened(shared, f"{tmp_path} ", budget=5)
    assert asked.used(DAY, AT) == 1
    asked.close()


def test_closing_in_the_middle_answers_everybody_once(
    shared: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Charge | None] = []

    async def send(pauses: int) -> None:
        counters = RedisCounters(shared.url, prefix=f"{tmp_path} {pauses} ", budget=5)
        for each in range(300):
            counters.reserve(str(each), (Charge(DAY, 1),), AT, answers.append)
        for _ in range(pauses):
            await asyncio.sleep(0)
        counters.close()
        await counters.closed()
        await asyncio.sleep(0.01)

    for pauses in range(30):
        asyncio.run(send(pauses))
        asked = opened(shared, f"{tmp_path} {pauses} ", budget=5)
        assert asked.used(DAY, AT) == 0
        asked.close()
    assert answers == [None] * 300 * 30
    assert "does not answer" not in caplog.text


def test_keys_end_by_themselves(shared: Redis, tmp_path: Path) -> None:
    asked = opened(shared, f"{tmp_path} ", budget=5)
    assert sent(asked, "m")
    asked.reserve("held", [Charge(SENT, 1)], AT)
    with redis_library.Redis.from_url(shared.url) as other:
        keys = list(other.scan_iter(f"{tmp_path} *"))
        assert len(keys) == 5  # events, total; held, message; client
        assert all(0 < other.ttl(key) <= 86400 + 600 for key in keys)
    asked.close()


def test_a_fault_of_one_who_is_told_does_not_keep_others_waiting(shared: Redis, tmp_path: Path) -> None:
    async def ask() -> None:
        counters = RedisCounters(shared.url, prefix=f"{tmp_path} ", budget=5)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def fail(_: Any) -> None:
            raise RuntimeError("a fault")

        counters.read("m", (DAY,), AT, fail)
        counters.reserve("m", (Charge(DAY, 1),), AT, fail)
        counters.reserve("m", (Charge(DAY, 2),), AT, answer.set_result)
        assert await asyncio.wait_for(answer, 5) is None
        counters.close()
        await counters.closed()

    asyncio.run(ask())


BUSY = """
local function now() local time = redis.call('TIME') return time[1] * 1e6 + time[2] end
local begun = now()
while now() - begun < 1500000 do end
"""

SENDER = f"""
import asyncio, sys
from mailpolicy.counters.redis import RedisCounters
from mailpolicy.decision import Charge, Counter
async def send():
    counters, taken = RedisCounters(sys.argv[1], budget=5), 0
    day = (Charge(Counter("messages", "ann@acme.example", 86400), 1, 100),)
    for each in range(100):
        answer = asyncio.get_running_loop().create_future()
        counters.reserve(sys.argv[2] + str(each), day, {AT}, answer.set_result)
        if await answer is None:
            counters.settle(sys.argv[2] + str(each), {AT})
            taken += 1
    counters.close()
    await counters.closed()
    print(taken)
asyncio.run(send())
"""


def test_processes_share_what_is_left(redis: Redis) -> None:
    senders = [
        subprocess.Popen([sys.executable, "-c", SENDER, redis.url, name], stdout=subprocess.PIPE)
        for name in ("one", "two")
    ]
    said = [int(process.communicate()[0]) for process in senders]
    assert sum(said) == 100
