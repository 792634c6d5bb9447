"""Where requests of all protocols arrive: counts are read, the decision is made, what it uses is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol

from attrs import frozen

from ..counters import Counters
from ..counters.protocol import Glance
from ..decision import DEFAULT_POLICY, Charge, Decision, Policy, Question, Request, Usage
from ..model.held import Held

__all__ = ["Desk", "Handled", "Observer"]

TRIES: Final = 3
"""How often a decision is made anew because somebody else took what was left."""

UNCOUNTED: Final = Usage()


@frozen
class Handled:
    """A request that was decided: by which way it came, for which message, in how many seconds."""

    decision: Decision
    adapter: str
    message: str
    seconds: float


class Observer(Protocol):
    """Who wants to know of each decision, as journal, metrics and log do; it neither waits nor raises."""

    def __call__(self, handled: Handled, /) -> None: ...


class Desk:
    """Decides requests for adapters. One for a whole process; its parts may be exchanged while it works.

    `message` names the message that a request is about, the same for all its requests: what its recipients
    use is reserved until the adapter settles or releases it. Without a name nothing is counted.
    """

    def __init__(
        self,
        source: Held,
        counters: Counters,
        policy: Policy = DEFAULT_POLICY,
        observers: Sequence[Observer] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.source = source
        self.counters = counters
        self.policy = policy
        self.observers = tuple(observers)
        self._clock = clock

    def ask(
        self, request: Request, then: Callable[[Decision], None], *, adapter: str, message: str = ""
    ) -> None:
        """Decide, and tell `then`: at once, unless counts have to be waited for."""
        started = time.perf_counter()
        at = self._clock()
        question = Question(self.source, request, datetime.fromtimestamp(at, UTC), self.policy)
        glance = self.counters.glance(message, at)
        if glance is None:
            tell = partial(self._tell, adapter, message, started, then)
            Counting(self.counters, question, message, at, tell).begin()
            return
        decision = question.decided(UNCOUNTED, glance)
        if message and decision.charges:
            decision = self._charged(question, decision, message, at, glance)
        self._tell(adapter, message, started, then, decision)

    def _charged(
        self, question: Question, decision: Decision, message: str, at: float, glance: Glance
    ) -> Decision:
        """Reserve what it charges, of counts that are at hand; where others were faster, decide again."""
        over: list[Charge | None] = []
        while len(over) < TRIES:
            self.counters.reserve(message, decision.charges, at, over.append)
            if over[-1] is None:
                return decision
            decision = question.decided(UNCOUNTED, glance)
            if not decision.charges:
                return decision
        return question.decided(without(decision.usage, over[-1]), glance)

    def _tell(
        self,
        adapter: str,
        message: str,
        started: float,
        then: Callable[[Decision], None],
        decision: Decision,
    ) -> None:
        if self.observers:
            handled = Handled(decision, adapter, message, time.perf_counter() - started)
            for observe in self.observers:
                observe(handled)
        then(decision)

    def settle(self, message: str) -> None:
        """The message was taken: what it holds counts."""
        self.counters.settle(message, self._clock())

    def release(self, message: str) -> None:
        """The message was not taken."""
        self.counters.release(message)


class Counting:
    """Counts that have to be waited for: they are read, it is decided, what it charges is reserved."""

    def __init__(
        self,
        counters: Counters,
        question: Question,
        message: str,
        at: float,
        tell: Callable[[Decision], None],
    ) -> None:
        self._counters = counters
        self._question = question
        self._message = message
        self._at = at
        self._tell = tell
        self._tries = 0

    def begin(self) -> None:
        """Read the counts that the decision looks at; likewise once more where others were faster."""
        wanted = self._question.counters()
        if wanted:
            self._counters.read(self._message, wanted, self._at, self._read)
        else:
            self._read(UNCOUNTED)

    def _read(self, usage: Usage) -> None:
        decision = self._question.decided(usage)
        if self._message and decision.charges:
            reserved = partial(self._reserved, decision)
            self._counters.reserve(self._message, decision.charges, self._at, reserved)
        else:
            self._tell(decision)

    def _reserved(self, decision: Decision, over: Charge | None) -> None:
        self._tries += 1
        if over is None:
            self._tell(decision)
        elif self._tries < TRIES:
            self.begin()
        else:
            self._tell(self._question.decided(without(decision.usage, over)))


def without(usage: Usage, over: Charge | None) -> Usage:
    """The counts as they must be where somebody else is always faster: what was left is nothing by now."""
    return usage if over is None else Usage({**usage.counts, over.counter: over.limit}, usage.doubt)
