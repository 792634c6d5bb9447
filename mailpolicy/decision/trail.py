"""The trail of a decision: the rules are asked again, and this time what they read is written down.

They are pure, so they say the same again. Nobody pays for a trail that nobody reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..reasons import Reason
from .context import Context
from .opinion import Opinion
from .opinions import Opinions
from .policy import Mode, OnUnknown, Rule
from .reply import Reply
from .usage import Counts

if TYPE_CHECKING:
    from .decision import Decision

__all__ = ["trail"]


def trail(decision: Decision) -> tuple[Reason, ...]:
    """Every rule that was asked, in order: what it said, or why nothing came of it, and what it read.

    Reasons of the floors below, of a status or a right, follow the rule that went by them.
    """
    if decision.directory is None:
        return (Reason("directory", True, f"no directory answers: {decision.unknown}"),)
    return tuple(steps(decision))


def steps(decision: Decision) -> Iterator[Reason]:
    assert decision.directory is not None
    counts = Counts(decision.usage)
    context = Context(
        decision.directory, decision.request, decision.at, counts, decision.policy, tracing=True
    )
    if decision.usage.doubt:
        yield Reason("usage", True, f"the counts may be too low: {decision.usage.doubt}")
    opinions = Listening()
    for rule in decision.policy.about(type(decision.request)):
        errors, opinions.why = len(opinions.errors), ""
        opinion = opinions.ask(rule, context)
        origins = context.traced()
        if len(opinions.errors) > errors:
            yield Reason(rule.id, True, f"the rule failed: {opinions.errors[-1].error}", origins)
        elif opinion is None and opinions.why:
            matters = rule.on_unknown is not OnUnknown.PASS
            why = opinions.told_once()
            yield Reason(rule.id, matters, f"{watched(rule)}nobody can tell{why}", origins)
        elif opinion is None:
            yield Reason(rule.id, False, rule.otherwise, origins)
        if opinion is not None:
            yield Reason(rule.id, True, f"{watched(rule)}{opinion.text}", origins)
            yield from opinion.because
            if opinions.hear(rule, opinion):
                return


class Listening(Opinions):
    """Opinions that remember why the last rule could not tell."""

    def __init__(self) -> None:
        super().__init__()
        self.why = ""
        self._told = ""

    def cannot_tell(self, rule: Rule, why: str, reply: Reply) -> Opinion | None:
        self.why = why
        return super().cannot_tell(rule, why, reply)

    def told_once(self) -> str:
        """Why, in full only once in a row: one thing stops most rules."""
        again, self._told = self.why == self._told, self.why
        return ", for the same reason" if again else f": {self.why}"


def watched(rule: Rule) -> str:
    """What stands before the words of a rule that is only watched."""
    return "" if rule.mode is Mode.ENFORCE else f"only watched ({rule.mode}): "
