"""Texts in order, and the places they lead to: the first few places among those of all that begin alike.

Sorting texts puts those that begin alike side by side, but their places are in no order there, and a
letter alone has thousands of them. So runs of 64, 512, 4,096 … neighbours are kept with their places in
order as well. Any range is made of a few such runs and some neighbours at its ends, and the
first places of the whole are among the first of each. What is found first does not have to wait for the rest.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["Beginnings"]

SMALLEST: Final = 64
"""How many neighbours the smallest run has; of fewer all places are looked at."""
GROWTH: Final = 8
"""How many runs make one of the next size."""

LAST: Final = "\U0010ffff"
"""Comes after everything that goes on; it is no character, and no text has it."""


class Beginnings:
    """Texts by how they begin.

    >>> texts = Beginnings([("doe", 0), ("john", 0), ("dove", 1), ("doe", 2)])
    >>> texts.first(texts.beginning("do"), 2), texts.first(texts.equal("doe"), 9)
    ([0, 1], [0, 2])
    """

    __slots__ = ("_places", "_runs", "_texts")

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Take texts with their places."""
        given = list(pairs)
        given.sort()
        self._texts = [text for text, _ in given]
        self._places = array("I", [place for _, place in given])
        self._runs: list[tuple[int, Sequence[Sequence[int]]]] = []
        size = SMALLEST
        while size <= len(given):
            whole = range(0, len(given) - size + 1, size)
            runs = [array("I", sorted(set(self._places[start : start + size]))) for start in whole]
            self._runs.append((size, runs))
            size *= GROWTH

    def beginning(self, part: str) -> range:
        """The numbers of the texts that begin with a part."""
        start = bisect_left(self._texts, part)
        return range(start, bisect_left(self._texts, part + LAST, start))

    def equal(self, text: str) -> range:
        """The numbers of the texts that are the same."""
        start = bisect_left(self._texts, text)
        return range(start, bisect_right(self._texts, text, start))

    def places(self, numbers: range) -> set[int]:
        """All places of these texts."""
        return set(self._places[numbers.start : numbers.stop])

    def first(self, numbers: range, limit: int) -> list[int]:
        """The first places of these texts, ascending, each once."""
        runs, loose = self._cut(numbers)
        found: set[int] = set()
        bound = None
        for run in runs:
            if bound is None and len(run) > limit:
                bound = run[limit]
            found.update(
                run[:limit] if bound is None else run[: bisect_left(run, bound, 0, min(limit, len(run)))]
            )
        for some in loose:
            found.update(some if bound is None else [place for place in some if place < bound])
        return sorted(found)[:limit]

    def _cut(self, numbers: range) -> tuple[list[Sequence[int]], list[Sequence[int]]]:
        """Cut a range into runs, the largest first, and what is left over at both ends."""
        start, stop = numbers.start, numbers.stop
        ends: list[Sequence[int]] = []
        cut: list[Sequence[int]] = []
        size, runs = 1, None
        for larger, larger_runs in [*self._runs, (0, ())]:
            inner = larger and -(-start // larger) * larger
            outer = larger and stop // larger * larger
            if not larger or inner >= outer:
                inner = outer = stop
            for left, right in ((start, inner), (outer, stop)):
                if runs is None:
                    ends.append(self._places[left:right])
                else:
                    cut += runs[left // size : right // size]
            if inner >= outer:
                break
            start, stop, size, runs = inner, outer, larger, larger_runs
        return cut[::-1], ends
