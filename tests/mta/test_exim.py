"""A real Exim that asks for each recipient by `readsocket`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mailpolicy.decision import REPLIES
from mailpolicy.mta.background import Background
from mailpolicy.mta.postfix import PolicySession
from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Opened, Outlet
from tests.exim import Exim, require
from tests.sasl import Nowhere, desk_of, small_directory

pytestmark = [pytest.mark.twin]

ACME = small_directory()
CLIENT = "192.0.2.1"
FROM = "MAIL FROM:<wile.e@customer.example>"


@pytest.fixture(autouse=True)
def needed() -> None:
    require()


@contextmanager
def asking(opened: Opened, options: str = "5s") -> Iterator[Exim]:
    """An Exim, and a server it asks."""
    with (
        Background(lambda: Serving("inet:127.0.0.1:0", opened)) as background,
        Exim(f"inet:127.0.0.1:{background.port}", options) as exim,
    ):
        yield exim


def policy(source: object = ACME) -> Opened:
    desk = desk_of(source)
    return lambda outlet: PolicySession(outlet, desk)


def test_recipients_are_accepted_and_refused() -> None:
    with asking(policy()) as exim:
        replies = exim.said(
            CLIENT,
            FROM,
            "RCPT TO:<john@acme.example>",
            "RCPT TO:<nobody@acme.example>",
            "RCPT TO:<J.Doe@acme.example>",
        )
    wanted = REPLIES["no_such_address"]
    assert [each[:3] for each in replies] == ["250", "250", "550", "250"]
    assert wanted.text in replies[2]


def test_where_nobody_can_tell_mail_is_deferred() -> None:
    with asking(policy(Nowhere())) as exim:
        replies = exim.said(CLIENT, FROM, "RCPT TO:<john@acme.example>", "RCPT TO:<nobody@acme.example>")
    assert [each[:3] for each in replies] == ["250", "451", "451"]


def test_where_nobody_answers_mail_is_deferred() -> None:
    with Exim("inet:127.0.0.1:1") as exim:
        assert exim.said(CLIENT, FROM, "RCPT TO:<john@acme.example>")[1] == "451 nobody answers"


class Slow:
    """Answers a while after the request, by when Exim has closed its side."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._waits = self._ended = False

    def receive(self, chunk: bytes) -> None:
        if chunk.endswith(b"\n\n"):
            self._waits = True
            asyncio.get_running_loop().call_later(0.2, self._answer)

    def _answer(self) -> None:
        self._waits = False
        self._outlet.send(b"action=REJECT 5.7.1 slowly\n\n")
        self._outlet.close()

    def at_end(self) -> None:
        self._ended = True

    def lost(self) -> None:
        pass

    @property
    def is_busy(self) -> bool:
        return self._waits


def test_an_answer_after_exim_has_closed_its_side_still_arrives() -> None:
    with asking(Slow) as exim:
        replies = exim.said(CLIENT, FROM, "RCPT TO:<john@acme.example>")
    assert replies[1].startswith("550")
    assert "slowly" in replies[1]


@pytest.mark.parametrize("local", ["ev!il", "u$5", "a=b", "x~y*z", '"a b"', "{x}", "${run{x}}", "a'b", "a#b"])
def test_odd_local_parts_stay_what_they_are(local: str) -> None:
    seen: list[str] = []
    desk = desk_of(ACME, observers=[lambda handled: seen.append(handled.decision.request.recipient)])
    with asking(lambda outlet: PolicySession(outlet, desk)) as exim:
        replies = exim.said(CLIENT, "MAIL FROM:<>", f"RCPT TO:<{local}@acme.example>")
    assert replies[1][:3] == "550"
    assert seen == [f"{local}@acme.example"]


def test_the_end_of_a_message_is_asked_about() -> None:
    seen: list[Any] = []
    desk = desk_of(ACME, observers=[lambda handled: seen.append(handled.decision.request)])
    with asking(lambda outlet: PolicySession(outlet, desk)) as exim:
        recipients = ("RCPT TO:<john@acme.example>", "RCPT TO:<jane@acme.example>")
        replies = exim.said(CLIENT, FROM, recipients[0], "DATA", "Subject: x\r\n\r\nHello\r\n.")
        assert [each[:3] for each in replies] == ["250", "250", "354", "250"]
        assert [(each.recipient, each.size > 10) for each in seen] == [
            ("john@acme.example", False),
            ("john@acme.example", True),
        ]
        replies = exim.said(CLIENT, FROM, *recipients, "DATA", "Subject: x\r\n\r\nHello\r\n.")
        assert [each[:3] for each in replies] == ["250", "250", "250", "354", "250"]


def test_who_keeps_the_connection_open_waits_for_nothing() -> None:
    """Exim reads to the end: with `shutdown=no` neither side closes, and the answer is lost."""
    with asking(policy(), "1s:shutdown=no") as exim:
        replies = exim.said(CLIENT, FROM, "RCPT TO:<john@acme.example>")
    assert replies[1] == "451 nobody answers"
