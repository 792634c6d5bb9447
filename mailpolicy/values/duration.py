"""Lengths of time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from ..errors import InvalidValue

__all__ = ["Duration"]

EXPECTED: Final = "a duration such as 30d, 12h, 15m, 90s or 500ms"

UNITS: Final = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
"""Longest first. Weeks are read but never printed: the deployed servers do not know them."""

READ_UNITS: Final = {**UNITS, "": UNITS["s"], "w": timedelta(weeks=1)}

SHAPE: Final = re.compile(r"\s*(?P<number>[0-9]+)(?P<unit>[A-Za-z]*)\s*")
LONGEST_NUMBER: Final = 20


class Duration(timedelta):
    """A length of time, never negative and in whole milliseconds.

    It is a `timedelta`, so that adding it to a `datetime` needs no conversion, and prints
    as the text a mail directory stores.

    >>> Duration("30d") == timedelta(days=30)
    True
    >>> print(Duration("90m"), Duration("3600"), Duration("2w"))
    90m 1h 14d
    >>> Duration("1.5h")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '1.5h' at character 1: expected a duration such as 30d, 12h, ...

    A bare number counts seconds, also as an int. Signs, fractions and unknown units are InvalidValue.
    """

    __slots__ = ()

    def __new__(cls, value: str | int | timedelta = 0) -> Duration:
        if isinstance(value, Duration):
            return value
        span = value if isinstance(value, timedelta) else span_of(str(value))
        if span < timedelta(0):
            raise InvalidValue(timedelta.__str__(span), "a duration of zero or more")
        if span.microseconds % 1000:
            raise InvalidValue(timedelta.__str__(span), "a duration in whole milliseconds")
        return timedelta.__new__(cls, span.days, span.seconds, span.microseconds)

    def __str__(self) -> str:
        """The text in the largest unit that divides it."""
        if not self:
            return "0s"
        return next(f"{self // unit}{name}" for name, unit in UNITS.items() if not self % unit)

    def __repr__(self) -> str:
        return f"Duration({str(self)!r})"

    def __reduce__(self) -> tuple[type[Duration], tuple[str]]:
        return Duration, (str(self),)


def span_of(text: str) -> timedelta:
    found = SHAPE.match(text)
    if found is None:
        raise InvalidValue(text, EXPECTED, position=len(text) - len(text.lstrip()))
    unit = READ_UNITS.get(found["unit"])
    if unit is None:
        raise InvalidValue(text, EXPECTED, position=found.start("unit"))
    if found.end() != len(text):
        raise InvalidValue(text, EXPECTED, position=found.end())
    try:
        return int(found["number"].lstrip("0")[:LONGEST_NUMBER] or "0") * unit
    except OverflowError:
        raise InvalidValue(text, "a duration below a billion days", position=found.start("number")) from None
