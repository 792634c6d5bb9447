"""Whether an automatic reply is due, and why not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

import mailpolicy as mp
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import NOTHING_USED, AutoReply, Charge, Counter, Decision, Usage, counters_for
from mailpolicy.decision.display import effect_text
from mailpolicy.mta.desk import Desk
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    BOB,
    NOON,
    OUTSIDER,
    carbonio,
    deliver,
    effect,
    native,
    native_account,
    outcome,
    said,
    stale,
    submit,
)

AWAY = ["mpAutoReplyEnabled: TRUE", "mpAutoReplyText: I am on the coyote's trail"]
ZIMBRA_AWAY = ["zimbraPrefOutOfOfficeReplyEnabled: TRUE", "zimbraPrefOutOfOfficeReply: Gone"]
WEEK = 7 * 86400
ANSWERED = Counter("replied", f"{ANN} {OUTSIDER}", WEEK)
REPLY = AutoReply(ANN, OUTSIDER, "I am on the coyote's trail", Charge(ANSWERED, 1, limit=1))


def is_due(decision: Decision) -> bool:
    assert outcome(decision) == "accept", decision
    assert not decision.errors
    found = effect(decision, AutoReply)
    assert decision.charges == ()
    return found is not None


def why_not(directory: mp.Directory, **asked: Any) -> str:
    decision = deliver(directory, **asked)
    assert not is_due(decision)
    return said(decision, "automatic_reply.due").removeprefix("no automatic reply: ")


def test_a_reply_is_due_and_says_what_it_counts() -> None:
    decision = deliver(native(ann=AWAY))
    assert decision.effects == (REPLY,)
    assert decision.charges == ()
    assert effect_text(REPLY) == (
        f"an automatic reply of {ANN} to {OUTSIDER}, who sends it counts 1 of replied/{WEEK} {ANN} {OUTSIDER}"
    )
    assert said(decision, "automatic_reply.due") == f"{ANN} answers {OUTSIDER} automatically"


def test_colleagues_are_answered_too() -> None:
    decision = submit(native(ann=AWAY), BOB, ANN)
    counter = Counter("replied", f"{ANN} {BOB}", WEEK)
    assert effect(decision, AutoReply) == AutoReply(ANN, BOB, REPLY.text, Charge(counter, 1, limit=1))
    assert counter not in {each.counter for each in decision.charges}


def test_whoever_is_answered_is_answered_as_she_writes_herself() -> None:
    decision = deliver(native(ann=AWAY), sender="Wile.E@Customer.example")
    assert effect(decision, AutoReply) == evolve(REPLY, recipient="Wile.E@Customer.example")


def test_nobody_answers_for_an_address_that_nobody_has() -> None:
    directory = native(ann=["mpCatchAllAddresses: @acme.example", *AWAY])
    assert "is nobody's address" in why_not(directory, to="new@acme.example")
    for to in (ANN, "a@acme.example", "ann+x@acme.example", f"ann@{ALIAS}"):
        assert is_due(deliver(directory, to))
    assert effect(submit(directory, BOB, "new@acme.example"), AutoReply) is None


def test_without_the_switch_or_a_text_there_is_none() -> None:
    assert not is_due(deliver(native(ann=AWAY[1:])))
    assert said(deliver(native(ann=AWAY[1:])), "automatic_reply.due") == ""
    assert why_not(native(ann=AWAY[:1])) == "there is no text for one"


@pytest.mark.parametrize(
    ("starts", "ends", "at", "due"),
    [
        (None, None, NOON, True),
        (NOON, None, NOON, True),
        (NOON, None, NOON - timedelta(seconds=1), False),
        (None, NOON, NOON, True),
        (None, NOON, NOON + timedelta(seconds=1), False),
        (NOON, NOON, NOON, True),
        (NOON, NOON, NOON + timedelta(microseconds=1), False),
    ],
)
def test_the_window_includes_both_ends(
    starts: datetime | None, ends: datetime | None, at: datetime, due: bool
) -> None:
    for lines, start, end, make in (
        (AWAY, "mpAutoReplyStartsAt", "mpAutoReplyEndsAt", native),
        (ZIMBRA_AWAY, "zimbraPrefOutOfOfficeFromDate", "zimbraPrefOutOfOfficeUntilDate", carbonio),
    ):
        window = [
            f"{name}: {moment:%Y%m%d%H%M%SZ}" for name, moment in ((start, starts), (end, ends)) if moment
        ]
        assert is_due(deliver(make(ann=[*lines, *window]), at=at)) == due


def test_the_window_is_told() -> None:
    early = native(ann=[*AWAY, "mpAutoReplyStartsAt: 20260601000000Z"])
    late = native(ann=[*AWAY, "mpAutoReplyEndsAt: 20260401000000Z"])
    assert why_not(early).startswith("they begin at 2026-06-01")
    assert why_not(late).startswith("they ended at 2026-04-01")


@pytest.mark.parametrize(
    "sender",
    [
        "owner-roadrunners@lists.example", "roadrunners-owner@lists.example", "anvils-request@lists.example",
        "anvils-request-7@lists.example", "MAILER-DAEMON@mx.example", "majordomo@lists.example",
        "Listserv@lists.example",
    ],
)  # fmt: skip
def test_programs_are_not_answered(sender: str) -> None:
    assert why_not(native(ann=AWAY), sender=sender) == f"{sender} is a program"


@pytest.mark.parametrize(
    "sender",
    [
        "owner@shop.example", "requests@shop.example", "downer-x@shop.example", "co-owners@shop.example",
        "request@shop.example", "listserver@shop.example", "x@owner-shop.example", "x@a-request.example",
    ],
)  # fmt: skip
def test_people_whose_names_resemble_theirs_are(sender: str) -> None:
    assert is_due(deliver(native(ann=AWAY), sender=sender))


def test_nobody_is_not_answered() -> None:
    assert why_not(native(ann=AWAY), sender="") == "the sender has no address"
    assert why_not(native(ann=AWAY), sender="nonsense") == "the sender has no valid address: nonsense"


def test_mail_that_wants_no_answer() -> None:
    assert why_not(native(ann=AWAY), spam=True) == "the message is spam"
    assert why_not(native(ann=AWAY), automatic=True) == "a program has written the message"


OTHERS = tuple(f"x{number}@shop.example" for number in range(9))


@pytest.mark.parametrize(
    ("addressed", "due"),
    [
        (None, True),
        ((), False),
        ((ANN,), True),
        (("Ann@ACME.example",), True),
        (("a@acme.example",), True),
        (("ann@globex.example",), True),
        (("ann+anvils@acme.example",), True),
        ((f"a@{ALIAS}",), True),
        ((BOB, "x@shop.example"), False),
        (("all@acme.example",), False),
        (("no address",), False),
        ((*OTHERS, ANN), True),
        ((*OTHERS, BOB, ANN), False),
    ],
)
def test_the_owner_must_be_among_the_first_ten_where_the_headers_were_seen(
    addressed: tuple[str, ...] | None, due: bool
) -> None:
    for directory in (native(ann=AWAY), carbonio(ann=ZIMBRA_AWAY)):
        if addressed == ("ann+anvils@acme.example",) and directory.statuses == "server":
            continue  # no details there
        assert is_due(deliver(directory, addressed=addressed)) == due
        assert is_due(deliver(stale(directory), addressed=addressed)) == due


def test_what_the_catch_all_takes_was_not_written_to_its_owner() -> None:
    directory = native(ann=[*AWAY, "mpCatchAllAddresses: @acme.example"])
    assert not is_due(deliver(directory, "info@acme.example", addressed=("info@acme.example",)))
    assert "is not among the first 10" in why_not(directory, addressed=("info@acme.example",))
    assert is_due(deliver(directory, addressed=(ANN,)))


def test_once_per_sender() -> None:
    directory = native(ann=AWAY)
    assert why_not(directory, usage=Usage({ANSWERED: 1})) == f"{OUTSIDER} has been answered in the last 7d"
    assert is_due(deliver(directory, usage=Usage({ANSWERED: 0})))
    elsewhere = Usage({ANSWERED: 1}, counts_unseen=True)
    assert is_due(deliver(directory, sender="other@customer.example", usage=elsewhere))
    assert not is_due(deliver(directory, sender=OUTSIDER.upper(), usage=elsewhere))
    assert not is_due(deliver(directory, "a@acme.example", usage=elsewhere))


def test_who_may_have_been_answered_is_not_answered_again() -> None:
    assert why_not(native(ann=AWAY), usage=Usage()).startswith("nobody knows whether wile.e@customer.example")


@pytest.mark.parametrize(
    ("interval", "window"), [("1h", 3600), ("2d", 172800), ("1500ms", 2), ("1ms", 1), ("1s", 1)]
)
def test_the_interval_is_the_window(interval: str, window: int) -> None:
    directory = native(ann=AWAY, config=[f"mpAutoReplyInterval: {interval}"])
    counter = Counter("replied", f"{ANN} {OUTSIDER}", window)
    assert counters_for(directory, mp.Delivery(OUTSIDER, f"a@{ALIAS}")) == (counter,)
    assert effect(deliver(directory), AutoReply) == evolve(REPLY, charge=Charge(counter, 1, limit=1))
    assert not is_due(deliver(directory, usage=Usage({counter: 1})))


def test_an_interval_of_zero_answers_every_time() -> None:
    directory = native(ann=[*AWAY], config=["mpAutoReplyInterval: 0"])
    assert counters_for(directory, mp.Delivery(OUTSIDER, ANN)) == ()
    decision = deliver(directory, usage=Usage())
    assert decision.effects == (evolve(REPLY, charge=None),)
    assert effect_text(decision.effects[0]) == f"an automatic reply of {ANN} to {OUTSIDER}"


def test_no_count_is_fetched_where_no_reply_can_come_of_it() -> None:
    directory = native(ann=AWAY)
    for sender, to in ((OUTSIDER, BOB), ("", ANN), ("listserv@x.example", ANN), (OUTSIDER, "x@y.example")):
        assert counters_for(directory, mp.Delivery(sender, to)) == ()


def test_mail_that_is_refused_is_not_answered() -> None:
    decision = deliver(native(ann=[*AWAY, "mpAccountStatus: closed"]))
    assert (decision.effects, decision.charges) == ((), ())


def test_who_only_forwards_answers_all_the_same() -> None:
    lines = [*AWAY, "mpForwardingAddresses: ann@home.example", "mpLocalDeliveryEnabled: FALSE"]
    decision = deliver(native(ann=lines))
    assert effect(decision, AutoReply) == REPLY


def test_the_count_is_that_of_the_mailbox_whatever_the_usage_of_others() -> None:
    kim = native_account("kim", *AWAY)
    directory = native(ann=AWAY, more=[kim])
    usage = Usage({ANSWERED: 1}, counts_unseen=True)
    assert is_due(deliver(directory, f"kim@{ACME}", usage=usage))
    assert is_due(deliver(directory, usage=NOTHING_USED))


def test_a_reply_counts_once_it_is_sent() -> None:
    """Mail that is taken counts none. Who sends one reserves it, so that of two at once one is sent."""
    counters = MemoryCounters()
    desk = Desk(native(ann=AWAY), counters, clock=NOON.timestamp)

    def due(message: str) -> Charge | None:
        told: list[Decision] = []
        desk.ask(mp.Delivery(OUTSIDER, ANN), told.append, adapter="test", message=message)
        desk.settle(message)
        found = effect(told[0], AutoReply)
        return None if found is None else found.charge

    first, second = due("first"), due("second")
    assert first is not None
    assert second is not None
    over: list[Charge | None] = []
    counters.reserve("reply to first", (first,), NOON.timestamp(), over.append)
    counters.reserve("reply to second", (second,), NOON.timestamp(), over.append)
    assert over == [None, second]
    counters.settle("reply to first", NOON.timestamp())
    assert due("third") is None
