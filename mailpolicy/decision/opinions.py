"""What rules say, one after the other, and what that comes to."""

from __future__ import annotations

from typing import Any, Final

from ..errors import Ambiguous, Unavailable
from .context import Context
from .effects import AutoReply, DeliverTo, Effect, FileInto, Notice
from .opinion import Opinion
from .outcome import Observed, Outcome, RuleError, rule_error
from .policy import Mode, OnUnknown, Rule
from .replies import ADDRESS_AMBIGUOUS, LIMIT_REACHED, UNKNOWN
from .reply import Reply
from .usage import Charge, over_limit
from .verdict import REFUSING, TAKEN, Verdict

__all__ = ["Opinions", "no_opinion"]

ON_DELIVERY: Final = (DeliverTo, FileInto, AutoReply)


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
        if said is None:
            return None
        if type(said) is not Opinion:
            return self.untold(rule, no_opinion(said))
        return self.within(rule, said, context) if said.charges else said

    def within(self, rule: Rule, opinion: Opinion, context: Context) -> Opinion:
        """What a rule says; but that it has to wait, where a limit is passed by what has been charged by now.

        So a rule need not look at counts itself. One that is only watched holds nobody back: what it charges
        counts then, and without a limit.
        """
        if opinion.verdict in REFUSING:
            return opinion
        counters = {each.counter for each in opinion.charges}
        theirs = [each for each in self.charges if each.counter in counters]
        over = over_limit([*theirs, *opinion.charges], context.used)
        if over is None:
            return opinion
        if theirs and rule.mode is not Mode.ENFORCE:
            self.charges = [each.unlimited() if each.counter in counters else each for each in self.charges]
        text = f"{opinion.text}; but of {over.counter} {context.used(over.counter)} are used, of {over.limit}"
        charges = tuple(each.unlimited() for each in opinion.charges)
        return Opinion(
            Verdict.DEFER, text, LIMIT_REACHED, opinion.because, charges=charges, notices=opinion.notices
        )

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

    def outcome(self) -> Outcome:
        """What they come to together."""
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
        effects = self.effects
        if verdict not in TAKEN:
            # It never gets to the recipient: nothing is filed, forwarded or answered in her name.
            effects = [each for each in effects if not isinstance(each, ON_DELIVERY)]
        return Outcome(
            verdict,
            reply,
            None if rule is None else rule.id,
            opinion,
            () if refused else tuple(self.charges),
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
