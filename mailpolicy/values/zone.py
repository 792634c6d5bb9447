"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import InvalidValue

__all__ = ["TimeZone", "time_zone"]

TimeZone = ZoneInfo


def time_zone(text: str) -> TimeZone:
    """The zone of an IANA name; `str()` gives the name back.

    >>> time_zone("Europe/Rome")
    zoneinfo.ZoneInfo(key='Europe/Rome')
    >>> time_zone("Rome")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'Rome': expected the IANA name of a time zone such as Europe/Rome
    """
    try:
        return ZoneInfo(text.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError: a path that leaves the database. OSError: a directory such as `Europe`.
        raise InvalidValue(text, "the IANA name of a time zone such as Europe/Rome") from None
