"""Requests of Postfix for tests, and a session without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mailpolicy as mp
from mailpolicy.counters import Counters
from mailpolicy.decision import Charge, Counter, Policy, Request, Rule, Usage
from mailpolicy.mta.desk import Desk, Handled
from mailpolicy.mta.postfix import PolicySession

ACME = mp.open("ldif/examples/acme.ldif")

COMMON = {
    "request": "smtpd_access_policy",
    "protocol_state": "RCPT",
    "protocol_name": "ESMTP",
    "client_address": "192.0.2.1",
    "client_name": "mail.customer.example",
    "helo_name": "mail.customer.example",
    "queue_id": "",
    "sender": "wile.e@customer.example",
    "recipient": "john@acme.example",
    "recipient_count": "0",
    "instance": "1a2b.5f3c.0",
    "size": "0",
    "sasl_username": "",
    "policy_context": "",
}


def request(**changes: str) -> bytes:
    asked = {**COMMON, **changes}
    lines = "".join(f"{name}={value}\n" for name, value in asked.items())
    return (lines + "\n").encode("utf-8", "surrogateescape")


class Recording:
    """Counters that write down what is asked of them, and answer at once or when they are told to."""

    def __init__(self, *, late: bool = False, used: int = 0) -> None:
        self.late = late
        self.used = used
        self.calls: list[tuple[str, Any]] = []
        self.waiting: list[Callable[[], None]] = []

    def glance(self, message: str, at: float) -> None:
        return None

    def read(
        self, message: str, wanted: tuple[Counter, ...], at: float, then: Callable[[Usage], None]
    ) -> None:
        self.calls.append(("read", message))
        self._tell(lambda: then(Usage(dict.fromkeys(wanted, self.used))))

    def reserve(
        self, message: str, charges: tuple[Charge, ...], at: float, then: Callable[[Charge | None], None]
    ) -> None:
        self.calls.append(("reserve", (message, *(each.amount for each in charges))))
        self._tell(lambda: then(None))

    def settle(self, message: str, at: float) -> None:
        self.calls.append(("settle", message))

    def release(self, message: str) -> None:
        self.calls.append(("release", message))

    def set(self, counter: Counter, value: int) -> None:
        raise AssertionError

    def close(self) -> None:
        raise AssertionError

    def _tell(self, then: Callable[[], None]) -> None:
        if self.late:
            self.waiting.append(then)
        else:
            then()

    def tell(self) -> None:
        """Give the next answer."""
        self.waiting.pop(0)()

    def named(self, *names: str) -> list[tuple[str, Any]]:
        return [each for each in self.calls if each[0] in names]


class Line:
    """A connection of a session: what was sent on it."""

    peer = "test"

    def __init__(self, desk: Desk, **options: Any) -> None:
        self.sent: list[bytes] = []
        self.is_closed = False
        self.session = PolicySession(self, desk, **options)

    def send(self, reply: bytes) -> None:
        assert not self.is_closed
        self.sent.append(reply)

    def close(self) -> None:
        self.is_closed = True

    def ask(self, **changes: str) -> str:
        """The action that is the answer to a request; empty where there is none yet."""
        before = len(self.sent)
        self.session.receive(request(**changes))
        replies = self.sent[before:]
        assert len(replies) <= 1
        return action(replies[0]) if replies else ""


def action(reply: bytes) -> str:
    assert reply.startswith(b"action=")
    assert reply.endswith(b"\n\n")
    assert reply.count(b"\n") == 2
    return reply[7:-2].decode()


def rule(judge: Callable[[Any], mp.Opinion | None], **options: Any) -> Rule:
    """A rule out of a function of the request alone."""
    return Rule(
        "test.rule",
        lambda request, directory, context: judge(request),
        (mp.Delivery, mp.Submission),
        "does what a test wants",
        "does nothing",
        **options,
    )


def charging(request: Any) -> mp.Opinion:
    """Counts recipients: of the message where somebody sends, of each message for whom somebody gets."""
    of = getattr(request, "login", "") or request.recipient
    amount = getattr(request, "recipients", 1)
    return mp.Opinion(
        mp.Verdict.ACCEPT, "counted", charges=(Charge(Counter("recipients", of, 86400), amount, 1000),)
    )


class Asking:
    """A desk, what it was asked, and its counters."""

    def __init__(
        self,
        judge: Callable[[Any], mp.Opinion | None] = lambda request: None,
        counters: Counters | None = None,
        source: Any = ACME,
        **options: Any,
    ) -> None:
        self.requests: list[Request] = []
        self.handled: list[Handled] = []

        def asked(request: Any) -> mp.Opinion | None:
            if not self.requests or self.requests[-1] is not request:
                self.requests.append(request)
            return judge(request)

        self.counters: Any = counters or Recording()
        self.desk = Desk(source, self.counters, Policy((rule(asked, **options),)), (self.handled.append,))

    def line(self, **options: Any) -> Line:
        return Line(self.desk, **options)
