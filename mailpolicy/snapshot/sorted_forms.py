"""Normal forms put so that many of them are found at once: in an order, or in one long text.

Both are made of postings when a search first needs them, as they are of no use to whoever asks for one
value. Of other postings that hardly differ, they still tell all but the forms that do.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import accumulate, chain
from typing import Any, TypeAlias

from ..ldap.matching.forms import by_octets
from ..ldap.matching.rules import Order
from .rows import Rows

__all__ = ["FormPostings", "Range", "SortedForms", "TextOfForms", "backwards"]

FormPostings: TypeAlias = Mapping[bytes | None, int | Rows]
"""The rows that have a value of each normal form; under None those of values without one."""

Range: TypeAlias = slice
"""Which of the forms in an order, all one after the other."""


def backwards(form: bytes) -> bytes:
    """Sorts as the form does when read from its end, which puts side by side what ends alike."""
    return form[::-1]


class SortedForms:
    """Normal forms in an order, and the rows in the same order: those of a range are one slice.

    A form that has no place in the order is left out.
    """

    __slots__ = ("_left_out", "_rows", "_starts", "forms", "keys")

    forms: Sequence[bytes]
    """The forms in order."""
    keys: Sequence[Any]
    """What each form is sorted by."""

    def __init__(self, postings: FormPostings, order: Order) -> None:
        normal = [form for form in postings if form is not None]
        if order is by_octets:
            self.forms = self.keys = sorted(normal)
        else:
            keys = [order(form) for form in normal]
            placed = [number for number, key in enumerate(keys) if key is not None]
            placed.sort(key=keys.__getitem__)
            self.keys = [keys[number] for number in placed]
            self.forms = [normal[number] for number in placed]
        rows, starts = array("I"), array("I", [0])
        for form in self.forms:
            posting = postings[form]
            if isinstance(posting, int):
                rows.append(posting)
            else:
                rows.extend(posting)
            starts.append(len(rows))
        self._rows, self._starts = rows, starts
        self._left_out = array("I")

    def without(self, forms: Iterable[bytes | None], order: Order) -> SortedForms:
        """The same order; `rows` gives no rows of these forms any more. Nothing is sorted for that."""
        numbers = {number for form in forms if form is not None for number in self._numbers(form, order)}
        after = copy(self)
        after._left_out = array("I", sorted(numbers.union(self._left_out)))
        return after

    def _numbers(self, form: bytes, order: Order) -> Iterator[int]:
        """Where a form stands; it is one of those with its key."""
        key = order(form)
        if key is not None:
            start, stop = bisect_left(self.keys, key), bisect_right(self.keys, key)
            yield from (number for number in range(start, stop) if self.forms[number] == form)

    def at_least(self, bound: Any) -> Range:
        """The forms at or after a bound."""
        return slice(bisect_left(self.keys, bound), len(self.keys))

    def at_most(self, bound: Any) -> Range:
        """The forms at or before a bound."""
        return slice(0, bisect_right(self.keys, bound))

    def beginning(self, part: bytes) -> Range:
        """The forms whose key, octets, begins with a part."""
        start, after = bisect_left(self.keys, part), after_all(part)
        return slice(start, len(self.keys) if after is None else bisect_left(self.keys, after, start))

    def rows(self, range: Range) -> Rows:
        """The rows of a range of forms, but of those left out."""
        left_out, found, start = self._left_out, array("I"), range.start
        for number in left_out[bisect_left(left_out, start) : bisect_left(left_out, range.stop)]:
            found += self._rows[self._starts[start] : self._starts[number]]
            start = number + 1
        return Rows.of(found + self._rows[self._starts[start] : self._starts[range.stop]])


def after_all(part: bytes) -> bytes | None:
    """The first octets in order after all that begin with `part`; None where nothing comes after them.

    >>> after_all(b"ab"), after_all(b"a" + bytes([255])), after_all(b"")
    (b'ac', b'b', None)
    """
    kept = part.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else None


class TextOfForms:
    """Normal forms one after the other, to be searched as one text."""

    __slots__ = ("_forms", "_starts", "_text")

    def __init__(self, forms: Sequence[bytes]) -> None:
        self._forms = forms
        self._text = b"".join(forms)
        self._starts = array("I", chain([0], accumulate(map(len, forms))))

    def candidates(self, part: bytes) -> Iterator[bytes]:
        """Every form that has a part, which is not empty; and some in which it only begins.

        Nothing stands between the forms, as there are no octets that a form may not have.
        """
        text, starts = self._text, self._starts
        place = text.find(part)
        while place >= 0:
            number = bisect_right(starts, place) - 1
            yield self._forms[number]
            place = text.find(part, starts[number + 1])
