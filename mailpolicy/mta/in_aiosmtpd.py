"""Deciding inside a server made with aiosmtpd: a class to mix into what handles its mail."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..decision import Decision
from .desk import Desk
from .transaction import (
    Ending,
    Transaction,
    address_of,
    fields_of,
    size_of,
    unambiguous,
    without,
    written,
)
from .wording import refusal

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["Deciding"]

T = TypeVar("T")

TAKEN: Final = "250 OK"
CANNOT_HOLD: Final = "451 4.7.1 The message has to be looked at first, please try again later"
PLACE: Final = "mailpolicy"
"""Where the transaction of an envelope is kept: with it, so that both end together."""


class Deciding:
    """Asks a desk about every recipient and, when all of it is there, every message.

    Name it before the class that stores the mail, and say which desk::

        class Filtered(Deciding, Mailbox):
            desk = Desk(acme, counters)

        Controller(Filtered("/var/mail/acme"))

    What is refused gets the reply of the decision. What is accepted goes on to `handle_RCPT` and
    `handle_DATA` of that class, if it has them: with headers added, recipients that go elsewhere replaced.
    Who has logged in sends a `Submission`: override `login_of` where an authenticator keeps names in its own
    way. Mail to be held for an administrator is deferred, unless `keep` is overridden.

    `forwards` says that recipients are exchanged for their forwards, who may be anywhere: that class then
    sends on what is not for a mailbox of its own. Where something behind it has a table of aliases, say
    `forwards = False`.
    """

    desk: Desk
    forwards: bool = True

    def login_of(self, session: Session) -> str:
        """Who has logged in, empty for nobody."""
        if not session.authenticated:
            return ""
        said: Any = session.auth_data
        name = getattr(said, "login", said)
        if name is None:
            raise LookupError("no name in `auth_data` of the session: let the authenticator put it there")
        return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)

    async def keep(self, envelope: Envelope, why: str) -> str:
        """Take in a message that an administrator has to look at; the reply. By default it is not taken."""
        return CANNOT_HOLD

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        transaction = self._transaction(session, envelope)
        decision: Decision = await answer(lambda then: transaction.recipient(address_of(address), then))
        if decision.is_refused:
            return str(refusal(decision, utf8=transaction.utf8))
        onward = getattr(super(), "handle_RCPT", None)
        if onward is not None:
            reply = ""
            try:
                reply = str(await onward(server, session, envelope, address, rcpt_options))
            finally:
                if not reply.startswith("2"):
                    transaction.withdraw()
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        transaction = self._transaction(session, envelope)
        said = envelope.original_content or b""
        transaction.size = len(said)
        content = unambiguous(said)
        if content != said:
            fill(envelope, content)
        for name, value in fields_of(content):
            transaction.headers.add(name, value)
        ending: Ending = await answer(transaction.end)
        try:
            reply = await self._ended(server, session, envelope, ending)
            if reply.startswith("2"):
                transaction.settle()
            return reply
        finally:
            transaction.release()  # of no effect on what is settled

    async def _ended(self, server: SMTP, session: Session, envelope: Envelope, ending: Ending) -> str:
        if ending.refusal is not None:
            return str(refusal(ending.refusal, utf8=envelope.smtp_utf8))
        if ending.discarded:
            return TAKEN
        change(envelope, ending)
        if ending.held:
            return await self.keep(envelope, ending.held)
        onward = getattr(super(), "handle_DATA", None)
        return TAKEN if onward is None else str(await onward(server, session, envelope))

    def _transaction(self, session: Session, envelope: Envelope) -> Transaction:
        kept: Transaction | None = vars(envelope).get(PLACE)
        if kept is None:
            kept = vars(envelope)[PLACE] = Transaction(
                self.desk,
                "aiosmtpd",
                client_of(session),
                self.login_of(session),
                address_of(envelope.mail_from or ""),
                size_of(envelope.mail_options),
                envelope.smtp_utf8,
                self.forwards,
            )
            let_go_with(envelope, kept)
        return kept


def let_go_with(envelope: Envelope, transaction: Transaction) -> None:
    """Release what an abandoned message has reserved: nobody tells us of it.

    For each message the server makes a new envelope, also when a client starts anew; and a connection is a
    task, which ends with it.
    """
    task = asyncio.current_task()

    def gone(connection: object) -> None:
        transaction.release()

    def forgotten() -> None:
        transaction.release()
        if task is not None:
            task.remove_done_callback(gone)

    if task is not None:
        task.add_done_callback(gone)
    weakref.finalize(envelope, forgotten).atexit = False


async def answer(ask: Callable[[Callable[[T], None]], None]) -> T:
    """Wait for what is told by a call, perhaps from another thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(said: T) -> None:
        loop.call_soon_threadsafe(arrived, said)

    def arrived(said: T) -> None:
        if not future.done():
            future.set_result(said)

    ask(tell)
    return await future


def client_of(session: Session) -> str:
    """The address of the client, also behind a proxy that says it; empty for a socket file."""
    said = session.proxy_data
    if said is not None and isinstance(said.src_addr, IPv4Address | IPv6Address):
        return str(said.src_addr)
    peer: Any = session.peer
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def change(envelope: Envelope, ending: Ending) -> None:
    """Do with an envelope what decisions ask for."""
    added = b"".join(b": ".join(written(each)).replace(b"\n", b"\r\n") + b"\r\n" for each in ending.headers)
    if added:
        content = envelope.original_content or b""
        for name, _ in ending.replaced:
            content = without(content, name)
        fill(envelope, added + content)
    left = [each for each in envelope.rcpt_tos if address_of(each) not in ending.removed]
    envelope.rcpt_tos[:] = [*left, *ending.added]


def fill(envelope: Envelope, content: bytes) -> None:
    """Let it carry this message, as text where the server decodes."""
    is_text = isinstance(envelope.content, str)
    envelope.original_content = content
    envelope.content = content.decode("utf-8", "surrogateescape") if is_text else content
