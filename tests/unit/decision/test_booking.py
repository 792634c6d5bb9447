"""How resources answer invitations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import DeclineInstances, Notice
from mailpolicy.decision.replies import (
    BOOKING_DECLINED,
    MAILBOX_DISABLED,
    MAILBOX_SUSPENDED,
    NO_SUCH_ADDRESS,
)
from tests.examples import ACME, CARBONIO, JOHN, both
from tests.mail_directories import outcome

EVEREST, VAN = "everest@acme.example", "van@acme.example"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
Times = tuple[datetime, datetime]


def slot(start: datetime, hours: float = 1) -> Times:
    return start, start + hours * HOUR


def weekly(count: int, first: datetime = NOW + HOUR) -> tuple[Times, ...]:
    return tuple(slot(first + number * WEEK) for number in range(count))


def book(
    directory: mp.Directory, instances: tuple[Times, ...] = (), resource: str = EVEREST, **said: Any
) -> mp.Decision:
    decision = mp.decide(directory, mp.Booking(resource, JOHN, instances, **said), at=NOW)
    assert not decision.errors
    return decision


def room(directory: mp.Directory = ACME, **settings: Any) -> mp.Directory:
    return directory.with_changes(mp.set(EVEREST, **settings))


@both
def test_a_free_room_accepts_and_a_taken_one_declines(directory: mp.Directory) -> None:
    tomorrow = slot(NOW + 24 * HOUR)
    assert outcome(book(directory, (tomorrow,))) == "accept"
    decision = book(directory, (tomorrow,), busy=(slot(tomorrow[0] + HOUR / 2, 3),))
    assert (outcome(decision), decision.reply) == ("reject booking.answer", BOOKING_DECLINED)


def test_a_time_without_a_zone_is_of_utc() -> None:
    wanted = slot((NOW + 24 * HOUR).replace(tzinfo=None))
    assert outcome(book(ACME, (wanted,))) == "accept"
    assert outcome(book(ACME, (wanted,), busy=(slot(NOW + 24 * HOUR),))) == "reject booking.answer"
    assert outcome(book(ACME, (slot(NOW + 24 * HOUR),), busy=(wanted,))) == "reject booking.answer"


def test_one_may_begin_when_another_ends() -> None:
    wanted = slot(NOW + 10 * HOUR)
    for busy in (slot(wanted[1]), slot(wanted[0] - HOUR), slot(wanted[1], 5)):
        assert outcome(book(ACME, (wanted,), busy=(busy,))) == "accept"
    for busy in (wanted, slot(wanted[1] - timedelta(seconds=1)), slot(wanted[0] - HOUR, 20)):
        assert outcome(book(ACME, (wanted,), busy=(busy,))) == "reject booking.answer"


def test_a_long_time_that_is_taken_hides_behind_no_short_one() -> None:
    wanted = slot(NOW + 10 * HOUR)
    busy = (slot(NOW + HOUR, 12), slot(NOW + 2 * HOUR), slot(NOW + 3 * HOUR))
    assert outcome(book(ACME, (wanted,), busy=busy)) == "reject booking.answer"
    assert outcome(book(ACME, (wanted,), busy=busy[1:])) == "accept"


def test_what_is_over_does_not_clash_and_what_goes_on_does() -> None:
    for start, expected in ((NOW - 2 * HOUR, "accept"), (NOW - HOUR, "accept"), (NOW - HOUR / 2, "reject")):
        assert outcome(book(ACME, (slot(start),), busy=(slot(start),))).split()[0] == expected


@both
@pytest.mark.parametrize(
    ("accepts", "minds", "free", "taken"),
    [
        (True, True, "accept", "reject"),
        (True, False, "accept", "accept"),
        (False, True, "ask_human", "reject"),
        (False, False, "ask_human", "ask_human"),
    ],
)
def test_the_four_combinations(
    directory: mp.Directory, accepts: bool, minds: bool, free: str, taken: str
) -> None:
    everest = room(directory, auto_accept_bookings=accepts, decline_when_busy=minds)
    wanted = slot(NOW + HOUR)
    assert book(everest, (wanted,)).verdict == free
    assert book(everest, (wanted,), busy=(wanted,)).verdict == taken


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("minds", [True, False])
def test_series_can_be_declined_whatever_else_is_set(accepts: bool, minds: bool) -> None:
    everest = room(auto_accept_bookings=accepts, decline_when_busy=minds, decline_recurring=True)
    assert book(everest, weekly(3), recurring=True).verdict is mp.Verdict.REJECT
    assert book(everest, weekly(1)).verdict == ("accept" if accepts else "ask_human")


@pytest.mark.parametrize(
    ("conflicts", "percent", "clashes", "expected"),
    [
        (0, 0, 1, "reject"),
        (5, 0, 1, "reject"),  # both limits must let it
        (0, 100, 1, "reject"),
        (1, 10, 1, "accept"),
        (1, 10, 2, "reject"),
        (5, 19, 1, "accept"),  # 1.9 dates: rounded down
        (5, 19, 2, "reject"),
        (5, 20, 2, "accept"),
        (1, 20, 2, "reject"),
        (10, 100, 10, "accept"),
    ],
)
@both
def test_how_often_a_series_may_clash(
    directory: mp.Directory, conflicts: int, percent: int, clashes: int, expected: str
) -> None:
    everest = room(directory, max_conflicts=conflicts, max_conflict_percent=percent)
    dates = weekly(10)
    decision = book(everest, dates, busy=dates[:clashes], recurring=True)
    assert decision.verdict == expected
    assert decision.effects == ((DeclineInstances(dates[:clashes]),) if expected == "accept" else ())
    human = everest.with_changes(mp.set(EVEREST, auto_accept_bookings=False))
    decision = book(human, dates, busy=dates[:clashes], recurring=True)
    assert decision.verdict == ("ask_human" if expected == "accept" else "reject")
    assert decision.effects == ()


def test_dates_that_are_over_do_not_count_for_the_share() -> None:
    van = ACME  # clashes twice, in at most a tenth of its dates
    past, ahead = weekly(10, NOW - 20 * WEEK), weekly(10)
    assert book(van, past + ahead, VAN, busy=ahead[:1], recurring=True).verdict == "accept"
    assert book(van, past + ahead, VAN, busy=ahead[:2], recurring=True).verdict == "reject"
    assert book(van, past + ahead, VAN, busy=past, recurring=True).effects == ()


def test_one_date_that_is_no_series_never_clashes_in_part() -> None:
    everest = room(max_conflicts=5, max_conflict_percent=100)
    assert book(everest, weekly(1), busy=weekly(1)).verdict is mp.Verdict.REJECT
    assert book(everest, weekly(1), busy=weekly(1), recurring=True).verdict is mp.Verdict.ACCEPT


def test_only_resources_can_be_booked() -> None:
    for name, reply in ((JOHN, BOOKING_DECLINED), ("sales@acme.example", BOOKING_DECLINED)):
        decision = book(ACME, resource=name)
        assert (outcome(decision), decision.reply) == ("reject booking.resource", reply)
    for name in ("room@globex.example", "everest", "", "a@@b"):
        assert book(ACME, resource=name).reply == NO_SUCH_ADDRESS
    assert outcome(book(ACME, resource="Everest+x@alias.example")) == "accept"


def test_the_resource_must_receive() -> None:
    decision = book(ACME, resource="projector@acme.example")
    assert (outcome(decision), decision.reply) == ("defer booking.status", MAILBOX_SUSPENDED)
    for directory in (ACME, CARBONIO):
        decision = book(room(directory, account_status="closed"))
        if directory is ACME:
            assert (outcome(decision), decision.reply) == ("reject booking.status", MAILBOX_DISABLED)
        assert decision.verdict is mp.Verdict.REJECT


def test_whoever_wants_to_know_is_told() -> None:
    text = f"{JOHN} wants to book Meeting room Everest"
    notice = Notice("booking", ("jane@acme.example",), EVEREST, text, always=True)
    by_hand = room(auto_accept_bookings=False)
    for decision, verdict in (
        (book(ACME, weekly(1)), "accept"),
        (book(ACME, weekly(1), busy=weekly(1)), "reject"),
        (book(by_hand, weekly(1)), "ask_human"),
    ):
        assert (decision.verdict, decision.notices) == (verdict, (notice,))
    assert book(room(account_status="closed"), weekly(1)).notices == ()
    assert book(ACME, weekly(1), VAN).notices == ()


def test_a_thousand_dates_against_a_thousand_are_no_matter() -> None:
    dates = weekly(1_000)
    decision = book(ACME, dates, VAN, busy=dates[::-1], recurring=True)
    assert decision.verdict is mp.Verdict.REJECT
