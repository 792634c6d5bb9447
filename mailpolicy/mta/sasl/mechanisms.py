"""PLAIN (RFC 4616) and LOGIN: what the client says, step by step, until there are a name and a password."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from attrs import field, frozen

__all__ = ["MECHANISMS", "Credentials", "Login", "Malformed", "Mechanism", "Plain", "Prompt"]


class Malformed(Exception):
    """What the client says is not what the mechanism wants."""


@frozen
class Prompt:
    """The client is to say more."""

    text: bytes


@frozen
class Credentials:
    """Who somebody says she is, her password, and for whom she wants to act if not for herself."""

    login: str
    password: bytes = field(repr=False)
    acting_for: str = ""


class Mechanism(Protocol):
    """One exchange. `hear` is told what the client says, None at the beginning where it says nothing yet."""

    def hear(self, response: bytes | None) -> Prompt | Credentials:
        """Take in what the client says. Malformed where it makes no sense."""
        ...


class Plain:
    """All in one: for whom to act, who it is, the password, with NUL between them."""

    def hear(self, response: bytes | None) -> Prompt | Credentials:
        """Ask once where nothing came along."""
        if response is None:
            return Prompt(b"")
        parts = response.split(b"\0")
        if len(parts) != 3:
            raise Malformed
        acting_for, login, password = parts
        return Credentials(name(login), password, name(acting_for) if acting_for else "")


class Login:
    """A prompt for the name and one for the password; the name may come along at once."""

    def __init__(self) -> None:
        self._login: str | None = None

    def hear(self, response: bytes | None) -> Prompt | Credentials:
        """Ask for the name, then for the password."""
        if response is None:
            return Prompt(b"Username:")
        if self._login is None:
            self._login = name(response)
            return Prompt(b"Password:")
        return Credentials(self._login, response)


def name(said: bytes) -> str:
    """A name as text; Malformed where it is none, or has characters in it that nobody sees."""
    try:
        text = said.decode()
    except UnicodeDecodeError:
        raise Malformed from None
    if not text or not text.isprintable():
        raise Malformed
    return text


MECHANISMS: Final[Mapping[str, type[Plain] | type[Login]]] = MappingProxyType(
    {"PLAIN": Plain, "LOGIN": Login}
)
"""By name. Both send the password as it is: they are for encrypted connections."""
