"""What is to become of a request, apart from whose request it is and when it came."""

from __future__ import annotations

from attrs import frozen

from .effects import Effect, Notice
from .opinion import Opinion
from .policy import Mode, Rule
from .reply import Reply
from .usage import Charge
from .verdict import Verdict

__all__ = ["Observed", "Outcome", "RuleError", "rule_error"]


@frozen
class RuleError:
    """A rule that failed, and what of: a fault of the rule, which counts as not knowing."""

    rule: str
    error: str


@frozen
class Observed:
    """What a rule would have done that is only watched."""

    rule: str
    mode: Mode
    verdict: Verdict
    text: str


@frozen(eq=False)
class Outcome:
    """What the rules have come to; `Decision` says what the parts mean. Like requests share one."""

    verdict: Verdict
    reply: Reply | None = None
    rule: str | None = None
    opinion: Opinion | None = None
    charges: tuple[Charge, ...] = ()
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()
    observed: tuple[Observed, ...] = ()
    errors: tuple[RuleError, ...] = ()
    unknown: str = ""
    said: tuple[str, ...] = ()


def rule_error(rule: Rule, error: Exception) -> RuleError:
    """A failure of a rule, in one line."""
    return RuleError(rule.id, f"{type(error).__name__}: {error}")
