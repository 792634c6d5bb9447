"""Rows as the bits of one Python integer: bit 5 is set when row 5 is among them.

Python counts, joins and intersects such integers in passes of 30 bits at a time, but reading or setting a
single bit copies them whole. So what goes through the bits one by one does it on the bytes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from itertools import compress, count

__all__ = ["bits_of", "bits_of_many", "bytes_of", "flags_of", "rows_of", "rows_of_few"]

BITS_SET = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
"""The places of the bits that are set in each byte."""

FLAGS = bytes.maketrans(b"01", b"\x00\x01")
NOT_ZERO = re.compile(rb"[^\x00]")
ONE = ord("1")


def bits_of(rows: array[int], top: int) -> int:
    """Set the bits of `rows`, of which `top` is the largest: cheap for few of them."""
    bits = bytearray((top >> 3) + 1)
    for row in rows:
        bits[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(bits, "little")


def bits_of_many(rows: array[int], top: int) -> int:
    """Do as `bits_of`, at a quarter of its price per row, but writing a digit for each row up to `top`."""
    digits = bytearray(b"0") * (top + 1)
    for row in rows:
        digits[row] = ONE
    digits.reverse()
    return int(digits, 2)


def bytes_of(bits: int) -> bytes:
    """Give the bits eight by eight, from the lowest."""
    return bits.to_bytes((bits.bit_length() + 7) >> 3, "little")


def flags_of(bits: int) -> bytes:
    """Give a byte for each row up to the largest: 1 where it is set, else 0."""
    return format(bits, "b").encode().translate(FLAGS)[::-1]


def rows_of(bits: int) -> Iterator[int]:
    """Go through the rows that are set, ascending."""
    octets = bytes_of(bits)
    return _rows_at(compress(count(), octets), octets)


def rows_of_few(bits: int) -> array[int]:
    """Give the rows that are set, ascending: a search skips the zeros between them."""
    octets = bytes_of(bits)
    return array("I", _rows_at((found.start() for found in NOT_ZERO.finditer(octets)), octets))


def _rows_at(places: Iterable[int], octets: bytes) -> Iterator[int]:
    return ((place << 3) + bit for place in places for bit in BITS_SET[octets[place]])
