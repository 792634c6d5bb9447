"""Colours of a theme."""

from __future__ import annotations

import re
from typing import Final

from ..errors import InvalidValue

__all__ = ["HexColor"]

SHAPE: Final = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


class HexColor(str):
    """A colour as `#RRGGBB`, upper case; the short form of three digits is doubled, as in CSS.

    >>> HexColor("2b73d2"), HexColor("#fa0")
    (HexColor('#2B73D2'), HexColor('#FFAA00'))
    >>> HexColor("blue")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'blue': expected a colour such as #2B73D2
    """

    __slots__ = ()

    def __new__(cls, text: str) -> HexColor:
        found = SHAPE.fullmatch(text.strip())
        if found is None:
            raise InvalidValue(text, "a colour such as #2B73D2")
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return str.__new__(cls, f"#{digits.upper()}")

    def __repr__(self) -> str:
        return f"HexColor({str(self)!r})"
