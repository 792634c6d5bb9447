"""Sets of rows in compressed bitmaps, where the package `pyroaring` is installed.

The interface is that of `PlainRows`, which says what everything means.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from pyroaring import FrozenBitMap

__all__ = ["RoaringRows"]

T = TypeVar("T")

ROW_LIMIT: Final = 1 << 32
SHOWN: Final = 4


class RoaringRows:
    """An immutable set of rows, which are numbers from 0 to below 2**32; without an argument, the empty set.

    >>> staff, active = RoaringRows.of([7, 2, 300_000]), RoaringRows.span(0, 1_000)
    >>> list(staff & active), list(staff - active), len(staff | active), 7 in staff
    ([2, 7], [300000], 1001, True)
    """

    __slots__ = ("_map",)

    def __init__(self) -> None:
        self._map = EMPTY

    @classmethod
    def of(cls, rows: Iterable[int]) -> RoaringRows:
        """Collect `rows`: in any order, and as often as they come.

        OverflowError: a number is negative, or 2**32 or more.
        """
        return _made(FrozenBitMap(array("I", rows)))

    @classmethod
    def span(cls, start: int, stop: int) -> RoaringRows:
        """Give all rows from `start` to below `stop`; none where `stop` is not larger.

        OverflowError: a row among them would be negative, or 2**32 or more.
        """
        if stop <= start:
            return cls()
        if start < 0 or stop > ROW_LIMIT:
            raise OverflowError(f"rows are numbers from 0 to {ROW_LIMIT - 1}, not {start} to {stop - 1}")
        return _made(FrozenBitMap(range(start, stop)))

    @classmethod
    def union(cls, many: Iterable[RoaringRows | int]) -> RoaringRows:
        """Unite sets and single rows; however many there are, each is looked at once.

        OverflowError: a number is negative, or 2**32 or more.
        """
        maps, loose = [], array("I")
        for some in many:
            if isinstance(some, int):
                loose.append(some)
            else:
                maps.append(some._map)
        return _made(FrozenBitMap(loose).union(*maps))

    def __reduce__(self) -> tuple[Any, ...]:
        # As plain numbers: whoever reads the pickle may do without this module.
        from .rows import restored

        return restored, (array("I", self),)

    def __len__(self) -> int:
        return len(self._map)

    def __contains__(self, row: int) -> bool:
        return 0 <= row < ROW_LIMIT and row in self._map

    def __iter__(self) -> Iterator[int]:
        """Go through the rows, ascending."""
        return iter(self._map)

    def __repr__(self) -> str:
        shown = [str(row) for row in islice(self, SHOWN)] + ["…"] * (len(self) > SHOWN)
        return f"<{len(self)} rows: {', '.join(shown)}>" if shown else "<0 rows>"

    def __eq__(self, other: object) -> bool:
        return self._map == other._map if isinstance(other, RoaringRows) else NotImplemented

    def __and__(self, other: RoaringRows) -> RoaringRows:
        return _made(self._map & other._map)

    def __or__(self, other: RoaringRows) -> RoaringRows:
        return _made(self._map | other._map)

    def __sub__(self, other: RoaringRows) -> RoaringRows:
        return _made(self._map - other._map)

    def isdisjoint(self, other: RoaringRows) -> bool:
        """Say whether no row is in both."""
        return self._map.isdisjoint(other._map)

    def pick(self, items: Sequence[T]) -> list[T]:
        """Give the items at these rows, in the order of the rows.

        IndexError: there is no item at the largest row.
        """
        return [items[row] for row in self._map.to_array()]


def _made(bits: FrozenBitMap) -> RoaringRows:
    rows = RoaringRows()
    rows._map = bits
    return rows


EMPTY: Final = FrozenBitMap()
