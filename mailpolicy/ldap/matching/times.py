"""Generalized time, in the one form that compares: `20260131235959.5Z` (RFC 4517, section 3.3.13).

OpenLDAP's reading, where it differs from the RFC: a fraction is always one of a second, even after
a time that stops at the hour.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["normal_time"]

_TIME = re.compile(
    rb"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?"
    rb"(?:[.,](?P<fraction>\d+))?"
    rb"(?:Z|(?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)?)"
)
_NORMAL = re.compile(rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ")
"""Times that are in normal form for certain: what servers write, on all but the last days of a month."""

_CYCLE = 400
"""Years after which the calendar repeats: any year is computed as one that `datetime` can hold."""


def normal_time(value: bytes) -> bytes | None:
    """The time in UTC with seconds, its fraction without final zeros; None if it is not a time.

    >>> normal_time(b"202601010030+0100"), normal_time(b"20260101000000.50Z"), normal_time(b"20260230")
    (b'20251231233000Z', b'20260101000000.5Z', None)
    """
    if _NORMAL.fullmatch(value):
        return value
    found = _TIME.fullmatch(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    east = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    if second > 60 or east >= timedelta(days=1) or int(found["minutes"] or 0) > 59:
        return None
    zone = timezone(-east if found["sign"] == b"-" else east)
    in_cycle = year % _CYCLE + 2000
    try:
        utc = datetime(in_cycle, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None
    year += utc.year - in_cycle
    if not 0 <= year <= 9999:
        return None
    fraction = (found["fraction"] or b"").rstrip(b"0").decode()
    return (f"{year:04}{utc:%m%d%H%M}{second:02}{'.' if fraction else ''}{fraction}Z").encode()
