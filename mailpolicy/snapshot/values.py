"""The index of one stored attribute: which rows have a value that meets a condition.

It answers exactly what trying the condition on each value would. One value is a look into the
postings; an order, a beginning, an end or a part within are looked up in what is made of the
postings when first asked for. Threads may ask at once: what two of them make is the same.

When some values change, what has been put in order stays as it is, and the few forms that differ
stand before it as an index of their own, until they are too many.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from ..ldap.matching.conditions import Anything, Condition, Equals, HasParts, InOrder
from ..ldap.matching.forms import by_octets
from ..ldap.matching.rules import Order
from .postings import Postings
from .rows import NONE, Rows
from .sorted_forms import FormPostings, Range, SortedForms, TextOfForms, backwards

__all__ = ["Cost", "ValueIndex", "Way"]

FEW: Final = 64
"""Up to so many different values each is tried: that is sooner done than putting them in order."""

FEW_CHANGED: Final = 8
"""What is in order is put in order anew when more than one form in so many has changed since."""

FASTER: Final = 16
"""How many values are passed over in an order, or in a long text, while one is tried."""

FormRows: TypeAlias = Iterable[tuple[bytes | None, int]]
"""Normal forms, each with a row that has it."""


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


class ValueIndex(Postings[bytes | None]):
    """Rows by the normal forms of the values they have for one stored attribute.

    >>> index = ValueIndex({b"ann": 0, b"anna": Rows.of([1, 3]), b"bob": 2})
    >>> list(index.rows(HasParts(b"an", (), b""))), list(index.rows(Equals(b"bob")))
    ([0, 1, 3], [2])
    """

    __slots__ = ("_changed", "_changed_forms", "_sorted", "_text")

    def __init__(self, postings: FormPostings) -> None:
        super().__init__(postings)
        self._sorted: dict[Order, SortedForms] = {}
        self._text: TextOfForms | None = None
        self._changed_forms: frozenset[bytes | None] = frozenset()
        self._changed: ValueIndex | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Without what is in order: that can be made again.
        return ValueIndex, (self.by_key,)

    def changed(self, lost: FormRows, gained: FormRows) -> ValueIndex:
        """Give the index without the pairs lost and with those gained; itself if there are none."""
        lost, gained = tuple(lost), tuple(gained)
        postings = super().changed(lost, gained)
        if postings is self:
            return self
        after = ValueIndex(postings.by_key)
        after._take_over(self, frozenset(form for form, _ in (*lost, *gained)))
        return after

    def _take_over(self, before: ValueIndex, differing: frozenset[bytes | None]) -> None:
        """Keep what another index has put in order, where few forms differ."""
        orders, text = before._sorted.copy(), before._text
        changed = before._changed_forms | differing
        if (not orders and text is None) or len(changed) * FEW_CHANGED > len(self):
            return
        self._sorted = {order: forms.without(differing, order) for order, forms in orders.items()}
        self._text = text
        self._changed_forms = changed
        self._changed = ValueIndex({form: self.by_key[form] for form in changed if form in self.by_key})

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
                posting = self.by_key.get(wanted, NONE)
                return Rows.of((posting,)) if isinstance(posting, int) else posting
            case Anything():
                return Rows.union(self.by_key.values())
            case InOrder() if len(self) > FEW:
                return self._with_changed(self._in_order(condition), condition)
            case HasParts() if len(self) > FEW:
                return self._with_changed(self._with_parts(condition), condition)
        passes = condition.passes
        return Rows.union([posting for form, posting in self.by_key.items() if passes(form)])

    def cost(self, condition: Condition) -> Cost:
        """What finding the rows would cost: an estimate that builds nothing.

        What is put in order is put in order once, so it does not count.
        """
        way, values = self.way(condition), len(self)
        if isinstance(condition, Equals):
            posting = self.by_key.get(condition.wanted, NONE)
            return Cost(1, 1 if isinstance(posting, int) else len(posting))
        return Cost(values if way is Way.VALUES else 1 + values // FASTER, values)

    def _with_changed(self, unchanged: Rows, condition: Condition) -> Rows:
        return unchanged if self._changed is None else unchanged | self._changed.rows(condition)

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
        passes, postings, changed = condition.passes, self.by_key, self._changed_forms
        return Rows.union([postings[form] for form in forms if form not in changed and passes(form)])

    def _sorted_by(self, order: Order) -> SortedForms:
        forms = self._sorted.get(order)
        if forms is None:
            forms = self._sorted[order] = SortedForms(self.by_key, order)
        return forms

    def _text_of_forms(self) -> TextOfForms:
        text = self._text
        if text is None:
            text = self._text = TextOfForms([form for form in self.by_key if form is not None])
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
