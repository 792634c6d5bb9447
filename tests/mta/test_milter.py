"""A real Postfix asks the milter: what its clients are told, and what arrives."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from attrs import define, evolve, field

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Counter, Delivery, Policy, Submission
from mailpolicy.forms import request_from_maillog
from mailpolicy.model import Directory
from mailpolicy.model.held import Held
from mailpolicy.mta.background import Background
from mailpolicy.mta.desk import Desk, Handled
from mailpolicy.mta.milter import MilterSession
from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Outlet
from mailpolicy.mta.transaction import SpamHeader
from tests import forwards
from tests.examples import ACME
from tests.lmtp import Arrival
from tests.milters import POLICY, Away
from tests.postfix import Postfix, require

pytestmark = pytest.mark.twin

JOHN, JANE, WILE = "john@acme.example", "jane@acme.example", "wile.e@customer.example"
CLIENT = "192.0.2.7"

SETTINGS = {
    # Every domain of the tests is relayed; what is in them is for the milter to say.
    "relay_domains": "acme.example globex.example customer.example x.example",
    "virtual_mailbox_domains": "",
    "smtpd_authorized_xclient_hosts": "127.0.0.1",
    "milter_protocol": "6",
}


@define
class Source:
    """A directory that may be away."""

    now: Held = ACME

    @property
    def directory(self) -> Directory:
        return self.now.directory


@define
class Site:
    """A Postfix, the desk its milter asks, and what was decided."""

    source: Source = field(factory=Source)
    counters: MemoryCounters = field(factory=MemoryCounters)
    policy: Policy = POLICY
    forwards: bool = False
    spam_header: SpamHeader | None = None
    decided: list[Handled] = field(factory=list)
    postfix: Postfix = field(init=False)

    def opened(self, outlet: Outlet) -> MilterSession:
        desk = Desk(self.source, self.counters, self.policy, (self.decided.append,))
        return MilterSession(desk, outlet, forwards=self.forwards, spam_header=self.spam_header)

    @contextmanager
    def client(self, login: str = "") -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=20) as client:
            client.ehlo("mx.customer.example")
            said = f"ADDR={CLIENT} NAME=mx.customer.example" + (f" LOGIN={login}" if login else "")
            assert client.docmd("XCLIENT", said)[0] == 220
            client.ehlo("mx.customer.example")
            self.decided.clear()
            yield client

    def arrived(self) -> list[Arrival]:
        self.postfix._wait()
        return self.postfix._sink.taken()

    def used(self, what: str = "messages") -> int | None:
        found = []
        self.counters.read("", (Counter(what, JOHN, 86400),), time.time(), found.append)
        return found[0].of(Counter(what, JOHN, 86400))


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    require()
    site = Site()
    with Background(lambda: Serving("inet:127.0.0.1:0", site.opened)) as background:
        settings = {**SETTINGS, "smtpd_milters": f"inet:127.0.0.1:{background.port}"}
        site.postfix = Postfix(
            {"virtual_mailbox_maps": ()}, ldap_uri="ldap://127.0.0.1:1", base="", settings=settings
        )
        with site.postfix:
            yield site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    running.source.now = ACME
    running.counters = MemoryCounters()
    running.arrived()
    yield running
    running.source.now = ACME
    running.policy, running.forwards = POLICY, False


def message(*headers: str, text: str = "Hello\r\n") -> str:
    return "".join(f"{each}\r\n" for each in headers) + f"\r\n{text}"


def sent(client: smtplib.SMTP, sender: str, recipients: list[str], content: str) -> tuple[int, str]:
    """The reply to a whole message, all of whose recipients are taken."""
    assert client.mail(sender)[0] == 250
    for each in recipients:
        assert client.rcpt(each)[0] == 250
    code, text = client.data(content)
    return code, text.decode()


def test_a_recipient_is_refused_in_our_words_alone(site: Site) -> None:
    with site.client() as client:
        client.mail(WILE, ["SIZE=1234"])
        assert client.rcpt("noone@globex.example") == (550, b"5.1.1 There is no such address here")
        assert client.rcpt(JOHN)[0] == 250
    assert site.decided[-1].decision.request == Delivery(WILE, JOHN, client=CLIENT, size=1234)
    assert site.postfix.logs("to=<noone@")
    line = next(line for line in site.postfix.log().splitlines() if "to=<noone@" in line)
    assert request_from_maillog(line) == Delivery(WILE, "noone@globex.example", client=CLIENT)


def test_a_percent_sign_arrives_as_one(site: Site) -> None:
    with site.client() as client:
        client.mail("percent@x.example")
        assert client.rcpt(JOHN) == (550, b"5.7.1 100% refused")


def test_later_is_later(site: Site) -> None:
    with site.client() as client:
        client.mail("later@x.example")
        assert client.rcpt(JOHN) == (450, b"4.7.1 Not now")


def test_nobody_can_tell(site: Site) -> None:
    site.source.now = Away()
    with site.client() as client:
        client.mail(WILE)
        assert client.rcpt(JOHN)[0] == 451
        site.source.now = ACME
        assert client.rcpt(JOHN)[0] == 250


def test_quoted_and_other_local_parts_come_as_they_are(site: Site) -> None:
    with site.client() as client:
        client.docmd("MAIL", 'FROM:<"ev!il x"@customer.example>')
        client.docmd("RCPT", 'TO:<"a b"@acme.example>')
        client.docmd("RCPT", "TO:<o'hara=x$y@acme.example>")
    seen = [each.decision.request for each in site.decided]
    assert [each.sender for each in seen] == ['"ev!il x"@customer.example'] * 2
    assert [each.recipient for each in seen] == ['"a b"@acme.example', "o'hara=x$y@acme.example"]


def test_mail_from_outside_arrives(site: Site) -> None:
    content = message(f"From: {WILE}", f"To: {JOHN},", "\t" + JANE, "Auto-Submitted: auto-generated")
    with site.client() as client:
        assert sent(client, WILE, [JOHN], content)[0] == 250
    [arrival] = site.arrived()
    assert arrival.recipients == (JOHN,)
    last = site.decided[-1].decision.request
    assert isinstance(last, Delivery)
    assert last.addressed == (JOHN, JANE)
    assert last.automatic
    # Postfix has added Message-Id: and Date: by then.
    assert len(content) <= last.size < len(content) + 200


def test_a_forged_from(site: Site) -> None:
    with site.client(JOHN) as client:
        assert sent(client, JOHN, [WILE], message(f'From: "{JOHN}" <{JANE}>')) == (
            550,
            "5.7.1 You may not put this address in From:",
        )
        last = site.decided[-1].decision.request
        assert last == Submission(JOHN, JOHN, WILE, client=CLIENT, size=last.size, header_from=JANE)
        assert site.used() == 0
        assert sent(client, JOHN, [WILE], message(f"From: {JOHN}"))[0] == 250
    assert len(site.arrived()) == 1
    assert site.used() == 1


def test_a_delegate_is_shown_once(site: Site) -> None:
    with site.client(JANE) as client:
        content = message(f"From: {JOHN}", "Sender: boss@acme.example", "sender: x@acme.example", "To: x")
        assert sent(client, JANE, [WILE, "bob@acme.example"], content)[0] == 250
    arrivals = site.arrived()
    assert arrivals
    for arrival in arrivals:
        head = b"\r\n" + arrival.content.partition(b"\r\n\r\n")[0]
        assert head.lower().count(b"\r\nsender:") == 1
        assert b"\r\nSender: jane@acme.example\r\n" in head


def test_two_messages_of_one_session(site: Site) -> None:
    with site.client(JOHN) as client:
        assert sent(client, JOHN, [WILE, JANE], message(f"From: {JOHN}", "Precedence: bulk"))[0] == 250
        before = len(site.decided)
        assert sent(client, "", [JANE], message("From: j.doe@acme.example"))[0] == 250
    first, last = [each.decision.request for each in site.decided[before:]]
    assert first == Submission(JOHN, "", JANE, client=CLIENT)
    assert last == evolve(first, size=last.size, header_from="j.doe@acme.example")


def test_an_abandoned_message_does_not_count(site: Site) -> None:
    with site.client(JOHN) as client:
        client.mail(JOHN)
        client.rcpt(WILE)
        client.rset()
        client.mail(JOHN)
        client.rcpt(WILE)
        assert site.used() == 1
    deadline = time.monotonic() + 10
    while site.used() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert site.used() == 0


def test_discarded_redirected_and_for_one_of_two(site: Site) -> None:
    with site.client() as client:
        assert sent(client, "discarded@x.example", [JOHN], message("Subject: x"))[0] == 250
        assert site.arrived() == []
        assert sent(client, "redirected@x.example", [JOHN], message("Subject: x"))[0] == 250
        assert [each.recipients for each in site.arrived()] == [(JANE,)]
        assert sent(client, "half@x.example", [JOHN, JANE], message("Subject: x"))[0] == 250
        assert [each.recipients for each in site.arrived()] == [(JANE,)]


def whom(arrivals: list[Arrival]) -> list[str]:
    return sorted(each for arrival in arrivals for each in arrival.recipients)


def test_mail_goes_to_forwards_where_it_is_told_so(site: Site) -> None:
    site.source.now, site.policy, site.forwards = forwards.forwarding(), forwards.POLICY, True
    with site.client() as client:
        for name, case in forwards.CASES.items():
            assert sent(client, case.sender, [*case.recipients], message("Subject: x"))[0] == 250
            assert whom(site.arrived()) == sorted(case.goes_to), name


def test_a_table_of_aliases_forwards_by_default(site: Site) -> None:
    site.source.now = forwards.forwarding()
    recipients = [forwards.address(each) for each in ("alias.copy", "away", "copy")]
    with site.client() as client:
        assert sent(client, WILE, recipients, message("Subject: x"))[0] == 250
    assert whom(site.arrived()) == recipients


def test_held(site: Site) -> None:
    with site.client() as client:
        assert sent(client, "held@x.example", [JOHN], message("Subject: x"))[0] == 250
    assert site.arrived() == []
    assert site.postfix._waiting("hold")


def test_a_large_body_is_counted_though_a_small_one_is_announced(site: Site) -> None:
    content = message("Subject: x", text="x" * 70 + "\r\n") + ("y" * 70 + "\r\n") * 3000
    with site.client() as client:
        client.mail("big@x.example", ["SIZE=10"])
        assert client.rcpt(JOHN)[0] == 250
        assert client.data(content) == (552, b"5.3.4 Too big")
    assert site.decided[-1].decision.request.size >= len(content)


def test_many_small_messages_do_not_wait_for_acknowledgements(site: Site) -> None:
    content = message(f"From: {WILE}", *(f"X-{number}: {number}" for number in range(20)))
    with site.client() as client:
        sent(client, WILE, [JOHN], content)
        began = time.perf_counter()
        for _ in range(20):
            sent(client, WILE, [JOHN], content)
        each = (time.perf_counter() - began) / 20
    assert each < 0.035
    site.arrived()


def test_nobody_listens() -> None:
    require()
    outcomes = {"tempfail": 451, "accept": 250}
    for action, code in outcomes.items():
        settings = {**SETTINGS, "smtpd_milters": "inet:127.0.0.1:1", "milter_default_action": action}
        postfix = Postfix(
            {"virtual_mailbox_maps": ()}, ldap_uri="ldap://127.0.0.1:1", base="", settings=settings
        )
        with postfix, smtplib.SMTP("127.0.0.1", postfix.port, timeout=20) as client:
            client.ehlo()
            assert client.mail(WILE)[0] == code
