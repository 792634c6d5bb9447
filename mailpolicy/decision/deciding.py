"""Asking the rules: the first that refuses decides, and nobody is refused for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from os import PathLike
from typing import Final

from ..errors import Ambiguous, Unavailable
from ..model import Directory
from ..model.held import Held
from .context import Context
from .decision import Decision
from .known import known_of
from .opinion import Opinion
from .opinions import Opinions, no_opinion
from .outcome import Outcome
from .policy import Policy
from .precedents import case_of, precedent, set_precedent
from .replies import UNKNOWN
from .requests import Request
from .selection import Chosen
from .table import DEFAULT_POLICY
from .usage import NOTHING_USED, Counter, Counts, Usage, over_limit
from .verdict import Verdict

__all__ = ["Question", "counters_for", "decide"]

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
    request or the directory, it does no I/O, and the same arguments have the same answer. TypeError where an
    argument is something else: a request in JSON is read with `mailpolicy.forms.request_from_json`.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.decide(acme, mp.Delivery("wile.e@customer.example", "john@acme.example")).verdict
    <Verdict.ACCEPT: 'accept'>

    The first rule that refuses decides. Where one cannot tell, because the directory cannot, those after it
    are asked all the same: only if none of them refuses for good is the request deferred.
    """
    if usage is not None and not isinstance(usage, Usage):
        raise no_argument("usage", "a Usage, such as mp.Usage({counter: 12})", usage)
    return question(directory, request, at, policy).decided(usage)


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
    return question(directory, request, at, policy).counters()


def question(directory: Held, request: Request, at: datetime | None, policy: Policy | None) -> Question:
    """What somebody asks by hand, who may have put something else into it."""
    if isinstance(directory, str | PathLike | None):
        raise no_argument("directory", "a directory, as mp.open gives it", directory)
    if at is not None and not isinstance(at, datetime):
        raise no_argument("at", "a datetime", at)
    if policy is not None and not isinstance(policy, Policy):
        raise no_argument("policy", "a Policy, such as mp.DEFAULT_POLICY", policy)
    return Question(directory, request, at, policy)


def no_argument(name: str, expected: str, found: object) -> TypeError:
    return TypeError(f"{name}: expected {expected}, not {type(found).__name__}")


class Question:
    """A request to a directory, whose counts are asked for before it is decided.

    Both by one state of the directory; what the first has looked up the second need not look up again.
    """

    __slots__ = ("_at", "_context", "_directory", "_policy", "_request", "_rules", "_selection", "_unknown")

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
        self._selection = self._policy.selection(type(request))
        self._directory: Directory | None = None
        self._context: Context | None = None
        self._rules: Chosen | None = None
        self._unknown = ""
        try:
            self._directory = directory.directory
        except Unavailable as problem:
            self._unknown = str(problem)

    def counters(self) -> tuple[Counter, ...]:
        """The counts that its decision looks at."""
        directory = self._directory
        if directory is None:
            return ()
        context = self._seen(directory, Counts(NOTHING_USED))
        counting = self._chosen(context).counting
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

    def _seen(self, directory: Directory, counts: Counts) -> Context:
        """What rules look at, the same each time but for the counts."""
        context = self._context
        if context is None:
            context = self._context = Context(directory, self._request, self._at, counts, self._policy)
        context.counts = counts
        return context

    def _chosen(self, context: Context) -> Chosen:
        """The rules that may have something to say."""
        found = self._rules
        if found is None:
            found = self._rules = self._selection.of(context)
        return found

    def decided(
        self, usage: Usage | None = None, glance: Callable[[Counter], int | None] | None = None
    ) -> Decision:
        """The decision by these counts; without any nothing has been used so far.

        With `glance` counts are asked for as rules look at them, which saves asking which they will be. The
        decision has those that were.
        """
        given = NOTHING_USED if usage is None else usage
        directory = self._directory
        if directory is None:
            untold = Outcome(Verdict.DEFER, UNKNOWN, unknown=self._unknown)
            return Decision(untold, self._request, self._at, given, self._policy, None)
        counts, known = Counts(given, glance), known_of(directory)
        case = case_of(self._request, known, self._selection, counts.used)
        outcome = precedent(known, case)
        # What a rule charges is limited also where it does not heed the count.
        if outcome is None or (outcome.charges and over_limit(outcome.charges, counts.used)):
            context = self._seen(directory, counts)
            outcome = self._judged(context)
            if not context.of_the_moment:
                # By now it is known who they are.
                case = case or case_of(self._request, known, self._selection, counts.used)
                set_precedent(known, case, outcome)
        return Decision(outcome, self._request, self._at, counts.usage, self._policy, directory)

    def _judged(self, context: Context) -> Outcome:
        """What the rules come to."""
        request, directory = self._request, context.directory
        opinions = Opinions()
        for rule, judge in self._chosen(context).judging:
            # As `Opinions.ask`; but most rules say nothing, and a call would be half of what they cost.
            try:
                opinion = judge(request, directory, context)
            except Exception as problem:  # noqa: BLE001 - told apart there
                opinion = opinions.untold(rule, problem)
            if opinion is None:
                continue
            if type(opinion) is not Opinion:
                opinion = opinions.untold(rule, no_opinion(opinion))
            elif opinion.charges:
                opinion = opinions.within(rule, opinion, context)
            if opinion is not None and opinions.hear(rule, opinion):
                break
        return opinions.outcome()
