"""Whatever arrives, in whatever pieces: answered or no protocol, never a fault, and memory has a bound."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.mta.postfix.request import LONGEST
from mailpolicy.mta.session import ProtocolError
from tests.unit.mta.policy_requests import Asking, Line, Recording, action, charging, request

names = st.sampled_from(
    [
        "request",
        "protocol_state",
        "sender",
        "recipient",
        "size",
        "instance",
        "sasl_username",
        "recipient_count",
    ]
)
values = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"smtpd_access_policy", b"RCPT", b"DATA", b"END-OF-MESSAGE", b"john@acme.example", b"1", b"=", b""]
    ),
)
lines = st.builds(lambda name, value: name.encode() + b"=" + value + b"\n", names, values)
requests = st.one_of(
    st.just(request()),
    st.just(request(sasl_username="john", protocol_state="DATA")),
    st.just(request(sasl_username="john", protocol_state="END-OF-MESSAGE")),
    st.lists(lines, max_size=8).map(lambda drawn: b"request=smtpd_access_policy\n" + b"".join(drawn) + b"\n"),
)
streams = st.lists(st.one_of(requests, lines, st.binary(max_size=50)), max_size=12).map(b"".join)


def judge(asked: Any) -> mp.Opinion | None:
    return mp.Opinion(mp.Verdict.REJECT, "no") if "=" in asked.sender else charging(asked)


@given(streams, st.data(), st.booleans())
def test_any_bytes_in_any_pieces(stream: bytes, data: st.DataObject, late: bool) -> None:
    asking = Asking(judge, Recording(late=late))
    line, other = asking.line(), asking.line()
    try:
        place = 0
        while place < len(stream):
            size = data.draw(st.integers(1, max(1, len(stream) - place)))
            line.session.receive(stream[place : place + size])
            place += size
        line.session.at_end()
    except ProtocolError:
        pass
    while asking.counters.waiting:
        asking.counters.tell()
    line.session.lost()
    for reply in line.sent:
        action(reply)
    assert len(line.sent) <= stream.count(b"\n\n")
    held(asking)
    other.session.receive(request(sender="a=b@x.example"))
    assert list(map(action, other.sent)) == ["550 5.7.1 Refused by policy"]


@given(st.lists(requests, max_size=8), st.data())
def test_pieces_make_no_difference(stream: list[bytes], data: st.DataObject) -> None:
    whole, pieces = Asking(judge).line(), Asking(judge).line()
    ends = [feed(whole, b"".join(stream))]
    rest = b"".join(stream)
    while rest and len(ends) < 2:
        size = data.draw(st.integers(1, len(rest)))
        if feed(pieces, rest[:size]):
            ends.append(True)
        rest = rest[size:]
    assert pieces.sent == whole.sent
    assert ends[0] == (len(ends) == 2)


@given(st.lists(requests, max_size=8))
def test_late_answers_are_the_same(stream: list[bytes]) -> None:
    at_once, late = Asking(judge), Asking(judge, Recording(late=True))
    one, two = at_once.line(), late.line()
    ended = feed(one, b"".join(stream))
    for each in stream:
        if feed(two, each):
            break
        while late.counters.waiting:
            late.counters.tell()
    assert two.sent == one.sent or ended
    assert late.counters.named("settle") == at_once.counters.named("settle")


def test_memory_has_a_bound() -> None:
    line = Asking(judge).line()
    sent = 0
    try:
        for _ in range(100):
            line.session.receive(b"x=" + b"y" * 8000)
            sent += 8000
            assert len(line.session._requests._rest) <= LONGEST
    except ProtocolError:
        assert sent <= LONGEST
    else:
        raise AssertionError("a request without an end")


def feed(line: Line, chunk: bytes) -> bool:
    """Whether that ended the connection."""
    try:
        line.session.receive(chunk)
    except ProtocolError:
        return True
    return False


def held(asking: Asking) -> None:
    """Whatever was reserved is settled or released by the end."""
    left: set[str] = set()
    for what, which in asking.counters.calls:
        if what == "reserve":
            left.add(which[0])
        elif what in ("settle", "release"):
            left.discard(which)
    assert not left
