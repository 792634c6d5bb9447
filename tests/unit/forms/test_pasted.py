"""Requests out of pasted policy requests and lines of the log."""

from __future__ import annotations

import pytest
from attrs import evolve

from mailpolicy.decision import Delivery, Submission
from mailpolicy.forms import InvalidForm, pasted, request_from_maillog, request_from_policy_text, said_in

WHOLE = """\
request=smtpd_access_policy
protocol_state=RCPT
protocol_name=ESMTP
helo_name=mx.customer.example
queue_id=
sender=prvs=123=wile.e@customer.example
recipient=a b@Acme.Example
recipient_count=0
client_address=192.0.2.7
client_name=mx.customer.example
instance=123.456.7
sasl_method=
sasl_username=
sasl_sender=
size=12345
policy_context=

"""


def test_a_request_from_outside() -> None:
    assert request_from_policy_text(WHOLE) == Delivery(
        "prvs=123=wile.e@customer.example", '"a b"@Acme.Example', client="192.0.2.7", size=12345
    )
    assert request_from_policy_text(WHOLE.replace("\n", "\r\n")) == request_from_policy_text(WHOLE)


def test_a_request_of_somebody_who_has_logged_in() -> None:
    text = WHOLE.replace("sasl_username=", "sasl_username=john").replace("count=0", "count=3")
    assert request_from_policy_text(text) == Submission(
        "john",
        "prvs=123=wile.e@customer.example",
        '"a b"@Acme.Example',
        client="192.0.2.7",
        size=12345,
        recipients=3,
    )


def test_the_end_of_a_message_with_several_recipients() -> None:
    text = "protocol_state=END-OF-MESSAGE\nsasl_username=john\nsender=\nrecipient=\nrecipient_count=2"
    assert request_from_policy_text(text) == Submission("john", "", "", recipients=2)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ("recipient: missing; expected recipient= and an address",)),
        ("protocol_state=DATA\nsender=a@b", ("recipient: missing; expected recipient= and an address",)),
        ("recipient=a@b\nhello", ("line 2: 'hello': expected name=value",)),
        ("recipient=a@b\nsize=big", ("size: 'big': expected a whole number",)),
        ("recipient=a@b\nsize=²", ("size: '²': expected a whole number",)),
        ("request=other\nrecipient=a@b", ("request: 'other': expected smtpd_access_policy",)),
        (
            "x\nsize=-1",
            (
                "line 1: 'x': expected name=value",
                "size: '-1': expected a whole number",
                "recipient: missing; expected recipient= and an address",
            ),
        ),
    ],
)
def test_what_is_wrong_with_it(text: str, problems: tuple[str, ...]) -> None:
    with pytest.raises(InvalidForm) as caught:
        request_from_policy_text(text)
    assert caught.value.problems == problems


HEAD = "Nov 21 22:35:21 mx postfix/smtpd[3013]: "
REJECT = (
    "NOQUEUE: reject: RCPT from mx.customer.example[192.0.2.7]: 550 5.1.1 <noone@acme.example>: Recipient "
    "address rejected: There is no such address here; from=<wile.e@customer.example> to=<noone@acme.example> "
    "proto=ESMTP helo=<mx.customer.example>"
)
WILE = "wile.e@customer.example"
NOONE = Delivery(WILE, "noone@acme.example", client="192.0.2.7")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (REJECT, NOONE),
        (REJECT.replace("reject:", "milter-reject:"), NOONE),
        (REJECT.replace("[192.0.2.7]", "[2001:db8::7]:2525"), evolve(NOONE, client="2001:db8::7")),
        (REJECT.replace("[192.0.2.7]", "[unknown]"), evolve(NOONE, client="")),
        (REJECT.replace(f"from=<{WILE}>", "from=<>"), evolve(NOONE, sender="")),
        (REJECT.replace("to=<noone@", 'to=<"no > one"@'), evolve(NOONE, recipient='"no > one"@acme.example')),
        (REJECT.replace("to=<noone@", "to=<no one@"), evolve(NOONE, recipient='"no one"@acme.example')),
        (
            REJECT + " sasl_username=<john>",
            Submission("john", WILE, "noone@acme.example", client="192.0.2.7"),
        ),
        # What the other side may choose says nothing: the text of a reply, and its name.
        (REJECT.replace("There is", "from=<x@y> to=<x@z> proto=ESMTP"), NOONE),
        (REJECT.replace("helo=<mx", "helo=<;to=<x@z>;from=<x@y>"), NOONE),
        (REJECT.replace("NOQUEUE: reject", "4Fx1: hold"), NOONE),
    ],
)
def test_a_line(line: str, expected: Delivery | Submission) -> None:
    assert request_from_maillog(HEAD + line) == expected


def test_lines_of_one_message() -> None:
    lines = [
        "postfix/submission/smtpd[1]: 4Fx1: client=unknown[192.0.2.7], sasl_method=PLAIN, sasl_username=john",
        "Nov 21 mx postfix/cleanup[2]: 4Fx1: message-id=<to=<x@y>>",
        "Nov 21 mx postfix/qmgr[3]: 4Fx1: from=<john@acme.example>, size=512, nrcpt=1 (queue active)",
        "mx postfix/lmtp[4]: 4Fx1: to=<jane@acme.example>, orig_to=<boss@acme.example>, relay=x, status=sent",
    ]
    assert request_from_maillog("\n".join(lines)) == Submission(
        "john", "john@acme.example", "boss@acme.example", client="192.0.2.7", size=512
    )
    with pytest.raises(InvalidForm, match="expected lines of one message"):
        request_from_maillog("\n".join((*lines, lines[0].replace("4Fx1", "4Fx2"))))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "expected a line of Postfix such as: postfix/smtpd"),
        ("Nov 21 mx dovecot: auth: failed", "expected a line of Postfix"),
        ("Nov 21 mx postfix/smtpd[1]: connect from x[192.0.2.7]", "expected a line of Postfix"),
        (
            HEAD + "4Fx1: client=x[192.0.2.7]",
            "sender: missing; expected from=<…> in this line or another of 4Fx1; recipient: missing;",
        ),
        (HEAD + "4Fx1: from=<a@b>, size=1", "recipient: missing; expected to=<…>"),
    ],
)
def test_what_a_line_does_not_say(line: str, problem: str) -> None:
    with pytest.raises(InvalidForm) as caught:
        request_from_maillog(line)
    assert str(caught.value).startswith(problem)


def test_what_a_line_says() -> None:
    assert said_in(HEAD + "4Fx1: client=unknown[unknown]") == {"queue_id": "4Fx1", "client": ""}


@pytest.mark.parametrize(
    "text",
    ["", "hello\n", "Mar  2 10:00:00 mx postfix/smtpd[123]: connect from mail.b.example[192.0.2.5]\n", "[]"],
)
def test_what_is_nothing_that_can_be_read_is_told_what_can(text: str) -> None:
    with pytest.raises(InvalidForm) as failure:
        pasted(text)
    assert str(failure.value).startswith("expected a policy request of Postfix, lines of its log")
