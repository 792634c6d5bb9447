"""The control of results in pages (RFC 2696), as servers send it."""

from __future__ import annotations

from .ber import OCTETS, SEQUENCE, check_end, field, whole

__all__ = ["paged_results"]

INTEGER = 0x02


def paged_results(value: bytes) -> bytes:
    """The cookie to ask for the next page with, empty after the last one. Raises MalformedControl.

    >>> paged_results(bytes.fromhex("3007 020100 0402 6162"))
    b'ab'
    """
    start, end = whole(value, SEQUENCE)
    _, start = field(value, start, end, INTEGER)  # how many there are, which servers only guess
    start, after = field(value, start, end, OCTETS)
    check_end(after, end)
    return value[start:after]
