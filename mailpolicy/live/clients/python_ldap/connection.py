"""One connection of libldap: its requests and their answers, bounded in time, and its end.

The functions of python-ldap's C module are called directly. The methods around them cost a quarter of the
time of a sweep, and write passwords to stderr where PYTHON_LDAP_TRACE_LEVEL is set.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final, Never, TypeAlias

import ldap
from attrs import define, field

from ....errors import MailPolicyError, Unavailable
from ..refusals import CONNECTION, Kinds, Refusal, refused

__all__ = ["Connection", "Control", "Message"]

Control: TypeAlias = tuple[str, bool, bytes | None]
"""Its OID, whether it is critical, its value."""

Message: TypeAlias = tuple[int, list[Any], int, list[Control]]
"""What result4 gives: the type, what came, the number of the request, and the controls of its end."""

ONE, ALL = 0, 1
LIMITS: Final = (3, 4, 11)
"""The codes of an answer that is cut short: by time, by size, or as the administrator wants it."""
LOCAL: Final = {ldap.TIMEOUT.errnum: "has not answered in time", ldap.SERVER_DOWN.errnum: "has hung up"}
"""What libldap finds out by itself; it has negative codes for that."""


@define
class Connection:
    """A handle of libldap, and the socket that it uses, so that any thread can cut it."""

    url: str
    wire: Any
    """What python-ldap calls an LDAPObject of its C module. It must not be entered by two threads at once."""
    timeout: float
    socket: socket.socket | None = None
    _over: str = ""
    """Why it is of no more use. It stays so: libldap is not to connect again, as nobody."""
    _closed: bool = field(default=False, init=False)

    def send(self, request: Callable[..., int], *arguments: object) -> int:
        """Send a request and give its number."""
        self._check()
        try:
            return request(*arguments)
        except ldap.LDAPError as error:
            self.fail(error)

    def next(self, number: int, seconds: float | None = None) -> Message:
        """The next message that answers a request. Raises ldap.LDAPError where it refuses."""
        self._check()
        result: Message = self.wire.result4(number, ONE, self.timeout if seconds is None else seconds, 1, 1)
        return result

    def answer(
        self, request: Callable[..., int], *arguments: object, dn: str = "", to: Kinds = CONNECTION
    ) -> tuple[Any, ...]:
        """The one answer to a request. Raises what `refused` makes `to` it of any but success."""
        number = self.send(request, *arguments)
        try:
            whole: tuple[Any, ...] = self.wire.result4(number, ALL, self.timeout, 0, 0, 1)
        except ldap.LDAPError as error:
            self.fail(error, dn, to=to)
        return whole

    def abandon(self, number: int) -> None:
        """Tell the server that nobody listens to this any more."""
        if not self._over:
            with contextlib.suppress(ldap.LDAPError):
                self.wire.abandon_ext(number)

    def fail(self, error: ldap.LDAPError, dn: str = "", *, to: Kinds = CONNECTION, given: int = 0) -> Never:
        """Raise what the error of libldap means."""
        raise self.meaning(error, dn, to=to, given=given) from None

    def meaning(
        self, error: ldap.LDAPError, dn: str = "", *, to: Kinds = CONNECTION, given: int = 0
    ) -> MailPolicyError:
        """What the error of libldap means, after so many entries were `given`."""
        code, said = code_of(error), said_by(error)
        if code >= 0:
            problem = refused(Refusal(self.url, code, said, dn), to)
            if code in LIMITS and isinstance(problem, Unavailable):
                problem.why += f"; it gave {given} entries"
            return problem
        why = self._over or LOCAL.get(code) or f"is not understood: {said or type(error).__name__}"
        self.cut(why)
        return Unavailable(self.url, why=why)

    def _check(self) -> None:
        if self._over:
            raise Unavailable(self.url, why=self._over)

    def cut(self, why: str) -> None:
        """End it under whoever waits for it, from any thread. The first reason given counts."""
        self._over = self._over or why
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye, and give both descriptors back; may be called again."""
        if self._closed:
            return
        self._closed, self._over = True, self._over or "was disconnected by us"
        with contextlib.suppress(ldap.LDAPError):
            self.wire.unbind_ext()
        if self.socket is not None:
            self.socket.close()


def code_of(error: ldap.LDAPError) -> int:
    # A handle that is closed has an error without a number.
    return int(getattr(type(error), "errnum", ldap.LOCAL_ERROR.errnum))


def said_by(error: ldap.LDAPError) -> str:
    """The words of the server, or of libldap: never what was sent."""
    told: Sequence[Any] = error.args
    words = told[0].get("info", "") if told and isinstance(told[0], dict) else ""
    return " ".join(str(words).split())
