"""What the remote side is told: a code of SMTP, an enhanced status (RFC 3463), a text."""

from __future__ import annotations

from typing import Final

from attrs import evolve, field, frozen

from ..errors import InvalidValue

__all__ = ["LONGEST_TEXT", "Reply"]

LONGEST_TEXT: Final = 400
"""Octets of a text. A line of a reply has 510, and Postfix puts the address and some words before it."""


def one_line(text: str) -> str:
    """A text as it can stand in a reply: one line, no control characters, no lone surrogates, not too long.

    >>> one_line("Gone\\r\\n250 OK")
    'Gone 250 OK'
    """
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:  # as nearly all are
        return " ".join(text.split())
    printable = "".join(character if character.isprintable() else " " for character in text)
    plain = " ".join(printable.encode("utf-8", "replace").decode().split())
    while len(plain.encode()) > LONGEST_TEXT:
        plain = plain[: len(plain) * LONGEST_TEXT // len(plain.encode())].rstrip()
    return plain


@frozen
class Reply:
    """A reply to the remote side, which learns nothing of how the directory is made up.

    >>> reply = Reply(550, "5.1.1", "There is no such address here")
    >>> str(reply), reply.is_permanent
    ('550 5.1.1 There is no such address here', True)

    The text is made one line that SMTP can carry. InvalidValue where code and status say different
    things, or the text is empty: mail servers take such a reply for an acceptance, or for a broken server.
    """

    code: int
    status: str
    text: str = field(converter=one_line)

    def __attrs_post_init__(self) -> None:
        digit = str(self.code)[:1]
        if not (200 <= self.code <= 599 and digit in "245" and self.status.startswith(f"{digit}.")):
            raise InvalidValue(f"{self.code} {self.status}", "a code and a status of one class: 2, 4 or 5")
        if not self.text:
            raise InvalidValue(self.text, "a text")

    @property
    def is_permanent(self) -> bool:
        """Whether asking again is of no use."""
        return self.code >= 500

    def saying(self, text: str | None) -> Reply:
        """The same reply in other words; as it is where there are none to say."""
        words = one_line(text or "")
        return evolve(self, text=words) if words else self

    def __str__(self) -> str:
        return f"{self.code} {self.status} {self.text}"
