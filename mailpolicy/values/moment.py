"""Moments as a directory writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from ..errors import InvalidValue

__all__ = ["generalized_time", "moment"]

EXPECTED: Final = "a moment such as 20261231235959Z"

SHAPE: Final = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?"
    r"(?:[.,](?P<fraction>\d+))?"
    r"(?:Z|(?P<sign>[+-])(?P<zone_hour>\d\d)(?P<zone_minute>\d\d)?)",
    re.ASCII,
)


WHOLE: Final = tuple(name for name in SHAPE.groupindex if name not in ("fraction", "sign"))
"""The parts that are whole numbers."""


def moment(text: str) -> datetime:
    """The moment that a generalized time names (RFC 4517 section 3.3.13), in UTC.

    A fraction belongs to the smallest unit given; a leap second is the second after it.

    >>> moment("20261231235959Z")
    datetime.datetime(2026, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
    >>> moment("2026123123.5+0100").isoformat()
    '2026-12-31T22:30:00+00:00'
    >>> moment("2026-12-31")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '2026-12-31': expected a moment such as 20261231235959Z
    """
    found = SHAPE.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(text, EXPECTED)
    part = {name: int(found[name]) for name in WHOLE if found[name]}
    smallest = "seconds" if "second" in part else "minutes" if "minute" in part else "hours"
    fraction = float(f"0.{found['fraction'] or 0}")
    offset = timedelta(hours=part.get("zone_hour", 0), minutes=part.get("zone_minute", 0))
    second = part.get("second", 0)
    leap = second == 60
    try:
        start = datetime(
            part["year"], part["month"], part["day"], part["hour"], part.get("minute", 0), second - leap,
            tzinfo=timezone(-offset if found["sign"] == "-" else offset),
        )  # fmt: skip
        return (start + timedelta(seconds=leap) + timedelta(**{smallest: fraction})).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValue(text, EXPECTED) from None


def generalized_time(time: datetime) -> str:
    """The moment as the directory stores it, in UTC; milliseconds only where there are any.

    >>> generalized_time(datetime(2026, 1, 1, 12, tzinfo=UTC))
    '20260101120000Z'
    """
    utc = time.astimezone(UTC)
    milliseconds = utc.microsecond // 1000
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{utc.year:04}{utc:%m%d%H%M%S}{fraction}Z"
