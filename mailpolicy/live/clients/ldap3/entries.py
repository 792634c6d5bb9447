"""Entries from BER (RFC 4511 sections 4.1 and 4.5.2): nearly all that a server ever sends.

ldap3 makes a tuple of every element first, and libldap looks through the message once for each attribute.
This goes through it once, with positions in the bytes and no objects but those that are wanted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ....ldap.text import decode
from ...backend import Found

__all__ = ["Read", "entry_in"]

INTEGER, OCTETS, SEQUENCE, SET = 0x02, 0x04, 0x30, 0x31
SEARCH_ENTRY, CONTROLS = 0x64, 0xA0
LONG: Final = 0x80
"""From here on the first byte of a length says how many bytes of length follow (X.690 section 8.1.3)."""

Read = tuple[int, Found, dict[str, bytes]]
"""The number of the request, the entry, and the values of its controls by OID."""


def entry_in(message: bytes) -> Read | None:
    """Read a whole message that is an entry; None where it is something else.

    ValueError where the bytes are not what they have to be.

    >>> entry_in(bytes.fromhex("3016 020107 6411 0403613d62 300a 3008 040161 3103 040162"))
    (7, ('a=b', {'a': [b'b']}), {})
    """
    try:
        start, end = field(message, 0, SEQUENCE)
        start, after = field(message, start, INTEGER)
        if message[after] != SEARCH_ENTRY:
            return None
        number = int.from_bytes(message[start:after], "big")
        start, last = field(message, after, SEARCH_ENTRY)
        start, after = field(message, start, OCTETS)
        name = decode(message[start:after])
        start, after = field(message, after, SEQUENCE)
        attributes = attributes_in(message, start, after)
        controls = controls_in(message, last, end) if last < end else {}
        # A length that points outside would have led past all of these.
        if after != last or last > end or end != len(message):
            raise ValueError("a message whose parts do not end where it does")
    except IndexError as error:
        raise ValueError("a message that is cut short") from error
    return number, (name, attributes), controls


def field(message: bytes, position: int, tag: int) -> tuple[int, int]:
    """Where the content starts and ends of what stands at `position`."""
    if message[position] != tag:
        raise ValueError(f"expected the tag {tag:02x} at byte {position}")
    length = message[position + 1]
    start = position + 2
    if length >= LONG:
        start += length - LONG
        length = int.from_bytes(message[position + 2 : start], "big")
    return start, start + length


def attributes_in(message: bytes, position: int, end: int) -> dict[str, list[bytes]]:
    """The attributes that stand there. Written out, as an entry has dozens of these and few others."""
    found: dict[str, list[bytes]] = {}
    while position < end:
        if message[position] != SEQUENCE:
            raise ValueError(f"expected an attribute at byte {position}")
        length = message[position + 1]
        position += 2 if length < LONG else 2 + length - LONG
        if message[position] != OCTETS:
            raise ValueError(f"expected the name of an attribute at byte {position}")
        start = position + 2
        length = message[position + 1]
        if length >= LONG:
            start, position = field(message, position, OCTETS)
        else:
            position = start + length
        name = spelled(message[start:position])
        if message[position] != SET:
            raise ValueError(f"expected values at byte {position}")
        length = message[position + 1]
        position += 2
        if length >= LONG:
            start, position = position, position + length - LONG
            length = int.from_bytes(message[start:position], "big")
        stop = position + length
        values = found[name] = []
        while position < stop:
            length = message[position + 1]
            start = position + 2
            if message[position] != OCTETS or length >= LONG:
                start, position = field(message, position, OCTETS)
            else:
                position = start + length
            values.append(message[start:position])
        if position != stop:
            raise ValueError(f"expected the end of an attribute at byte {stop}")
    if position != end:
        raise ValueError(f"expected the end of the entry at byte {end}")
    return found


@lru_cache(maxsize=4096)
def spelled(description: bytes) -> str:
    """The description of an attribute: few, and every entry has them again."""
    return decode(description)


def controls_in(message: bytes, position: int, end: int) -> dict[str, bytes]:
    """The values of the controls that stand there, nothing for one without."""
    found: dict[str, bytes] = {}
    position, last = field(message, position, CONTROLS)
    while position < last:
        position, stop = field(message, position, SEQUENCE)
        start, position = field(message, position, OCTETS)
        name, value = spelled(message[start:position]), b""
        while position < stop:
            start = position
            tag = message[position]
            start, position = field(message, position, tag)
            if tag == OCTETS:
                value = message[start:position]
        found[name] = value
    if position != last or last != end:
        raise ValueError(f"expected the end of the controls at byte {end}")
    return found
