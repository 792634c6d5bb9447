"""A real Postfix asks us: what it makes of each decision, and what others in our place have got wrong."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from attrs import define, field

import mailpolicy as mp
from mailpolicy.counters import Counters
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import DEFAULT_POLICY, Charge, Header, Policy, Reply, Usage
from mailpolicy.errors import Unavailable
from mailpolicy.mta.background import Background
from mailpolicy.mta.desk import Desk, Handled
from mailpolicy.mta.postfix import policy_sessions
from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Outlet, Session
from tests.mta.policy_services import LATE as LATE_IS_REFUSED, Services, asking
from tests.ports import free_port
from tests.postfix import Postfix, require
from tests.unit.mta.policy_requests import ACME, Recording, charging, request, rule

JOHN, JANE, OUTSIDER = "john@acme.example", "jane@acme.example", "wile.e@customer.example"
LATE = "late@acme.example"
EVERYTHING = {"virtual_mailbox_domains": "static:x", "virtual_mailbox_maps": "static:x", "notify_classes": ""}

TWICE = f"$mailpolicy, $mailpolicy, {LATE_IS_REFUSED}"


@define
class Site:
    """A desk whose parts a test exchanges, and a Postfix that asks it."""

    postfix: Postfix
    desk: Desk
    handled: list[Handled]
    opened: list[str]
    background: Background = field(repr=False)

    def judging(self, judge: Callable[[Any], mp.Opinion | None], **options: Any) -> None:
        self.desk.policy = Policy((rule(judge, **options),))

    def rcpt(self, *recipients: str, sender: str = OUTSIDER, login: str = "") -> list[str]:
        """The reply to each recipient of a message."""
        with self.postfix.client(login=login) as client:
            client.ehlo()
            client.mail(sender)
            return [said(client.rcpt(each)) for each in recipients]

    def send(self, *recipients: str, sender: str = OUTSIDER, login: str = "") -> str:
        """The reply to the content of a message."""
        with self.postfix.client(login=login) as client:
            client.mail(sender)
            for each in recipients:
                client.rcpt(each)
            return said(client.data("Subject: test\r\n\r\nHello\r\n"))


def said(reply: tuple[int, bytes]) -> str:
    return f"{reply[0]} {reply[1].decode()}"


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    require(ldap=False)
    handled: list[Handled] = []
    opened: list[str] = []
    desk = Desk(ACME, MemoryCounters(), observers=(handled.append,))
    made = policy_sessions(desk)

    def opening(outlet: Outlet) -> Session:
        opened.append(outlet.peer)
        return made(outlet)

    # The same question from two restrictions, as sites ask it.
    with Services(
        Serving("inet:127.0.0.1:0", opening),
        settings={**EVERYTHING, "smtpd_recipient_restrictions": TWICE},
        options="timeout=5s, try_limit=1",
    ) as services:
        yield Site(services.postfix, desk, handled, opened, services.background)


@pytest.fixture
def site(running: Site) -> Site:
    running.desk.source, running.desk.policy, running.desk.counters = ACME, DEFAULT_POLICY, MemoryCounters()
    running.postfix.arrived()
    running.handled.clear()
    return running


class TestVerdicts:
    @pytest.mark.parametrize(
        ("verdict", "reply", "expected"),
        [
            (mp.Verdict.REJECT, Reply(552, "5.2.2", "Full"), "552 5.2.2 <X>: Recipient address rejected: F"),
            (mp.Verdict.REJECT, Reply(521, "5.2.1", "No"), "554 5.2.1 <X>: Recipient address rejected: No"),
            (mp.Verdict.DEFER, Reply(452, "4.2.2", "Full"), "452 4.2.2 <X>: Recipient address rejected: F"),
            (mp.Verdict.DEFER, Reply(421, "4.2.1", "No"), "451 4.2.1 <X>: Recipient address rejected: No"),
            (mp.Verdict.REJECT, Reply(550, "5.7.1", "5% Ü"), "550 5.7.1 <X>: Recipient address rejected: 5%"),
            (mp.Verdict.CHALLENGE, None, "534 5.7.9 "),
            (mp.Verdict.ASK_HUMAN, None, "450 4.7.1 "),
            (mp.Verdict.REDIRECT, None, "450 4.3.0 "),
            (mp.Verdict.ACCEPT, None, "250 "),
            (mp.Verdict.NO_OPINION, None, "250 "),
        ],
    )  # fmt: skip
    def test_replies(self, site: Site, verdict: mp.Verdict, reply: Reply | None, expected: str) -> None:
        site.judging(lambda request: mp.Opinion(verdict, "why", reply, settles=True))
        assert site.rcpt(JOHN)[0].startswith(expected.replace("X", JOHN))

    def test_no_permission_is_ever_given(self, site: Site) -> None:
        site.judging(lambda request: mp.Opinion(mp.Verdict.ACCEPT, "yes", settles=True))
        assert site.rcpt(LATE)[0].startswith("554 5.7.1 ")

    def test_what_is_not_known_leaves_others_their_say(self, site: Site) -> None:
        class Gone:
            @property
            def directory(self) -> mp.Directory:
                raise Unavailable("ldap1.acme.example")

        site.desk.source = Gone()
        known, late = site.rcpt(JOHN, LATE)
        assert known.startswith("450 4.3.0 ")
        assert late.startswith("554 5.7.1 ")

    def test_warnings_stand_in_the_log(self, site: Site) -> None:
        site.judging(lambda request: mp.Opinion(mp.Verdict.REJECT, "too odd for us"), mode="warn")
        assert site.rcpt(JOHN, LATE)[1].startswith("554"), "a warning permits nothing"
        assert site.postfix.logs("test.rule would reject: too odd for us")

    def test_hold(self, site: Site) -> None:
        site.judging(lambda request: mp.Opinion(mp.Verdict.HOLD, "to be looked at"))
        assert site.send("held@acme.example").startswith("250")
        assert [each["queue_name"] for each in site.postfix.queue() if "held@" in str(each)] == ["hold"]

    def test_discard(self, site: Site) -> None:
        site.judging(lambda request: mp.Opinion(mp.Verdict.DISCARD, "spam"))
        assert site.send(JOHN).startswith("250")
        assert site.postfix.arrived() == []

    def test_redirect(self, site: Site) -> None:
        site.judging(lambda request: mp.Opinion(mp.Verdict.REDIRECT, "gone", redirect_to=JANE))
        assert site.send(JOHN).startswith("250")
        assert [each.recipients for each in site.postfix.arrived()] == [(JANE,)]

    def test_headers_stand_in_the_message_once(self, site: Site) -> None:
        header = Header("Sender", JANE)
        site.judging(lambda request: mp.Opinion(mp.Verdict.ACCEPT, "", effects=(header,)))
        site.send(JOHN, "other@acme.example", sender=JOHN, login=JANE)
        [message] = site.postfix.arrived()
        assert message.content.count(f"Sender: {JANE}\r\n".encode()) == 1

    @pytest.mark.parametrize("recipients", [(JOHN,), (JOHN, JANE)])
    def test_the_end_is_judged_by_what_is_true_then(self, site: Site, recipients: tuple[str, ...]) -> None:
        def judge(request: Any) -> mp.Opinion | None:
            if request.size:
                return mp.Opinion(mp.Verdict.REJECT, "", Reply(552, "5.3.4", f"{request.recipients}"))
            return None

        site.judging(judge)
        assert site.send(*recipients, sender=JOHN, login=JOHN).endswith(f": {len(recipients)}")
        assert site.postfix.arrived() == []


ACCOUNT_STATUSES = ("", "active", "locked", "lockout", "maintenance", "pending", "closed")
DOMAIN_STATUSES = ("", "active", "locked", "maintenance", "suspended", "shutdown", "closed")


def statuses(table: str) -> mp.Directory:
    records = [
        "dn: o=mail\nobjectClass: organization\no: mail",
        "dn: cn=config,o=mail\nobjectClass: mpConfig\ncn: config",
    ]
    for of_domain in DOMAIN_STATUSES:
        domain = f"{of_domain or 'unset'}.example"
        line = f"\nmpDomainStatus: {of_domain}" if of_domain else ""
        records.append(
            f"dn: dc={domain},o=mail\nobjectClass: domain\nobjectClass: mpDomain\ndc: {domain}\n"
            f"associatedDomain: {domain}{line}"
        )
        for of_account in ACCOUNT_STATUSES:
            name = of_account or "unset"
            line = f"\nmpAccountStatus: {of_account}" if of_account else ""
            records.append(
                f"dn: uid={name},dc={domain},o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
                f"uid: {name}\ncn: {name}\nsn: {name}\nmail: {name}@{domain}{line}"
            )
    return mp.loads("\n\n".join(records) + "\n", statuses=table)


@pytest.mark.parametrize("table", ["documented", "server"])
def test_each_status_in_each_domain(site: Site, table: str) -> None:
    directory = statuses(table)
    site.desk.source = directory
    recipients = [
        f"{of_account or 'unset'}@{of_domain or 'unset'}.example"
        for of_domain in DOMAIN_STATUSES
        for of_account in ACCOUNT_STATUSES
    ]
    replies = site.rcpt(*recipients)
    seen = set()
    for recipient, reply in zip(recipients, replies, strict=True):
        decision = mp.decide(directory, mp.Delivery(OUTSIDER, recipient))
        expected = decision.reply if decision.is_refused else None
        seen.add(reply[:3])
        if expected is None:
            assert reply.startswith("250 "), (recipient, decision)
        else:
            words = f"<{recipient}>: Recipient address rejected: {expected.text}"
            assert reply == f"{expected.code} {expected.status} {words}"
    by_name = dict(zip(recipients, replies, strict=True))
    assert by_name["active@active.example"].startswith("250")
    assert by_name["closed@active.example"].startswith("5")
    assert by_name["maintenance@active.example"].startswith("4")
    assert by_name["active@closed.example"].startswith("5")
    assert len(seen) >= 3


class TestPeers:
    """What others in our place have got wrong."""

    @pytest.mark.parametrize(
        "sender",
        [OUTSIDER, "ev!il@bad.example", "u$5@acme.example", "a*b~c^d%e@x.example", "prvs=1=a@x.example",
         '"a b"@x.example', '"x)(uid=*"@x.example', "SRS0=a=b=c.example=d@e.example", "<>", ""],
    )  # fmt: skip
    def test_odd_senders_open_no_list_and_shift_no_reply(self, site: Site, sender: str) -> None:
        first, listed, last = site.rcpt(
            "john@acme.example", "all@acme.example", "jane@acme.example", sender=sender
        )
        assert first.startswith("250"), first
        assert listed.startswith("550 5.7.2 <all@acme.example>"), listed
        assert last.startswith("250"), last

    @pytest.mark.parametrize(
        "recipient",
        ['"a b"@globex.example', '"*)(uid=hank"@globex.example', "prvs=1=hank@globex.example"],
    )
    def test_odd_recipients_are_nobody(self, site: Site, recipient: str) -> None:
        odd, plain = site.rcpt(recipient, JOHN)
        assert odd.startswith("550 5.1.1 "), odd
        assert plain.startswith("250")

    def test_one_connection_for_many_questions(self, site: Site) -> None:
        with site.postfix.client() as client:
            client.mail(OUTSIDER)
            client.rcpt(JOHN)
            before = len(site.opened)
            for number in range(50):
                client.rcpt(f"user{number}@acme.example")
            client.rset()
            client.mail(OUTSIDER)
            client.rcpt(JOHN)
            assert len(site.opened) == before

    def test_each_question_is_decided_once(self, site: Site) -> None:
        site.rcpt(JOHN, JANE)
        asked = [(type(each.decision.request), each.decision.request.recipient) for each in site.handled]  # type: ignore[union-attr]
        assert asked == [(mp.Delivery, JOHN), (mp.Delivery, JANE)]

    def test_a_login_is_not_kept_for_the_next_message(self, site: Site) -> None:
        site.rcpt("x@other.example", sender=JOHN, login=JOHN)
        site.rcpt(JOHN)
        assert [type(each.decision.request) for each in site.handled] == [mp.Submission, mp.Delivery]

    def test_late_answers_reach_who_asked(self, site: Site) -> None:
        site.judging(
            lambda request: (
                mp.Opinion(mp.Verdict.REJECT, "") if "no" in request.recipient else charging(request)
            )
        )
        site.desk.counters = Slow(Recording(), 0.02)
        with_no = ["a@x.example", "no@x.example", "b@x.example", "no2@x.example", "c@x.example"]
        assert [each[:3] for each in site.rcpt(*with_no)] == ["250", "550", "250", "550", "250"]

    def test_whoever_is_refused_after_us_gets_nothing(self, site: Site) -> None:
        counters = Recording()
        site.desk.counters = counters
        site.judging(charging)
        assert site.send(LATE, JANE.upper()).startswith("250")
        site.postfix.arrived()
        settled = {which.partition(" ")[2]: what for what, which in counters.named("settle", "release")}
        assert (settled[JANE], settled[LATE]) == ("settle", "release")

    def test_in_other_letters_a_recipient_is_the_same(self, site: Site) -> None:
        assert site.send(JANE, JANE.upper(), "Jane@acme.example").startswith("250")
        [message] = site.postfix.arrived()
        assert message.recipients == (JANE,)


class TestSubmission:
    def test_own_address(self, site: Site) -> None:
        assert site.send("x@other.example", sender=JOHN, login=JOHN).startswith("250")
        [message] = site.postfix.arrived()
        assert (message.sender, message.recipients) == (JOHN, ("x@other.example",))

    def test_another_address(self, site: Site) -> None:
        [reply] = site.rcpt("x@other.example", sender=JANE, login=JOHN)
        assert reply.startswith("553 5.7.1 ")

    def test_what_is_taken_counts_and_what_is_refused_does_not(self, site: Site) -> None:
        counters = Recording()
        site.desk.counters = counters
        site.judging(charging)
        site.send(JOHN, JANE, sender=JOHN, login=JOHN)
        _, (message, recipients) = counters.named("reserve")[-1]
        assert recipients == 2
        assert ended(counters, message) == [("settle", message)]

        counters.calls.clear()
        with site.postfix.client(login=JOHN) as client:
            client.mail(JOHN)
            client.rcpt(JOHN)
            client.rset()
            client.mail(JOHN)
            client.rcpt(JOHN)
        one, two = (which[0] for _, which in counters.named("reserve"))
        assert one != two
        assert ended(counters, one, two) == [("release", one)]


def ended(counters: Recording, *messages: str) -> list[tuple[str, Any]]:
    """What became of these messages: one that a test before left in its middle ends here, too."""
    return [call for call in counters.named("settle", "release") if call[1] in messages]


class Slow:
    """Counters that answer later."""

    def __init__(self, counters: Counters, seconds: float) -> None:
        self.counters = counters
        self.seconds = seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self.counters, name)

    def read(self, message: str, wanted: Any, at: float, then: Callable[[Usage], None]) -> None:
        loop = asyncio.get_running_loop()
        self.counters.read(
            message, wanted, at, lambda usage: loop.call_later(self.seconds, then, usage) and None
        )

    def reserve(self, message: str, charges: Any, at: float, then: Callable[[Charge | None], None]) -> None:
        loop = asyncio.get_running_loop()
        self.counters.reserve(
            message, charges, at, lambda over: loop.call_later(self.seconds, then, over) and None
        )


def test_with_nobody_there_mail_waits_and_others_refuse() -> None:
    require(ldap=False)
    nobody = f"inet:127.0.0.1:{free_port()}"
    settings = {**asking(nobody, auth="private/none"), **EVERYTHING, "smtpd_sasl_auth_enable": "no"}
    settings["smtpd_recipient_restrictions"] = (
        f"reject_unlisted_recipient, {settings['smtpd_recipient_restrictions']}"
    )
    settings["virtual_mailbox_maps"] = "inline:{ { known@acme.example = x } }"
    with Postfix(settings=settings) as postfix, postfix.client() as client:
        client.mail(OUTSIDER)
        known, unknown = client.rcpt("known@acme.example"), client.rcpt("unknown@acme.example")
    assert said(known).startswith("450 4.3.0 ")
    assert said(known).endswith("policy service is down")
    assert said(unknown).startswith("550 5.1.1 ")


class TestWithoutPostfix:
    """Clients that are not Postfix."""

    @pytest.fixture
    def server(self) -> Iterator[Background]:
        desk = Desk(ACME, Slow(Recording(), 0.05), Policy((rule(charging),)))
        with Background(lambda: Serving("inet:127.0.0.1:0", policy_sessions(desk))) as server:
            yield server

    def test_exim_stops_talking_as_soon_as_it_has_asked(self, server: Background) -> None:
        with closing(socket.create_connection(("127.0.0.1", server.port), 5)) as client:
            client.sendall(request(instance="1"))
            client.shutdown(socket.SHUT_WR)
            assert b"".join(iter(lambda: client.recv(100), b"")) == b"action=DUNNO\n\n"

    def test_a_client_that_sends_nonsense_is_alone_with_it(self, server: Background) -> None:
        with (
            closing(socket.create_connection(("127.0.0.1", server.port), 5)) as good,
            closing(socket.create_connection(("127.0.0.1", server.port), 5)) as bad,
        ):
            good.sendall(request()[:50])
            bad.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert bad.recv(100) == b""
            good.sendall(request()[50:])
            assert good.recv(100) == b"action=DUNNO\n\n"

    def test_a_slow_answer_holds_nobody_else_up(self) -> None:
        desk = Desk(
            ACME,
            Slow(Recording(), 2.0),
            Policy((rule(lambda r: charging(r) if "slow" in r.sender else None),)),
        )
        with (
            Background(lambda: Serving("inet:127.0.0.1:0", policy_sessions(desk))) as server,
            closing(socket.create_connection(("127.0.0.1", server.port), 5)) as slow,
            closing(socket.create_connection(("127.0.0.1", server.port), 5)) as fast,
        ):
            slow.sendall(request(sender="slow@x.example"))
            begun = time.monotonic()
            for number in range(20):
                fast.sendall(request(instance=str(number)))
                assert fast.recv(100) == b"action=DUNNO\n\n"
            assert time.monotonic() - begun < 1.8
            assert slow.recv(100) == b"action=DUNNO\n\n"
