"""Asking the rules: the first that refuses decides, and nobody is refused for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from ..errors import Ambiguous, Unavailable
from ..model.held import Held
from .context import Context
from .decision import Decision, Observed, RuleError, rule_error
from .effects import AutoReply, DeliverTo, Effect, FileInto, Notice
from .opinion import Opinion
from .policy import Mode, OnUnknown, Policy, Rule
from .replies import ADDRESS_AMBIGUOUS, UNKNOWN
from .reply import Reply
from .requests import Request
from .selection import Chosen
from .table import DEFAULT_POLICY
from .usage import NOTHING_USED, Charge, Counter, Usage
from .verdict import REFUSING, Verdict

__all__ = ["Opinions", "Question", "counters_for", "decide"]

TAKEN: Final = (Verdict.ACCEPT, Verdict.NO_OPINION)
ON_DELIVERY: Final = (DeliverTo, FileInto, AutoReply)
REPLIED: Final = "replied"

UNTELLABLE: Final = (Unavailable, Ambiguous)
"""What a rule raises that cannot tell."""


def decide(
    directory: Held,
    request: Request,
    *,
    at: datetime | None = None,
    usage: Usage | None = None,
    policy: Policy | None = None,
) -> Decision:
    """Say what is to become of a request, by the rules of a policy in their order.

    `at` is the moment of the request, now by default, of UTC where it has no zone; `usage` the counts that
    `counters_for` names: without any, nothing has been used so far. It never raises for what stands in the
    request or the directory, it does no I/O, and the same arguments have the same answer.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.decide(acme, mp.Delivery("wile.e@customer.example", "john@acme.example")).verdict
    <Verdict.ACCEPT: 'accept'>

    The first rule that refuses decides. Where one cannot tell, because the directory cannot, those after it
    are asked all the same: only if none of them refuses for good is the request deferred.
    """
    return Question(directory, request, at, policy).decided(usage)


def counters_for(
    directory: Held, request: Request, *, at: datetime | None = None, policy: Policy | None = None
) -> tuple[Counter, ...]:
    """Name the counts that a decision about this request looks at, for who keeps them.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mail = mp.Submission("john@acme.example", "john@acme.example", "wile.e@customer.example")
    >>> print(*counters_for(acme, mail), sep=", ")
    aggregate acme.example, messages/86400 john@acme.example

    What cannot be told is not named: the rule that would have looked at it cannot tell either.
    """
    return Question(directory, request, at, policy).counters()


class Question:
    """A request to a directory, whose counts are asked for before it is decided.

    Both by one state of the directory; what the first has looked up the second need not look up again.
    """

    __slots__ = ("_at", "_context", "_policy", "_request", "_rules", "_unknown")

    def __init__(
        self,
        directory: Held,
        request: Request,
        at: datetime | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._at = datetime.now(UTC) if at is None else at if at.tzinfo else at.replace(tzinfo=UTC)
        self._policy = DEFAULT_POLICY if policy is None else policy
        self._request = request
        self._context: Context | None = None
        self._rules: Chosen | None = None
        self._unknown = ""
        try:
            asked = directory.directory
        except Unavailable as problem:
            self._unknown = str(problem)
        else:
            self._context = Context(asked, request, self._at, NOTHING_USED, self._policy)

    def counters(self) -> tuple[Counter, ...]:
        """The counts that its decision looks at."""
        context = self._context
        if context is None:
            return ()
        counting = self._chosen().counting
        if not counting:
            return ()
        found: dict[Counter, None] = {}
        for counters in counting:
            try:
                for counter in counters(self._request, context.directory, context):
                    found[counter] = None
            except UNTELLABLE:
                continue
            except Exception:  # noqa: BLE001 - asked for its opinion, the rule will say what is wrong with it
                continue
        return tuple(found)

    def _chosen(self) -> Chosen:
        """The rules that may have something to say."""
        found = self._rules
        if found is None:
            assert self._context is not None
            found = self._rules = self._policy.selection(type(self._request)).of(self._context)
        return found

    def decided(
        self, usage: Usage | None = None, glance: Callable[[Counter], int | None] | None = None
    ) -> Decision:
        """The decision by these counts; without any nothing has been used so far.

        With `glance` counts are asked for as rules look at them, which saves asking which they will be. The
        decision has those that were.
        """
        context = self._context
        counts = NOTHING_USED if usage is None else usage
        request, policy = self._request, self._policy
        if context is None:
            why = self._unknown
            return Decision(
                Verdict.DEFER, UNKNOWN, None, request, self._at, counts, policy, None, unknown=why
            )
        context.usage = counts
        context.glance = glance
        directory = context.directory
        opinions = Opinions()
        for rule, judge in self._chosen().judging:
            # As `Opinions.ask`; but most rules say nothing, and a call would be half of what they cost.
            try:
                opinion = judge(request, directory, context)
            except Exception as problem:  # noqa: BLE001 - told apart there
                opinion = opinions.untold(rule, problem)
            if opinion is None:
                continue
            if type(opinion) is not Opinion:
                opinion = opinions.untold(rule, no_opinion(opinion))
            if opinion is not None and opinions.hear(rule, opinion):
                break
        return opinions.decision(context)


class Opinions:
    """What the rules have said so far."""

    def __init__(self) -> None:
        self.accepted = False
        self.decisive: tuple[Rule, Opinion] | None = None
        self.doubt: tuple[Rule, str, Reply] | None = None
        self.charges: list[Charge] = []
        self.effects: list[Effect] = []
        self.notices: list[Notice] = []
        self.observed: list[Observed] = []
        self.errors: list[RuleError] = []
        self.said: list[str] = []

    def ask(self, rule: Rule, context: Context) -> Opinion | None:
        """What a rule says; None where it has nothing to say, or cannot tell, which is remembered."""
        try:
            said: Any = rule.judge(context.request, context.directory, context)
        except Exception as problem:  # noqa: BLE001 - told apart there
            return self.untold(rule, problem)
        if said is None or type(said) is Opinion:
            return said
        return self.untold(rule, no_opinion(said))

    def untold(self, rule: Rule, problem: Exception) -> Opinion | None:
        """What becomes of a rule that raised: nobody can tell, or the rule is at fault.

        One bad rule must not stop the mail of everybody; that it failed is in the decision.
        """
        match problem:
            case Ambiguous():
                return self.cannot_tell(rule, str(problem), ADDRESS_AMBIGUOUS)
            case Unavailable():
                return self.cannot_tell(rule, str(problem), UNKNOWN)
        self.errors.append(rule_error(rule, problem))
        return self.cannot_tell(rule, "the rule failed", UNKNOWN)

    def cannot_tell(self, rule: Rule, why: str, reply: Reply) -> Opinion | None:
        if rule.on_unknown is OnUnknown.REJECT:
            text = f"nobody can tell, and that is enough to refuse: {why}"
            return Opinion(Verdict.REJECT, text, rule.in_doubt)
        if rule.on_unknown is OnUnknown.DEFER:
            if rule.mode is Mode.ENFORCE:
                self.doubt = self.doubt or (rule, why, rule.in_doubt or reply)
            else:
                self.observed.append(Observed(rule.id, rule.mode, Verdict.DEFER, why))
        return None

    def hear(self, rule: Rule, opinion: Opinion) -> bool:
        """Take in what a rule says, and whether that ends the matter."""
        self.said.append(rule.id)
        self.charges += opinion.charges
        verdict = opinion.verdict
        if rule.mode is not Mode.ENFORCE:
            if verdict is not Verdict.ACCEPT:
                self.observed.append(Observed(rule.id, rule.mode, verdict, opinion.text))
            return False
        self.effects += opinion.effects
        self.notices += opinion.notices
        if verdict is Verdict.ACCEPT and not opinion.settles:
            self.accepted = True
            return False
        if verdict is Verdict.NO_OPINION and not opinion.settles:
            return False
        self.decisive = rule, opinion
        return True

    def decision(self, context: Context) -> Decision:
        rule, opinion = self.decisive or (None, None)
        reply: Reply | None = None
        unknown = ""
        if opinion is not None and not (self.doubt and waits(opinion)):
            verdict, reply = opinion.verdict, reply_of(opinion)
        elif self.doubt is not None:
            rule, unknown, reply = self.doubt
            verdict, opinion = Verdict.DEFER, None
        else:
            verdict = Verdict.ACCEPT if self.accepted else Verdict.NO_OPINION
        refused = verdict in REFUSING
        charges, effects = self.charges, self.effects
        if verdict not in TAKEN:
            # It never gets to the recipient: nothing is filed, forwarded or answered in her name.
            charges = [each for each in charges if each.counter.what != REPLIED]
            effects = [each for each in effects if not isinstance(each, ON_DELIVERY)]
        return Decision(
            verdict,
            reply,
            None if rule is None else rule.id,
            context.request,
            context.at,
            context.usage,
            context.policy,
            context.directory,
            opinion,
            () if refused else tuple(charges),
            () if refused else tuple(effects),
            tuple(each for each in self.notices if each.always or not refused),
            tuple(self.observed),
            tuple(self.errors),
            unknown,
            tuple(self.said),
        )


def no_opinion(said: object) -> TypeError:
    """What is wrong with a rule that says something else."""
    return TypeError(f"expected an Opinion or None, not {type(said).__name__}")


def waits(opinion: Opinion) -> bool:
    """Whether an opinion gives way to a doubt: only what refuses does not."""
    return opinion.verdict not in REFUSING


def reply_of(opinion: Opinion) -> Reply | None:
    """What the remote side is told of an opinion: nothing where it gets what it asked for."""
    if opinion.reply is not None or opinion.verdict not in REFUSING:
        return opinion.reply
    return DEFAULT_REPLIES[opinion.verdict]


DEFAULT_REPLIES: Final = {
    Verdict.REJECT: Reply(550, "5.7.1", "Refused by policy"),
    Verdict.DEFER: Reply(450, "4.7.1", "Refused for now by policy, please try again later"),
    Verdict.CHALLENGE: Reply(534, "5.7.9", "A second factor is needed"),
}
"""For opinions that bring no words of their own."""
