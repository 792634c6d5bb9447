"""Filters answered for a snapshot: its base and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from weakref import ref

from attrs import field, frozen

from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..snapshot import Snapshot
from ..snapshot.remembering import remember
from ..snapshot.rows import Rows
from ..snapshot.segment import Changes, Segment
from .plan import SearchPlan, SearchStep
from .planner import Bounds, Query

__all__ = ["Search", "query_for"]

MOST_FILTERS: Final = 4096
"""How many filters a snapshot remembers."""


@frozen(eq=False)
class Known:
    """Filters that have been read: what they find changes with the entries, what they mean does not."""

    queries: dict[str | Filter, Query] = field(factory=dict)

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Known:
        """The same for the next version."""
        return self


def query_for(snapshot: Snapshot, filter: str | Filter) -> Query:
    """Read a filter, or remember it: programs ask with the same few again and again."""
    known, own = snapshot.followed("filters", Known).queries, snapshot.memory("filters")
    query: Query | None = known.get(filter) or own.get(filter)
    if query is None:
        parsed = filter if isinstance(filter, Filter) else Filter.parse(filter)
        # Held weakly: what a snapshot remembers must not keep it alive.
        itself = ref(snapshot)

        def has_children(entry: Entry) -> bool:
            asked = itself()
            return asked is not None and asked.has_children(entry)

        query = Query(parsed, snapshot.definitions, has_children)
        remember(own if query.asks_tree else known, filter, query, MOST_FILTERS)
    return query


class Search:
    """A filter, to be answered for some rows of a snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query, rows: Rows) -> None:
        self._snapshot = snapshot
        self._query = query
        self._rows = None if len(rows) == len(snapshot) else rows

    def rows(self) -> Rows:
        """The rows for which the filter is true."""
        return self._snapshot.matching(lambda segment: self._query.rows(segment, self._within(segment)))

    def entries(self) -> list[Entry]:
        """Their entries, in the order of the source."""
        return self._snapshot.entries(self.rows())

    def first(self) -> Iterator[Entry]:
        """The same one after the other, for who wants a few: no more are tested than are taken."""
        possible = self._snapshot.matching(lambda segment: self._bounds(segment).possible)
        certain = self._snapshot.matching(lambda segment: self._bounds(segment).certain)
        doubtful = set(possible - certain)
        for row in possible:
            (entry,) = self._snapshot.entries(Rows.of((row,)))
            if row not in doubtful or self._query.matches(entry):
                yield entry

    def plan(self) -> SearchPlan:
        """How the filter is answered."""
        base, recent = (
            self._query.explain(segment, self._within(segment))
            for segment in (self._snapshot.base, self._snapshot.recent)
        )
        if not self._snapshot.recent.numbers:
            return base
        changed = SearchStep(0, "entries changed since", "indexes of their own", recent.found)
        return SearchPlan(
            base.filter,
            (*base.steps, changed),
            entries=len(self._snapshot) if self._rows is None else len(self._rows),
            tested=base.tested + recent.tested,
            found=len(self.rows()),
        )

    def _bounds(self, segment: Segment) -> Bounds:
        return self._query.bounds(segment, self._within(segment))

    def _within(self, segment: Segment) -> Rows | None:
        return None if self._rows is None else self._rows & segment.rows
