"""Amounts of storage, in bytes."""

from __future__ import annotations

import re
from fractions import Fraction
from operator import index
from typing import ClassVar, Final

from ..errors import InvalidValue

__all__ = ["Size"]

EXPECTED: Final = "a size such as 10 MiB, 1.5 GiB, 10M or unlimited"

LARGEST: Final = 2**63 - 1
"""What a signed 64-bit integer holds, which is how mail servers store sizes."""

BINARY: Final = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "EiB": 2**60}
DECIMAL: Final = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15, "EB": 10**18}

PRINTED: Final = {**BINARY, **DECIMAL, "B": 1}
"""In order of preference among texts of equal length."""

# A bare letter is a power of 1024: that is how Carbonio and Zimbra read `10M`.
UNITS: Final = {
    "": 1,
    "b": 1,
    **{unit.lower(): factor for unit, factor in (BINARY | DECIMAL).items()},
    **{unit[0].lower(): factor for unit, factor in BINARY.items()},
}

SHAPE: Final = re.compile(r"\s*(?P<number>[0-9]+(?:\.[0-9]+)?)[ \t]*(?P<unit>[A-Za-z]*)")
LONGEST_NUMBER: Final = 40
"""Digits worth reading: a longer number is no size, and Python is slow to convert one."""


class Size(int):
    """An amount of storage in bytes; it compares and adds like the integer it is.

    "No limit" is the largest size there is, so that `min` and `<` need no special case.
    `10M` and `10 MiB` are binary, as the mail server reads them; `10 MB` is decimal, as SI says.

    >>> Size("10M") == Size("10 MiB") == 10 * 2**20
    True
    >>> Size("10 MB")
    Size('10 MB')
    >>> min(Size("1.5 GiB"), Size.UNLIMITED)
    Size('1.5 GiB')
    >>> Size("5GB?")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '5GB?' at character 3: expected a size such as 10 MiB, ...

    Units are read in any case. A fraction must come out as whole bytes; negative sizes and
    sizes beyond 2**63-1 are InvalidValue.
    """

    __slots__ = ()

    UNLIMITED: ClassVar[Size]

    def __new__(cls, value: int | str = 0) -> Size:
        if isinstance(value, Size):
            return value
        size = bytes_of(value) if isinstance(value, str) else index(value)
        if not 0 <= size <= LARGEST:
            raise InvalidValue(str(value), "a size from 0 to 2**63-1 bytes")
        return int.__new__(cls, size)

    @property
    def is_unlimited(self) -> bool:
        return self == LARGEST

    def __str__(self) -> str:
        """The shortest text that gives exactly this size back."""
        if self.is_unlimited:
            return "unlimited"
        texts = [exact_text(self, unit, factor) for unit, factor in PRINTED.items() if factor <= self]
        return min(filter(None, texts), key=len, default="0 B")

    def __repr__(self) -> str:
        return f"Size({str(self)!r})"


Size.UNLIMITED = Size(LARGEST)


def bytes_of(text: str) -> int:
    if text.strip().lower() == "unlimited":
        return LARGEST
    found = SHAPE.match(text)
    if found is None:
        raise InvalidValue(text, EXPECTED, position=len(text) - len(text.lstrip()))
    factor = UNITS.get(found["unit"].lower())
    if factor is None:
        raise InvalidValue(text, EXPECTED, position=found.start("unit"))
    rest = text[found.end() :]
    if rest.strip():
        raise InvalidValue(text, EXPECTED, position=len(text) - len(rest.lstrip()))
    if len(found["number"]) > LONGEST_NUMBER:
        raise InvalidValue(text, "a size from 0 to 2**63-1 bytes", position=found.start("number"))
    size = Fraction(found["number"]) * factor
    if size.denominator != 1:
        raise InvalidValue(text, "a size that comes out as whole bytes", position=found.start("number"))
    return size.numerator


def exact_text(size: int, unit: str, factor: int) -> str | None:
    """`size` in `unit` with at most three decimals, or None if that would not be exact."""
    thousandths, rest = divmod(size * 1000, factor)
    if rest:
        return None
    number = f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip(".")
    return f"{number} {unit}"
