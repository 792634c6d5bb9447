"""Counters to ask without waiting, whichever store they are in, and what they must say."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from mailpolicy.counters.protocol import HELD_SECONDS, Counters
from mailpolicy.counters.redis import RedisCounters
from mailpolicy.decision import Charge, Counter, Usage

T = TypeVar("T")


class Asked:
    """Counters whose answers are waited for; those of Redis have a loop of their own."""

    def __init__(self, make: Callable[[], Counters]) -> None:
        self._loop = asyncio.new_event_loop()
        self.counters = make()

    def _in_loop(self, action: Callable[[Callable[[T], None]], None]) -> T:
        async def asking() -> T:
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            action(answer.set_result)  # a second answer would be InvalidStateError
            return await asyncio.wait_for(answer, 5)

        return self._loop.run_until_complete(asking())

    def _without_answer(self, action: Callable[[], None]) -> None:
        def acting(then: Callable[[None], None]) -> None:
            action()
            then(None)

        self._in_loop(acting)

    def usage(self, *counters: Counter, at: float, message: str = "") -> Usage:
        return self._in_loop(lambda then: self.counters.read(message, counters, at, then))

    def used(self, counter: Counter, at: float, message: str = "") -> int | None:
        usage = self.usage(counter, at=at, message=message)
        assert not usage.doubt
        return usage.of(counter)

    def reserve(self, message: str, charges: Iterable[Charge], at: float) -> Charge | None:
        held = tuple(charges)
        return self._in_loop(lambda then: self.counters.reserve(message, held, at, then))

    def settle(self, message: str, at: float) -> None:
        self._without_answer(lambda: self.counters.settle(message, at))

    def release(self, message: str) -> None:
        self._without_answer(lambda: self.counters.release(message))

    def set(self, counter: Counter, value: int) -> None:
        self._without_answer(lambda: self.counters.set(counter, value))

    def wait(self, seconds: float) -> None:
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def close(self) -> None:
        async def closing() -> None:
            self.counters.close()
            if isinstance(self.counters, RedisCounters):
                await self.counters.closed()
                # What is closed while it connects, or over TLS, is gone some turns of the loop later; the
                # loop itself listens to one socket, by which other threads wake it.
                deadline = self._loop.time() + 5
                while len(self._loop._selector.get_map()) > 1 and self._loop.time() < deadline:  # type: ignore[attr-defined]
                    await asyncio.sleep(0.005)

        self._loop.run_until_complete(closing())
        self._loop.close()


class Naive:
    """What every store must say: lists of all that ever happened."""

    def __init__(self) -> None:
        self.events: list[tuple[Counter, float, int]] = []
        self.holds: dict[str, tuple[dict[Counter, int], float]] = {}
        self.gauges: dict[Counter, int] = {}

    def used(self, counter: Counter, at: float, message: str = "") -> int | None:
        held = sum(
            amounts.get(counter, 0)
            for name, (amounts, since) in self.holds.items()
            if name != message and at < since + HELD_SECONDS
        )
        if not counter.window:
            return None if counter not in self.gauges else self.gauges[counter] + held
        return held + sum(
            amount for each, then, amount in self.events if each == counter and at < then + counter.window
        )

    def reserve(self, message: str, charges: Iterable[Charge], at: float) -> Charge | None:
        charges = tuple(charges)
        amounts: dict[Counter, int] = defaultdict(int)
        for charge in charges:
            amounts[charge.counter] += charge.amount
        for charge in charges:
            used = self.used(charge.counter, at, message) or 0
            if charge.limit and used + amounts[charge.counter] > charge.limit:
                return charge
        self.holds[message] = dict(amounts), at
        return None

    def settle(self, message: str, at: float) -> None:
        amounts, since = self.holds.pop(message, ({}, at))
        if at < since + HELD_SECONDS:
            for counter, amount in amounts.items():
                if counter.window:
                    self.events.append((counter, at, amount))
                elif counter in self.gauges:
                    self.gauges[counter] += amount

    def release(self, message: str) -> None:
        self.holds.pop(message, None)

    def set(self, counter: Counter, value: int) -> None:
        self.gauges[counter] = value
