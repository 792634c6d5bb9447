"""Filters answered for a snapshot: its base and what has changed since."""

from __future__ import annotations

from typing import Final
from weakref import ref

from attrs import field, frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..snapshot import Snapshot
from ..snapshot.remembering import remember
from ..snapshot.rows import Rows
from ..snapshot.segment import Changes, Segment
from .answer import Answer
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
    known = snapshot.followed("filters", Known).queries
    query = known.get(filter)
    if query is not None:
        return query
    own: dict[str | Filter, tuple[ref[Snapshot], Query]] = snapshot.memory("filters")
    bound, query = own.get(filter, (None, None))
    if query is None or bound is None or bound() is not snapshot:
        # One of a snapshot that is another only in its freshness, and may be gone, will not do either.
        itself = ref(snapshot)
        query = of_tree(itself, filter, snapshot.definitions)
        if query.asks_tree:
            remember(own, filter, (itself, query), MOST_FILTERS)
        else:
            remember(known, filter, query, MOST_FILTERS)
    return query


def of_tree(itself: ref[Snapshot], filter: str | Filter, definitions: Definitions) -> Query:
    """A filter that knows what stands below entries of a snapshot.

    The snapshot is held weakly, for what it remembers must not keep it alive.
    """

    def has_children(entry: Entry) -> bool:
        asked = itself()
        return asked is not None and asked.has_children(entry)

    return Query(filter if isinstance(filter, Filter) else Filter.parse(filter), definitions, has_children)


class Search:
    """A filter, to be answered for some rows of a snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query, rows: Rows) -> None:
        self._snapshot = snapshot
        self._query = query
        self._rows = None if len(rows) == len(snapshot) else rows

    def answer(self, *, explain: bool = False) -> Answer:
        """Ask the indexes, once; with `explain` the answer has a plan, which is of that very run."""
        snapshot = self._snapshot
        steps: list[SearchStep] | None = [] if explain else None
        bounds = self._bounds(snapshot.base, steps)
        if snapshot.recent.numbers:
            bounds = bounds.behind(self._bounds(snapshot.recent), snapshot.recent.covered)
        searched = len(snapshot if self._rows is None else self._rows)
        return Answer(snapshot, self._query, bounds, searched, None if steps is None else tuple(steps))

    def rows(self) -> Rows:
        """The rows for which the filter is true."""
        return self.answer().rows

    def plan(self) -> SearchPlan:
        """How the filter is answered."""
        plan = self.answer(explain=True).plan
        assert plan is not None  # as it was asked for
        return plan

    def _bounds(self, segment: Segment, steps: list[SearchStep] | None = None) -> Bounds:
        within = None if self._rows is None else self._rows & segment.rows
        return self._query.bounds(segment, within, steps)
