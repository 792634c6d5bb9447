"""The index of one stored attribute: which rows have a value that meets a condition.

It answers exactly what trying the condition on each value would. One value is a look into the
postings; an order, a beginning, an end or a part within are looked up in what is made of the
postings when first asked for. Threads may ask at once: what two of them make is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from ..ldap.matching.conditions import Anything, Condition, Equals, HasParts, InOrder
from ..ldap.matching.forms import by_octets
from ..ldap.matching.rules import Order
from .rows import NONE, Rows
from .sorted_forms import FormPostings, Range, SortedForms, TextOfForms, backwards

__all__ = ["Cost", "ValueIndex", "Way"]

FEW: Final = 64
"""Up to so many different values each is tried: that is sooner done than putting them in order."""

FASTER: Final = 16
"""How many values are passed over in an order, or in a long text, while one is tried."""


class Way(StrEnum):
    """How an index finds the values that meet a condition."""

    EQUALITY = "equality"
    PRESENCE = "presence"
    ORDERING = "ordering"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    SUBSTRING = "substring"
    VALUES = "each value"


class Cost(NamedTuple):
    """What it takes to find rows, and how many there may be: estimates; the first decides."""

    tries: int
    """How much work, counted in values that could be tried in that time."""
    rows: int
    """How many rows would be found, at most as far as can be known without finding them."""


class ValueIndex:
    """Rows by the normal forms of the values they have for one stored attribute.

    >>> index = ValueIndex({b"ann": 0, b"anna": Rows.of([1, 3]), b"bob": 2})
    >>> list(index.rows(HasParts(b"an", (), b""))), list(index.rows(Equals(b"bob")))
    ([0, 1, 3], [2])
    """

    __slots__ = ("_postings", "_sorted", "_text")

    def __init__(self, postings: FormPostings) -> None:
        self._postings = postings
        self._sorted: dict[Order, SortedForms] = {}
        self._text: TextOfForms | None = None

    def __len__(self) -> int:
        """How many different values there are; those without a normal form count as one."""
        return len(self._postings)

    def way(self, condition: Condition) -> Way:
        """How the values that meet a condition are found."""
        match condition:
            case Equals():
                return Way.EQUALITY
            case Anything():
                return Way.PRESENCE
            case InOrder() if len(self) > FEW:
                return Way.ORDERING
            case HasParts() if len(self) > FEW:
                return way_of_parts(condition)
        return Way.VALUES

    def rows(self, condition: Condition) -> Rows:
        """The rows that have a value that meets a condition."""
        match condition:
            case Equals(wanted=wanted):
                posting = self._postings.get(wanted, NONE)
                return Rows.of((posting,)) if isinstance(posting, int) else posting
            case Anything():
                return Rows.union(self._postings.values())
            case InOrder() if len(self) > FEW:
                return self._in_order(condition)
            case HasParts() if len(self) > FEW:
                return self._with_parts(condition)
        passes = condition.passes
        return Rows.union([posting for form, posting in self._postings.items() if passes(form)])

    def cost(self, condition: Condition) -> Cost:
        """What finding the rows would cost: an estimate that builds nothing.

        What is put in order is put in order once, so it does not count.
        """
        way, values = self.way(condition), len(self)
        if isinstance(condition, Equals):
            posting = self._postings.get(condition.wanted, NONE)
            return Cost(1, 1 if isinstance(posting, int) else len(posting))
        return Cost(values if way is Way.VALUES else 1 + values // FASTER, values)

    def _in_order(self, condition: InOrder) -> Rows:
        forms = self._sorted_by(condition.order)
        return forms.rows(range_of(condition, forms))

    def _with_parts(self, condition: HasParts) -> Rows:
        way = way_of_parts(condition)
        if way is Way.SUBSTRING:
            part = max(condition.between, key=len)
            return self._passing(condition, self._text_of_forms().candidates(part))
        if way is Way.VALUES:
            return self._passing(condition, self._sorted_by(by_octets).forms)
        forms = self._sorted_by(by_octets if way is Way.PREFIX else backwards)
        part = condition.initial if way is Way.PREFIX else backwards(condition.final)
        found = forms.beginning(part)
        is_all = not condition.between and not (condition.initial and condition.final)
        return forms.rows(found) if is_all else self._passing(condition, forms.forms[found])

    def _passing(self, condition: Condition, forms: Iterable[bytes]) -> Rows:
        passes, postings = condition.passes, self._postings
        return Rows.union([postings[form] for form in forms if passes(form)])

    def _sorted_by(self, order: Order) -> SortedForms:
        forms = self._sorted.get(order)
        if forms is None:
            forms = self._sorted[order] = SortedForms(self._postings, order)
        return forms

    def _text_of_forms(self) -> TextOfForms:
        text = self._text
        if text is None:
            text = self._text = TextOfForms([form for form in self._postings if form is not None])
        return text


def way_of_parts(condition: HasParts) -> Way:
    """Look for the longest part: it tells most. Between equals, the outer ones are looked up sooner."""
    between = max(map(len, condition.between), default=0)
    longest = max(len(condition.initial), len(condition.final), between)
    if not longest:
        return Way.VALUES
    if longest == len(condition.initial):
        return Way.PREFIX
    return Way.SUFFIX if longest == len(condition.final) else Way.SUBSTRING


def range_of(condition: InOrder, forms: SortedForms) -> Range:
    return forms.at_least(condition.bound) if condition.at_least else forms.at_most(condition.bound)
