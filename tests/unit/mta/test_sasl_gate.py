"""Wrong passwords, lockouts, application passwords, and threads that check them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

import mailpolicy as mp
from mailpolicy.decision import DEFAULT_POLICY, REPLIES, Counter, Decision, Rule, Verdict
from mailpolicy.mta.desk import Desk
from mailpolicy.mta.sasl import (
    Admission,
    Attempt,
    ByApplicationPasswords,
    ByStoredHashes,
    Gate,
    InMemory,
    KeptFailures,
    Proof,
    Threads,
)
from mailpolicy.schema.own import LOCKOUT_STARTED
from tests.sasl import AtOnce, Fixed, NoCounts, Nowhere, WhenAsked, saying, small_directory

T = TypeVar("T")

ACME = small_directory()
GENERIC = REPLIES["login_refused"].text
LOCKED = REPLIES["account_locked_out"].text
REFUSED = Admission(Proof.NO, text=GENERIC)


class Clock:
    now = 1_740_000_000.0

    def __call__(self) -> float:
        return self.now


class Door:
    def __init__(self, **more: Any) -> None:
        self.clock = Clock()
        passwords = more.pop("passwords", ByStoredHashes())
        aside = more.pop("aside", AtOnce())
        self.decisions: list[Decision] = []
        observers = (lambda handled: self.decisions.append(handled.decision),)
        policy, counters = more.pop("policy", DEFAULT_POLICY), more.pop("counters", NoCounts())
        desk = Desk(more.pop("source", ACME), counters, policy, observers, self.clock)
        self.gate = Gate(desk, passwords, aside, clock=self.clock, **more)

    def begun(
        self, password: str, who: str = "john@acme.example", service: str = "smtp", **more: Any
    ) -> list[Admission]:
        """What comes of it, as soon as something has."""
        got: list[Admission] = []
        said = {"login": who, "password": password.encode(), "service": service, **more}
        self.gate.admit(Attempt(client="192.0.2.1", secure=True, **said), got.append)
        return got

    def admitted(self, *said: str, **more: Any) -> Admission:
        (admission,) = self.begun(*said, **more)
        return admission

    def told(self) -> list[tuple[str, str | None, str, str]]:
        """What observers were told."""
        return [
            (str(each.verdict), each.rule, each.reply.text if each.reply else "", each.request.password_is)
            for each in self.decisions
            if isinstance(each.request, mp.Login)
        ]


class NeverReads(NoCounts):
    """Counters that are out of reach."""

    def read(self, *_: object) -> None:
        pass


def test_wrong_passwords_lock_the_account_for_a_while() -> None:
    door = Door()
    for _ in range(3):
        door.clock.now += 1
        assert door.admitted("wrong") == Admission(Proof.NO, text=GENERIC)
    # The right one now gets the answer of a wrong one.
    assert door.admitted("secret") == door.admitted("wrong") == Admission(Proof.NO, text=LOCKED)
    assert door.admitted("jane's", "jane@acme.example").proof is Proof.YES
    door.clock.now += 3601
    assert door.admitted("secret") == Admission(Proof.YES, "john@acme.example")


def test_whoever_waits_for_the_end_of_a_lockout_has_no_more_tries_than_before() -> None:
    door = Door()
    for _ in range(3):
        for number in range(3):
            door.clock.now += 1
            assert door.admitted(f"wrong {number}").text == GENERIC
        assert door.admitted("secret").text == LOCKED
        door.clock.now += 3601


def test_during_a_lockout_no_password_is_looked_at() -> None:
    passwords = Fixed(Proof.NO)
    door = Door(passwords=passwords)
    for _ in range(3):
        door.clock.now += 1
        door.admitted("wrong")
    before = len(passwords.asked)
    door.admitted("right?")
    assert len(passwords.asked) == before == 3


def test_who_tries_many_at_once_has_no_more_tries() -> None:
    aside = WhenAsked()
    door = Door(aside=aside)
    begun = []
    for word in ("one", "two", "three", "four", "secret"):
        door.clock.now += 0.001
        begun.append(door.begun(word))
    for checked in aside.waiting:
        checked()
    assert [each.text for (each,) in begun] == [GENERIC] * 3 + [LOCKED] * 2
    assert {each.proof for (each,) in begun} == {Proof.NO}
    # Three are enough for john, and jane is not concerned.
    assert door.admitted("secret").text == LOCKED
    assert not door.begun("jane's", "jane@acme.example")
    aside.waiting[-1]()


def test_a_lockout_that_the_directory_tells_of_meanwhile() -> None:
    class Source:
        directory = ACME

    aside, source = WhenAsked(), Source()
    door = Door(aside=aside, source=source)
    begun = door.begun("secret"), door.begun("wrong")
    locked = {"account_status": "lockout", LOCKOUT_STARTED: datetime.fromtimestamp(door.clock.now, UTC)}
    source.directory = ACME.with_changes(mp.set("account:john@acme.example", **locked))
    for checked in aside.waiting:
        checked()
    assert begun == ([Admission(Proof.NO, text=LOCKED)],) * 2


def test_an_empty_password_is_never_right() -> None:
    assert Door(passwords=Fixed(Proof.YES)).admitted("") == Admission(Proof.NO, text=GENERIC)


def test_a_lockout_hides_what_rules_would_say() -> None:
    door = Door()
    assert door.admitted("joan's", "joan@acme.example").text == REPLIES["service_off"].text
    for _ in range(3):
        door.clock.now += 1
        door.admitted("wrong", "joan@acme.example")
    del door.decisions[:]
    assert door.admitted("joan's", "joan@acme.example").text == LOCKED
    assert door.admitted("wrong", "joan@acme.example").text == LOCKED
    # Whoever reads a journal must not find an acceptance there, nor which of them was right.
    assert door.told() == [("reject", "login.password", LOCKED, "ignored")] * 2


# What observers hear


def test_a_wrong_password_is_a_decision_like_others() -> None:
    passwords = Fixed(Proof.NO)
    door = Door(passwords=passwords)
    assert door.admitted("wrong") == door.admitted("wrong", "nobody@acme.example")
    assert door.told() == [
        ("reject", "login.password", GENERIC, "wrong"),
        ("reject", "login.account", GENERIC, "wrong"),
    ]
    assert [each.request.account for each in door.decisions] == ["john@acme.example", "nobody@acme.example"]
    assert {(each.request.client, each.request.secure) for each in door.decisions} == {("192.0.2.1", True)}
    # The rules go by what was found: no password is checked twice.
    assert len(passwords.asked) == 1


def test_a_wrong_password_tells_nothing_of_the_account() -> None:
    closed = ACME.with_changes(mp.set("account:joan@acme.example", account_status="closed"))
    door = Door(source=closed)
    assert door.admitted("wrong", "joan@acme.example").text == GENERIC
    assert door.told() == [("reject", "login.password", GENERIC, "wrong")]


def test_a_password_that_nobody_could_check_is_deferred_for_everybody() -> None:
    door = Door(passwords=Fixed(Proof.UNKNOWN), source=ACME)
    assert door.admitted("secret").proof is Proof.UNKNOWN

    class Full(AtOnce):
        def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
            then(None)

    full = Door(aside=Full())
    assert full.admitted("secret", "nobody@acme.example").proof is Proof.UNKNOWN
    assert door.told() == full.told() == [("defer", "login.password", REPLIES["unknown"].text, "unknown")]


def test_a_directory_that_is_away_is_told() -> None:
    door = Door(source=Nowhere())
    assert door.admitted("secret").proof is Proof.UNKNOWN
    assert [(str(each.verdict), bool(each.unknown)) for each in door.decisions] == [("defer", True)]


def test_what_is_said_of_a_wrong_password_changes_nothing() -> None:
    door = Door(policy=saying(Verdict.ACCEPT))
    for _ in range(3):
        door.clock.now += 1
        assert door.admitted("wrong") == door.admitted("x", "nobody@acme.example") == REFUSED
    assert door.admitted("secret").text == LOCKED
    assert door.admitted("secret", "sasl@acme.example").proof is Proof.UNKNOWN


def test_rules_that_are_only_watched_accept_no_wrong_password() -> None:
    door = Door(policy=DEFAULT_POLICY.with_modes({"login.password": "audit", "login.account": "audit"}))
    door.admitted("wrong")
    door.admitted("wrong", "nobody@acme.example")
    assert {each.verdict for each in door.decisions} == {Verdict.NO_OPINION}


def test_nobody_waits_for_what_is_said_of_a_wrong_password() -> None:
    """Counts of somebody are read, those of nobody are not: the time would tell who is known."""
    counts = (Counter("logins", "x"),)
    counted = Rule("test.counted", lambda *_: None, (mp.Login,), "so", "so", counters=lambda *_: counts)
    door = Door(policy=DEFAULT_POLICY.with_rules(counted), counters=NeverReads())
    for _ in range(3):
        door.clock.now += 1
        assert door.begun("wrong") == door.begun("wrong", "nobody@acme.example") == [REFUSED]
    assert door.admitted("secret").text == LOCKED
    assert door.begun("jane's", "jane@acme.example") == []


def test_of_a_name_that_nobody_has_not_all_is_told() -> None:
    door = Door()
    door.admitted("wrong", "x" * 12_000, acting_for="y" * 12_000)
    (request,) = [each.request for each in door.decisions]
    assert (len(request.account), len(request.actor)) == (1024, 1024)


def test_who_acts_for_another_is_told_with_her() -> None:
    door = Door()
    for password, who, whom in (
        ("wrong", "john", "J.Doe"),
        ("wrong", "john", "jane"),
        ("wrong", "nobody", "jane"),
        ("secret", "john", "nobody"),
    ):
        assert door.admitted(password, f"{who}@acme.example", acting_for=f"{whom}@acme.example") == REFUSED
    assert [(each.request.account[:4], each.request.actor[:4], each.rule) for each in door.decisions] == [
        ("john", "", "login.password"),
        ("jane", "john", "login.password"),
        ("jane", "nobo", "login.account"),
        ("nobo", "john", "login.actor"),
    ]
    assert {each.reply for each in door.decisions} == {REPLIES["login_refused"]}


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_waits_as_somebody_does(password: str) -> None:
    aside = WhenAsked()
    door = Door(aside=aside)
    assert door.begun(password, "nobody@acme.example") == door.begun(password) == []
    assert len(aside.waiting) == 2

    class Full(AtOnce):
        def run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
            then(None)

    busy = Door(aside=Full())
    assert busy.admitted(password, "nobody@acme.example") == busy.admitted(password)


def test_a_right_password_forgets_the_wrong_ones() -> None:
    failures = KeptFailures()
    door = Door(failures=failures)
    for _ in range(5):
        for _ in range(2):
            door.clock.now += 1
            assert door.admitted("wrong").text == GENERIC
        assert door.admitted("secret").proof is Proof.YES
    assert not failures._states


def test_what_nobody_could_check_is_not_counted() -> None:
    failures = KeptFailures()
    door = Door(failures=failures, passwords=Fixed(Proof.UNKNOWN))
    for _ in range(5):
        assert door.admitted("secret").proof is Proof.UNKNOWN
    assert not failures._states


def test_a_refusal_by_a_rule_is_not_counted() -> None:
    failures = KeptFailures()
    door = Door(failures=failures)
    for _ in range(5):
        assert door.admitted("joan's", "joan@acme.example").text == REPLIES["service_off"].text
    assert not failures._states


def test_failures_are_remembered_of_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailpolicy.mta.sasl.failures.MOST", 1)
    failures = KeptFailures()
    door = Door(failures=failures)
    door.admitted("wrong")
    door.admitted("wrong", "jane@acme.example")
    assert list(failures._states) == [str(ACME.account("jane@acme.example").dn)]


def test_application_passwords_are_asked_where_they_are_on() -> None:
    store = InMemory({"john@acme.example": ["phone"], "jane@acme.example": ["phone"]})
    door = Door(applications=ByApplicationPasswords(store))
    assert door.admitted("phone").proof is Proof.YES
    assert door.admitted("secret").proof is Proof.YES
    assert door.admitted("neither").proof is Proof.NO
    assert ACME.account("jane@acme.example").settings.application_passwords_enabled is False
    assert door.admitted("phone", "jane@acme.example").proof is Proof.NO
    # It opens no pages for people.
    assert door.admitted("phone", service="webmail").proof is Proof.NO
    assert door.admitted("secret", service="webmail").proof is Proof.YES


def test_a_store_that_does_not_answer_makes_a_wrong_password_unknown() -> None:
    door = Door(applications=Fixed(Proof.UNKNOWN))
    assert door.admitted("neither").proof is Proof.UNKNOWN
    assert door.admitted("secret").proof is Proof.YES


def test_passwords_are_in_no_repr() -> None:
    attempt = Attempt(login="john", password=b"secret", service="smtp")
    assert "secret" not in repr(attempt)


# Threads


def finished(threads: Threads, *works: Any) -> tuple[list[object], float]:
    """What each work gives, and how long the event loop was held up at most."""

    async def wait() -> tuple[list[object], float]:
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in works]
        for work, future in zip(works, futures, strict=True):
            threads.run(work, future.set_result)
        longest, last = 0.0, time.monotonic()
        while not all(each.done() for each in futures):
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        return [each.result() for each in futures], longest

    try:
        return asyncio.run(wait())
    finally:
        threads.close()


def test_work_is_done_beside_the_event_loop() -> None:
    got, longest = finished(Threads(2), *[lambda: (time.sleep(1), "done")[1]] * 2)
    assert got == ["done", "done"]
    assert longest < 0.8


def test_what_hangs_has_no_answer_in_time() -> None:
    release = threading.Event()
    started = time.monotonic()
    try:
        got, _ = finished(Threads(1, seconds=0.1), release.wait, lambda: "behind it")
    finally:
        release.set()
    assert got == [None, None]
    assert time.monotonic() - started < 5


def test_too_many_at_once_have_no_answer() -> None:
    release = threading.Event()
    threads = Threads(1, waiting=1, seconds=5)
    timer = threading.Timer(0.1, release.set)
    timer.start()
    got, _ = finished(threads, release.wait, lambda: "second", lambda: "third")
    assert got == [True, "second", None]
    timer.join()


def test_a_failure_has_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    got, _ = finished(Threads(1), lambda: 1 / 0, lambda: "next")
    assert got == [None, "next"]
    assert "checking passwords failed" in caplog.text


def test_places_are_given_back() -> None:
    threads = Threads(1, waiting=0)

    async def one_after_the_other() -> list[object]:
        got = []
        for number in range(5):
            future = asyncio.get_running_loop().create_future()
            threads.run(lambda number=number: number, future.set_result)  # type: ignore[misc]
            got.append(await future)
        return got

    assert asyncio.run(one_after_the_other()) == [0, 1, 2, 3, 4]
    threads.close()
