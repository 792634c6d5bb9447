"""A policy: an ordered table of rules, each a function that is asked about a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from ..errors import InvalidValue, NotFound
from .devices import DeviceRule
from .opinion import Opinion
from .reply import Reply
from .requests import Asked
from .selection import Heeded, Selection

if TYPE_CHECKING:
    from ..model import Directory
    from ..tables import Table
    from .context import Context
    from .usage import Counter

__all__ = ["Judge", "Mode", "OnUnknown", "Policy", "Rule"]

Judge: TypeAlias = "Callable[[Any, Directory, Context], Opinion | None]"
Idle: TypeAlias = "Callable[[Any, Context], bool]"
Heeds: TypeAlias = "Callable[[Any, Context], tuple[Heeded, ...]]"
W = TypeVar("W")
Reads: TypeAlias = "Callable[[Any, Directory, Context], Iterable[Counter]]"


class Mode(StrEnum):
    """What becomes of what a rule says."""

    ENFORCE = "enforce"
    WARN = "warn"
    """Nothing but a warning in the log of the mail server, the decision and the metrics."""
    AUDIT = "audit"
    """The decision and the metrics know it, nobody else."""


class OnUnknown(StrEnum):
    """What becomes of a request where a rule cannot tell, because the directory cannot."""

    DEFER = "defer"
    """Try again later, unless a rule after it says no for good."""
    PASS = "pass"
    """As if the rule had said nothing."""
    REJECT = "reject"
    """Refuse: for rules that guard what must not happen even once."""


def as_mode(mode: Mode | str) -> Mode:
    try:
        return Mode(mode)
    except ValueError:
        raise InvalidValue(str(mode), f"one of {', '.join(Mode)}") from None


def as_outcome(outcome: OnUnknown | str) -> OnUnknown:
    try:
        return OnUnknown(outcome)
    except ValueError:
        raise InvalidValue(str(outcome), f"one of {', '.join(OnUnknown)}") from None


def as_types(about: Iterable[type[Any]] | type[Any]) -> tuple[type[Any], ...]:
    types = (about,) if isinstance(about, type) else tuple(about)
    if not all(isinstance(each, type) for each in types):
        raise InvalidValue(str(about), "types of requests, such as (Delivery,)", attribute="about")
    return types


def as_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    found = tuple(rules)
    for each in found:
        if not isinstance(each, Rule):
            raise InvalidValue(str(each), "a Rule")
    return found


@frozen
class Rule:
    """One rule: a function `(request, directory, context) → Opinion | None`, and how it is heeded.

    `about` are the types of request it is asked about, `says` what it does in a sentence, `otherwise` why
    nothing comes of it where nothing does. `counters` names the counts it looks at.

    Most rules have nothing to say about most people. `idle` tells of a party to the request, its `whose`
    recipient or login (None where it has none), that the rule never has anything to say where that is she,
    whatever the message, the moment and the counts: it is then not asked. For a trail it is.

    And most mail is like mail that came before. `heeds` tells of the same party what else in a request the
    rule goes by: functions of the request and of the counts. Where they give the same, it says the same of
    her, and as long as all rules are so much alike, none of them is asked again. Of nobody both are told
    once, for all directories. A rule without `heeds` goes by everything, and is asked each time, and so are
    the others then.

    `in_doubt` is what the remote side is told where the rule cannot tell, if why would tell too much.

    A rule is pure: no I/O, no clock, no memory; the same question has the same answer. That is what makes
    decisions explained and replayed. It lets `Unavailable` and `Ambiguous` pass: they become
    `on_unknown`.

    >>> import mailpolicy as mp
    >>> def no_lottery(request, directory, context):
    ...     if request.sender.startswith("lottery@"):
    ...         return mp.Opinion(mp.Verdict.DISCARD, f"{request.sender} has no prizes for us")
    >>> rule = mp.Rule("acme.lottery", no_lottery, (mp.Delivery,), "no lotteries", "this is no lottery")
    >>> policy = mp.DEFAULT_POLICY.with_rules(rule, before="recipient.exists")
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> mp.decide(acme, mp.Delivery("lottery@win.example", "john@acme.example"), policy=policy)
    <Decision discard by acme.lottery>
    """

    id: str
    judge: Judge = field(repr=False)
    about: tuple[type[Any], ...] = field(repr=False, converter=as_types)
    says: str = field(repr=False)
    otherwise: str = field(repr=False)
    mode: Mode = field(default=Mode.ENFORCE, converter=as_mode)
    on_unknown: OnUnknown = field(default=OnUnknown.DEFER, converter=as_outcome)
    counters: Reads | None = field(default=None, repr=False)
    whose: Literal["recipient", "login"] = field(default="recipient", repr=False)
    idle: Idle | None = field(default=None, repr=False)
    heeds: Heeds | None = field(default=None, repr=False)
    in_doubt: Reply | None = field(default=None, repr=False)

    @whose.validator
    def _whose_is_known(self, attribute: object, whose: str) -> None:
        # What makes requests alike is asked of these two: a rule of neither would be passed over.
        if whose not in ("recipient", "login"):
            raise InvalidValue(str(whose), "recipient or login, by whom a rule goes")

    @judge.validator
    def _can_be_asked(self, attribute: object, judge: object) -> None:
        if not callable(judge):
            raise InvalidValue(str(judge), "a function", attribute="judge")


@frozen(slots=False, eq=False)
class Policy:
    """Rules in the order in which they are asked: the first that refuses decides.

    A policy never changes; the methods give another one. `devices` are the rules about mobile devices,
    the first that fits counts.

    >>> import mailpolicy as mp
    >>> policy = mp.DEFAULT_POLICY.with_modes({"recipient.exists": "audit"})
    >>> policy["recipient.exists"].mode
    <Mode.AUDIT: 'audit'>
    >>> policy.with_modes({"recipient.exits": "audit"})
    Traceback (most recent call last):
    mailpolicy.errors.NotFound: no rule 'recipient.exits'; did you mean recipient.exists or recipient.size?

    It reads like a policy as a table, which is how notebooks show it.

    >>> print(mp.Policy([policy["recipient.refuses_all"], policy["quota.mailbox"]]).as_table())
    rule                   mode     unknown  what it does
    recipient.refuses_all  enforce  defer    who refuses all mail gets none
    quota.mailbox          enforce  pass     a message must fit into the mailbox
    """

    rules: tuple[Rule, ...] = field(converter=as_rules)
    devices: tuple[DeviceRule, ...] = ()

    @rules.validator
    def _each_once(self, attribute: object, rules: tuple[Rule, ...]) -> None:
        ids = [rule.id for rule in rules]
        for rule in ids:
            if ids.count(rule) > 1:
                raise InvalidValue(rule, "each rule once")

    def __getitem__(self, id: str) -> Rule:
        found = next((rule for rule in self.rules if rule.id == id), None)
        if found is None:
            raise NotFound(
                "rule", id, tuple(get_close_matches(id, [rule.id for rule in self.rules], 2, cutoff=0.75))
            )
        return found

    def with_modes(self, modes: Mapping[str, Mode | str]) -> Policy:
        """The same with other modes, by the ids of rules."""
        return self._changed(modes, lambda rule, mode: evolve(rule, mode=mode))

    def with_on_unknown(self, outcomes: Mapping[str, OnUnknown | str]) -> Policy:
        """The same with other outcomes where nobody can tell, by the ids of rules."""
        return self._changed(outcomes, lambda rule, outcome: evolve(rule, on_unknown=outcome))

    def _changed(self, changes: Mapping[str, W], change: Callable[[Rule, W], Rule]) -> Policy:
        for id in changes:
            self[id]
        return evolve(
            self,
            rules=[change(rule, changes[rule.id]) if rule.id in changes else rule for rule in self.rules],
        )

    def without(self, *ids: str) -> Policy:
        """The same without some rules."""
        for id in ids:
            self[id]
        return evolve(self, rules=[rule for rule in self.rules if rule.id not in ids])

    def with_rules(self, *rules: Rule, before: str | None = None) -> Policy:
        """The same with more rules: before the one of that id, or after all others."""
        place = len(self.rules) if before is None else self.rules.index(self[before])
        return evolve(self, rules=(*self.rules[:place], *rules, *self.rules[place:]))

    def in_order(self, *ids: str) -> Policy:
        """The same with these rules first, in this order; the others follow as they stood."""
        first = tuple(self[id] for id in ids)
        return evolve(self, rules=(*first, *(rule for rule in self.rules if rule not in first)))

    def with_devices(self, rules: Iterable[DeviceRule]) -> Policy:
        """The same with these rules about mobile devices."""
        return evolve(self, devices=tuple(rules))

    def about(self, kind: type[Any]) -> tuple[Rule, ...]:
        """The rules that are asked about a type of request."""
        found = self._by_kind.get(kind)
        if found is None:
            found = self._by_kind[kind] = tuple(
                rule for rule in self.rules if any(issubclass(kind, each) for each in rule.about)
            )
        return found

    def selection(self, kind: type[Any]) -> Selection:
        """The same, prepared for being asked about many requests; TypeError where it is none of them."""
        found = self._selections.get(kind)
        if found is None:
            rules = self.about(kind)
            if not rules and not issubclass(kind, Asked):
                # To have no opinion about it would let pass whatever was meant.
                raise TypeError(f"request: expected one such as Delivery or Login, not {kind.__name__}")
            found = self._selections[kind] = Selection(rules)
        return found

    def as_table(self) -> Table:
        """The rules in their order, for people."""
        from .display import policy_table

        return policy_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()

    def __repr__(self) -> str:
        devices = f", {len(self.devices)} about devices" if self.devices else ""
        return f"<Policy of {len(self.rules)} rules{devices}>"

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not what was prepared, which is functions within functions."""
        return {"rules": self.rules, "devices": self.devices}

    @cached_property
    def _by_kind(self) -> dict[type[Any], tuple[Rule, ...]]:
        return {}

    @cached_property
    def _selections(self) -> dict[type[Any], Selection]:
        return {}
