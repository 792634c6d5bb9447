"""As much of HTTP as Dovecot speaks, without a network."""

from __future__ import annotations

import time
from http import HTTPStatus

import pytest
from hypothesis import given, strategies as st

from mailpolicy.mta.dovecot.http import Answered, HttpSession, Posted
from mailpolicy.mta.session import ProtocolError
from tests.sasl import Wire


class Site:
    """Answers everything with its content, at once or when told."""

    def __init__(self, *, waits: bool = False) -> None:
        self.wire = Wire()
        self.session = HttpSession(self.wire, self.called)
        self.waits = waits
        self.posted: list[Posted] = []
        self.waiting: list[tuple[Answered, bytes]] = []

    def called(self, posted: Posted, answer: Answered) -> None:
        self.posted.append(posted)
        if self.waits:
            self.waiting.append((answer, posted.content))
        else:
            answer(HTTPStatus.OK, posted.content)

    def said(self, text: bytes) -> bytes:
        self.session.receive(text)
        return self.wire.taken()


def post(content: bytes = b"{}", *headers: bytes, first: bytes = b"POST /p?command=allow HTTP/1.1") -> bytes:
    lines = (first, b"Host: localhost", b"Content-Length: %d" % len(content), *headers)
    return b"\r\n".join((*lines, b"", b"")) + content


def reply(content: bytes, connection: bytes = b"keep-alive") -> bytes:
    kind = b"Content-Type: application/json\r\n" if content else b""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%sConnection: %s\r\n\r\n%s" % (
        len(content),
        kind,
        connection,
        content,
    )


def test_one_after_the_other_on_one_connection() -> None:
    site = Site()
    assert site.said(post(b"one")) == reply(b"one")
    assert site.said(post(b"two") + post(b"three")) == reply(b"two") + reply(b"three")
    assert not site.wire.closed
    assert not site.session.is_busy
    assert site.posted[0] == Posted("/p?command=allow", {"host": "localhost", "content-length": "3"}, b"one")


def test_answers_that_take_time_keep_their_order() -> None:
    site = Site(waits=True)
    assert site.said(post(b"one") + post(b"two")) == b""
    assert len(site.waiting) == 1
    assert site.session.is_busy
    answer, content = site.waiting.pop()
    answer(HTTPStatus.OK, content)
    assert site.wire.taken() == reply(b"one")
    answer, content = site.waiting.pop()
    answer(HTTPStatus.OK, content)
    assert site.wire.taken() == reply(b"two")
    assert not site.session.is_busy


def test_in_pieces_of_any_size() -> None:
    said = post(b"one") + b"\r\n" + post(b"two", b"X-Y:  z ") + post(b"")
    for size in range(1, len(said)):
        site = Site()
        for start in range(0, len(said), size):
            site.session.receive(said[start : start + size])
        assert site.wire.sent == reply(b"one") + reply(b"two") + reply(b"")
        assert site.posted[1].headers["x-y"] == "z"


def test_who_wants_it_closed_has_it_closed() -> None:
    for request in (
        post(b"x", b"Connection: close"),
        post(b"x", b"Connection: TE, Close"),
        post(b"x", first=b"POST / HTTP/1.0"),
    ):
        site = Site()
        assert site.said(request + post(b"more")) == reply(b"x", b"close")
        assert site.wire.closed
        assert len(site.posted) == 1
    site = Site()
    assert site.said(post(b"x", b"Connection: Keep-Alive", first=b"POST / HTTP/1.0")) == reply(b"x")
    assert not site.wire.closed


def test_who_has_said_all_still_gets_the_answer() -> None:
    site = Site(waits=True)
    site.session.receive(post(b"one"))
    site.session.at_end()
    assert not site.wire.closed
    answer, content = site.waiting.pop()
    answer(HTTPStatus.OK, content)
    assert site.wire.sent == reply(b"one", b"close")
    assert site.wire.closed
    idle = Site()
    idle.session.at_end()
    assert idle.wire.closed


def test_nobody_is_answered_who_is_gone() -> None:
    site = Site(waits=True)
    site.session.receive(post(b"one"))
    site.session.lost()
    assert not site.session.is_busy
    answer, content = site.waiting.pop()
    answer(HTTPStatus.OK, content)
    assert site.wire.sent == b""


def test_who_asks_before_sending_is_told_to_send() -> None:
    site = Site()
    head, content = post(b"x", b"Expect: 100-continue").split(b"\r\n\r\n")
    assert site.said(head + b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert site.said(content) == reply(b"x")


def test_only_posts_are_answered() -> None:
    site = Site()
    assert site.said(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 405 ")
    assert site.said(post(b"x")) == reply(b"x")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x16\x03\x01\x02\r\n\r\n", 400),
        (b"POST / HTTP/2.0\r\n\r\n", 400),
        (b"POST /\r\n\r\n", 400),
        (b"POST / x HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1_0\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length : 1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nX: a\r\n folded: b\r\nContent-Length: 1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nX: a\nContent-Length: 1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nX: " + b"x" * 8192, 431),
    ],
)
def test_what_is_refused_ends_the_connection(request_: bytes, status: int) -> None:
    site = Site()
    sent = site.said(request_ + post(b"smuggled"))
    assert sent.startswith(b"HTTP/1.1 %d " % status)
    assert sent.count(b"HTTP/1.1") == 1
    assert site.wire.closed
    assert site.posted == []


def test_no_header_takes_long_to_read() -> None:
    site = Site()
    started = time.process_time()
    assert site.said(post(b"x", b"X:" + b" " * 8000 + b"\0")).startswith(b"HTTP/1.1 400 ")
    assert time.process_time() - started < 1


def test_nobody_fills_our_memory() -> None:
    site = Site(waits=True)
    site.session.receive(post(b"x"))
    for _ in range(73):
        site.session.receive(b"x" * 1000)
    with pytest.raises(ProtocolError):
        site.session.receive(b"x" * 1000)


TOKENS = st.sampled_from(
    [post(b"ab"), b"POST / HTTP/1.1", b"\r\n", b"\r\n\r\n", b"Content-Length: ", b"3", b": ", b"GET "]
)


@given(pieces=st.lists(TOKENS | st.binary(max_size=30), max_size=30), waits=st.booleans())
def test_any_bytes_in_any_pieces(pieces: list[bytes], waits: bool) -> None:
    site = Site(waits=waits)
    try:
        for piece in pieces:
            site.session.receive(piece)
        site.session.at_end()
    except ProtocolError:
        site.session.lost()
    assert len(site.session._buffer) <= 8192 + 65_536
    while site.waiting:
        answer, content = site.waiting.pop()
        answer(HTTPStatus.OK, content)
    assert not site.session.is_busy
