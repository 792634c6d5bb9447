"""What stands in MAIL and RCPT: a path, and parameters of extensions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["address_of", "is_utf8", "size_of"]

MOST_DIGITS: Final = 20
"""Of SIZE= (RFC 1870)."""


def address_of(path: str) -> str:
    """The address in angle brackets, empty for the null sender; a local part keeps its quotes.

    >>> address_of("<john@acme.example>"), address_of("<>")
    ('john@acme.example', '')
    """
    return path.strip().removeprefix("<").removesuffix(">")


def is_utf8(parameters: Iterable[str]) -> bool:
    """Whether the client reads replies beyond ASCII (RFC 6531).

    >>> is_utf8(["SIZE=1024", "smtputf8"])
    True
    """
    return any(each.upper() == "SMTPUTF8" for each in parameters)


def size_of(parameters: Iterable[str]) -> int:
    """What SIZE= says, 0 where it says nothing.

    >>> size_of(["BODY=8BITMIME", "SIZE=1024"])
    1024
    """
    for each in parameters:
        name, _, value = each.partition("=")
        if name.upper() == "SIZE" and value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS:
            return int(value)
    return 0
