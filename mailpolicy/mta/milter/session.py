"""One connection of a mail server that asks a milter."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from ...decision import Decision
from ..desk import Desk
from ..session import Outlet, ProtocolError
from ..transaction import Ending, SpamHeader, Transaction, address_of, is_utf8, size_of
from ..wording import refusal
from .packets import (
    Actions,
    Packet,
    Packets,
    Steps,
    add_recipient,
    insert_header,
    negotiated,
    packet,
    pairs,
    quarantine,
    remove_header,
    remove_recipient,
    replied,
    texts,
)

__all__ = ["MilterSession"]

LOG: Final = logging.getLogger(__name__)

WANTED: Final = (
    Actions.ADD_HEADERS
    | Actions.CHANGE_HEADERS
    | Actions.ADD_RECIPIENTS
    | Actions.REMOVE_RECIPIENTS
    | Actions.QUARANTINE
)
SKIPPED: Final = Steps.NO_HELO | Steps.NO_UNKNOWN | Steps.NO_END_OF_HEADERS
"""What decisions do not go by.

Steps without a reply are not asked for, though the protocol has them: over TCP a mail server that sends two
packets without an answer between them waits for an acknowledgement, 40 ms for every message. DATA is not
skipped for the same reason: Postfix sends its macros all the same, and then waits.
"""

MACROS: Final = ((2, "{auth_authen}"), (5, "i"))
"""Which macros we want, by stage: at MAIL, and at the end of a message."""

CONTINUE: Final = packet(b"c")
TEMPFAIL: Final = packet(b"t")
DISCARD: Final = packet(b"d")


class MilterSession:
    """A session of the milter protocol, version 6 (and 2 to 5, as far as they go).

    It answers at RCPT, and again at the end of the message, when headers and size are known. `sees_body`
    says whether the size is counted, or taken from what the client has announced: SIZE=, which it need not.
    `forwards` says whether recipients are exchanged for their forwards: a mail server that knows aliases has
    done it, and would do it twice. `spam_header` is what a filter that was asked before has added to spam;
    then a header of ours says which folder the message is for.
    """

    def __init__(
        self,
        desk: Desk,
        outlet: Outlet,
        *,
        sees_body: bool = True,
        forwards: bool = False,
        spam_header: SpamHeader | None = None,
    ) -> None:
        self._desk = desk
        self._outlet = outlet
        self._forwards = forwards
        self._spam_header = spam_header
        self._skipped = SKIPPED if sees_body else SKIPPED | Steps.NO_BODY
        self._packets = Packets()
        self._waits = False
        self._works = False
        self._ends = False
        self._of_mail: dict[str, str] = {}
        """The macros of MAIL that is to come; of others there is nothing we want."""
        self._client = ""
        self._message: Transaction | None = None
        self._asked: dict[bytes, Callable[[bytes], None]] = {
            b"O": self._negotiate,
            b"D": self._macro,
            b"C": self._connect,
            b"M": self._mail,
            b"R": self._recipient,
            b"L": self._header,
            b"B": self._body,
            b"E": self._end,
            b"A": self._abort,
            b"K": self._next_client,
            b"Q": self._quit,
            b"H": self._pass,
            b"T": self._pass,
            b"N": self._pass,
            b"U": self._pass,
        }

    # What a server calls

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived; ProtocolError where it is not the protocol."""
        self._packets.add(chunk)
        self._work()

    def at_end(self) -> None:
        """Nothing more comes: close, once what was asked is answered."""
        self._ends = True
        if not self._waits:
            self._abort(b"")
            self._outlet.close()

    def lost(self) -> None:
        """The connection is gone, and the message with it."""
        self._ends = True
        self._abort(b"")

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited, or a message has begun."""
        return self._waits or self._message is not None

    # One packet after the other

    def _work(self) -> None:
        if self._works or self._waits:
            return
        self._works = True
        try:
            for each in self._packets:
                self._take(each)
                if self._waits:
                    break
        finally:
            self._works = False

    def _take(self, each: Packet) -> None:
        asked = self._asked.get(each.command)
        if asked is None:
            raise ProtocolError(f"a packet {each.command!r}")
        asked(each.content)

    def _answer(self, *replies: bytes) -> None:
        self._outlet.send(b"".join(replies))

    def _later(self, *replies: bytes) -> None:
        """Answer what was waited for, and go on with what has arrived meanwhile."""
        self._waits = False
        self._answer(*replies)
        if self._ends:
            self._abort(b"")
            self._outlet.close()
            return
        try:
            self._work()
        except ProtocolError as problem:
            LOG.warning("milter: connection of %s closed: %s", self._outlet.peer, problem)
            self._abort(b"")
            self._outlet.close()

    # What a mail server says

    def _negotiate(self, content: bytes) -> None:
        self._answer(negotiated(content, WANTED, self._skipped, MACROS))

    def _macro(self, content: bytes) -> None:
        if content[:1] == b"M":
            self._of_mail = pairs(content[1:])

    def _connect(self, content: bytes) -> None:
        self._forget_client()
        self._client = client_of(content)
        self._answer(CONTINUE)

    def _mail(self, content: bytes) -> None:
        self._abort(b"")
        # Taken out: what is said of one message is not true of the next.
        macros, self._of_mail = self._of_mail, {}
        path, *parameters = texts(content)
        self._message = Transaction(
            self._desk,
            "milter",
            self._client,
            macros.get("auth_authen", ""),
            address_of(path),
            size_of(parameters),
            is_utf8(parameters),
            self._forwards,
            self._spam_header,
        )
        self._answer(CONTINUE)

    def _recipient(self, content: bytes) -> None:
        message = self._expected()

        def told(decision: Decision) -> None:
            self._later(refused(decision, message) if decision.is_refused else CONTINUE)

        self._waits = True
        message.recipient(address_of(texts(content)[0]), told)

    def _header(self, content: bytes) -> None:
        message = self._expected()
        message.size += len(content) + len(": \r\n") - 2
        name, *value = texts(content)
        message.headers.add(name, value[0] if value else "")
        self._answer(CONTINUE)

    def _body(self, content: bytes) -> None:
        self._expected().size += len(content)
        self._answer(CONTINUE)

    def _end(self, content: bytes) -> None:
        message = self._expected()
        message.size += len(content) + len("\r\n")
        if self._skipped & Steps.NO_BODY:
            message.size = max(message.size, message.declared)

        def told(ending: Ending) -> None:
            self._message = None
            if ending.refusal is None:
                message.settle()
                self._later(*ended(ending))
            else:
                message.release()
                self._later(refused(ending.refusal, message))

        self._waits = True
        message.end(told)

    def _expected(self) -> Transaction:
        if self._message is None:
            raise ProtocolError("part of a message that has not begun")
        return self._message

    def _pass(self, content: bytes) -> None:
        self._answer(CONTINUE)

    def _abort(self, content: bytes) -> None:
        if self._message is not None:
            self._message.release()
            self._message = None

    def _forget_client(self) -> None:
        self._abort(b"")
        self._client = ""

    def _next_client(self, content: bytes) -> None:
        self._forget_client()
        self._of_mail = {}

    def _quit(self, content: bytes) -> None:
        self._next_client(b"")
        self._ends = True
        self._outlet.close()


def client_of(content: bytes) -> str:
    """The address of a client, as CONNECT tells it: a name, then a letter for the family, a port, an address.

    >>> client_of(b"mx.customer.example\\x004\\x00\\x19192.0.2.7\\x00"), client_of(b"localhost\\0U")
    ('192.0.2.7', '')
    """
    where = content.partition(b"\0")[2]
    if where[:1] not in (b"4", b"6"):
        return ""
    return texts(where[3:])[0].removeprefix("IPv6:")


def refused(decision: Decision, message: Transaction) -> bytes:
    """The answer to what is refused: in the words of its reply, or a plain "later" where nobody can tell."""
    return TEMPFAIL if decision.unknown else replied(refusal(decision, utf8=message.utf8))


def ended(ending: Ending) -> list[bytes]:
    """The answer to a message that is taken: what is to be changed, and at last that it may go on."""
    if ending.discarded:
        return [DISCARD]
    changes = [remove_header(name, place) for name, last in ending.replaced for place in range(last, 0, -1)]
    changes += [insert_header(each) for each in reversed(ending.headers)]
    changes += [remove_recipient(each) for each in ending.removed]
    changes += [add_recipient(each) for each in ending.added]
    if ending.held:
        changes.append(quarantine(ending.held))
    return [*changes, CONTINUE]
