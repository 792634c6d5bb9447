"""Who we are to an LDAP server, without ever showing the password."""

from __future__ import annotations

import os
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Self

from attrs import field, frozen

from ..errors import InvalidValue, Unavailable

__all__ = ["Bind"]

Secret = str | bytes | Callable[[], str | bytes]


class Concealed:
    """A password that is told when it is asked for, and shown by nothing that only looks."""

    __slots__ = ("_told",)

    def __init__(self, secret: Secret) -> None:
        # In a closure and not as an attribute: `attrs.asdict`, debuggers and dumps go through attributes.
        self._told = secret if callable(secret) else lambda: secret

    def __call__(self) -> bytes:
        told = self._told()
        return told.encode() if isinstance(told, str) else told

    def __repr__(self) -> str:
        return "…"


def concealed(secret: Secret | None) -> Concealed | None:
    return secret if secret is None or isinstance(secret, Concealed) else Concealed(secret)


@frozen
class Bind:
    """A name and a password to bind with; or `Bind.external()`, who the connection says we are.

    The password may be a function that gives it; then it is asked at each connection, so that a new one
    counts without a restart. It appears in no repr, no message and no log.

    >>> Bind("cn=policy,o=mail", "secret")
    Bind(dn='cn=policy,o=mail', password=…)
    """

    dn: str = ""
    password: Concealed | None = field(default=None, converter=concealed)
    mechanism: str = field(default="simple", repr=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.mechanism == "simple" and self.dn and self.password is None:
            raise InvalidValue(self.dn, "a password to this name; without one a bind is anonymous")

    @classmethod
    def external(cls) -> Self:
        """Let the connection say who we are: the user on the other end of `ldapi://`, a TLS certificate."""
        return cls(mechanism="EXTERNAL")

    @classmethod
    def from_file(cls, dn: str, path: str | PathLike[str]) -> Self:
        """Read the password from a file at each connection; a line break at its end does not belong to it."""
        return cls(dn, lambda: password_in(Path(path)))

    @classmethod
    def from_environment(cls, dn: str, variable: str = "MAILPOLICY_PASSWORD") -> Self:
        """Take the password from an environment variable."""
        return cls(dn, lambda: password_of(variable))

    def secret(self) -> bytes:
        """The password as it goes over the wire; for those who bind."""
        given = self.password() if self.password is not None else b""
        if not given:
            # A simple bind with a name and without a password is no error but anonymous (RFC 4513 5.1.2).
            raise Unavailable(self.dn or "the password", why="has an empty password")
        return given


def password_in(path: Path) -> bytes:
    try:
        return path.read_bytes().rstrip(b"\r\n")
    except OSError as problem:
        raise Unavailable(str(path), why=f"cannot be read: {problem.strerror or problem}") from problem


def password_of(variable: str) -> str:
    try:
        return os.environ[variable]
    except KeyError:
        raise Unavailable(f"the environment variable {variable}", why="is not set") from None
