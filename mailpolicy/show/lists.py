"""Lists for people: why somebody is on one or is not, and the lists that she is on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..model import DynamicList
from ..model.lists import ListMembership
from ..reasons import Reason
from ..tables import Cell, Style, Table

__all__ = ["memberships_table", "reasons_table"]

MOST_ROWS: Final = 100
"""Lists that a table shows; nobody reads more on a screen."""


def reasons_table(title: str, reasons: Iterable[Reason], *, answer: bool) -> Table:
    """What makes the answer yes or no, then what speaks against it and did not count."""
    steps = [*reasons]
    deciding = [("because", each.text) for each in steps if each.matched is answer]
    yielding = [
        (Cell("besides", Style.NOTE), Cell(each.text, Style.NOTE))
        for each in steps
        if each.matched is not answer
    ]
    return Table(title, (), [*deciding, *yielding])


def memberships_table(name: str, memberships: Sequence[ListMembership]) -> Table:
    """The lists that somebody is on, nearest first, each with the lists by which she is."""
    rows: list[tuple[Cell | str, ...]] = [membership_row(each) for each in memberships[:MOST_ROWS]]
    if (more := len(memberships) - len(rows)) > 0:
        rows.append((Cell(f"… and {more:,} more", Style.NOTE), "", ""))
    count = len(memberships)
    title = f"{name}: on {count:,} {'list' if count == 1 else 'lists'}"
    return Table(title, ("list", "by way of", "kind"), rows)


def membership_row(membership: ListMembership) -> tuple[Cell | str, ...]:
    address, *lower = membership.via
    kind = "dynamic" if isinstance(membership.list, DynamicList) else "static"
    return address, Cell(" → ".join(lower), Style.NOTE), kind
