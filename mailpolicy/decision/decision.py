"""A decision: what is to become of a request, and why."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from ..freshness import AS_READ, Freshness
from ..reasons import Reason
from ..tables import Table
from .effects import Effect, Notice
from .opinion import Opinion
from .policy import Mode, Policy, Rule
from .reply import Reply
from .requests import Request
from .usage import Charge, Usage
from .verdict import REFUSING, Verdict

if TYPE_CHECKING:
    from ..model import Directory

__all__ = ["Decision", "Observed", "RuleError"]


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


@frozen(eq=False, repr=False, slots=False)
class Decision:
    """What is to become of a request.

    `verdict` and `reply` are for whoever asked; `rule` is the id of the rule that decided, None where none
    had to. `charges` are to be counted once the message is taken, `effects` what else comes of it, `notices`
    mails to send. `observed` says what rules that are only watched would have done, `errors` which failed.
    `reasons` tells the whole trail, and is worked out when it is asked for.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> decision = mp.decide(acme, mp.Delivery("wile.e@customer.example", "nobody@globex.example"))
    >>> decision
    <Decision reject by recipient.exists: 550 5.1.1 There is no such address here>
    >>> print(decision.verdict, decision.reply)
    reject 550 5.1.1 There is no such address here
    """

    verdict: Verdict
    reply: Reply | None
    rule: str | None
    request: Request
    at: datetime
    usage: Usage
    policy: Policy
    directory: Directory | None
    opinion: Opinion | None = None
    charges: tuple[Charge, ...] = ()
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()
    observed: tuple[Observed, ...] = ()
    errors: tuple[RuleError, ...] = ()
    unknown: str = field(default="")
    """Why nobody can tell, where that decided."""
    said: tuple[str, ...] = ()
    """The ids of the rules that had something to say, in order."""

    @property
    def is_refused(self) -> bool:
        """Whether whoever asked does not get what she asked for, now or ever."""
        return self.verdict in REFUSING

    @property
    def redirect_to(self) -> str:
        """The address of a redirect."""
        return self.opinion.redirect_to if self.opinion else ""

    @property
    def revision(self) -> str | None:
        """The revision of the directory it was made by; None where no directory answered."""
        return None if self.directory is None else self.directory.revision

    @property
    def freshness(self) -> Freshness:
        """How far it can be taken for one of now."""
        return AS_READ if self.directory is None else self.directory.freshness

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Every rule that was asked, in order, with what it said and the settings it read."""
        from .trail import trail

        return trail(self)

    def as_table(self) -> Table:
        """The decision with its reasons, for people."""
        from .display import decision_table

        return decision_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()

    def __repr__(self) -> str:
        by = f" by {self.rule}" if self.rule else ""
        reply = f": {self.reply}" if self.reply else ""
        return f"<Decision {self.verdict}{by}{reply}>"


def rule_error(rule: Rule, error: Exception) -> RuleError:
    """A failure of a rule, in one line."""
    return RuleError(rule.id, f"{type(error).__name__}: {error}")
