"""The milter protocol without a network: what is answered, in which order, and what is forgotten."""

from __future__ import annotations

import struct
import time
import tracemalloc

import pytest

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Counter, Delivery, Submission
from mailpolicy.mta.milter import MilterSession
from mailpolicy.mta.session import ProtocolError
from tests import forwards
from tests.milters import (
    ABORT,
    END,
    HELLO,
    QUIT,
    QUIT_NC,
    Away,
    Connection,
    LateCounters,
    body,
    connect,
    header,
    mail,
    packet,
    rcpt,
    texts,
)

JOHN, JANE, WILE = "john@acme.example", "jane@acme.example", "wile.e@customer.example"
GO_ON = [("c", b"")]


def letters(packets: list[tuple[str, bytes]]) -> str:
    return "".join(letter for letter, _ in packets)


# Negotiation


def test_it_takes_of_the_offer_what_it_needs() -> None:
    [(letter, content)] = Connection().say(HELLO)
    version, actions, steps = struct.unpack("!III", content[:12])
    assert (letter, version) == ("O", 6)
    assert actions == 0x01 | 0x04 | 0x08 | 0x10 | 0x20 | 0x100
    assert steps == 0x02 | 0x40 | 0x100
    assert content[12:] == b"\0\0\0\x02{auth_authen}\0\0\0\0\x05i\0"


def test_steps_without_a_reply_are_not_asked_for() -> None:
    [(_, content)] = Connection().say(HELLO)
    assert not struct.unpack("!I", content[8:12])[0] & 0xFF080


def test_the_body_can_be_left_out() -> None:
    [(_, content)] = Connection(sees_body=False).say(HELLO)
    assert struct.unpack("!I", content[8:12])[0] & 0x10


def test_it_asks_for_no_step_or_macro_that_is_not_offered() -> None:
    [(_, content)] = Connection().say(packet("O", struct.pack("!III", 2, 0x3F, 0x7F)))
    assert content == struct.pack("!III", 2, 0x3D, 0x42)


@pytest.mark.parametrize(
    "offer", [struct.pack("!III", 6, 0x01, 0), struct.pack("!III", 1, 0x1FF, 0), b"\0\0\0\x06", b""]
)
def test_an_offer_that_is_not_enough(offer: bytes) -> None:
    with pytest.raises(ProtocolError):
        Connection().say(packet("O", offer))


# Recipients


def test_a_recipient_is_accepted_or_refused_in_our_words() -> None:
    connection = Connection().begin()
    assert connection.say(mail(WILE, "SIZE=1024")) == GO_ON
    assert connection.say(rcpt(JOHN)) == GO_ON
    assert connection.say(rcpt("noone@globex.example")) == [
        ("y", b"550 5.1.1 There is no such address here\0")
    ]
    assert connection.asked[0] == Delivery(WILE, JOHN, client="192.0.2.7", size=1024)


def test_a_percent_sign_is_doubled() -> None:
    connection = Connection().begin()
    assert connection.say(mail("percent@x.example"), rcpt(JOHN))[1] == ("y", b"550 5.7.1 100%% refused\0")


def test_later_is_said_with_its_code() -> None:
    connection = Connection().begin()
    assert connection.say(mail("later@x.example"), rcpt(JOHN))[1] == ("y", b"450 4.7.1 Not now\0")


@pytest.mark.parametrize(("sender", "code"), [("soon", "450"), ("never", "550"), ("away", "451")])
def test_the_verdict_says_of_which_class_a_reply_is(sender: str, code: str) -> None:
    """What is refused for now comes again, and a connection with other mail does not end."""
    [_, (letter, text)] = Connection().begin().say(mail(f"{sender}@x.example"), rcpt(JOHN))
    said, status, _ = text.decode().split(" ", 2)
    assert (letter, said, status[0]) == ("y", code, code[0])


def test_texts_are_ascii_unless_the_client_reads_more() -> None:
    connection = Connection().begin()
    plain = connection.say(mail("umlaut@x.example"), rcpt(JOHN))
    utf8 = connection.say(mail("umlaut@x.example", "SMTPUTF8"), rcpt(JOHN))
    assert plain[-1] == ("y", b"550 5.7.1 Grosser geht's nicht\0")
    assert utf8[-1] == ("y", "550 5.7.1 Größer geht’s nicht\0".encode())


def test_nobody_can_tell_is_a_temporary_failure() -> None:
    connection = Connection(source=Away()).begin()
    assert connection.say(mail(WILE), rcpt(JOHN)) == [("c", b""), ("t", b"")]


@pytest.mark.parametrize(
    ("client", "seen"),
    [("192.0.2.7", "192.0.2.7"), ("IPv6:2001:db8::7", "2001:db8::7"), ("2001:db8::7",) * 2],
)
def test_the_client(client: str, seen: str) -> None:
    connection = Connection()
    connection.say(HELLO, connect(client), mail(WILE), rcpt(JOHN))
    assert connection.asked[0].client == seen


def test_an_unknown_client_and_the_null_sender() -> None:
    connection = Connection()
    connection.say(HELLO, packet("C", b"unknown\0U"), mail(""), rcpt('"a b"@acme.example'))
    assert connection.asked == [Delivery("", '"a b"@acme.example')]


def test_who_has_logged_in_submits() -> None:
    connection = Connection().begin()
    assert letters(connection.say(mail(JOHN, login=JOHN), rcpt(WILE), rcpt(JANE))) == "ccc"
    assert connection.asked == [
        Submission(JOHN, JOHN, WILE, client="192.0.2.7", recipients=1),
        Submission(JOHN, JOHN, JANE, client="192.0.2.7", recipients=2),
    ]


def test_bytes_that_are_no_utf_8_are_no_address() -> None:
    connection = Connection().begin()
    connection.say(packet("M", b"<\xff@x.example>\0"))
    assert connection.say(packet("R", b"<\xfe@acme.example>\0")) == [
        ("y", b"553 5.1.3 That is not an address\0")
    ]


# The end of a message


def test_the_whole_message_is_asked_about() -> None:
    connection = Connection().begin()
    said = connection.say(
        mail(WILE, "SIZE=1"),
        rcpt(JOHN),
        header("From", WILE),
        header("To", f"John <{JOHN}>, {JANE}"),
        header("Auto-Submitted", "auto-replied"),
        body(b"x" * 500),
        body(b"y" * 500),
        END,
    )
    assert letters(said) == "cc" + "ccc" + "cc" + "c"
    headers = sum(len(each) for each in (f"From: {WILE}", f"To: John <{JOHN}>, {JANE}"))
    headers += len("Auto-Submitted: auto-replied") + 4 * len("\r\n")
    assert connection.asked[-1] == Delivery(
        WILE, JOHN, client="192.0.2.7", size=1000 + headers, automatic=True, addressed=(JOHN, JANE)
    )


def test_without_the_body_the_size_is_what_was_announced() -> None:
    connection = Connection(sees_body=False).begin()
    connection.say(mail(WILE, "BODY=8BITMIME", "size=5000"), rcpt(JOHN), header("From", WILE), END)
    assert [each.size for each in connection.asked] == [5000, 5000]


@pytest.mark.parametrize("announced", ["SIZE=", "SIZE=x", "SIZE=-1", "SIZE", "SIZE=" + "9" * 30, "SIZE=²"])
def test_a_size_that_is_none(announced: str) -> None:
    connection = Connection().begin()
    connection.say(mail(WILE, announced), rcpt(JOHN))
    assert connection.asked[0].size == 0


def test_a_forged_from_is_refused() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), header("From", f'"{JOHN}" <{JANE}>'))
    assert connection.say(END) == [("y", b"550 5.7.1 You may not put this address in From:\0")]
    assert connection.asked[-1].header_from == JANE
    assert connection.used() == 0


@pytest.mark.parametrize(
    "lines",
    [
        [f"{JOHN}, {JANE}"],
        [JOHN, JANE],
        [f"{JOHN} (hello <{JANE}>"],
        [f"x <{JOHN}> <{JANE}>"],
        ["undisclosed:;"],
        [f"{JANE}: {JOHN};"],
        [f'(a (b) " ) <{JANE}> ") <{JOHN}>'],
        [f"{JOHN}{' ' * 70_000}, {JANE}"],
        [""],
        ["John"],
        [", ".join([JOHN] + [f"john+{number}@acme.example" for number in range(30)] + [JANE])],
    ],
)
def test_nobody_hides_a_second_address_in_from(lines: list[str]) -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), *(header("From", each) for each in lines))
    assert letters(connection.say(END)) == "y"


def test_many_long_headers_take_no_time() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), header("From", JOHN))
    began = time.perf_counter()
    connection.say(*[header(name, "a:" * 50_000) for name in ("From", "To") * 20])
    assert time.perf_counter() - began < 1
    assert letters(connection.say(END)) == "y"


def test_a_crowd_of_authors_or_recipients() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE))
    connection.say(*[header("From", f"<> {number}") for number in range(100)])
    connection.say(*[header("From", f"j{number}@acme.example") for number in range(100)])
    assert letters(connection.say(END)) == "y"
    assert len(connection.asked) == 1 + 20
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), header("To", f"{JANE}, " * 5000), header("From", JOHN))
    assert connection.say(END) == GO_ON


def test_several_addresses_of_ones_own_are_fine() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), header("From", f"{JOHN}, J <j.doe@acme.example>"))
    assert connection.say(END) == GO_ON
    assert connection.used() == 1


def test_a_delegate_is_shown_in_sender() -> None:
    connection = Connection().begin()
    connection.say(mail(JANE, login=JANE), rcpt(WILE), header("From", JOHN))
    connection.say(header("Sender", "boss@acme.example"), header("SENDER", "x@acme.example"))
    assert connection.say(END) == [
        ("m", b"\0\0\0\x02sender\0\0"),
        ("m", b"\0\0\0\x01sender\0\0"),
        ("i", b"\0\0\0\0Sender\0" + JANE.encode() + b"\0"),
        ("c", b""),
    ]


def test_a_forged_sender_does_not_hide_behind_many_headers() -> None:
    connection = Connection().begin()
    many = [header(f"X-{number}", "x") for number in range(600)]
    forged = [header("Sender", "boss@acme.example"), header("SENDER", "boss@acme.example")]
    connection.say(mail(JANE, login=JANE), rcpt(WILE), *many, header("From", JOHN), *forged)
    replies = connection.say(END)
    assert letters(replies) == "mmic"
    assert [content[:4] for _, content in replies[:2]] == [b"\0\0\0\2", b"\0\0\0\1"]


def test_discarded_held_redirected() -> None:
    connection = Connection().begin()
    assert connection.say(mail("discarded@x.example"), rcpt(JOHN), END)[2:] == [("d", b"")]
    assert connection.say(mail("held@x.example"), rcpt(JOHN), END)[2:] == [("q", b"site.rule\0"), ("c", b"")]
    assert connection.say(mail("redirected@x.example"), rcpt(JOHN), rcpt("bob@acme.example"), END)[3:] == [
        ("-", b"<john@acme.example>\0"),
        ("-", b"<bob@acme.example>\0"),
        ("+", b"<jane@acme.example>\0"),
        ("c", b""),
    ]


def test_discarded_for_one_of_two() -> None:
    connection = Connection().begin()
    said = connection.say(mail("half@x.example"), rcpt(JOHN), rcpt(JANE), END)
    assert said[3:] == [("-", b"<john@acme.example>\0"), ("c", b"")]


@forwards.cases
def test_mail_goes_to_forwards_where_it_is_told_so(case: forwards.Directed) -> None:
    connection = Connection(forwards.POLICY, forwards.forwarding(), forwards=True).begin()
    said = connection.say(mail(case.sender), *map(rcpt, case.recipients), END)[1 + len(case.recipients) :]
    goes_to = [] if said == [("d", b"")] else [*case.recipients]
    for letter, content in said:
        address = content.decode()[1:-2]
        if letter == "-":
            goes_to.remove(address)
        if letter == "+":
            goes_to.append(address)
    assert goes_to == [*case.goes_to]


def test_a_table_of_aliases_forwards_by_default() -> None:
    connection = Connection(source=forwards.forwarding())
    connection.session = MilterSession(connection.desk, connection.way)
    connection.begin()
    recipients = [rcpt(forwards.address(each)) for each in ("copy", "away", "alias.copy")]
    assert connection.say(mail(WILE), *recipients, END)[4:] == GO_ON


def test_a_message_is_refused_at_its_end_only_for_all() -> None:
    connection = Connection().begin()
    big = body(b"x" * 2000)
    assert connection.say(mail("big@x.example"), rcpt(JOHN), big, END)[3:] == [("y", b"552 5.3.4 Too big\0")]
    assert connection.say(mail("big@x.example"), rcpt(JOHN), rcpt(JANE), big, END)[4:] == GO_ON


def test_refused_for_all_but_for_some_only_for_now() -> None:
    connection = Connection().begin()
    big = body(b"x" * 2000)
    said = connection.say(mail("mixed@x.example"), rcpt(JOHN), rcpt(JANE), big, END)
    assert said[-1] == ("y", b"452 4.2.2 Full for now\0")


def test_what_recipients_use_counts_for_each_and_what_they_share_is_written() -> None:
    connection = Connection().begin()
    said = connection.say(mail("counted@x.example"), rcpt(JOHN), rcpt(JANE), END)
    assert said[3:] == [("i", b"\0\0\0\0X-Seen\0yes\0"), ("c", b"")]
    for each in (JOHN, JANE):
        assert connection.used(Counter("replied", each, 60)) == 1
    assert [letter for letter, _ in connection.say(mail("counted@x.example"), rcpt(JOHN), END)] == list(
        "cciic"
    )


def test_refused_recipients_leave_nothing_behind() -> None:
    connection = Connection().begin()
    connection.say(mail(WILE), *[rcpt("noone@globex.example")] * 50)
    message = connection.session._message
    assert message is not None
    assert not message._reserved


def test_a_recipient_in_capitals_is_the_same() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(JANE), rcpt(JANE.upper()), rcpt(WILE), END)
    assert [each.recipients for each in connection.asked] == [1, 1, 2, 2]


def test_what_charges_nothing_is_no_call_to_the_counters() -> None:
    class Called(MemoryCounters):
        calls = 0

        def settle(self, message: str, at: float) -> None:
            self.calls += 1
            super().settle(message, at)

    counters = Called()
    connection = Connection(counters=counters).begin()
    for sender, expected in (("half@x.example", 0), ("counted@x.example", 2)):
        connection.say(mail(sender), rcpt(JOHN), rcpt(JANE), END)
        assert counters.calls == expected


def test_a_thousand_recipients() -> None:
    connection = Connection().begin()
    connection.say(mail(WILE), *[rcpt(JOHN)] * 1000)
    assert connection.say(END) == GO_ON
    assert len(connection.asked) == 2000


# Counting


def test_what_is_taken_counts_and_nothing_else() -> None:
    connection = Connection().begin()
    message = (mail(JOHN, login=JOHN), rcpt(WILE), header("From", JOHN))
    connection.say(*message, ABORT)
    assert connection.used() == 0
    connection.say(*message, END)
    assert connection.used() == 1
    connection.say(*message, mail(WILE))  # another begins: the first is over
    connection.say(*message)
    connection.session.lost()
    assert connection.used() == 1


def test_quit_lets_go() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), QUIT)
    assert connection.way.closed
    assert connection.used() == 0
    assert not connection.session.is_busy


# Several messages on one connection


def test_nothing_of_one_message_is_known_in_the_next() -> None:
    connection = Connection().begin()
    connection.say(
        mail(JOHN, "SIZE=99", login=JOHN),
        rcpt(WILE),
        rcpt(JANE),
        header("From", JOHN),
        header("Precedence", "bulk"),
        header("Cc", JANE),
        body(b"x" * 99),
        END,
    )
    before = len(connection.asked)
    connection.say(mail(WILE), rcpt(JOHN), END)
    assert connection.asked[before:] == [
        Delivery(WILE, JOHN, client="192.0.2.7"),
        Delivery(WILE, JOHN, client="192.0.2.7", size=2, addressed=()),
    ]


def test_a_login_is_not_known_after_an_abort() -> None:
    connection = Connection().begin()
    connection.say(mail(JOHN, login=JOHN), ABORT, mail(JOHN), rcpt(JANE))
    assert isinstance(connection.asked[-1], Delivery)


def test_the_next_client_of_a_connection() -> None:
    connection = Connection().begin()
    connection.say(packet("D", b"M" + texts("{auth_authen}", JOHN)), QUIT_NC)
    connection.say(packet("C", b"unknown\0U"), mail(WILE), rcpt(JOHN))
    assert connection.asked[-1] == Delivery(WILE, JOHN)


# Order, fragments, limits

SESSION = b"".join(
    (
        HELLO,
        connect(),
        packet("H", texts("mx.customer.example")),
        mail(JANE, login=JANE),
        rcpt(WILE),
        rcpt("noone@globex.example"),
        packet("T"),
        header("From", JOHN),
        packet("N"),
        body(b"Hello\r\n"),
        END,
        mail(WILE, "SIZE=5"),
        rcpt(JOHN),
        ABORT,
        mail("held@x.example"),
        rcpt(JOHN),
        END,
        QUIT,
    )
)


def whole() -> list[tuple[str, bytes]]:
    return Connection().say(SESSION)


def test_a_session_as_one_piece() -> None:
    assert letters(whole()) == "O" + "cc" + "c" + "cy" + "ccc" + "c" + "ic" + "cc" + "cc" + "qc"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_fragments(size: int) -> None:
    pieces = [SESSION[place : place + size] for place in range(0, len(SESSION), size)]
    assert Connection().say(*pieces) == whole()


def test_a_cut_at_every_byte() -> None:
    expected = whole()
    for place in range(len(SESSION)):
        assert Connection().say(SESSION[:place], SESSION[place:]) == expected


def test_answers_that_come_late_keep_their_order() -> None:
    counters = LateCounters()
    connection = Connection(counters=counters).begin()
    at_once = b"".join((mail(JOHN, login=JOHN), rcpt(WILE), rcpt("bad address"), rcpt(JANE)))
    assert letters(connection.say(at_once)) == "c"
    assert connection.session.is_busy
    counters.answer()
    assert letters(connection.way.taken()) == "cyc"
    connection.say(header("From", JOHN))
    assert connection.say(END) == []
    counters.answer()
    assert connection.way.taken() == GO_ON
    assert connection.used() == 1


def test_an_answer_that_comes_after_the_connection_holds_nothing() -> None:
    counters = LateCounters()
    connection = Connection(counters=counters).begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE))
    connection.session.lost()
    counters.answer()
    assert connection.way.taken() == []
    assert connection.used() == 0


def test_the_other_side_may_stop_sending_before_it_is_answered() -> None:
    counters = LateCounters()
    connection = Connection(counters=counters).begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE))
    connection.session.at_end()
    assert not connection.way.closed
    counters.answer()
    assert connection.way.taken() == GO_ON
    assert connection.way.closed
    assert connection.used() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        b"\0\0\0\0",
        b"\x7f\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        packet("?"),
        packet("R", texts("<a@b>")),
        packet("L", texts("From", "a@b")),
        packet("B", b"x"),
        packet("E"),
    ],
)
def test_what_is_not_the_protocol(wrong: bytes) -> None:
    with pytest.raises(ProtocolError):
        Connection().say(wrong)


def test_what_is_wrong_behind_a_late_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    counters = LateCounters()
    connection = Connection(counters=counters).begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE), packet("?"))
    counters.answer()
    assert connection.way.closed
    assert [each.getMessage() for each in caplog.records] == [
        "milter: connection of postfix closed: a packet b'?'"
    ]


def test_macros_that_nobody_reads_are_not_kept() -> None:
    connection = Connection().begin()
    letters_without_m = [chr(each) for each in range(32, 127) if chr(each) != "M"]
    tracemalloc.start()
    try:
        for each in letters_without_m:
            connection.say(packet("D", each.encode() + texts("x", "y" * 100_000)))
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


def test_what_arrives_while_nothing_is_read_is_bounded() -> None:
    counters = LateCounters()
    connection = Connection(counters=counters).begin()
    connection.say(mail(JOHN, login=JOHN), rcpt(WILE))
    with pytest.raises(ProtocolError):
        connection.say(*[body(b"x" * 65_000)] * 40)


def test_the_count_is_one_for_several_recipients() -> None:
    connection = Connection().begin()
    recipients = [rcpt(each) for each in (WILE, JANE, "bob@acme.example")]
    connection.say(mail(JOHN, login=JOHN), *recipients, header("From", JOHN), END)
    assert connection.used() == 1
