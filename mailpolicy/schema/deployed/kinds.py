"""How the types of the attribute tables are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from ...errors import InvalidValue
from ...values import Duration, Size
from .. import kinds
from ..codec import Codec, One
from ..several import Joined, Many
from ..stored import NAMED_ADDRESS
from ..words import exactly
from .table import Attribute

__all__ = ["BYTE_COUNT", "BYTE_LIMIT", "SPAN", "attribute_codec"]


def parse_span(text: str) -> Duration:
    """A duration as the server reads it: no weeks, no space before the unit."""
    if not re.fullmatch(r"[0-9]+(ms|s|m|h|d)?", text):
        raise InvalidValue(text, "a duration such as 30d, 12h, 15m, 90s or 500ms")
    return Duration(text)


SPAN: Final = kinds.duration(parse_span)


def show_bytes(size: Size) -> str:
    return str(int(size))


def show_limit(size: Size) -> str:
    return "0" if size.is_unlimited else show_bytes(size)


BYTE_COUNT: Final = kinds.sized(Size, show=show_bytes)
BYTE_LIMIT: Final = kinds.limit(show_limit)
"""Written in bytes, because other programs of the server read no units; read with units all the same."""

ACE: Final = "zimbraACE"


@cache
def number(least: int | None, most: int | None) -> One[int]:
    return kinds.whole(least, most)


@cache
def text(most: int | None, pattern: str | None) -> One[str]:
    return kinds.string(most, pattern)


BY_TYPE: Final[dict[str, Callable[[Attribute], One[Any]]]] = {
    "boolean": lambda row: kinds.BOOLEAN,
    "integer": lambda row: number(row.least, row.most),
    "long": lambda row: number(row.least, row.most),
    "port": lambda row: number(0, 65535),
    "duration": lambda row: SPAN,
    "gentime": lambda row: kinds.MOMENT,
    "email": lambda row: kinds.ADDRESS,
    "emailp": lambda row: NAMED_ADDRESS,
    "enum": lambda row: exactly(row.choices),
    "binary": lambda row: kinds.BYTES,
    "certificate": lambda row: kinds.BYTES,
}
"""The types that are more than text."""


def attribute_codec(row: Attribute) -> Codec[Any]:
    """How the values of an attribute are read that is asked for by its LDAP name."""
    if row.type == "cs_emailp":
        return Joined(NAMED_ADDRESS)
    if row.name == ACE:
        return Many(kinds.GRANT, line_by_line=True)
    item = BY_TYPE[row.type](row) if row.type in BY_TYPE else text(row.most, row.pattern)
    return Many(item) if row.multiple else item
