"""Many texts or numbers as one run of bytes, and back: what a section of a cache is made of.

Taking one large thing apart is what Python does fast; reading a hundred thousand small ones is not.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, count, pairwise
from typing import Literal

__all__ = ["numbers_in", "packed_numbers", "packed_texts", "parts", "texts_in"]


def packed_texts(texts: Sequence[str]) -> bytes:
    """Texts, each behind the same character, which is in none of them; in UTF-8.

    >>> packed_texts(["cn=a", "cn=b"])
    b'\\ncn=a\\ncn=b'
    """
    joined = "".join(texts)
    free = "\n" if "\n" not in joined else next(sign for sign in map(chr, count()) if sign not in joined)
    # Bytes that are not UTF-8 are surrogates in a text, and have to come back as such.
    return "".join([free + text for text in texts]).encode("utf-8", "surrogatepass")


def texts_in(packed: bytes | memoryview) -> list[str]:
    """The texts again.

    >>> texts_in(b"\\ncn=a\\ncn=b"), texts_in(b"\\n"), texts_in(b"")
    (['cn=a', 'cn=b'], [''], [])
    """
    text = str(packed, "utf-8", "surrogatepass")
    return text[1:].split(text[0]) if text else []


def packed_numbers(numbers: Iterable[int], width: Literal["I", "Q"] = "I") -> bytes:
    """Numbers from 0 on, in four bytes each or in eight (`Q`), the lowest byte first.

    OverflowError: a number is negative, or has no room.
    """
    row = array(width, numbers)
    if sys.byteorder == "big":
        row.byteswap()
    return row.tobytes()


def numbers_in(packed: bytes | memoryview, width: Literal["I", "Q"] = "I") -> array[int]:
    """The numbers again."""
    row = array(width)
    row.frombytes(packed)
    if sys.byteorder == "big":
        row.byteswap()
    return row


def parts(lengths: Iterable[int], start: int = 0) -> Iterator[tuple[int, int]]:
    """Where each of several things begins and ends that stand one behind the other."""
    return pairwise(accumulate(lengths, initial=start))
