"""Counts in Redis or Valkey, which several hosts share."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, Final, TypeAlias

import redis
import redis.asyncio
from redis.exceptions import NoScriptError, RedisError

from ..decision import Charge, Counter
from .protocol import MOST, Glance, Reserved, Told
from .redis_script import PREFIX, answers_to, arguments, counts, digest, script
from .redis_talk import FAULTS, in_words, options, running_loop
from .standing_in import Call, StandIn, charges_of, tell

__all__ = ["RedisCounters"]

LOG: Final = logging.getLogger(__name__)

BUDGET: Final = 0.1
"""Seconds for an exchange with the server; it is away if it takes longer."""
AGAIN: Final = 1.0
"""Seconds until a server that was away is asked whether it is back, and for which it may think about it."""
AT_ONCE: Final = 200
"""Calls in one batch: the server does nothing else meanwhile."""

Answered: TypeAlias = Callable[[Any], None]
"""Told what the server says, or None where it does not."""


class RedisCounters:
    """Counts in a server that all hosts of a site share, each call one step there.

    It works in the event loop in which it is made, or first called; calls from other threads are handed over
    to it. Calls go out in batches, one after the other, in order; gauges that come in crowds give way to
    others. Nobody waits longer than for the batch on its way and the own one, each of `budget` seconds: then
    the server is taken for away, everything is counted here, and the server is told when it is back.

    Close it while the loop runs, and await `closed`.
    """

    def __init__(
        self, url: str, *, prefix: str = PREFIX, budget: float = BUDGET, again: float = AGAIN
    ) -> None:
        self._url, self._prefix, self._budget, self._every = url, prefix, budget, again
        self._name, self._number = token_hex(8), 0
        self._client: Any = redis.asyncio.Redis.from_url(url, **options(again))
        kwargs = self._client.connection_pool.connection_kwargs
        self._stand_in = StandIn(f"Redis at {kwargs.get('path') or kwargs.get('host', 'localhost')}")
        self._queue: deque[tuple[Call, Answered | None]] = deque()
        self._on_the_way: list[tuple[Call, Answered | None]] = []
        self._in_turn: dict[str, deque[Callable[[], None]]] = {}
        self._loop = running_loop()
        self._working: asyncio.Task[None] | None = None
        self._returning: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._is_closed = False

    # The protocol

    def read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        """Tell how much is used, apart from what this message holds."""
        self._here(lambda: self._read(message, wanted, at, then))

    def glance(self, message: str, at: float) -> Glance | None:
        """None: to ask for all counts together costs one question instead of several."""
        return None

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        """Let the message hold exactly this; or tell the first charge over its limit, and change nothing."""
        self._here(lambda: self._one_by_one(message, lambda: self._reserve(message, charges, at, then)))

    def settle(self, message: str, at: float) -> None:
        """Count what the message holds: it was taken."""
        self._here(lambda: self._one_by_one(message, lambda: self._settle(message, at)))

    def release(self, message: str) -> None:
        """Forget what the message holds: it was not taken."""
        self._here(lambda: self._one_by_one(message, lambda: self._release(message)))

    def set(self, counter: Counter, value: int) -> None:
        """Say what a gauge shows."""
        self._here(lambda: self._set(counter, value))

    def close(self) -> None:
        """Tell the server what it does not know yet, and end."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._returning is not None:
            self._returning.cancel()
        for each in (*self._on_the_way, *self._queue):
            self._unanswered(*each)
        self._queue.clear()
        for hold in self._stand_in.ledger.holds:
            self._stand_in.ledger.release(hold.message)
            self._stand_in.owes(Call("release", hold.message, ()))
        self._say_the_rest()
        if loop := running_loop():  # without one there is no connection that is ours to close
            self._closing = loop.create_task(self._end())

    async def closed(self) -> None:
        """Wait until the connection is closed."""
        if self._closing is not None:
            await self._closing

    async def _end(self) -> None:
        # What is on its way comes back within its budget; cut off, it would leave its connection behind.
        tasks = [each for each in (self._working, self._returning) if each is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(*FAULTS):
            await self._client.connection_pool.disconnect(inuse_connections=True)
            await self._client.aclose()

    # In the loop

    def _here(self, action: Callable[[], None]) -> None:
        running = running_loop()
        if self._loop is None or self._loop is running or self._is_closed:
            self._loop = running
            action()
        else:
            self._loop.call_soon_threadsafe(action)

    def _one_by_one(self, message: str, action: Callable[[], None]) -> None:
        """Do it once no reservation of this message is on its way, so that all is in order."""
        waiting = self._in_turn.get(message)
        if waiting is None:
            action()
        else:
            waiting.append(action)

    def _read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        call = Call("read", message, tuple(Charge(counter, 0) for counter in wanted), at)

        def answered(answer: Any) -> None:
            if answer is None:
                tell(then, self._stand_in.usage(message, wanted, at))
            else:
                tell(then, self._stand_in.seen(message, counts(call, answer), at))

        self._ask(call, answered)

    def _reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        cut = tuple(
            Charge(counter, min(max(amount, 0), MOST), min(limit, MOST)) for counter, amount, limit in charges
        )
        self._in_turn[message] = deque()

        def answered(answer: Any) -> None:
            over: Charge | None = None
            if answer is None:
                over = self._stand_in.ledger.reserve(message, charges, at)
            elif answer:
                over = charges[answer - 1]
            else:
                self._stand_in.held(message, charges, at)
            tell(then, over)
            waiting = self._in_turn.pop(message)
            while waiting:
                waiting.popleft()()
                if message in self._in_turn:
                    self._in_turn[message].extend(waiting)
                    return

        self._ask(Call("reserve", message, cut, at), answered)

    def _settle(self, message: str, at: float) -> None:
        hold = self._stand_in.ledger.settle(message, at)
        if hold is not None:
            self._ask(Call("settle", message, charges_of(hold), at, hold.token))

    def _release(self, message: str) -> None:
        if self._stand_in.ledger.release(message) is not None:
            self._ask(Call("release", message, ()))

    def _set(self, counter: Counter, value: int) -> None:
        self._stand_in.ledger.set(counter, value)
        call = Call("set", "", (Charge(counter, value),))
        if len(self._queue) < AT_ONCE and not self._stand_in.is_owing:
            self._ask(call)
        else:
            self._stand_in.owes(call)  # they come in crowds, and go where others leave room

    # Talking to the server

    def _ask(self, call: Call, answered: Answered | None = None) -> None:
        if self._loop is None:
            self._stand_in.away("no event loop runs")
        if self._is_closed or self._stand_in.doubt:
            self._unanswered(call, answered)
            if self._returning is None and self._loop is not None and not self._is_closed:
                self._returning = self._loop.create_task(self._return())
            return
        self._queue.append((call, answered))
        if self._working is None:
            assert self._loop is not None
            self._working = self._loop.create_task(self._work())

    async def _work(self) -> None:
        while self._queue or self._stand_in.is_owing:
            batch = [self._queue.popleft() for _ in range(min(AT_ONCE, len(self._queue)))]
            gauges = self._stand_in.first_owed(AT_ONCE - len(batch))
            self._on_the_way = batch
            try:
                answers = await self._exchange([*(call for call, _ in batch), *gauges], self._budget)
            except FAULTS as problem:
                if not self._is_closed:
                    self._away(problem)
                break
            if self._is_closed:
                break  # everybody has had an answer
            self._on_the_way = []
            self._stand_in.told_first(gauges)
            for (_, answered), answer in zip(batch, answers, strict=False):
                if answered is not None:
                    answered(answer)
        self._working = None

    async def _exchange(self, calls: Sequence[Call], seconds: float) -> list[Any]:
        """Have the calls carried out, and give the answers; an error where that is not sure."""
        self._number = number = self._number + 1
        words = arguments(self._name, number, calls)
        async with asyncio.timeout(seconds):
            try:
                said: Any = await self._client.execute_command("EVALSHA", digest(), 1, self._prefix, *words)
            except NoScriptError:  # a new server, or one that was told to forget
                said = await self._client.execute_command("EVAL", script(), 1, self._prefix, *words)
        if not answers_to(said, number, calls):
            raise RedisError("the answer is for something else")
        self._stand_in.finds_foreign(said[-1])
        return list(said[1:-1])

    def _away(self, problem: Exception) -> None:
        self._stand_in.away(in_words(problem, self._budget))
        unanswered = [*self._on_the_way, *self._queue]
        self._on_the_way = []
        self._queue.clear()
        for each in unanswered:
            self._unanswered(*each)
        if self._returning is None and self._loop is not None:
            self._returning = self._loop.create_task(self._return())

    def _unanswered(self, call: Call, answered: Answered | None) -> None:
        """Count it here, and remember to tell the server: that it may have been done does no harm."""
        if call.verb in ("settle", "release", "set"):
            self._stand_in.owes(call)
        if answered is not None:
            answered(None)

    async def _return(self) -> None:
        """Ask now and then whether the server is back, and tell it what it has missed."""
        while self._stand_in.doubt and not self._is_closed:
            with suppress(*FAULTS):
                # In the way of a connection that has timed out stands what it still has to say.
                async with asyncio.timeout(self._budget):
                    await self._client.connection_pool.disconnect(inuse_connections=True)
            await asyncio.sleep(self._every)
            try:
                # To connect takes several ways to and fro, which nobody waits for here. A batch of nothing
                # tells more than a ping: whether it may write, and in the end whether it is quick enough.
                for seconds in (self._every, self._budget):
                    await self._exchange([], seconds)
                await self._catch_up()
            except FAULTS as problem:
                self._stand_in.away(in_words(problem, self._budget))  # perhaps by now for another reason
        self._returning = None

    async def _catch_up(self) -> None:
        while len(calls := self._stand_in.first_owed(AT_ONCE)) == AT_ONCE:
            await self._exchange(calls, self._every)
            self._stand_in.told_first(calls)
        # The rest goes first of all that is asked from now on.
        calls = self._stand_in.to_tell()
        self._queue.extend((call, None) for call in calls)
        self._stand_in.told(calls)
        if self._queue and self._working is None:
            assert self._loop is not None
            self._working = self._loop.create_task(self._work())

    def _say_the_rest(self) -> None:
        calls = self._stand_in.to_tell()
        try:
            how = {**options(self._every), "socket_timeout": self._every}
            with redis.Redis.from_url(self._url, **how) as client:
                for begin in range(0, len(calls), AT_ONCE):
                    self._number += 1
                    words = arguments(self._name, self._number, calls[begin : begin + AT_ONCE])
                    client.execute_command("EVAL", script(), 1, self._prefix, *words)
        except FAULTS as problem:
            LOG.error("%s was not told of %d changes: %s", self._stand_in.where, len(calls), problem)
