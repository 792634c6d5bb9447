"""Logins of Postfix and Exim: the protocol that clients speak with Dovecot's auth server, version 1.

The server greets with its mechanisms; each `AUTH` of the client begins an exchange with a number, and is
answered with that number by `CONT` (say more), `OK` or `FAIL`. Several may be under way at once, and are
answered as they come to their ends.

`FAIL` is a no for Postfix even where it says `temp`. So where nobody can tell, the connection is dropped:
that becomes a 454, and the client tries again later instead of asking for another password.
"""

from __future__ import annotations

import binascii
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Final

from attrs import define

from ...decision.replies import LOGIN_REFUSED
from ..session import Outlet, ProtocolError
from .gate import Admission, Attempt, Gate
from .mechanisms import MECHANISMS, Credentials, Malformed, Mechanism, Prompt
from .proof import Proof
from .wire import line, unescaped

__all__ = ["SaslSession"]

LONGEST_LINE: Final = 16_384
MOST_AT_ONCE: Final = 256
LARGEST_NUMBER: Final = 2**32 - 1

VERSION: Final = "1"
CONNECTIONS: Final = count(1)


@define
class Exchange:
    """One login under way: what was said of it at the beginning, and how far it is."""

    mechanism: Mechanism
    said: Mapping[str, str]
    is_judged: bool = False


class SaslSession:
    """One connection of a mail server that has logins to check."""

    def __init__(self, outlet: Outlet, gate: Gate) -> None:
        self._outlet = outlet
        self._gate = gate
        self._buffer = bytearray()
        self._exchanges: dict[int, Exchange] = {}
        self._greeted = self._ending = self._gone = False
        outlet.send(
            b"".join(
                (
                    line("VERSION", VERSION, "2"),
                    *(line("MECH", name, "plaintext") for name in MECHANISMS),
                    line("SPID", os.getpid()),
                    line("CUID", next(CONNECTIONS)),
                    line("COOKIE", secrets.token_hex(16)),
                    line("DONE"),
                )
            )
        )

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived; ProtocolError where it is not the protocol."""
        if self._gone:
            return
        self._buffer += chunk
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        for each in lines:
            if len(each) > LONGEST_LINE:
                raise ProtocolError("a line is too long")
            if self._gone:
                return
            self._hear(bytes(each))
        if len(rest) > LONGEST_LINE:
            raise ProtocolError("a line is too long")

    def at_end(self) -> None:
        """Answer what is being judged, then close; who has more to say for a login will not say it."""
        self._ending = True
        self._exchanges = {number: each for number, each in self._exchanges.items() if each.is_judged}
        self._close_if_over()

    def lost(self) -> None:
        """Answer nobody any more."""
        self._gone = True
        self._exchanges.clear()
        self._buffer.clear()

    @property
    def is_busy(self) -> bool:
        """Whether logins are under way."""
        return bool(self._exchanges)

    # What the client says

    def _hear(self, said: bytes) -> None:
        command, *fields = said.split(b"\t")
        if command == b"VERSION":
            if fields[:1] != [VERSION.encode()]:
                raise ProtocolError("another version of the protocol")
            self._greeted = True
        elif not self._greeted:
            raise ProtocolError("no version comes first")
        elif command == b"AUTH":
            self._begin(fields)
        elif command == b"CONT":
            if len(fields) != 2:
                raise ProtocolError("CONT is followed by a number and a response")
            exchange = self._exchanges.get(number := numbered(fields))
            # One that failed or was given up may be continued by who has not heard of it yet.
            if exchange is not None and not exchange.is_judged:
                self._go_on(number, exchange, fields[1])
        elif command == b"CANCEL":
            self._exchanges.pop(numbered(fields), None)
        elif command != b"CPID":
            raise ProtocolError("an unknown command")

    def _begin(self, fields: list[bytes]) -> None:
        number = numbered(fields)
        if len(fields) < 2:
            raise ProtocolError("AUTH is followed by a number and a mechanism")
        if number in self._exchanges:
            raise ProtocolError("a number is taken already")
        if len(self._exchanges) >= MOST_AT_ONCE:
            raise ProtocolError("too many logins at once")
        said = dict(map(parameter, fields[2:]))
        mechanism = MECHANISMS.get(fields[1].decode("ascii", "replace").upper())
        if mechanism is None:
            self._refuse(number, "", "This way to log in is not known here")
            return
        exchange = self._exchanges[number] = Exchange(mechanism(), said)
        self._go_on(number, exchange, said["resp"].encode() if "resp" in said else None)

    def _go_on(self, number: int, exchange: Exchange, response: bytes | None) -> None:
        try:
            step = exchange.mechanism.hear(None if response is None else decoded(response))
        except Malformed:
            self._refuse(number, "", LOGIN_REFUSED.text)
            return
        if isinstance(step, Prompt):
            self._outlet.send(line("CONT", number, b64encode(step.text).decode()))
            return
        exchange.is_judged = True
        self._gate.admit(attempt_of(step, exchange.said), partial(self._judged, number, exchange, step.login))

    # What it is told

    def _judged(self, number: int, exchange: Exchange, login: str, admission: Admission) -> None:
        # Given up, or its number has been given to another since.
        if self._exchanges.get(number) is not exchange:
            return
        if admission.proof is Proof.YES:
            del self._exchanges[number]
            self._outlet.send(line("OK", number, f"user={admission.user}"))
        elif admission.proof is Proof.NO:
            self._refuse(number, login, admission.text)
        else:
            self.lost()
            # Postfix finds out that a connection was closed only by writing to it twice, and would tell the
            # next who logs in, too, to try again later.
            self._outlet.abort()
            return
        self._close_if_over()

    def _refuse(self, number: int, login: str, text: str) -> None:
        self._exchanges.pop(number, None)
        user = (f"user={login}",) if login else ()
        self._outlet.send(line("FAIL", number, *user, f"reason={text}"))

    def _close_if_over(self) -> None:
        if self._ending and not self._exchanges and not self._gone:
            self._gone = True
            self._outlet.close()


def numbered(fields: list[bytes]) -> int:
    """The number of an exchange, which comes first."""
    digits = fields[0] if fields else b""
    if not (digits.isdigit() and len(digits) <= 10 and int(digits) <= LARGEST_NUMBER):
        raise ProtocolError("no number of a login")
    return int(digits)


def parameter(field: bytes) -> tuple[str, str]:
    """A parameter of AUTH; one without a value is on."""
    name, _, value = field.partition(b"=")
    return name.decode("utf-8", "replace"), unescaped(value).decode("utf-8", "replace")


def decoded(response: bytes) -> bytes:
    """What a response says. Malformed where it is no base64."""
    try:
        return b64decode(response, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None


def attempt_of(said: Credentials, parameters: Mapping[str, str]) -> Attempt:
    """An attempt to log in, of what the client says and what the mail server says of it."""
    return Attempt(
        login=said.login,
        password=said.password,
        acting_for=said.acting_for,
        service=parameters.get("service", "smtp").lower(),
        client=parameters.get("rip", ""),
        secure="secured" in parameters,
        host=parameters.get("local_name", ""),
    )
