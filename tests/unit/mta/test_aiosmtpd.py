"""A server of aiosmtpd that asks, and clients that talk to it."""

from __future__ import annotations

import asyncio
import gc
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.proxy_protocol import ProxyData, get_proxy
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Charge, Counter, Delivery, Submission, Usage
from mailpolicy.mta.desk import Desk, Handled
from mailpolicy.mta.in_aiosmtpd import Deciding, client_of as address_of_client
from tests import forwards
from tests.examples import ACME
from tests.milters import POLICY, SENT, Away
from tests.ports import free_port

JOHN, JANE, WILE = "john@acme.example", "jane@acme.example", "wile.e@customer.example"


class Mailbox:
    """Keeps envelopes: what a site has of its own."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.reply = "250 2.0.0 Kept"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.reply == "fault":
            raise ZeroDivisionError("a fault")
        self.kept.append(envelope)
        return self.reply


class SlowCounters(MemoryCounters):
    """Answers from another thread of the loop, a moment later."""

    def glance(self, message: str, at: float) -> None:
        """All of it has to be waited for."""

    def reserve(
        self,
        message: str,
        charges: tuple[Charge, ...],
        at: float,
        then: Callable[[Charge | None], None],
        *others: Any,
    ) -> None:
        reserve = super().reserve
        asyncio.get_running_loop().call_later(0.02, lambda: reserve(message, charges, at, then, *others))


class Filtered(Deciding, Mailbox):
    def __init__(self, source: Any = ACME, counters: MemoryCounters | None = None) -> None:
        super().__init__()
        self.counters = counters or MemoryCounters()
        self.decided: list[Handled] = []
        self.desk = Desk(source, self.counters, POLICY, (self.decided.append,))

    @property
    def asked(self) -> list[Any]:
        return [each.decision.request for each in self.decided]

    def used(self, counter: Counter = SENT) -> int | None:
        found: list[Usage] = []
        self.counters.read("", (counter,), time.time(), found.append)
        return found[0].of(counter)


def anybody(server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
    return AuthResult(success=True, auth_data=said)


@contextmanager
def client_of(filtered: Deciding, login: str = "", **settings: Any) -> Iterator[smtplib.SMTP]:
    port = free_port()
    controller = Controller(
        filtered,
        hostname="127.0.0.1",
        port=port,
        authenticator=anybody,
        auth_require_tls=False,
        **settings,
    )
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.ehlo()
            if login:
                client.login(login, "secret")
            yield client
    finally:
        controller.stop()


def sent(client: smtplib.SMTP, sender: str, recipients: list[str], content: str) -> tuple[int, bytes]:
    assert client.mail(sender)[0] == 250
    for each in recipients:
        assert client.rcpt(each)[0] == 250
    return client.data(content)


def message(*headers: str, text: str = "Hello\r\n") -> str:
    return "".join(f"{each}\r\n" for each in headers) + f"\r\n{text}"


def test_a_recipient_is_refused_or_taken() -> None:
    filtered = Filtered()
    with client_of(filtered) as client:
        client.mail(WILE, ["SIZE=123"])
        assert client.rcpt("noone@globex.example") == (550, b"5.1.1 There is no such address here")
        assert client.rcpt(JOHN)[0] == 250
        content = message(f"From: {WILE}", f"To: {JOHN}, ", f"\t{JANE}", "Precedence: list")
        assert client.data(content) == (250, b"2.0.0 Kept")
    assert filtered.asked[1:] == [
        Delivery(WILE, JOHN, client="127.0.0.1", size=123),
        Delivery(WILE, JOHN, client="127.0.0.1", size=len(content), automatic=True, addressed=(JOHN, JANE)),
    ]
    [envelope] = filtered.kept
    assert envelope.rcpt_tos == [JOHN]
    assert envelope.content == content.encode()


@pytest.mark.parametrize("reads_utf8", [True, False])
def test_texts_are_ascii_unless_the_client_reads_more(reads_utf8: bool) -> None:
    with client_of(Filtered(), enable_SMTPUTF8=reads_utf8) as client:
        client.mail("umlaut@x.example")
        assert client.rcpt(JOHN) == (550, b"5.7.1 Grosser geht's nicht")
        if reads_utf8:
            client.rset()
            client.mail("umlaut@x.example", ["SMTPUTF8"])
            assert client.rcpt(JOHN) == (550, "5.7.1 Größer geht’s nicht".encode())


def test_what_is_refused_for_now_comes_again() -> None:
    with client_of(Filtered()) as client:
        client.mail("soon@x.example")
        assert client.rcpt(JOHN)[0] == 450


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (b"PROXY TCP4 192.0.2.9 127.0.0.1 4000 25\r\n", "192.0.2.9"),
        (b"PROXY TCP6 2001:db8::9 ::1 4000 25\r\n", "2001:db8::9"),
        (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    ],
)
def test_the_client_behind_a_proxy(said: bytes, seen: str) -> None:
    async def heard() -> ProxyData:
        reader = asyncio.StreamReader()
        reader.feed_data(said)
        return await get_proxy(reader)

    session: Any = SimpleNamespace(peer=("127.0.0.1", 4000), proxy_data=asyncio.run(heard()))
    assert address_of_client(session) == seen


def test_the_null_sender() -> None:
    filtered = Filtered()
    with client_of(filtered) as client:
        assert sent(client, "", [JOHN], message("Subject: x"))[0] == 250
    assert {each.sender for each in filtered.asked} == {""}


def test_nobody_can_tell() -> None:
    with client_of(Filtered(Away())) as client:
        client.mail(WILE)
        code, text = client.rcpt(JOHN)
    assert (code, text[:5]) == (451, b"4.3.0")


def test_who_has_logged_in_submits_and_is_counted() -> None:
    filtered = Filtered(counters=SlowCounters())
    with client_of(filtered, JOHN) as client:
        assert sent(client, JOHN, [WILE, JANE], message(f"From: {JOHN}"))[0] == 250
        assert filtered.used() == 1
        assert sent(client, JOHN, [WILE], message(f"From: {JANE}")) == (
            550,
            b"5.7.1 You may not put this address in From:",
        )
        assert filtered.used() == 1
    assert filtered.asked[2] == Submission(
        JOHN, JOHN, "", client="127.0.0.1", size=len(message(f"From: {JOHN}")), recipients=2, header_from=JOHN
    )
    assert len(filtered.kept) == 1


@pytest.mark.parametrize("how", ["rset", "ehlo", "quit", "lost"])
def test_an_abandoned_message_does_not_count(how: str) -> None:
    filtered = Filtered()
    with client_of(filtered, JOHN) as client:
        client.mail(JOHN)
        client.rcpt(WILE)
        assert filtered.used() == 1
        if how == "lost":
            client.close()
        else:
            client.docmd(how, "again.example" if how == "ehlo" else "")
        deadline = time.monotonic() + 10
        while filtered.used() and time.monotonic() < deadline:
            time.sleep(0.01)
            gc.collect()
        assert filtered.used() == 0
        if how == "quit":
            client.close()


@pytest.mark.parametrize("reply", ["452 4.3.1 No room", "fault"])
def test_what_the_site_does_not_take_does_not_count(reply: str) -> None:
    filtered = Filtered()
    filtered.reply = reply
    with client_of(filtered, JOHN) as client:
        assert sent(client, JOHN, [WILE], message(f"From: {JOHN}"))[0] in (452, 500)
        assert filtered.used() == 0


@pytest.mark.parametrize("decode", [False, True])
def test_a_delegate_is_shown_once(decode: bool) -> None:
    filtered = Filtered()
    content = message(
        "Sender: boss@acme.example,", " x", f"From: {JOHN}", "sender: y", text="Sender: text\r\n"
    )
    with client_of(filtered, JANE, decode_data=decode) as client:
        assert sent(client, JANE, [WILE], content)[0] == 250
    [envelope] = filtered.kept
    expected = f"Sender: {JANE}\r\nFrom: {JOHN}\r\n\r\nSender: text\r\n"
    assert envelope.original_content == expected.encode()
    assert envelope.content == (expected if decode else expected.encode())


@pytest.mark.parametrize(
    ("head", "taken"),
    [
        (
            f"Subject: x\rFrom: bob@acme.example\r\nFrom: {JANE}\r\n",
            f"Subject: x From: bob@acme.example\r\nFrom: {JANE}\r\n",
        ),
        (f"From: {JANE}\rX: <bob@acme.example>\r\n", None),
        (f"From: bob@acme.example\r\r <{JANE}>\r\n", f"From: bob@acme.example   <{JANE}>\r\n"),
        (f"From: {JANE}\r\nX: y\r\r\nSubject: x\r\n", f"From: {JANE}\r\nX: y \r\nSubject: x\r\n"),
        (f"\rFrom: {JANE}\r\n", f" From: {JANE}\r\n"),
    ],
)
@pytest.mark.parametrize("decode", [False, True])
def test_no_header_hides_behind_a_bare_cr(head: str, taken: str | None, decode: bool) -> None:
    """There are programs that read it as the end of a line, and others that do not."""
    filtered = Filtered()
    with client_of(filtered, JANE, decode_data=decode) as client:
        client.mail(JANE)
        client.rcpt(WILE)
        client.docmd("DATA")
        # As it stands: `smtplib` would mend it.
        client.send(f"{head}\r\nHel\rlo\r\n.\r\n")
        assert client.getreply()[0] == (250 if taken else 550)
    expected = [f"{taken}\r\nHel\rlo\r\n"] if taken else []
    assert [each.content for each in filtered.kept] == [
        each if decode else each.encode() for each in expected
    ]
    assert [each.original_content for each in filtered.kept] == [each.encode() for each in expected]


class Choosy(Mailbox):
    """Has no room for Jane."""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == JANE:
            return "452 4.2.2 No room"
        if address == "bob@acme.example":
            raise ZeroDivisionError("a fault")
        envelope.rcpt_tos.append(address)
        return "250 OK"


class FilteredChoosy(Filtered, Choosy):
    pass


@pytest.mark.parametrize("counters", [MemoryCounters, SlowCounters])
def test_whom_the_site_refuses_is_no_recipient(counters: Callable[[], MemoryCounters]) -> None:
    filtered = FilteredChoosy(counters=counters())
    with client_of(filtered, JOHN) as client:
        client.mail(JOHN)
        assert [client.rcpt(each)[0] for each in (WILE, JANE, "bob@acme.example")] == [250, 452, 500]
        assert client.data(message(f"From: {JOHN}"))[0] == 250
    assert (filtered.asked[-1].recipient, filtered.asked[-1].recipients) == (WILE, 1)


def test_who_is_refused_by_the_site_gets_nothing_and_the_others_neither() -> None:
    filtered = FilteredChoosy()
    gets = [Counter("replied", each, 60) for each in (JOHN, JANE)]
    with client_of(filtered) as client:
        client.mail("half@x.example")
        assert [client.rcpt(each)[0] for each in (JOHN, JANE)] == [250, 452]
        assert client.data(message("Subject: x"))[0] == 250
        assert not filtered.kept
        client.mail("counted@x.example")
        assert [client.rcpt(each)[0] for each in (JOHN, JANE)] == [250, 452]
        assert [filtered.used(each) for each in gets] == [1, 0]
        assert client.data(message("Subject: x"))[0] == 250
        assert [filtered.used(each) for each in gets] == [1, 0]


def test_discarded_redirected_and_for_one_of_two() -> None:
    filtered = Filtered()
    with client_of(filtered) as client:
        assert sent(client, "discarded@x.example", [JOHN], message("Subject: x"))[0] == 250
        assert not filtered.kept
        assert sent(client, "redirected@x.example", [JOHN], message("Subject: x"))[0] == 250
        assert sent(client, "half@x.example", [JOHN, JANE], message("Subject: x"))[0] == 250
    assert [each.rcpt_tos for each in filtered.kept] == [[JANE], [JANE]]


class Forwarding(Filtered):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(forwards.forwarding(), self.counters, forwards.POLICY, (self.decided.append,))


@forwards.cases
def test_mail_goes_to_forwards(case: forwards.Directed) -> None:
    filtered = Forwarding()
    with client_of(filtered) as client:
        assert sent(client, case.sender, [*case.recipients], message("Subject: x"))[0] == 250
    assert [tuple(each.rcpt_tos) for each in filtered.kept] == ([case.goes_to] if case.goes_to else [])


def test_a_submission_goes_to_forwards() -> None:
    filtered = Forwarding()
    copy, away, bob, out = map(forwards.address, ("copy", "away", "bob", "out"))
    with client_of(filtered, "ann@acme.example") as client:
        for recipients in ([away], [bob, copy, away]):
            sent(client, "ann@acme.example", recipients, message("From: ann@acme.example"))
    assert [each.rcpt_tos for each in filtered.kept] == [[out], [bob, copy, out]]


def test_a_submission_that_is_redirected_at_its_end_is_not_forwarded() -> None:
    filtered = Forwarding()
    recipients = [forwards.address(each) for each in ("away", "copy")]
    with client_of(filtered, "ann@acme.example") as client:
        sent(client, "a@acme.example", recipients, message("From: a@acme.example"))
    assert [each.rcpt_tos for each in filtered.kept] == [[JANE]]


def test_a_table_of_aliases_behind_it_forwards() -> None:
    class Delivering(Forwarding):
        forwards = False

    filtered = Delivering()
    away = forwards.address("away")
    with client_of(filtered) as client:
        sent(client, WILE, [away], message("Subject: x"))
    assert [each.rcpt_tos for each in filtered.kept] == [[away]]


def test_what_is_to_be_held_is_not_taken_by_default() -> None:
    filtered = Filtered()
    with client_of(filtered) as client:
        assert sent(client, "held@x.example", [JOHN], message("Subject: x"))[0] == 451
    assert not filtered.kept


def test_a_site_may_hold() -> None:
    class Holding(Filtered):
        async def keep(self, envelope: Envelope, why: str) -> str:
            self.kept.append(envelope)
            return f"250 Held: {why}"

    filtered = Holding()
    with client_of(filtered) as client:
        assert sent(client, "held@x.example", [JOHN], message("Subject: x")) == (250, b"Held: site.rule")
    assert len(filtered.kept) == 1


def test_without_a_class_that_stores() -> None:
    class Bare(Deciding):
        desk = Desk(ACME, MemoryCounters(), POLICY)

    with client_of(Bare()) as client:
        assert sent(client, WILE, [JOHN], message("Subject: x"))[0] == 250


class Named:
    login = "john"


@pytest.mark.parametrize(
    ("said", "login"),
    [(LoginPassword(b"john", b"x"), "john"), (b"john", "john"), ("john", "john"), (Named(), "john")],
)
def test_names_of_authenticators(said: object, login: str) -> None:
    session: Any = SimpleNamespace()
    session.authenticated, session.auth_data = True, said
    assert Filtered().login_of(session) == login
    session.authenticated = False
    assert Filtered().login_of(session) == ""


def test_an_authenticator_that_keeps_no_name() -> None:
    session: Any = SimpleNamespace()
    session.authenticated, session.auth_data = True, None
    with pytest.raises(LookupError, match="`auth_data`"):
        Filtered().login_of(session)
