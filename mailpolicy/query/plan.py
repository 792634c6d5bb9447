"""What a search did, for people to read: which index each part of the filter used, and what came of it."""

from __future__ import annotations

from typing import Final, Self

from attrs import frozen

from ..tables import Cell, Style, Table

__all__ = ["LEFT_TO_TEST", "MADE_NOW", "SearchPlan", "SearchStep"]

LEFT_TO_TEST: Final = "entry by entry"
"""How a part is found that no index answers, or that is sooner tried on the few entries left."""

MADE_NOW: Final = " (made now)"
"""Stands behind an index that was not there before this search: the next one will not make it again."""

SENT: Final = "a search on the server"
"""How a filter is answered that goes to the server as a whole."""


@frozen
class SearchStep:
    """A part of a filter, how the rows for it were found, and how many that were.

    `depth` is how many others stand around it. Where the part was left to be tested, `rows` is the
    number of rows it was left with.
    """

    depth: int
    part: str
    found_by: str
    rows: int


@frozen
class SearchPlan:
    """How a filter was answered, part by part in the order of the work.

    `entries` is how many were searched, `tested` how many of them had to be read and tried one by
    one, `found` how many the filter is true for.

    >>> step = SearchStep(0, "(mail=*@acme.example)", "suffix of mail", 120)
    >>> print(SearchPlan(step.part, (step,), entries=5000, tested=0, found=120))
    (mail=*@acme.example)
    <BLANKLINE>
    part                   found by        rows
    (mail=*@acme.example)  suffix of mail  120
    entries tested                         0
    entries found          of 5,000        120
    """

    filter: str
    steps: tuple[SearchStep, ...]
    entries: int
    tested: int
    found: int

    @classmethod
    def sent(cls, filter: str, found: int) -> Self:
        """That of a search that the server was asked, which tells nothing but what it found."""
        return cls(filter, (SearchStep(0, filter, SENT, found),), entries=found, tested=found, found=found)

    def as_table(self) -> Table:
        """The plan as a table: what is inside another part is indented."""
        rows = [
            (
                Cell("  " * step.depth + step.part),
                Cell(step.found_by, Style.BAD if step.found_by == LEFT_TO_TEST else Style.PLAIN),
                Cell(f"{step.rows:,}"),
            )
            for step in self.steps
        ]
        totals = [("entries tested", "", f"{self.tested:,}")]
        totals.append(("entries found", f"of {self.entries:,}", f"{self.found:,}"))
        return Table(self.filter, ("part", "found by", "rows"), [*rows, *totals])

    def __str__(self) -> str:
        return str(self.as_table())

    def _repr_html_(self) -> str:
        return self.as_table().html()
