"""Where requests of all protocols arrive: counts are read, the decision is made, what it uses is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, NamedTuple, Protocol

from ..counters import Counters
from ..decision import DEFAULT_POLICY, Charge, Counter, Decision, Policy, Question, Request, Usage
from ..model.held import Held

__all__ = ["Desk", "Handled", "Observer"]

TRIES: Final = 3
"""How often a decision is made anew because somebody else took what was left."""

UNCOUNTED: Final = Usage()


class Handled(NamedTuple):
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
            over: list[Charge | None] = []
            self.counters.reserve(message, decision.charges, at, over.append)
            if over[0] is not None:
                tell = partial(self._tell, adapter, message, started, then)
                Counting(self.counters, question, message, at, tell).reserved(decision, over[0])
                return
        self._tell(adapter, message, started, then, decision)

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
        self._counters_seen: dict[Counter, None] = {}
        self._full: dict[Counter, int] = {}

    def begin(self) -> None:
        """Read the counts that the decision looks at, decide, and reserve what it charges."""
        wanted = tuple(dict.fromkeys((*self._question.counters(), *self._counters_seen)))
        if wanted:
            self._counters.read(self._message, wanted, self._at, self._read)
        else:
            self._read(UNCOUNTED)

    def _read(self, usage: Usage) -> None:
        if self._full:
            usage = Usage({**usage.counts, **self._full}, usage.doubt)
        decision = self._question.decided(usage)
        if self._message and decision.charges:
            reserved = partial(self.reserved, decision)
            self._counters.reserve(self._message, decision.charges, self._at, reserved)
        else:
            self._tell(decision)

    def reserved(self, decision: Decision, over: Charge | None) -> None:
        """Tell the decision; or make it anew, for others were faster, or nobody has looked at that count."""
        if over is None:
            self._tell(decision)
            return
        self._tries += 1
        self._counters_seen |= dict.fromkeys((*decision.usage.counts, over.counter))
        if self._tries >= TRIES:
            # Somebody else is always faster: what was left is nothing by now.
            self._full[over.counter] = over.limit + (over.amount < 1)
        if self._tries < 2 * TRIES:
            self.begin()
            return
        # Only what is watched gets here, and holds nobody back; or what a rule says otherwise each time.
        charges = tuple(each.unlimited() for each in decision.charges)
        self._counters.reserve(self._message, charges, self._at, lambda _: self._tell(decision))
