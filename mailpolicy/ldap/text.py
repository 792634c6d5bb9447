"""Bytes as text and back: UTF-8 where it is, `\\xx` where it is not.

DNs and filters write bytes that text cannot hold in the same way, a backslash and two hexadecimal
digits. Undecodable bytes of a source arrive here as surrogates (PEP 383) and leave as they came.
"""

from __future__ import annotations

import re

from ..errors import InvalidValue

__all__ = ["check_encodable", "decode", "encode", "hexadecimal", "unescape"]

_ESCAPE = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)


def check_encodable(text: str, error: type[InvalidValue]) -> None:
    """Raise `error` at a NUL, which is written as an escape, and at a surrogate that stands for no byte."""
    nul = text.find("\0")
    if nul >= 0:
        raise error(text, "no NUL character (written \\00)", nul)
    try:
        encode(text)
    except UnicodeEncodeError as problem:
        raise error(text, "characters that UTF-8 can encode", problem.start) from problem


def encode(text: str) -> bytes:
    """The bytes that `text` stands for, `decode` undone."""
    return text.encode("utf-8", "surrogateescape")


def decode(value: bytes) -> str:
    """Text in which every undecodable byte is a surrogate."""
    return value.decode("utf-8", "surrogateescape")


def unescape(text: str) -> bytes:
    """The bytes of `text`, in which a backslash stands before two digits or before a character as it is."""
    if "\\" not in text:
        return encode(text)
    return _ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode()) if len(found[1]) == 2 else found[1], encode(text)
    )


def hexadecimal(character: str) -> str:
    """The escape for one ASCII character, or for the byte that a surrogate stands for.

    >>> hexadecimal("*")
    '\\\\2a'
    """
    return f"\\{ord(character) & 0xFF:02x}"
