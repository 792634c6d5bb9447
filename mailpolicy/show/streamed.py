"""JSON in pieces: what may be long is an iterator, and each of its items is written as it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

__all__ = ["json_pieces"]


def json_pieces(value: object, *, is_unicode: bool) -> Iterator[str]:
    """The text of a JSON value, in which iterators become arrays.

    >>> print("".join(json_pieces({"even": (2 * each for each in range(2))}, is_unicode=True)))
    {
      "even": [
        0,
        2
      ]
    }
    """
    return Encoder(indent=2, ensure_ascii=not is_unicode).iterencode(value)


class Encoder(json.JSONEncoder):
    def default(self, value: object) -> object:
        return Streamed(value) if isinstance(value, Iterator) else super().default(value)


class Streamed(list[Any]):
    """An iterator that the encoder of the standard library takes for a list; nothing of it is kept.

    That encoder asks whether there are items, and then goes through them once.
    """

    def __init__(self, items: Iterator[Any]) -> None:
        self._first = [*islice(items, 1)]
        self._rest = items

    def __bool__(self) -> bool:
        return bool(self._first)

    def __iter__(self) -> Iterator[Any]:
        return chain(self._first, self._rest)
