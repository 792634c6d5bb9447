"""The engine: it never raises, whatever rules do, and nobody is let in by a rule that is badly written."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import AutoReply, Charge, Counter, DeliverTo, Header, Notice, Policy
from mailpolicy.errors import Ambiguous, InvalidValue, Unavailable

ACME = mp.open("ldif/examples/acme.ldif")
NOBODY = mp.Delivery("wile.e@customer.example", "nobody@globex.example")
JOHN = mp.Delivery("wile.e@customer.example", "john@acme.example")


def with_rule(judge: Callable[..., Any], *, before: str | None = "recipient.exists", **more: Any) -> Policy:
    rule = mp.Rule("site.rule", judge, more.pop("about", (mp.Delivery,)), "says", "otherwise", **more)
    return mp.DEFAULT_POLICY.with_rules(rule, before=before)


def saying(*args: Any, **kwargs: Any) -> Callable[..., mp.Opinion]:
    return lambda request, directory, context: mp.Opinion(*args, **kwargs)


def raising(problem: Exception) -> Callable[..., None]:
    def judge(request: Any, directory: Any, context: Any) -> None:
        raise problem

    return judge


def test_a_verdict_may_be_a_word_and_is_heard_as_one() -> None:
    decision = mp.decide(ACME, NOBODY, policy=with_rule(saying("accept", "fine")))
    assert (decision.verdict, decision.rule) == ("reject", "recipient.exists")


@pytest.mark.parametrize("said", [True, "reject", mp.Verdict.REJECT, (), 7])
def test_what_is_no_opinion_is_a_fault_of_the_rule(said: object) -> None:
    decision = mp.decide(ACME, JOHN, policy=with_rule(lambda request, directory, context: said))
    assert (decision.verdict, decision.rule) == ("defer", "site.rule")
    assert "expected an Opinion" in decision.errors[0].error
    assert any("the rule failed" in each.text for each in decision.reasons)


@pytest.mark.parametrize("args", [("junk", "x"), ("redirect", "x")])
def test_an_opinion_that_makes_no_sense_is_a_fault_of_the_rule(args: tuple[str, str]) -> None:
    decision = mp.decide(ACME, JOHN, policy=with_rule(saying(*args)))
    assert (decision.verdict, len(decision.errors)) == ("defer", 1)


def test_a_redirect_needs_an_address() -> None:
    with pytest.raises(InvalidValue):
        mp.Opinion(mp.Verdict.REDIRECT, "elsewhere")
    decision = mp.decide(ACME, JOHN, policy=with_rule(saying("redirect", "x", redirect_to="a@b.example")))
    assert (decision.verdict, decision.redirect_to) == ("redirect", "a@b.example")


@pytest.mark.parametrize(
    "problem", [Unavailable("x"), Ambiguous("a", ("b", "c")), KeyError("x"), RecursionError()]
)
def test_a_rule_that_cannot_tell_defers_unless_another_refuses_for_good(problem: Exception) -> None:
    policy = with_rule(raising(problem))
    assert mp.decide(ACME, JOHN, policy=policy).verdict == "defer"
    assert mp.decide(ACME, NOBODY, policy=policy).verdict == "reject"
    passing = policy.with_on_unknown({"site.rule": "pass"})
    assert mp.decide(ACME, JOHN, policy=passing).verdict == "accept"
    refusing = policy.with_on_unknown({"site.rule": "reject"})
    assert mp.decide(ACME, JOHN, policy=refusing).verdict == "reject"
    watched = policy.with_modes({"site.rule": "audit"})
    decision = mp.decide(ACME, JOHN, policy=watched)
    assert decision.verdict == "accept"
    assert [each.rule for each in decision.observed if each.verdict == "defer"] == ["site.rule"]


@pytest.mark.parametrize("whose", ["recipient", "login"])
@pytest.mark.parametrize(
    "request_",
    [JOHN, mp.Login("john@acme.example"), mp.Booking("everest@acme.example", "john@acme.example")],
    ids=lambda request: type(request).__name__,
)
def test_a_party_that_a_request_has_not_is_nobody(whose: Any, request_: Any) -> None:
    seen: list[object] = []

    def idle(who: object, context: object) -> bool:
        seen.append(who)
        return who is None

    policy = with_rule(lambda *_: None, before=None, about=(type(request_),), whose=whose, idle=idle)
    assert not mp.decide(ACME, request_, policy=policy).errors
    assert seen


def test_an_idle_function_that_fails_leaves_the_rule_to_be_asked() -> None:
    def idle(who: object, context: object) -> bool:
        raise KeyError("x")

    policy = with_rule(saying("reject", "no"), idle=idle)
    assert mp.decide(ACME, JOHN, policy=policy).rule == "site.rule"


def test_what_is_refused_costs_nothing_and_says_nothing() -> None:
    everything = saying(
        "accept",
        "fine",
        charges=(Charge(Counter("messages", "x", 60), 1),),
        effects=(Header("X-Site", "yes"),),
        notices=(
            Notice("usual", ("a@b.example",), "x", "x"),
            Notice("grave", ("a@b.example",), "x", "x", True),
        ),
    )
    policy = with_rule(everything)
    taken, refused = mp.decide(ACME, JOHN, policy=policy), mp.decide(ACME, NOBODY, policy=policy)
    assert (len(taken.charges), len(taken.effects), len(taken.notices)) == (1, 1, 2)
    assert (refused.charges, refused.effects) == ((), ())
    assert [each.kind for each in refused.notices] == ["grave"]


def test_an_acceptance_that_settles_ends_the_matter() -> None:
    decision = mp.decide(ACME, NOBODY, policy=with_rule(saying("accept", "always", settles=True)))
    assert (decision.verdict, decision.rule) == ("accept", "site.rule")


def test_the_trail_names_what_brought_a_value_down() -> None:
    login = mp.Login("terminal7@acme.example", "imap", client="192.0.2.1", second_factor=True)
    [reason] = [each for each in mp.decide(ACME, login).reasons if each.id == "login.service"]
    assert ("cos", "mpAllowedServices") in {(str(each.level), each.attribute) for each in reason.origins}


TEXT = Path("ldif/examples/acme.ldif").read_text()
AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def without_record(head: str) -> mp.Directory:
    """The directory, with a record that begins so spoilt."""
    assert head in TEXT
    broken = mp.loads(TEXT.replace(head, head.split("objectClass")[0] + "objectClass:: !!!\n"))
    assert broken.snapshot.lost == 1
    return broken


def test_what_a_lost_class_of_service_wants_does_not_fall_away() -> None:
    directory = without_record("dn: cn=premium,ou=cos,o=mail\nobjectClass: mpClassOfService\n")
    login = mp.Login("john@acme.example", "smtp")
    assert mp.decide(ACME, login, at=AT).rule == "login.second_factor"
    assert mp.decide(directory, login, at=AT).verdict == "defer"
    # Who has another is not concerned.
    assert mp.decide(directory, mp.Delivery("a@b.example", "bob@acme.example"), at=AT).verdict == "accept"


def test_what_a_lost_domain_stops_does_not_pass() -> None:
    directory = without_record("dn: dc=hooli.example,o=mail\nobjectClass: domain\n")
    mail = mp.Delivery("w@customer.example", "gavin@hooli.example")
    assert mp.decide(ACME, mail, at=AT).verdict == "reject"
    assert mp.decide(directory, mail, at=AT).verdict == "defer"


@pytest.mark.parametrize("verdict", ["discard", "redirect", "hold"])
def test_what_never_gets_to_the_recipient_is_not_answered_in_her_name(verdict: str) -> None:
    answering = ACME.with_changes(
        mp.set(
            "bob@acme.example",
            auto_reply_enabled=True,
            auto_reply_text="gone",
            forwarding_addresses=("x@y.example",),
        )
    )
    mail = mp.Delivery("w@customer.example", "bob@acme.example")
    assert {type(each) for each in mp.decide(answering, mail, at=AT).effects} == {DeliverTo, AutoReply}
    policy = with_rule(saying(verdict, "x", redirect_to="q@acme.example"), before=None)
    decision = mp.decide(answering, mail, at=AT, policy=policy)
    assert (decision.verdict, decision.effects, decision.charges) == (verdict, (), ())


def test_a_time_without_a_zone_is_of_utc() -> None:
    mail = mp.Delivery("w@customer.example", "john@acme.example")
    assert mp.decide(ACME, mail, at=datetime(2025, 3, 1)).at == datetime(2025, 3, 1, tzinfo=UTC)  # noqa: DTZ001
    begin = datetime(2025, 3, 2)  # noqa: DTZ001
    decision = mp.decide(
        ACME, mp.Booking("everest@acme.example", "john@acme.example", ((begin, begin),)), at=AT
    )
    assert not decision.errors


def test_a_rule_goes_by_recipient_or_login() -> None:
    """What other rules heed would be decided like the first, and it would not be asked."""
    with pytest.raises(InvalidValue, match="expected recipient or login"):
        mp.Rule("a.rule", lambda *_: None, (mp.Delivery,), "", "", whose="sender")  # type: ignore[arg-type]


def test_a_policy_reads_like_one() -> None:
    policy = mp.DEFAULT_POLICY.with_modes({"quota.mailbox": "warn"}).in_order("quota.mailbox")
    rows = [[cell.text for cell in row] for row in policy.as_table().rows]
    assert [row[0] for row in rows] == [rule.id for rule in policy.rules]
    assert rows[0] == ["quota.mailbox", "warn", "pass", "a message must fit into the mailbox"]
    assert "a message must fit into the mailbox" in policy._repr_html_()
    assert repr(policy) == f"<Policy of {len(rows)} rules>"


COUNTED = Charge(Counter("site", "john@acme.example", 60), 1, 5)


@pytest.mark.parametrize("mode", ["enforce", "audit"])
@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("text", None),
        ("reply", "550 no"),
        ("because", "the reason"),
        ("charges", COUNTED),
        ("charges", None),
        ("charges", (Charge("site", 1),)),  # type: ignore[arg-type]
        ("charges", (Charge(COUNTED.counter, "1"),)),  # type: ignore[arg-type]
        ("notices", "tell him"),
        ("effects", ("X-Site: yes",)),
    ],
)
def test_a_part_of_an_opinion_that_is_something_else_is_a_fault_of_the_rule(
    part: str, value: object, mode: str
) -> None:
    said = {"verdict": "no_opinion", "text": "x", part: value}
    policy = with_rule(saying(**said), before=None, mode=mode)
    decision = mp.decide(ACME, JOHN, policy=policy)
    assert decision.verdict == ("defer" if mode == "enforce" else "accept")
    assert f"{part}: " in decision.errors[0].error
    assert "the rule failed" in str(decision.as_table())


def test_several_parts_of_an_opinion_may_stand_in_a_list() -> None:
    policy = with_rule(saying("no_opinion", "x", charges=[COUNTED]), before=None)
    assert COUNTED in mp.decide(ACME, JOHN, policy=policy).charges


def test_a_rule_that_cannot_be_asked_is_none() -> None:
    def judge(request: Any, directory: Any, context: Any) -> None:
        return None

    parts: tuple[Any, ...] = (mp.Delivery, "says", "otherwise")
    assert mp.Rule("site.rule", judge, *parts).about == (mp.Delivery,)
    with pytest.raises(InvalidValue, match=r"about: .*types of requests"):
        mp.Rule("site.rule", judge, ("delivery",), "says", "otherwise")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"judge: .*a function"):
        mp.Rule("site.rule", None, *parts)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="one of enforce, warn, audit"):
        mp.DEFAULT_POLICY.with_modes({"recipient.exists": "adit"})
    with pytest.raises(InvalidValue, match="one of defer, pass, reject"):
        mp.DEFAULT_POLICY.with_on_unknown({"recipient.exists": "later"})
    with pytest.raises(InvalidValue, match="a Rule"):
        mp.DEFAULT_POLICY.with_rules(judge)  # type: ignore[arg-type]


@pytest.mark.parametrize("found", [None, "john@acme.example", {"kind": "delivery"}, mp.Delivery])
def test_what_is_no_request_is_not_let_pass(found: Any) -> None:
    with pytest.raises(TypeError, match="request: expected one such as Delivery or Login, not "):
        mp.decide(ACME, found)


@pytest.mark.parametrize(
    ("name", "value"),
    [("usage", {COUNTED.counter: 3}), ("at", "2026-03-02"), ("policy", mp.DEFAULT_POLICY.rules)],
)
def test_an_argument_that_is_something_else_is_named(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"{name}: expected a"):
        mp.decide(ACME, JOHN, **{name: value})
    with pytest.raises(TypeError, match="directory: expected a directory"):
        mp.decide("acme.ldif", JOHN)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [None, 5, b"john@acme.example", ACME.account("john@acme.example")])
def test_who_is_no_text_is_a_fault_of_the_rules_and_nothing_raises(who: Any) -> None:
    for request in (
        mp.Delivery("wile.e@customer.example", who),
        mp.Submission(who, "john@acme.example", "a@b.example"),
        mp.Post(who, "john@acme.example"),
    ):
        decision = mp.decide(ACME, request)
        assert decision.is_refused
        assert str(decision.as_table())


def test_a_decision_can_be_pickled_after_many() -> None:
    for request in (JOHN, NOBODY, mp.Submission("bob@acme.example", "bob@acme.example", "a@b.example")):
        decision = mp.decide(ACME, request)
        copy = pickle.loads(pickle.dumps(decision))
        assert (copy.verdict, copy.reply, copy.reasons) == (
            decision.verdict,
            decision.reply,
            decision.reasons,
        )
