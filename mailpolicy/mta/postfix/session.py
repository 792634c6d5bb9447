"""A connection of Postfix: it asks about each recipient, waits for the answer, and asks on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Final, TypeAlias

from ...decision import Decision, Delivery, Submission, Verdict
from ...forms.addresses import from_request
from ..desk import Desk
from ..session import Opened, Outlet, ProtocolError
from .action import DUNNO, prepended, rendered
from .message import MOST_REMEMBERED, Key, Message
from .request import Asked, Requests, number

__all__ = ["MOST_WAITING", "PolicySession", "SettleAt", "policy_sessions"]

ADAPTER: Final = "policy"

MOST_WAITING: Final = 100
"""Requests that may wait on one connection. Postfix sends one, and waits for the answer."""

Then: TypeAlias = Callable[[Key, Decision], None]
"""What is done with a decision."""

NOT_TAKEN: Final = (Verdict.REJECT, Verdict.DEFER, Verdict.CHALLENGE, Verdict.ASK_HUMAN)


class SettleAt(StrEnum):
    """When what a message holds is counted."""

    END = "end"
    """When its end is asked about, with its true size: only what is taken counts. Without
    `smtpd_end_of_data_restrictions` nothing ever counts."""
    RCPT = "rcpt"
    """When the next message begins, or the connection ends: for a Postfix that does not ask at the end of
    messages. What was accepted at RCPT counts, whether or not the message was taken then."""


def policy_sessions(desk: Desk, *, settle_at: SettleAt | str = SettleAt.END, utf8: bool = False) -> Opened:
    """What makes sessions of connections. `utf8` tells texts as they are, also to clients that may not
    understand them."""
    return partial(PolicySession, desk=desk, settle_at=SettleAt(settle_at), utf8=utf8)


class PolicySession:
    """One connection of the policy delegation protocol.

    Requests are answered one after the other, each with one reply. Nothing of a request is left for the
    next but what belongs to the message: answers, so that a question that several restrictions ask is
    decided once, and what is reserved for it. A new message, or the end of the connection, releases that.
    """

    __slots__ = (
        "_asking",
        "_desk",
        "_ends",
        "_going",
        "_is_gone",
        "_message",
        "_outlet",
        "_requests",
        "_settle_at",
        "_turn",
        "_utf8",
        "_waiting",
    )

    def __init__(
        self, outlet: Outlet, desk: Desk, *, settle_at: SettleAt = SettleAt.END, utf8: bool = False
    ) -> None:
        self._outlet = outlet
        self._desk = desk
        self._settle_at = settle_at
        self._utf8 = utf8
        self._requests = Requests()
        self._waiting: deque[Asked] = deque()
        self._message = Message("")
        self._turn = 0
        """The number of the request that is answered: an answer to an earlier one comes too late."""
        self._asking = False
        self._going = False
        """Whether those that wait are taken up already: an answer at once must not begin that again."""
        self._ends = False
        self._is_gone = False

    # From the server

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived, and answer what is complete."""
        asked = self._requests.of(chunk)
        if len(asked) == 1 and not self._asking:
            self._answer(asked[0])
        elif asked:
            self._waiting += asked
            self._go_on()
            if len(self._waiting) > MOST_WAITING:
                raise ProtocolError(f"more than {MOST_WAITING} requests without waiting for an answer")
        if self._requests.problem is not None:
            raise self._requests.problem

    def at_end(self) -> None:
        """No more requests come; what came is answered."""
        self._ends = True
        self._close_at_end()

    def lost(self) -> None:
        """Let go of what is held for the message."""
        self._is_gone = True
        self._waiting.clear()
        self._leave()

    @property
    def is_busy(self) -> bool:
        """Whether a request waits for its answer."""
        return self._asking or bool(self._waiting)

    # Requests

    def _go_on(self) -> None:
        self._going = True
        try:
            while self._waiting and not self._asking:
                self._answer(self._waiting.popleft())
        finally:
            self._going = False

    def _answer(self, asked: Asked) -> None:
        self._asking = True
        self._turn += 1
        instance = asked.instance
        if instance != self._message.instance or not instance:
            self._leave()
            # Before the first recipient is taken, a message has no name in the queue.
            self._message = Message(instance, is_whole=not asked.queue_id)
        match asked.protocol_state:
            case "RCPT":
                self._recipient(asked)
            case "DATA":
                self._content(asked)
            case "END-OF-MESSAGE":
                self._end(asked)
            case _:
                self._reply(DUNNO)

    def _reply(self, reply: bytes) -> None:
        self._asking = False
        self._outlet.send(reply)
        if self._ends:
            self._close_at_end()

    def _close_at_end(self) -> None:
        if not self.is_busy:
            self._outlet.close()

    def _key(self, asked: Asked, state: str) -> Key:
        return state, asked.recipient, asked.sender, asked.sasl_username

    # RCPT

    def _recipient(self, asked: Asked) -> None:
        message = self._message
        key = self._key(asked, "RCPT")
        known = message.answers.get(key)
        if known is not None:
            self._reply(known)
            return
        _, recipient, _, login = key
        recipients = message.recipients_with(recipient) if login else 1
        self._ask(self._request(asked, key, recipients), key, self._name(message, key), self._judged)

    def _judged(self, key: Key, decision: Decision) -> None:
        message = self._message
        reply = self._rendered(decision, key)
        if decision.verdict not in NOT_TAKEN:
            message.accept(key[1], decision.effects)
        message.remember(key, reply)
        self._reply(reply)

    # DATA

    def _content(self, asked: Asked) -> None:
        """Headers can be given here, and only once for a message."""
        message = self._message
        if message.headers is not None or not asked.sasl_username:
            headers, message.headers = message.headers or (), []
            self._reply(prepended(headers))
            return
        # The recipients were asked about on a connection that is gone.
        key = self._key(asked, "DATA")
        recipients = number(asked.recipient_count) or 1
        self._ask(self._request(asked, key, recipients), key, "", self._headed)

    def _headed(self, key: Key, decision: Decision) -> None:
        self._message.wants(decision.effects)
        headers, self._message.headers = self._message.headers or (), []
        self._reply(prepended(headers))

    # END-OF-MESSAGE

    def _end(self, asked: Asked) -> None:
        message = self._message
        key = self._key(asked, "END-OF-MESSAGE")
        known = message.answers.get(key)
        if known is not None:
            self._reply(known)
            return
        _, recipient, _, login = key
        if not (login or recipient):
            # What comes from outside was judged for each recipient; there is nobody to ask about now.
            self._over(self._desk.settle)
            message.remember(key, DUNNO)
            self._reply(DUNNO)
            return
        recipients = message.recipients_of(number(asked.recipient_count))
        self._ask(self._request(asked, key, recipients), key, self._name(message, key), self._ended)

    def _ended(self, key: Key, decision: Decision) -> None:
        reply = self._rendered(decision, key)
        self._over(self._desk.release if decision.verdict in NOT_TAKEN else self._settling(key))
        self._message.remember(key, reply)
        self._reply(reply)

    # What is asked and held at the desk

    def _request(self, asked: Asked, key: Key, recipients: int) -> Delivery | Submission:
        _, recipient, sender, login = key
        client = asked.client_address
        if client == "unknown":
            client = ""
        size = number(asked.size)
        if login:
            return Submission(
                login,
                from_request(sender),
                from_request(recipient),
                size=size,
                recipients=recipients,
                client=client,
            )
        return Delivery(from_request(sender), from_request(recipient), size=size, client=client)

    def _name(self, message: Message, key: Key) -> str:
        """The name under which it is counted: what somebody sends for the message, what she gets for each
        recipient. Empty, and so not counted, where the message has none."""
        if not message.instance or len(message.held) >= MOST_REMEMBERED:
            return ""
        return named(message, key)

    def _ask(self, request: Delivery | Submission, key: Key, name: str, then: Then) -> None:
        told = partial(self._told, self._turn, key, name, then)
        self._desk.ask(request, told, adapter=ADAPTER, message=name)

    def _told(self, turn: int, key: Key, name: str, then: Then, decision: Decision) -> None:
        if self._is_gone or turn != self._turn or not self._asking:
            if name and self._is_gone:
                self._desk.release(name)
            return
        if name and decision.charges:
            self._message.held.add(name)
        then(key, decision)
        if self._waiting and not self._going:
            self._go_on()

    def _rendered(self, decision: Decision, key: Key) -> bytes:
        return rendered(decision, utf8=self._utf8 or not (key[1].isascii() and key[2].isascii()))

    def _settling(self, key: Key) -> Callable[[str], None]:
        """How what is held is settled: where one recipient is left, and so named, all but hers is released.

        The others were refused after us. Of several who are left Postfix does not say who they are.
        """
        only = named(self._message, key)
        return lambda name: (self._desk.settle if name == only else self._desk.release)(name)

    def _leave(self) -> None:
        """The message is over, and nobody has said what became of it."""
        if self._message.held:
            self._over(self._desk.settle if self._settle_at is SettleAt.RCPT else self._desk.release)

    def _over(self, how: Callable[[str], None]) -> None:
        held, self._message.held = self._message.held, set()
        for name in held:
            how(name)


def named(message: Message, key: Key) -> str:
    """What somebody who has logged in sends has the name of the message, what comes from outside one for each
    recipient; in other letters she is the same."""
    return message.instance if key[3] else f"{message.instance} {key[1].lower()}"
