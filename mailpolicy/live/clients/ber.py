"""The values of controls, read element by element (BER as RFC 4511 section 5.1 restricts it).

Positions in the bytes and no objects, for controls come with every entry. Lengths may be short or long; the
indefinite form is none in LDAP.
"""

from __future__ import annotations

__all__ = ["OCTETS", "SEQUENCE", "MalformedControl", "check_end", "field", "whole"]

OCTETS, SEQUENCE = 0x04, 0x30


class MalformedControl(ValueError):
    """Bytes that are not what its RFC says; the message tells what should stand where."""


def whole(value: bytes, tag: int) -> tuple[int, int]:
    """Where the content starts and ends of the one thing that `value` is."""
    start, end = field(value, 0, len(value), tag)
    check_end(end, len(value))
    return start, end


def field(value: bytes, position: int, end: int, tag: int) -> tuple[int, int]:
    """Where the content starts and ends of what stands at `position`, inside of what ends at `end`."""
    start = position + 2
    if start > end or value[position] != tag:
        raise MalformedControl(f"expected the tag {tag:02x} at byte {position}")
    length = value[position + 1]
    if length >= 0x80:
        start += length & 0x7F
        if length == 0x80 or start > end:
            raise MalformedControl(f"expected a length at byte {position + 1}")
        length = int.from_bytes(value[position + 2 : start], "big")
    if start + length > end:
        raise MalformedControl(f"expected {length} bytes from byte {start}, and there are {end - start}")
    return start, start + length


def check_end(position: int, end: int) -> None:
    """Refuse whatever stands behind what was read."""
    if position != end:
        raise MalformedControl(f"expected nothing more from byte {position}")
