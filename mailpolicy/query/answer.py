"""What one run over the indexes of a snapshot came to: the entries, and how they were found."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from attrs import frozen

from ..ldap.entry import Entry
from ..snapshot import Snapshot
from ..snapshot.rows import Rows
from .plan import SearchPlan, SearchStep
from .planner import Bounds, Query

__all__ = ["Answer"]

MOST_AT_ONCE: Final = 256
"""How many entries are read at once where it may be that the first few will do."""


@frozen(eq=False, slots=False)
class Answer:
    """The rows that the indexes leave; entries in between are tried when they are asked for."""

    snapshot: Snapshot
    query: Query
    bounds: Bounds
    searched: int
    """How many entries the search was among."""
    steps: tuple[SearchStep, ...] | None
    """How the rows in the base were found; None where nobody wanted to know."""

    @cached_property
    def rows(self) -> Rows:
        """The rows for which the filter is true."""
        certain, possible = self.bounds
        if self.bounds.is_exact:
            return certain
        between, matches = possible - certain, self.query.matches
        tried = zip(between, self.snapshot.entries(between), strict=True)
        return certain | Rows.of(row for row, entry in tried if matches(entry))

    def entries(self, limit: int | None = None) -> list[Entry]:
        """Their entries in the order of the source, all or the first few; no more are tried than it takes."""
        if limit is None or limit >= len(self.bounds.possible):
            return self.snapshot.entries(self.rows)
        if self.bounds.is_exact:
            return self.snapshot.entries(Rows.of(islice(self.bounds.certain, limit)))
        return list(islice(self._one_by_one(), limit))

    def _one_by_one(self) -> Iterator[Entry]:
        """Both sets of rows ascend: so going through them in step tells which are certain."""
        certain, matches = iter(self.bounds.certain), self.query.matches
        sure = next(certain, None)
        for rows in growing(self.bounds.possible):
            for row, entry in zip(rows, self.snapshot.entries(rows), strict=True):
                if row == sure:
                    sure = next(certain, None)
                    yield entry
                elif matches(entry):
                    yield entry

    @property
    def plan(self) -> SearchPlan | None:
        """How the filter was answered, for all of the search, whatever limit there was."""
        if self.steps is None:
            return None
        certain, possible = self.bounds
        return SearchPlan(
            str(self.query.filter),
            (*self.steps, *self._changed_since()),
            entries=self.searched,
            tested=len(possible) - len(certain),
            found=len(self.rows),
        )

    def _changed_since(self) -> Iterator[SearchStep]:
        recent = self.snapshot.recent
        if recent.numbers:
            found = len(self.rows & recent.covered)
            yield SearchStep(0, "entries changed since", "indexes of their own", found)


def growing(rows: Rows) -> Iterator[Rows]:
    """The rows in runs: a single one, then more and more, as more seem to be wanted.

    >>> [len(run) for run in growing(Rows.span(0, 600))]
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 89]
    """
    rest, size = iter(rows), 1
    while run := Rows.of(islice(rest, size)):
        yield run
        size = min(2 * size, MOST_AT_ONCE)
