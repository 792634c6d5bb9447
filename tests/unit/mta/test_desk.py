"""Limits that rules charge with are kept, whether or not the rules look at the counts themselves."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.counters.protocol import Glance, Reserved, Told
from mailpolicy.decision import Charge, Counter, Decision, Policy, decide
from mailpolicy.decision.replies import LIMIT_REACHED
from mailpolicy.mta.desk import Desk
from tests.mail_directories import ANN, OUTSIDER, native

AT = 1_700_000_000.0
SITE, OTHER = Counter("messages", "site", 3600), Counter("messages", "other", 3600)
MAIL = mp.Delivery(OUTSIDER, ANN)


class Waiting(MemoryCounters):
    """Counts that cannot be glanced at, as in a server."""

    def glance(self, message: str, at: float) -> Glance | None:
        return None


class Raced(Waiting):
    """Somebody else is always faster, and lets go before anybody sees it."""

    def read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        self.release("theirs")
        super().read(message, wanted, at, then)

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        theirs = tuple(Charge(each.counter, each.limit + 1) for each in charges if each.limit)
        super().reserve("theirs", theirs, at, lambda _: None)
        super().reserve(message, charges, at, then)


class RacedAtHand(Raced):
    """The same, where they can be glanced at."""

    def glance(self, message: str, at: float) -> Glance | None:
        return MemoryCounters.glance(self, message, at)


KEPT = pytest.mark.parametrize("kept", [MemoryCounters, Waiting])


def cap(*charges: Charge, name: str = "site.cap", verdict: str = "accept", **more: Any) -> mp.Rule:
    """A rule that charges, and looks at nothing."""
    opinion = mp.Opinion(verdict, "one more", charges=charges)
    return mp.Rule(name, lambda *_: opinion, (mp.Delivery,), "says", "otherwise", **more)


def with_rules(*rules: mp.Rule) -> Policy:
    return mp.DEFAULT_POLICY.with_rules(*rules)


class Reception:
    """A desk at which one message after the other is taken, unless it is refused."""

    def __init__(self, counters: MemoryCounters, *rules: mp.Rule) -> None:
        self.directory, self.policy, self.counters = native(), with_rules(*rules), counters
        self.desk = Desk(self.directory, counters, self.policy, clock=lambda: AT)

    def take(self, message: str) -> Decision:
        said: list[Decision] = []
        self.desk.ask(MAIL, said.append, adapter="test", message=message)
        self.desk.settle(message)
        (decision,) = said
        self._holds_again(decision)
        return decision

    def take_all(self, count: int = 4) -> list[Decision]:
        return [self.take(f"m{number}") for number in range(count)]

    def used(self, counter: Counter = SITE) -> int | None:
        told: list[Any] = []
        self.counters.read("", (counter,), AT, told.append)
        return told[0].of(counter)

    def _holds_again(self, decision: Decision) -> None:
        """By the same counts the same is decided, with and without precedents, and the trail ends with it."""
        for directory in (self.directory, native()):
            again = decide(directory, MAIL, at=decision.at, usage=decision.usage, policy=self.policy)
            for part in ("verdict", "reply", "rule", "charges", "observed", "said"):
                assert getattr(again, part) == getattr(decision, part), part
        if decision.is_refused:
            last = [each for each in decision.reasons if each.matched][-1]
            assert decision.opinion is not None
            assert (last.id, last.text) == (decision.rule, decision.opinion.text)


def nothing_heeded(found: object, context: object) -> tuple[()]:
    return ()


@KEPT
@pytest.mark.parametrize("heeds", [None, nothing_heeded])
@pytest.mark.parametrize("verdict", ["accept", "no_opinion", "hold", "discard"])
def test_what_nobody_looks_at_is_limited(kept: type[MemoryCounters], heeds: Any, verdict: str) -> None:
    reception = Reception(kept(), cap(Charge(SITE, 1, 2), verdict=verdict, heeds=heeds))
    first, second, *others = reception.take_all()
    assert not first.is_refused
    assert not second.is_refused
    for decision in others:
        assert (str(decision.verdict), decision.rule) == ("defer", "site.cap")
        assert decision.reply == LIMIT_REACHED
        assert decision.usage.of(SITE) == 2
        assert decision.opinion is not None
        assert decision.opinion.text == "one more; but of messages/3600 site 2 are used, of 2"
    assert reception.used() == 2


@KEPT
def test_what_two_rules_charge_adds_up(kept: type[MemoryCounters]) -> None:
    rules = cap(Charge(SITE, 1, 3)), cap(Charge(SITE, 1), name="site.more")
    reception = Reception(kept(), *rules)
    assert [each.rule for each in reception.take_all(3)] == [None, "site.more", "site.more"]
    assert reception.used() == 2


@KEPT
def test_what_is_too_much_at_once_is_never_taken(kept: type[MemoryCounters]) -> None:
    reception = Reception(kept(), cap(Charge(SITE, 4, 3)))
    assert [str(each.verdict) for each in reception.take_all(2)] == ["defer", "defer"]
    assert reception.used() == 0


@KEPT
def test_a_rule_that_refuses_is_left_its_own_words(kept: type[MemoryCounters]) -> None:
    reception = Reception(kept(), cap(Charge(SITE, 4, 3), verdict="reject"))
    assert str(reception.take("m").verdict) == "reject"


@KEPT
@pytest.mark.parametrize("heeds", [None, nothing_heeded])
def test_a_rule_that_is_only_watched_counts_all_and_holds_nobody_back(
    kept: type[MemoryCounters], heeds: Any
) -> None:
    reception = Reception(kept(), cap(Charge(SITE, 1, 1), mode="audit", heeds=heeds))
    decisions = reception.take_all()
    assert not any(each.is_refused for each in decisions)
    assert [[str(seen.verdict) for seen in each.observed] for each in decisions] == [[], *[["defer"]] * 3]
    assert reception.used() == 4


@KEPT
def test_a_rule_that_is_only_watched_uses_up_nothing_of_others(kept: type[MemoryCounters]) -> None:
    watched = cap(Charge(SITE, 1, 9), name="site.more", mode="audit")
    reception = Reception(kept(), cap(Charge(SITE, 1, 1)), watched)
    first, second = reception.take_all(2)
    assert (first.is_refused, [str(each.verdict) for each in first.observed]) == (False, ["defer"])
    assert (second.rule, reception.used()) == ("site.cap", 2)


@pytest.mark.parametrize("kept", [Raced, RacedAtHand])
@pytest.mark.parametrize("amount", [0, 1, 5])
def test_who_is_never_fast_enough_waits(kept: type[MemoryCounters], amount: int) -> None:
    reception = Reception(kept(), cap(Charge(SITE, amount, 5)))
    assert [each.rule for each in reception.take_all(2)] == ["site.cap"] * 2
    assert reception.used() == 0


@pytest.mark.parametrize("kept", [Raced, RacedAtHand])
def test_unless_nobody_is_held_back(kept: type[MemoryCounters]) -> None:
    reception = Reception(kept(), cap(Charge(OTHER, 1, 5), Charge(SITE, 1, 1), mode="warn"))
    assert [each.verdict for each in reception.take_all(2)] == ["accept"] * 2
    assert (reception.used(), reception.used(OTHER)) == (2, 2)


def test_a_rule_that_never_says_the_same_ends_all_the_same() -> None:
    told: list[Charge] = []

    def odd(*_: Any) -> mp.Opinion:
        told.append(Charge(Counter("messages", f"site {len(told)}", 60), 1, 1))
        return mp.Opinion("accept", "one more", charges=(told[-1],))

    desk = Desk(native(), Raced(), with_rules(mp.Rule("site.odd", odd, (mp.Delivery,), "says", "otherwise")))
    said: list[Decision] = []
    desk.ask(MAIL, said.append, adapter="test", message="m")
    assert len(said) == 1
    assert 1 < len(told) < 20
