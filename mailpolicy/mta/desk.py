"""Where requests of all protocols arrive: counts are read, the decision is made, what it uses is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from attrs import frozen

from ..counters import Counters
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
        decision = None if glance is None else question.decided(UNCOUNTED, glance)

        def finish(decided: Decision) -> None:
            self._finish(decided, adapter, message, started, then)

        if decision is not None and not (message and decision.charges):
            finish(decision)  # nearly all that comes from outside
        else:
            self._count(question, decision, message, at, finish)

    def _count(
        self,
        question: Question,
        decision: Decision | None,
        message: str,
        at: float,
        finish: Callable[[Decision], None],
    ) -> None:
        """Reserve what a decision charges; where others were faster, decide again."""
        counters = self.counters
        glance = counters.glance(message, at)
        tries = 0

        def told(usage: Usage) -> None:
            judged(question.decided(usage, glance))

        def judged(decision: Decision) -> None:
            nonlocal tries
            tries += 1

            def reserved(over: Charge | None) -> None:
                if over is None:
                    finish(decision)
                elif tries < TRIES:
                    read()
                else:
                    # Somebody else is always faster: what is left by now is nothing.
                    known = {**decision.usage.counts, over.counter: over.limit}
                    finish(question.decided(Usage(known, decision.usage.doubt), glance))

            if message and decision.charges:
                counters.reserve(message, decision.charges, at, reserved)
            else:
                finish(decision)

        def read() -> None:
            wanted = () if glance is not None else question.counters()
            if wanted:
                counters.read(message, wanted, at, told)
            else:
                told(UNCOUNTED)

        if decision is None:
            read()
        else:
            judged(decision)

    def _finish(
        self,
        decision: Decision,
        adapter: str,
        message: str,
        started: float,
        then: Callable[[Decision], None],
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
