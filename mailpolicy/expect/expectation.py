"""A request and what must come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import field, frozen

from ..decision import DEFAULT_POLICY, Decision, Policy, Request, Usage, Verdict, decide
from ..decision.display import decision_table
from ..errors import NotFound
from ..model.held import Held
from ..reasons import Reason
from ..tables import Table

__all__ = ["Expectation", "Outcome"]


@frozen
class Expectation:
    """What must come of a request; what is None or empty does not matter.

    `reply` is how the reply must begin, `reasons` are rules that must have something to say, `silent` those
    that must not.
    """

    name: str
    request: Request
    verdict: Verdict | None = None
    rule: str | None = None
    reply: str | None = None
    reasons: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    at: datetime | None = None
    usage: Usage | None = None
    source: str = field(default="", eq=False)
    """The file it stands in."""

    def hold(self, directory: Held, policy: Policy | None = None) -> Outcome:
        """Ask, and compare."""
        decision = decide(directory, self.request, at=self.at, usage=self.usage, policy=policy)
        return Outcome(self, decision, tuple(self._differences(decision)))

    def _differences(self, decision: Decision) -> Iterator[str]:
        if self.verdict is not None and decision.verdict is not self.verdict:
            yield f"verdict: expected {self.verdict}, not {decision.verdict}"
        if self.rule is not None and (decision.rule or "") != self.rule:
            yield f"rule: expected {self.rule or 'none'}, not {decision.rule or 'none'}"
        reply = str(decision.reply or "")
        if self.reply is not None and not (reply.startswith(self.reply) if self.reply else not reply):
            yield f"reply: expected {self.reply or 'none'}, not {reply or 'none'}"
        for id in self.reasons:
            if id not in decision.said:
                yield f"reasons: expected {id} to have something to say"
        for id in self.silent:
            if id in decision.said:
                yield f"silent: expected {id} to have nothing to say"
        yield from unknown_rules((self.rule, *self.reasons, *self.silent), decision.policy)
        yield from (f"{each.rule} failed: {each.error}" for each in decision.errors)


@frozen
class Outcome:
    """Whether an expectation holds: `differences` says how it does not."""

    expectation: Expectation
    decision: Decision
    differences: tuple[str, ...]

    def __bool__(self) -> bool:
        return not self.differences

    def trail(self) -> tuple[Reason, ...]:
        """What had something to say, and whatever the expectation names."""
        expected = self.expectation
        named = {expected.rule, *expected.reasons, *expected.silent}
        return tuple(each for each in self.decision.reasons if each.matched or each.id in named)

    def as_table(self) -> Table:
        """What came instead of what was expected, and why, for people."""
        return decision_table(self.decision, self.trail())

    def __str__(self) -> str:
        told = [self.expectation.name, *(f"  {each}" for each in self.differences), "", str(self.as_table())]
        return "\n".join(told)


def unknown_rules(ids: Iterable[str | None], policy: Policy) -> Iterator[str]:
    """What is wrong with names of rules: of one that there is not nothing is ever heard.

    One of ours that a site has switched off is a rule all the same.
    """
    for id in filter(None, ids):
        try:
            policy[id]
        except NotFound as problem:
            if all(rule.id != id for rule in DEFAULT_POLICY.rules):
                yield str(problem)
