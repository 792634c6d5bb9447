"""What happened in a window of time, and how much that makes."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from math import inf
from typing import Final

__all__ = ["Events"]

FEW: Final = 64
"""Forgotten events that may stay before the rest is moved to the front."""


class Events:
    """Events of one counter in the order of their times: 16 bytes each, and the sum is always at hand.

    >>> events = Events()
    >>> for at in (1.0, 2.0, 3.0):
    ...     events.add(at, 10)
    >>> events.forget(2.0)
    >>> events.total, list(events)
    (10, [(3.0, 10)])
    """

    __slots__ = ("_amounts", "_begin", "_times", "total")

    def __init__(self) -> None:
        self.total = 0
        self._begin = 0
        self._times = array("d")
        self._amounts = array("q")

    def add(self, at: float, amount: int) -> None:
        """Count an event; one that is told late finds its place."""
        self.total += amount
        times = self._times
        if len(times) > self._begin and at < times[-1]:
            place = bisect_right(times, at, self._begin)
            times.insert(place, at)
            self._amounts.insert(place, amount)
        else:
            times.append(at)
            self._amounts.append(amount)

    def forget(self, until: float, ahead: float = inf) -> None:
        """Forget the events of that moment and before, and those after `ahead`: a clock was wrong then."""
        times, amounts, begin = self._times, self._amounts, self._begin
        while len(times) > begin and times[-1] > ahead:
            times.pop()
            self.total -= amounts.pop()
        end = len(times)
        while begin < end and times[begin] <= until:
            self.total -= amounts[begin]
            begin += 1
        if begin == end or (begin > FEW and begin * 2 > end):
            del times[:begin], amounts[:begin]
            begin = 0
        self._begin = begin

    def __iter__(self) -> Iterator[tuple[float, int]]:
        yield from zip(self._times[self._begin :], self._amounts[self._begin :], strict=True)

    def __bool__(self) -> bool:
        return len(self._times) > self._begin
