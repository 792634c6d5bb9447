"""Filters answered by indexes: the cheapest first, and what is left is tried on the few entries left.

For each part of a filter an index gives the rows it holds for, or else it bounds them: some rows
certainly are among them, and others possibly. Only those in between are read and tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import field, frozen

from ..ldap.definitions import Definitions
from ..ldap.filter import Filter
from ..ldap.matching import Matcher, compile_filter
from ..ldap.matching.assertions import HasSubordinates
from ..snapshot.rows import NONE, Rows
from ..snapshot.segment import Segment
from .lookup import Lookup
from .outcomes import AnyOf, EveryOf, Node, asks_tree, read, text_of
from .plan import LEFT_TO_TEST, SearchPlan, SearchStep
from .weigh import Weighed, weighed

__all__ = ["Bounds", "Query"]

TEST: Final = 4
"""Trying a simple filter on an entry takes as long as trying so many values: the entry has to be read."""


class Bounds(NamedTuple):
    """Rows for which a filter is certainly true, and all for which it possibly is."""

    certain: Rows
    possible: Rows

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left to be tested."""
        return self.certain is self.possible or len(self.certain) == len(self.possible)

    def behind(self, others: Bounds, hidden: Rows) -> Bounds:
        """These with some hidden by others that stand before them."""
        certain = (self.certain - hidden) | others.certain
        if self.is_exact and others.is_exact:
            return Bounds(certain, certain)
        return Bounds(certain, (self.possible - hidden) | others.possible)


@frozen(eq=False)
class Query:
    """A filter, read once, to be answered in any number of segments.

    `has_subordinates` tells of an entry whether there are others below it, as for `compile_filter`.

    >>> from mailpolicy.ldap.dn import DN
    >>> from mailpolicy.ldap.entry import Entry
    >>> definitions = Definitions.standard()
    >>> query = Query(Filter.parse("(&(mail=*@acme.example)(cn:caseExactMatch:=Ann))"), definitions)
    >>> query.matches(Entry(DN("cn=Ann"), {"mail": (b"ann@acme.example",), "cn": (b"Ann",)}, definitions))
    True
    """

    filter: Filter
    definitions: Definitions
    has_subordinates: HasSubordinates | None = None
    _wanted: Node = field(init=False)
    _compiled: list[Matcher] = field(init=False, factory=list)

    @_wanted.default
    def _read(self) -> Node:
        return read(self.filter, self.definitions, self.has_subordinates)

    def __reduce__(self) -> tuple[Any, ...]:
        # What it has been compiled into are functions, which are made again.
        return Query, (self.filter, self.definitions, self.has_subordinates)

    @property
    def asks_tree(self) -> bool:
        """Whether it depends on what stands below an entry, and so on more than that entry."""
        return asks_tree(self._wanted, self.definitions)

    @property
    def matches(self) -> Matcher:
        """The filter as a function of an entry; compiled when it is needed, which it often is not."""
        if not self._compiled:
            compiled = compile_filter(self.filter, self.definitions, has_subordinates=self.has_subordinates)
            self._compiled.append(compiled)
        return self._compiled[0]

    def rows(self, segment: Segment, within: Rows | None = None) -> Rows:
        """The rows of the segment, or of those `within` it, for which the filter is true."""
        return self._tested(segment, self.bounds(segment, within))

    def bounds(
        self, segment: Segment, within: Rows | None = None, steps: list[SearchStep] | None = None
    ) -> Bounds:
        """What the indexes know; `matches` decides about entries that are possible but not certain.

        That is for who wants the first few only, and may stop before all are tested. What is done is
        noted in `steps`, where somebody wants to know.
        """
        among = segment.rows if within is None else within
        return _Search(segment, steps).bounds(weighed(self._wanted, segment), among)

    def explain(self, segment: Segment, within: Rows | None = None) -> SearchPlan:
        """Answer the filter, and say how that was done."""
        steps: list[SearchStep] = []
        bounds = self.bounds(segment, within, steps)
        return SearchPlan(
            str(self.filter),
            tuple(steps),
            entries=len(segment.rows if within is None else within),
            tested=len(bounds.possible) - len(bounds.certain),
            found=len(self._tested(segment, bounds)),
        )

    def _tested(self, segment: Segment, bounds: Bounds) -> Rows:
        if bounds.is_exact:
            return bounds.certain
        at, matches = segment.at, self.matches
        open_rows = bounds.possible - bounds.certain
        found = [row for row in open_rows if (entry := at(row)) is not None and matches(entry)]
        return bounds.certain | Rows.of(found)


class _Search(NamedTuple):
    """One answer from one segment; the steps are noted where somebody wants to know them."""

    segment: Segment
    steps: list[SearchStep] | None

    def bounds(self, part: Weighed, among: Rows, depth: int = 0) -> Bounds:
        """The rows of one part, of those that the parts before it have left."""
        if len(among) * TEST * part.clauses <= part.cost.tries:
            self._note(depth, text_of(part.node), LEFT_TO_TEST if among else "no entry left", len(among))
            return Bounds(NONE, among)
        if part.lookup is not None:
            return self._looked_up(part.lookup, among, depth)
        match part.node:
            case EveryOf():
                return self._combined("all of these", self._every, part, among, depth)
            case AnyOf():
                return self._combined("any of these", self._any, part, among, depth)
        self._note(depth, text_of(part.node), "undefined", 0)
        return Bounds(NONE, NONE)

    def _looked_up(self, lookup: Lookup, among: Rows, depth: int) -> Bounds:
        made = lookup.missing if self.steps is not None else ()
        rows = lookup.rows()
        if self.steps is not None:
            self._note(depth, text_of(lookup.asked), lookup.description(made), len(rows))
        left = rows if among is self.segment.rows else rows & among
        return Bounds(left, left)

    def _combined(self, what: str, combine: _Combine, part: Weighed, among: Rows, depth: int) -> Bounds:
        place = None if self.steps is None else len(self.steps)
        found = combine(part, among, depth + 1)
        if self.steps is not None and place is not None:
            self.steps.insert(place, SearchStep(depth, what, "", len(found.possible)))
        return found

    def _every(self, part: Weighed, among: Rows, depth: int) -> Bounds:
        certain = possible = among
        for each in part.parts:
            found = self.bounds(each, possible, depth)
            certain = found.certain if certain is possible else certain & found.certain
            possible = found.possible
        return Bounds(certain, possible)

    def _any(self, part: Weighed, among: Rows, depth: int) -> Bounds:
        found = [self.bounds(each, among, depth) for each in part.parts]
        certain = Rows.union([each.certain for each in found])
        if all(each.is_exact for each in found):
            return Bounds(certain, certain)
        return Bounds(certain, Rows.union([each.possible for each in found]))

    def _note(self, depth: int, part: str, found_by: str, rows: int) -> None:
        if self.steps is not None:
            self.steps.append(SearchStep(depth, part, found_by, rows))


_Combine: TypeAlias = Callable[[Weighed, Rows, int], Bounds]
