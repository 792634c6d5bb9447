"""The trail of a decision: the rules are asked again, and this time what they read is written down.

They are pure, so they say the same again. Nobody pays for a trail that nobody reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..reasons import Reason
from .context import Context
from .policy import Mode, Rule

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
    from .deciding import Opinions

    assert decision.directory is not None
    context = Context(
        decision.directory, decision.request, decision.at, decision.usage, decision.policy, tracing=True
    )
    if decision.usage.doubt:
        yield Reason("usage", True, f"the counts may be too low: {decision.usage.doubt}")
    opinions = Opinions()
    for rule in decision.policy.about(type(decision.request)):
        doubts, errors = len(opinions.observed), len(opinions.errors)
        unknown = opinions.doubt
        opinion = opinions.ask(rule, context)
        origins = context.traced()
        if len(opinions.errors) > errors:
            yield Reason(rule.id, True, f"the rule failed: {opinions.errors[-1].error}", origins)
        elif opinions.doubt is not unknown:
            assert opinions.doubt is not None
            yield Reason(rule.id, True, f"nobody can tell: {opinions.doubt[1]}", origins)
        elif len(opinions.observed) > doubts:
            yield Reason(rule.id, True, f"{watched(rule)}nobody can tell", origins)
        elif opinion is None:
            yield Reason(rule.id, False, rule.otherwise, origins)
        if opinion is not None:
            yield Reason(rule.id, True, f"{watched(rule)}{opinion.text}", origins)
            yield from opinion.because
            if opinions.hear(rule, opinion):
                return


def watched(rule: Rule) -> str:
    """What stands before the words of a rule that is only watched."""
    return "" if rule.mode is Mode.ENFORCE else f"only watched ({rule.mode}): "
