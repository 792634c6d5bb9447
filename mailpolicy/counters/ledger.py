"""Counting in memory, for one thread: what the stores share that count here for good or for a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from secrets import token_hex
from typing import Final

from ..decision import Charge, Counter
from .events import Events
from .protocol import HELD_SECONDS, MOST

__all__ = ["Hold", "Ledger", "added_up"]

TOKEN: Final = 8


class Hold:
    """What a message holds since `at`."""

    __slots__ = ("_token", "amounts", "at", "message")

    def __init__(self, message: str, amounts: Mapping[Counter, int], at: float) -> None:
        self.message = message
        self.amounts = amounts
        self.at = at
        self._token = ""

    @property
    def token(self) -> str:
        """What tells it from another of the same name, then or later."""
        self._token = self._token or token_hex(TOKEN)
        return self._token


def added_up(charges: tuple[Charge, ...]) -> dict[Counter, int]:
    """What charges make for each counter."""
    if len(charges) == 1:
        ((counter, amount, _),) = charges
        return {counter: amount if 0 <= amount <= MOST else min(max(amount, 0), MOST)}
    amounts: dict[Counter, int] = {}
    for counter, amount, _ in charges:
        amounts[counter] = min(amounts.get(counter, 0) + max(amount, 0), MOST)
    return amounts


class Ledger:
    """Counts, gauges, and what messages hold of them.

    Times go forward here: what was over once is not counted again where a clock is set back, nor is what lies
    more than its window ahead then.

    >>> ledger, sent = Ledger(), Counter("messages", "john@acme.example", 60)
    >>> ledger.reserve("a message", (Charge(sent, 1, limit=1),), at=0.0)
    >>> ledger.reserve("another", (Charge(sent, 1, limit=1),), at=0.0).counter == sent
    True
    >>> _ = ledger.settle("a message", at=0.0)
    >>> ledger.used(sent, at=59.0), ledger.used(sent, at=60.0)
    (1, 0)
    """

    def __init__(self) -> None:
        self._events: dict[Counter, Events] = {}
        self._rounds: deque[Counter] = deque()  # every counter that has events, once
        self._holds: dict[str, Hold] = {}  # the oldest first
        self._held: dict[Counter, int] = {}
        self._gauges: dict[Counter, int] = {}

    def used(self, counter: Counter, at: float, message: str = "") -> int | None:
        """How much is used apart from what that message holds; None for a gauge that was never set."""
        if not counter.window and counter not in self._gauges:
            return None
        self._end_holds(at)
        own = self._holds.get(message)
        others = self._held.get(counter, 0) - (own.amounts.get(counter, 0) if own else 0)
        if not counter.window:
            return self._gauges[counter] + others
        events = self._events.get(counter)
        if events is None:
            return others
        events.forget(at - counter.window, at + counter.window)
        return events.total + others

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float) -> Charge | None:
        """Let the message hold exactly this; or give the first charge over its limit, and change nothing."""
        amounts = added_up(charges)
        for charge in charges:
            limit = charge.limit
            if limit and (self.used(charge.counter, at, message) or 0) + amounts[charge.counter] > limit:
                return charge
        self._end_holds(at)
        self.release(message)
        if amounts:
            self._holds[message] = Hold(message, amounts, at)
            for counter, amount in amounts.items():
                self._held[counter] = self._held.get(counter, 0) + amount
        return None

    def release(self, message: str) -> Hold | None:
        """Forget what the message holds, and give it."""
        hold = self._holds.pop(message, None)
        if hold is not None:
            for counter, amount in hold.amounts.items():
                left = self._held.get(counter, 0) - amount
                if left:
                    self._held[counter] = left
                else:
                    self._held.pop(counter, None)
        return hold

    def settle(self, message: str, at: float) -> Hold | None:
        """Count what the message holds, and give it."""
        self._end_holds(at)
        hold = self.release(message)
        if hold is not None:
            for counter, amount in hold.amounts.items():
                if counter.window:
                    self.count(counter, at, amount)
                elif counter in self._gauges:
                    self._gauges[counter] += amount
            self._look_through(2 * len(hold.amounts), at)
        return hold

    def count(self, counter: Counter, at: float, amount: int) -> None:
        """Count an event; nothing is none."""
        if not amount:
            return
        events = self._events.get(counter)
        if events is None:
            events = self._events[counter] = Events()
            self._rounds.append(counter)
        events.add(at, amount)

    def set(self, counter: Counter, value: int) -> None:
        """Say what a gauge shows."""
        self._gauges[counter] = value

    def adopt(self, counter: Counter, used: int, at: float, message: str) -> None:
        """Set a gauge so that this much is used apart from what that message holds; others may hold some."""
        self._gauges[counter] = 0
        self._gauges[counter] = max(used - (self.used(counter, at, message) or 0), 0)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What is held, the oldest first."""
        return tuple(self._holds.values())

    def counted(self) -> Iterator[tuple[Counter, Events]]:
        """Every counter with its events."""
        yield from self._events.items()

    def gauges(self) -> Iterator[tuple[Counter, int]]:
        """Every gauge with what it shows."""
        yield from self._gauges.items()

    def __len__(self) -> int:
        return len(self._events)

    def _end_holds(self, at: float) -> None:
        while self._holds:
            oldest = next(iter(self._holds.values()))
            if abs(at - oldest.at) < HELD_SECONDS:  # where a clock was set back, what is ahead ends too
                return
            self.release(oldest.message)

    def _look_through(self, most: int, at: float) -> None:
        """Drop counters that are over: with each event more of them are looked at than it can bring anew."""
        for _ in range(min(most, len(self._rounds))):
            counter = self._rounds.popleft()
            events = self._events[counter]
            events.forget(at - counter.window, at + counter.window)
            if events:
                self._rounds.append(counter)
            else:
                del self._events[counter]
