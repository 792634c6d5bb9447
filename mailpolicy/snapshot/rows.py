"""Sets of row numbers: what an index leads to, and what is left of it when others have had their say.

A row is the place of an entry in a run of them, so a set of rows is a set of small numbers, and two forms
of it are cheap. A few rows among many are a sorted array: 4 bytes each. Many rows are a bitmap: an eighth
of a byte for each row up to the largest. Every result takes the smaller form, so equal sets have equal
forms. Where `pyroaring` is installed, `Rows` keeps them in its compressed bitmaps instead.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, islice, repeat
from operator import lt, not_
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .bitmap import bits_of, bits_of_many, bytes_of, flags_of, rows_of, rows_of_few

__all__ = ["NONE", "PlainRows", "Rows"]

T = TypeVar("T")

ROW_LIMIT: Final = 1 << 32
"""Every row is below this, as one in an array has 32 bits."""

DENSE: Final = 32
"""The bitmap is the smaller form when more than one row in 32 is set, as one in an array has 32 bits."""

FAR_LARGER: Final = 16
"""How many times larger an array is than the rows looked up in it when searching beats hashing it."""

SHOWN: Final = 4
"""How many rows `repr` shows."""


class PlainRows:
    """An immutable set of rows, which are numbers from 0 to below 2**32; without an argument, the empty set.

    >>> staff, active = PlainRows.of([7, 2, 300_000]), PlainRows.span(0, 1_000)
    >>> list(staff & active), list(staff - active), len(staff | active), 7 in staff
    ([2, 7], [300000], 1001, True)
    >>> PlainRows.of([2, 0]).pick(["Ann", "Bob", "Eve"])
    ['Ann', 'Eve']
    >>> active
    <1000 rows: 0, 1, 2, 3, …>
    """

    __slots__ = ("_form", "_length")

    _form: int | array[int]
    """A bitmap or the rows ascending."""

    def __init__(self) -> None:
        self._form = 0
        self._length = 0

    def __reduce__(self) -> tuple[Any, ...]:
        # As plain numbers: whoever reads the pickle may keep rows in another way.
        return restored, (array("I", self),)

    @classmethod
    def of(cls, rows: Iterable[int]) -> PlainRows:
        """Collect `rows`: in any order, and as often as they come.

        OverflowError: a number is negative, or 2**32 or more.
        """
        given = array("I", rows)
        if all(map(lt, given, islice(given, 1, None))):
            return _of_ascending(given)
        top = max(given)
        if _is_dense(len(given), top):
            return _of_bits(bits_of_many(given, top))
        return _of_ascending(array("I", sorted(set(given))))

    @classmethod
    def span(cls, start: int, stop: int) -> PlainRows:
        """Give all rows from `start` to below `stop`; none where `stop` is not larger.

        OverflowError: a row among them would be negative, or 2**32 or more.
        """
        if stop <= start:
            return cls()
        if start < 0 or stop > ROW_LIMIT:
            raise OverflowError(f"rows are numbers from 0 to {ROW_LIMIT - 1}, not {start} to {stop - 1}")
        length = stop - start
        if _is_dense(length, stop - 1):
            return _made(((1 << length) - 1) << start, length)
        return _made(array("I", range(start, stop)), length)

    @classmethod
    def union(cls, many: Iterable[PlainRows | int]) -> PlainRows:
        """Unite sets and single rows; however many there are, each is looked at once.

        OverflowError: a number is negative, or 2**32 or more.
        """
        bits, loose = 0, array("I")
        for some in many:
            if isinstance(some, int):
                loose.append(some)
            elif isinstance(some._form, int):
                bits |= some._form
            else:
                loose.extend(some._form)
        return _of_bits(bits) | cls.of(loose)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, row: int) -> bool:
        """Say whether `row` is here; in a large set that copies up to an eighth of a byte per row."""
        if isinstance(self._form, int):
            return row >= 0 and bool(self._form >> row & 1)
        place = bisect_left(self._form, row)
        return place < self._length and self._form[place] == row

    def __iter__(self) -> Iterator[int]:
        """Go through the rows, ascending."""
        return rows_of(self._form) if isinstance(self._form, int) else iter(self._form)

    def __repr__(self) -> str:
        shown = [str(row) for row in islice(self, SHOWN)] + ["…"] * (self._length > SHOWN)
        return f"<{self._length} rows: {', '.join(shown)}>" if shown else "<0 rows>"

    def __eq__(self, other: object) -> bool:
        return self._form == other._form if isinstance(other, PlainRows) else NotImplemented

    def __and__(self, other: PlainRows) -> PlainRows:
        if isinstance(self._form, int) and isinstance(other._form, int):
            return _of_bits(self._form & other._form)
        asked, asker = self._by_ease_of_asking(other)
        return _of_ascending(array("I", compress(asker, asked._marks(asker))))

    def __or__(self, other: PlainRows) -> PlainRows:
        if not self._length or not other._length:
            return self if self._length else other
        # Not by way of a bitmap that would be too large for what is in it.
        if _is_dense(self._length + other._length, max(self._top(), other._top())):
            return _of_bits(self._bits() | other._bits())
        return PlainRows.of(chain(self, other))

    def __sub__(self, other: PlainRows) -> PlainRows:
        if isinstance(self._form, int):
            return _of_bits(self._form & ~other._bits(below=self._form.bit_length()))
        elsewhere = chain(map(not_, other._marks(self._form)), repeat(True))
        return _of_ascending(array("I", compress(self._form, elsewhere)))

    def isdisjoint(self, other: PlainRows) -> bool:
        """Say whether no row is in both."""
        if isinstance(self._form, int) and isinstance(other._form, int):
            return not self._form & other._form
        asked, asker = self._by_ease_of_asking(other)
        return not any(asked._marks(asker))

    def pick(self, items: Sequence[T]) -> list[T]:
        """Give the items at these rows, in the order of the rows.

        IndexError: there is no item at the largest row.
        """
        if not isinstance(self._form, int):
            return [items[row] for row in self._form]
        if self._form.bit_length() > len(items):
            raise IndexError(f"no item {self._form.bit_length() - 1} among {len(items)}")
        return list(compress(items, flags_of(self._form)))

    def _top(self) -> int:
        """Give the largest row, of which there must be one."""
        return self._form.bit_length() - 1 if isinstance(self._form, int) else self._form[-1]

    def _bits(self, below: int = ROW_LIMIT) -> int:
        """Give the rows as a bitmap; those from `below` on may be missing."""
        if isinstance(self._form, int):
            return self._form
        rows = self._form[: bisect_left(self._form, below)]
        return bits_of(rows, rows[-1]) if rows else 0

    def _by_ease_of_asking(self, other: PlainRows) -> tuple[PlainRows, array[int]]:
        """Tell of two sets, not both bitmaps, which to ask and for which rows, so that these are few."""
        few, many = sorted((self, other), key=lambda rows: (isinstance(rows._form, int), rows._length))
        assert not isinstance(few._form, int)
        return many, few._form

    def _marks(self, rows: array[int]) -> Iterable[object]:
        """Mark each of `rows`, ascending, as here or not; those beyond the largest may get no mark."""
        if isinstance(self._form, int):
            octets = bytes_of(self._form)
            within = rows[: bisect_left(rows, self._form.bit_length())]
            return (octets[row >> 3] >> (row & 7) & 1 for row in within)
        if self._length > FAR_LARGER * len(rows):
            return map(self.__contains__, rows)
        return map(set(self._form).__contains__, rows)


def _is_dense(length: int, top: int) -> bool:
    return length * DENSE > top


def _made(form: int | array[int], length: int) -> PlainRows:
    rows = PlainRows()
    rows._form, rows._length = form, length
    return rows


def _of_bits(bits: int) -> PlainRows:
    length = bits.bit_count()
    dense = not bits or _is_dense(length, bits.bit_length() - 1)
    return _made(bits if dense else rows_of_few(bits), length)


def _of_ascending(rows: array[int]) -> PlainRows:
    """Keep `rows`, which are ascending, without repetition, and nobody else's."""
    if not rows:
        return PlainRows()
    length, top = len(rows), rows[-1]
    return _made(bits_of_many(rows, top) if _is_dense(length, top) else rows, length)


if TYPE_CHECKING:
    Rows = PlainRows
else:
    try:
        from .roaring import RoaringRows as Rows
    except ImportError:
        Rows = PlainRows


def restored(rows: array[int]) -> Rows:
    """Give pickled rows in the form of whoever reads them."""
    return Rows.of(rows)


NONE: Final = Rows()
"""The empty set."""
