"""Whatever messages do, each store says what a list of all events says."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.counters.redis import RedisCounters
from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.decision import Charge, Counter
from tests.counting import Asked, Naive
from tests.redis import Redis, require

WINDOWS = (
    Counter("messages", "ann@acme.example", 60),
    Counter("messages", "ann@acme.example", 3600),
    Counter("bytes", "ann@acme.example", 86400),
    Counter("messages", "acme.example", 86400),
)
GAUGES = (Counter("mailbox", "ann@acme.example"), Counter("mailbox", 'odd "\udce4\n'))
COUNTERS = WINDOWS + GAUGES
MESSAGES = st.sampled_from(["", "one", "two two\n", "3\0\udcff"])
CHARGES = st.lists(
    st.builds(Charge, st.sampled_from(COUNTERS), st.integers(0, 5) | st.just(2**40), st.integers(0, 8)),
    max_size=5,
)


class Sending(RuleBasedStateMachine):
    make: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.asked = Asked(type(self).make)
        self.naive = Naive()
        self.at = 1_700_000_000.0

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 30.0, 59.9, 60.0, 599.9, 600.0, 3600.0, 86400.0]))
    def pass_by(self, seconds: float) -> None:
        self.at += seconds

    @rule(message=MESSAGES, charges=CHARGES)
    def reserve(self, message: str, charges: list[Charge]) -> None:
        assert self.asked.reserve(message, charges, self.at) == self.naive.reserve(message, charges, self.at)

    @rule(message=MESSAGES)
    def settle(self, message: str) -> None:
        self.asked.settle(message, self.at)
        self.naive.settle(message, self.at)

    @rule(message=MESSAGES)
    def release(self, message: str) -> None:
        self.asked.release(message)
        self.naive.release(message)

    @rule(gauge=st.sampled_from(GAUGES), value=st.integers(0, 9))
    def set(self, gauge: Counter, value: int) -> None:
        self.asked.set(gauge, value)
        self.naive.set(gauge, value)

    @rule(message=MESSAGES)
    def read(self, message: str) -> None:
        usage = self.asked.usage(*COUNTERS, at=self.at, message=message)
        assert not usage.doubt
        for counter in COUNTERS:
            assert usage.of(counter) == self.naive.used(counter, self.at, message), counter

    @invariant()
    def nothing_is_forgotten(self) -> None:
        self.read("nobody's")

    def teardown(self) -> None:
        self.asked.close()


def run(make: Callable[[], Any], examples: int) -> None:
    machine = type("Sending", (Sending,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=30, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    require()
    with Redis() as server:
        yield server


def test_memory() -> None:
    run(MemoryCounters, settings().max_examples)


def test_a_file() -> None:
    numbers = count()
    with tempfile.TemporaryDirectory() as directory:
        run(lambda: SqliteCounters(Path(directory, str(next(numbers)))), settings().max_examples // 3)


def test_redis(redis: Redis) -> None:
    numbers = count()
    run(lambda: RedisCounters(redis.url, prefix=f"{next(numbers)} ", budget=5), settings().max_examples // 3)
