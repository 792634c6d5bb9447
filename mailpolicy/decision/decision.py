"""A decision: what is to become of a request, and why."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from ..freshness import AS_READ, Freshness
from ..reasons import Reason
from ..tables import Table
from .effects import Effect, Notice
from .opinion import Opinion
from .outcome import Observed, Outcome, RuleError
from .policy import Policy
from .reply import Reply
from .requests import Request
from .usage import Charge, Usage
from .verdict import REFUSING, Verdict

if TYPE_CHECKING:
    from ..model import Directory

__all__ = ["Decision"]


@frozen(eq=False, repr=False, slots=False)
class Decision:
    """What is to become of a request.

    `verdict` and `reply` are for whoever asked; `rule` is the id of the rule that decided, None where none
    had to. `charges` are to be counted once the message is taken, `effects` what else comes of it, `notices`
    mails to send; an automatic reply has a charge of its own, for whoever sends it. `observed` says what
    rules that are only watched would have done, `errors` which failed. `reasons` tells the whole trail, and
    is worked out when it is asked for.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> decision = mp.decide(acme, mp.Delivery("wile.e@customer.example", "nobody@globex.example"))
    >>> decision
    <Decision reject by recipient.exists: 550 5.1.1 There is no such address here>
    >>> print(decision.verdict, decision.reply)
    reject 550 5.1.1 There is no such address here
    """

    outcome: Outcome
    """What was decided, the parts below; like requests share it."""
    request: Request
    at: datetime
    usage: Usage
    """The counts that it was made by."""
    policy: Policy
    directory: Directory | None

    @property
    def verdict(self) -> Verdict:
        """What is to become of the request."""
        return self.outcome.verdict

    @property
    def reply(self) -> Reply | None:
        """What the remote side is told; None where it gets what it asked for."""
        return self.outcome.reply

    @property
    def rule(self) -> str | None:
        """The id of the rule that decided; None where none had to."""
        return self.outcome.rule

    @property
    def opinion(self) -> Opinion | None:
        """What that rule said."""
        return self.outcome.opinion

    @property
    def charges(self) -> tuple[Charge, ...]:
        """What to count once the message is taken."""
        return self.outcome.charges

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What else comes of it."""
        return self.outcome.effects

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Mails to send."""
        return self.outcome.notices

    @property
    def observed(self) -> tuple[Observed, ...]:
        """What rules that are only watched would have done."""
        return self.outcome.observed

    @property
    def errors(self) -> tuple[RuleError, ...]:
        """Which rules failed."""
        return self.outcome.errors

    @property
    def unknown(self) -> str:
        """Why nobody can tell, where that decided."""
        return self.outcome.unknown

    @property
    def said(self) -> tuple[str, ...]:
        """The ids of the rules that had something to say, in order."""
        return self.outcome.said

    @property
    def is_refused(self) -> bool:
        """Whether whoever asked does not get what she asked for, now or ever."""
        return self.outcome.verdict in REFUSING

    @property
    def redirect_to(self) -> str:
        """The address of a redirect."""
        opinion = self.outcome.opinion
        return opinion.redirect_to if opinion else ""

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
