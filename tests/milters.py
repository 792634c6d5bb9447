"""The mail server's side of the milter protocol, and a desk to ask."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from attrs import define, field

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import (
    DEFAULT_POLICY,
    Charge,
    Counter,
    Delivery,
    Header,
    Opinion,
    Policy,
    Reply,
    Rule,
    Submission,
    Usage,
    Verdict,
)
from mailpolicy.errors import Unavailable
from mailpolicy.model import Directory
from mailpolicy.mta.desk import Desk, Handled
from mailpolicy.mta.milter import MilterSession
from mailpolicy.mta.transaction import SpamHeader
from tests.examples import ACME

OFFER = struct.pack("!III", 6, 0x1FF, 0x1FFFFF)
"""What Postfix offers."""


def packet(command: str, content: bytes = b"") -> bytes:
    return struct.pack("!I", 1 + len(content)) + command.encode() + content


def texts(*each: str) -> bytes:
    return b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in each)


def connect(client: str = "192.0.2.7") -> bytes:
    family = b"6" if ":" in client else b"4"
    return packet("C", b"mx.customer.example\0" + family + b"\x00\x19" + texts(client))


def mail(sender: str, *parameters: str, login: str = "") -> bytes:
    macros = packet("D", b"M" + texts("{auth_authen}", login, "{mail_addr}", sender)) if login else b""
    return macros + packet("M", texts(f"<{sender}>", *parameters))


def rcpt(recipient: str) -> bytes:
    return packet("D", b"R" + texts("{rcpt_addr}", recipient)) + packet("R", texts(f"<{recipient}>"))


def header(name: str, value: str) -> bytes:
    return packet("L", texts(name, value))


def body(text: bytes) -> bytes:
    return packet("B", text)


END = packet("D", b"E" + texts("i", "4Fx1")) + packet("E")
ABORT = packet("A")
QUIT = packet("Q")
QUIT_NC = packet("K")
HELLO = packet("O", OFFER)


@define
class Way:
    """Where a session sends to: what came, as packets."""

    peer: str = "postfix"
    sent: bytearray = field(factory=bytearray)
    closed: bool = False

    def send(self, reply: bytes) -> None:
        assert not self.closed
        self.sent += reply

    def close(self) -> None:
        self.closed = True

    def taken(self) -> list[tuple[str, bytes]]:
        """The packets since the last time."""
        found = packets_in(bytes(self.sent))
        self.sent.clear()
        return found

    def letters(self) -> str:
        return "".join(letter for letter, _ in self.taken())


def packets_in(stream: bytes) -> list[tuple[str, bytes]]:
    found = []
    while stream:
        (length,) = struct.unpack("!I", stream[:4])
        assert len(stream) >= 4 + length, "half a packet"
        found.append((stream[4:5].decode(), stream[5 : 4 + length]))
        stream = stream[4 + length :]
    return found


class LateCounters(MemoryCounters):
    """Answers when it is told to: what a store on another host does."""

    def glance(self, message: str, at: float) -> None:
        """All of it has to be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []

    def read(
        self, message: str, wanted: tuple[Counter, ...], at: float, then: Callable[[Usage], None]
    ) -> None:
        self.waiting.append(lambda: MemoryCounters.read(self, message, wanted, at, then))

    def reserve(
        self,
        message: str,
        charges: tuple[Charge, ...],
        at: float,
        then: Callable[[Charge | None], None],
        *others: Any,
    ) -> None:
        self.waiting.append(lambda: MemoryCounters.reserve(self, message, charges, at, then, *others))

    def answer(self) -> None:
        """Answer everything, and what is asked because of it."""
        while self.waiting:
            self.waiting.pop(0)()


class Away:
    """Holds no directory."""

    @property
    def directory(self) -> Directory:
        raise Unavailable("ldap1.acme.example")


SENT = Counter("messages", "john@acme.example", 86400)


def site_rule(request: Delivery | Submission, directory: Directory, context: Any) -> Opinion | None:
    """Verdicts that no rule of ours has, by the first word of the sender."""
    match request.sender.partition("@")[0]:
        case "percent":
            return Opinion(Verdict.REJECT, "no", Reply(550, "5.7.1", "100% refused"))
        case "later":
            return Opinion(Verdict.DEFER, "later", Reply(450, "4.7.1", "Not now"))
        case "umlaut":
            return Opinion(Verdict.REJECT, "no", Reply(550, "5.7.1", "Größer geht’s nicht"))
        case "soon":
            return Opinion(Verdict.DEFER, "later", Reply(550, "5.7.1", "Not now"))
        case "never":
            return Opinion(Verdict.REJECT, "no", Reply(450, "4.7.1", "Never"))
        case "away":
            return Opinion(Verdict.DEFER, "later", Reply(421, "4.7.1", "Go away"))
        case "discarded":
            return Opinion(Verdict.DISCARD, "thrown away")
        case "held":
            return Opinion(Verdict.HOLD, "to be looked at")
        case "redirected":
            return Opinion(Verdict.REDIRECT, "elsewhere", redirect_to="jane@acme.example")
        case "half" if request.recipient.startswith("john"):
            return Opinion(Verdict.DISCARD, "not for John")
        case "big" if request.size > 1000 and request.recipient.startswith("john"):
            return Opinion(Verdict.REJECT, "big", Reply(552, "5.3.4", "Too big"))
        case "mixed" if request.size > 1000:
            later = Opinion(Verdict.DEFER, "full", Reply(452, "4.2.2", "Full for now"))
            return later if request.recipient.startswith("jane") else Opinion(Verdict.REJECT, "big")
        case "counted":
            return Opinion(
                Verdict.ACCEPT,
                "one more",
                charges=(Charge(Counter("replied", request.recipient, 60), 1),),
                effects=(Header("X-Seen", "yes"), Header("X-For", request.recipient)),
            )
    return None


POLICY = DEFAULT_POLICY.with_rules(
    Rule("site.rule", site_rule, (Delivery, Submission), "what tests need", "nothing of the kind"),
    before="recipient.syntax",
)


@define
class Connection:
    """A session, the way back and what was decided."""

    policy: Policy = POLICY
    source: Any = ACME
    counters: MemoryCounters = field(factory=MemoryCounters)
    sees_body: bool = True
    forwards: bool = False
    spam_header: SpamHeader | None = None
    decided: list[Handled] = field(factory=list)
    way: Way = field(factory=Way)
    session: MilterSession = field(init=False)
    desk: Desk = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.desk = Desk(
            self.source, self.counters, self.policy, (self.decided.append,), clock=lambda: 1_700_000_000.0
        )
        self.session = MilterSession(
            self.desk,
            self.way,
            sees_body=self.sees_body,
            forwards=self.forwards,
            spam_header=self.spam_header,
        )

    def say(self, *packets: bytes) -> list[tuple[str, bytes]]:
        for each in packets:
            self.session.receive(each)
        return self.way.taken()

    def begin(self) -> Connection:
        self.say(HELLO, connect())
        return self

    @property
    def asked(self) -> list[Any]:
        return [each.decision.request for each in self.decided]

    def used(self, counter: Counter = SENT) -> int | None:
        found: list[Usage] = []
        MemoryCounters.read(self.counters, "", (counter,), 1_700_000_001.0, found.append)
        return found[0].of(counter)
