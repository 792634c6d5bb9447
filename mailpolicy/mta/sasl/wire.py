"""Lines of the Dovecot auth protocol: fields with tabs between them, and how a field can hold one."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escaped", "line", "unescaped"]

LETTERS: Final = {b"\x00": b"0", b"\x01": b"1", b"\t": b"t", b"\r": b"r", b"\n": b"n"}
MEANT: Final = {letter: byte for byte, letter in LETTERS.items()}

ODD: Final = re.compile(rb"[\x00\x01\t\r\n]")
PAIR: Final = re.compile(rb"\x01(.)", re.DOTALL)


def escaped(text: bytes) -> bytes:
    r"""A text as a field, without anything that would end it.

    >>> escaped(b"a\tb\nc")
    b'a\x01tb\x01nc'
    """
    return ODD.sub(lambda found: b"\x01" + LETTERS[found[0]], text)


def unescaped(field: bytes) -> bytes:
    r"""What a field says.

    >>> unescaped(b"a\x01tb")
    b'a\tb'
    """
    return PAIR.sub(lambda found: MEANT.get(found[1], found[1]), field)


def line(*fields: object) -> bytes:
    """A line of fields."""
    return b"\t".join(escaped(str(each).encode("utf-8", "replace")) for each in fields) + b"\n"
