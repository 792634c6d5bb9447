"""Whatever arrives, a milter session answers it, ends it, or waits for more of it."""

from __future__ import annotations

import email
import email.utils
from typing import Any

from hypothesis import given, strategies as st

from mailpolicy.decision import Header
from mailpolicy.mta.session import ProtocolError
from mailpolicy.mta.transaction import Headers, addresses_in, fields_of, unambiguous, without, written
from tests.milters import (
    ABORT,
    END,
    HELLO,
    QUIT,
    QUIT_NC,
    Connection,
    LateCounters,
    body,
    connect,
    header,
    mail,
    packet,
    rcpt,
)

ADDRESSES = st.sampled_from(
    [
        "john@acme.example",
        "jane@acme.example",
        "all@acme.example",
        "a@b.example",
        "noone@acme.example",
        "x",
        "",
    ]
)
NAMES = st.sampled_from(["From", "To", "Sender", "Precedence", "Auto-Submitted", "X"])
COMMANDS = st.sampled_from(list("OCHMRTLNBEAKQUD?"))
PACKETS = st.one_of(
    st.sampled_from([HELLO, connect(), packet("T"), packet("N"), END, ABORT, QUIT_NC]),
    st.builds(lambda sender, login: mail(sender, login=login), ADDRESSES, ADDRESSES),
    ADDRESSES.map(rcpt),
    st.builds(header, NAMES, ADDRESSES | st.text()),
    st.binary(max_size=50).map(body),
)


def fed(connection: Connection, pieces: list[bytes]) -> Any:
    """What is answered; in the end the connection is gone."""
    said = []
    try:
        for piece in pieces:
            if connection.way.closed:
                break
            connection.session.receive(piece)
        said = connection.way.taken()
    except ProtocolError as problem:
        said = [*connection.way.taken(), ("ProtocolError", str(problem))]
    connection.session.lost()
    return said


@given(st.lists(st.binary(max_size=40) | st.builds(packet, COMMANDS, st.binary(max_size=40)), max_size=12))
def test_any_bytes(pieces: list[bytes]) -> None:
    connection = Connection().begin()
    fed(connection, pieces)
    assert not connection.session.is_busy
    assert not held(connection)


@given(st.lists(PACKETS, max_size=25), st.lists(st.integers(1, 30), min_size=1, max_size=10), st.booleans())
def test_pieces_make_no_difference(packets: list[bytes], sizes: list[int], quits: bool) -> None:
    stream = b"".join(packets) + (QUIT if quits else b"")
    pieces, place = [], 0
    while place < len(stream):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(stream[place : place + size])
        place += size
    whole = Connection().begin()
    parts = Connection().begin()
    assert fed(parts, pieces) == fed(whole, [stream])
    assert [each.decision.request for each in parts.decided] == [
        each.decision.request for each in whole.decided
    ]


@given(st.lists(PACKETS, max_size=25), st.randoms(use_true_random=False))
def test_late_answers_make_no_difference(packets: list[bytes], random: Any) -> None:
    counters = LateCounters()
    late = Connection(counters=counters).begin()
    said: Any = []
    try:
        for each in packets:
            if late.way.closed:
                break
            late.session.receive(each)
            if random.random() < 0.5:
                counters.answer()
        counters.answer()
        said = late.way.taken()
    except ProtocolError as problem:
        said = [*late.way.taken(), ("ProtocolError", str(problem))]
    at_once = fed(Connection().begin(), packets)
    # A fault that is found while an answer is awaited ends the connection without words.
    assert said == at_once or (late.way.closed and [*said, at_once[-1]] == at_once)
    late.session.lost()
    counters.answer()
    assert not held(late)


def held(connection: Connection) -> bool:
    """Whether anything is reserved that nobody will settle or release."""
    ledger: Any = connection.counters._ledger
    return bool(ledger._holds)


@given(st.text(st.sampled_from('ab@.,;:<>()"\\ \n'), max_size=30) | st.text())
def test_any_header_has_addresses(value: str) -> None:
    addresses_in(value)
    headers = Headers()
    headers.add("From", value)
    assert headers.authors


LOCAL = st.text(st.sampled_from("abc.+="), min_size=1, max_size=5).filter(lambda each: ".." not in each + ".")
SHOWN = st.text(st.sampled_from('ab, @<>()"\\;:é'), max_size=8)


@given(st.lists(st.tuples(SHOWN, LOCAL), min_size=1, max_size=4))
def test_well_formed_headers_are_read_as_the_standard_library_writes_them(
    pairs: list[tuple[str, str]],
) -> None:
    wanted = [(shown, f"x{local}x@acme.example") for shown, local in pairs]
    value = ", ".join(email.utils.formataddr(each) for each in wanted)
    assert addresses_in(value) == tuple(address for _, address in wanted)


@given(st.text(), st.text(), st.binary())
def test_a_header_never_makes_another(name: str, value: str, content: bytes) -> None:
    plain, text = written(Header(f"X{name}", value))
    message = plain + b": " + text.replace(b"\n", b"\r\n") + b"\r\n"
    assert len(list(fields_of(message + b"\r\n" + content))) == 1
    assert without(message + b"\r\n" + content, plain.decode()) == b"\r\n" + content


PIECES = st.sampled_from([b"From: ", b"from:", b"X", b":", b"a@b", b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0"])


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_nobody_sees_a_header_that_was_not_judged(content: bytes) -> None:
    """What the standard library takes for one, by its own idea of where lines end."""
    content = unambiguous(content)
    shown = email.message_from_bytes(content).get_all("from", [])
    seen = [plain(value) for name, value in fields_of(content) if name.strip().lower() == "from"]
    assert {plain(str(each)) for each in shown} <= set(seen)
    left = without(content, "From")
    assert "from" not in email.message_from_bytes(left) or left == content


def plain(value: str) -> str:
    return "".join(value.split())


@given(st.binary(), st.sampled_from(["from", "to"]))
def test_any_message_has_headers(content: bytes, name: str) -> None:
    list(fields_of(content))
    left = without(content, name)
    assert all(each.strip().lower() != name for each, _ in fields_of(left))
