"""What Postfix makes of each reply of a policy service: why our renderer says some, and never the others.

`late@acme.example` is refused by a restriction after the service, so that it shows whether that is asked.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest

from mailpolicy.mta.server import Serving
from tests.mta.policy_services import CLOSE, Raw, Services
from tests.postfix import Postfix, require

KNOWN, LATE = "known@acme.example", "late@acme.example"
BROKEN = (451, "4.3.5 Server configuration error")
DOWN = (450, "4.3.0 <known@acme.example>: Recipient address rejected: policy service is down")
ACCEPTED = (250, "2.1.5 Ok")
TOO_LATE = (554, "5.7.1 <late@acme.example>: Recipient address rejected: too late")

SETTINGS = {"virtual_mailbox_maps": "static:x", "notify_classes": "", "max_use": "1"}
"""A server of its own for each client: one that was told nonsense goes on to suffer from it."""


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    require(ldap=False)
    with Services(Serving("inet:127.0.0.1:0", Raw), settings=SETTINGS) as services:
        yield services


@pytest.fixture
def postfix(services: Services) -> Postfix:
    Raw.replies, Raw.requests, Raw.connections = {}, [], 0
    services.postfix.arrived()
    return services.postfix


@pytest.fixture
def client(postfix: Postfix) -> Iterator[smtplib.SMTP]:
    client = postfix.client(login="john")
    client.mail("john@acme.example")
    yield client
    client.close()


def replying(action: bytes, state: str = "RCPT") -> None:
    Raw.replies = {state: action if action.endswith((b"\n", CLOSE)) else b"action=" + action + b"\n\n"}


def rcpt(client: smtplib.SMTP, recipient: str) -> tuple[int, str]:
    code, text = client.rcpt(recipient)
    return code, text.decode("utf-8", "surrogateescape")


def said(code: int, status: str, text: str, recipient: str = KNOWN) -> tuple[int, str]:
    return code, f"{status} <{recipient}>: Recipient address rejected: {text}"


@pytest.mark.parametrize("action", [b"", b"450", b"550", b"OK", b"PERMIT", b"RELAY", b"dunno", b"permit"])
def test_taken_for_an_acceptance(client: smtplib.SMTP, action: bytes) -> None:
    replying(action)
    assert rcpt(client, KNOWN) == ACCEPTED


@pytest.mark.parametrize("action", [b"OK", b"PERMIT", b"RELAY", b"550", b"450"])
def test_permission_skips_what_comes_after(client: smtplib.SMTP, action: bytes) -> None:
    replying(action)
    assert rcpt(client, LATE) == ACCEPTED


@pytest.mark.parametrize("action", [b"DUNNO", b"DUNNO some text", b"INFO some text", b"WARN some text"])
def test_no_opinion_does_not(client: smtplib.SMTP, action: bytes) -> None:
    replying(action)
    assert rcpt(client, KNOWN) == ACCEPTED
    assert rcpt(client, LATE) == TOO_LATE


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (b"REJECT no", said(554, "5.7.1", "no")),
        (b"REJECT 5.7.2 no", said(554, "5.7.2", "no")),
        (b"REJECT 4.7.2 no", said(554, "5.7.2", "no")),
        (b"DEFER wait", said(450, "4.7.1", "wait")),
        (b"DEFER 4.2.1 wait", said(450, "4.2.1", "wait")),
        (b"452 4.2.2 full", said(452, "4.2.2", "full")),
        (b"550 5.2.1 gone", said(550, "5.2.1", "gone")),
        (b"553 5.7.1 not yours", said(553, "5.7.1", "not yours")),
        (b"550 4.2.2 of two classes", said(550, "5.2.2", "of two classes")),
        (b"450 5.2.2 of two classes", said(450, "4.2.2", "of two classes")),
        (b"550 5.1.8 about a sender", said(550, "5.1.2", "about a sender")),
        (b"550 5.1.7 about a sender", said(550, "5.1.3", "about a sender")),
        (b"550 5.1.1 about a recipient", said(550, "5.1.1", "about a recipient")),
        (b"DEFER_IF_PERMIT 4.3.0 nobody knows", said(450, "4.3.0", "nobody knows")),
        (b"550 5.7.1 100% %s %n", said(550, "5.7.1", "100% %s %n")),
        (b"550 5.7.1 a\rb\tc\x01d", said(550, "5.7.1", "a b c d")),
        ("550 5.7.1 Zürich".encode(), said(550, "5.7.1", "Zürich")),
        (b"550 5.7.1 Z\xfcrich", DOWN),
        (b"650 x", BROKEN),
        (b"250 x", BROKEN),
        (b"FROBNICATE x", BROKEN),
        (b"action=550 5.7.1 first\naction=OK\n\n", said(550, "5.7.1", "first")),
        (b"action=DUNNO\naction=550 5.7.1 second\n\n", ACCEPTED),
        (b"note=x\naction=550 5.7.1 after\nmore=x\n\n", said(550, "5.7.1", "after")),
    ],
)
def test_refusals(client: smtplib.SMTP, action: bytes, expected: tuple[int, str]) -> None:
    replying(action)
    assert rcpt(client, KNOWN) == expected


def test_defer_if_permit_lets_others_refuse_for_good(client: smtplib.SMTP) -> None:
    replying(b"DEFER_IF_PERMIT 4.3.0 nobody knows")
    assert rcpt(client, LATE) == TOO_LATE


def test_defer_does_not(client: smtplib.SMTP) -> None:
    replying(b"DEFER 4.3.0 nobody knows")
    assert rcpt(client, LATE) == said(450, "4.3.0", "nobody knows", LATE)


def test_defer_if_reject(client: smtplib.SMTP) -> None:
    replying(b"DEFER_IF_REJECT 4.3.0 nobody knows")
    assert rcpt(client, KNOWN) == ACCEPTED
    assert rcpt(client, LATE)[0] == 450


@pytest.mark.parametrize("code", [b"421 4.7.1 bye", b"521 5.7.1 bye"])
def test_codes_that_end_the_connection(client: smtplib.SMTP, code: bytes) -> None:
    replying(code)
    assert rcpt(client, KNOWN)[0] in (421, 521)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()


def test_a_list_of_restrictions_is_executed(client: smtplib.SMTP) -> None:
    replying(b"reject_unauth_destination, reject")
    assert rcpt(client, KNOWN) == said(554, "5.7.1", "Access denied")
    replying(b"reject_unauth_destination, permit")
    assert rcpt(client, LATE) == ACCEPTED


def test_a_table_is_not(client: smtplib.SMTP) -> None:
    replying(b"hash:/etc/passwd")
    assert rcpt(client, KNOWN)[0] == 451


def test_long_texts_are_ours_to_cut(client: smtplib.SMTP) -> None:
    replying(b"550 5.7.1 " + b"x" * 3000)
    code, text = rcpt(client, KNOWN)
    assert code == 550
    assert len(f"{code} {text}\r\n") > 512, "more than a line of SMTP has"


@pytest.mark.parametrize(
    "reply",
    [
        b"action=DUNNO\r\n\r\n",  # never an empty line
        b"action=DUNNO\n",
        b"nothing=x\n\n",
        b"garbage\n\n",
        CLOSE,
        b"action=DUN" + CLOSE,
    ],
)
def test_broken_replies_are_the_default_action(client: smtplib.SMTP, reply: bytes) -> None:
    replying(reply)
    assert rcpt(client, KNOWN) == DOWN


def test_two_replies_at_once_lose_the_second(client: smtplib.SMTP) -> None:
    replying(b"action=DUNNO\n\naction=550 5.7.1 second\n\n")
    assert rcpt(client, KNOWN) == ACCEPTED
    Raw.replies = {}
    assert rcpt(client, KNOWN)[1] in (ACCEPTED[1], DOWN[1]), "never that of another request"


class TestWholeMessages:
    def test_hold(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        replying(b"HOLD for a look")
        assert rcpt(client, KNOWN) == ACCEPTED
        client.data("Subject: held\r\n\r\n")
        held = [each for each in postfix.queue() if each["queue_name"] == "hold"]
        assert [each["recipients"][0]["address"] for each in held] == [KNOWN]
        assert postfix.logs("for a look")

    @pytest.mark.parametrize("action", [b"DISCARD quietly", b"FILTER discard:quietly"])
    def test_discard_and_filter(self, postfix: Postfix, client: smtplib.SMTP, action: bytes) -> None:
        replying(action)
        assert rcpt(client, KNOWN) == ACCEPTED
        Raw.replies = {}
        assert rcpt(client, "other@acme.example") == ACCEPTED
        assert client.data("Subject: away\r\n\r\n")[0] == 250
        assert arrived(postfix) == [], "for all its recipients"

    def test_discard_ends_like_ok(self, client: smtplib.SMTP) -> None:
        replying(b"DISCARD quietly")
        assert rcpt(client, LATE) == ACCEPTED

    def test_redirect(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        replying(b"REDIRECT boss@acme.example")
        assert rcpt(client, KNOWN) == ACCEPTED
        Raw.replies = {}
        rcpt(client, "other@acme.example")
        client.data("Subject: elsewhere\r\n\r\n")
        assert arrived(postfix) == ["boss@acme.example"], "for all its recipients"

    def test_bcc(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        replying(b"BCC archive@acme.example")
        rcpt(client, KNOWN)
        client.data("Subject: copied\r\n\r\n")
        assert arrived(postfix) == ["archive@acme.example", KNOWN]

    def test_prepend_at_rcpt_is_one_for_each(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        replying(b"PREPEND X-Policy: seen")
        rcpt(client, KNOWN)
        rcpt(client, "other@acme.example")
        client.data("Subject: two\r\n\r\n")
        [message] = postfix.arrived()
        assert message.content.count(b"X-Policy: seen\r\n") == 2

    def test_prepend_at_data_is_one(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        replying(b"PREPEND X-Policy: seen", "DATA")
        rcpt(client, KNOWN)
        rcpt(client, "other@acme.example")
        client.data("Subject: one\r\n\r\n")
        [message] = postfix.arrived()
        assert message.content.count(b"X-Policy: seen\r\n") == 1

    def test_prepend_is_for_headers_and_in_time(self, postfix: Postfix, client: smtplib.SMTP) -> None:
        Raw.replies = {
            "DATA": b"action=PREPEND no header\n\n",
            "END-OF-MESSAGE": b"action=PREPEND X-Policy: late\n\n",
        }
        rcpt(client, KNOWN)
        assert client.data("Subject: none\r\n\r\n")[0] == 250
        [message] = postfix.arrived()
        assert b"no header" not in message.content
        assert b"X-Policy" not in message.content

    @pytest.mark.parametrize(
        ("action", "code"), [(b"550 5.3.4 too large", 550), (b"DEFER_IF_PERMIT 4.3.0 nobody knows", 450)]
    )
    def test_refused_at_the_end(
        self, postfix: Postfix, client: smtplib.SMTP, action: bytes, code: int
    ) -> None:
        replying(action, "END-OF-MESSAGE")
        rcpt(client, KNOWN)
        assert client.data("Subject: no\r\n\r\n")[0] == code
        assert arrived(postfix) == []


class TestRequests:
    def test_what_is_known_when(self, client: smtplib.SMTP) -> None:
        rcpt(client, KNOWN)
        rcpt(client, "other@acme.example")
        client.data("Subject: x\r\n\r\nHello\r\n")
        first, second, content, end = Raw.requests
        assert [each["protocol_state"] for each in Raw.requests] == ["RCPT", "RCPT", "DATA", "END-OF-MESSAGE"]
        assert {each["instance"] for each in Raw.requests} == {first["instance"]}
        assert (first["queue_id"], first["size"], first["sasl_method"]) == ("", "0", "XCLIENT")
        assert second["queue_id"] == end["queue_id"] != ""
        assert content["recipient"] == end["recipient"] == ""
        assert content["recipient_count"] == end["recipient_count"] == "2"
        assert int(end["size"]) > 10
        assert Raw.connections <= 1, "one connection for all of them"

    def test_a_single_recipient_is_named_at_the_end(self, client: smtplib.SMTP) -> None:
        rcpt(client, KNOWN)
        client.data("Subject: x\r\n\r\nHello\r\n")
        assert [each["recipient"] for each in Raw.requests] == [KNOWN] * 3

    def test_addresses_come_without_quotes(self, client: smtplib.SMTP) -> None:
        client.rcpt('"a b"@Acme.Example')
        assert Raw.requests[-1]["recipient"] == "a b@Acme.Example"

    def test_another_message_is_another_instance(self, client: smtplib.SMTP) -> None:
        rcpt(client, KNOWN)
        client.rset()
        client.mail("john@acme.example")
        rcpt(client, KNOWN)
        assert Raw.requests[0]["instance"] != Raw.requests[1]["instance"]


def arrived(postfix: Postfix) -> list[str]:
    return sorted(address for each in postfix.arrived() for address in each.recipients)
