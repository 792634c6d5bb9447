"""Sequences of objects and of entries, as they come back from a question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Self, TypeVar

from ..freshness import AS_READ, Freshness
from ..ldap.entry import Entry
from ..query import SearchPlan
from ..schema import Dialect
from ..tables import Table
from .display import entries_table, objects_table
from .objects import Object

__all__ = ["Objects", "SearchResult"]

MOST_IN_FULL: Final = 10
"""So many are shown one by one; of more, how many there are and the first few."""
FIRST_FEW: Final = 3

O = TypeVar("O", bound=Object, covariant=True)  # noqa: E741


class Objects(tuple[O, ...]):
    """Objects in the order of the source: a tuple that shows itself as a table in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return shown_in_short(self, "objects")

    def as_table(self) -> Table:
        return objects_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()


class SearchResult(tuple[Entry, ...]):
    """The entries a search found: a tuple that shows itself as a table in a notebook.

    The `dialect` is carried along because it knows which values are secret and never shown. `plan`
    tells how they were found, where that was asked, and `freshness` of when they are.
    """

    dialect: Dialect
    plan: SearchPlan | None
    freshness: Freshness

    def __new__(
        cls,
        entries: Iterable[Entry],
        dialect: Dialect,
        plan: SearchPlan | None = None,
        freshness: Freshness = AS_READ,
    ) -> Self:
        result = super().__new__(cls, entries)
        result.dialect = dialect
        result.plan = plan
        result.freshness = freshness
        return result

    def __getnewargs__(self) -> tuple[tuple[Entry, ...], Dialect, SearchPlan | None, Freshness]:
        return tuple(self), self.dialect, self.plan, self.freshness

    def __repr__(self) -> str:
        return shown_in_short(self, "entries")

    def as_table(self) -> Table:
        return entries_table(self, self.dialect)

    def _repr_html_(self) -> str:
        return self.as_table().html()


def shown_in_short(many: tuple[Any, ...], kind: str) -> str:
    """A few as any tuple is shown: whoever asks for a million at a prompt does not want to read them."""
    if len(many) <= MOST_IN_FULL:
        return tuple.__repr__(many)
    return f"<{len(many):,} {kind}: {', '.join(map(repr, many[:FIRST_FEW]))}, …>"
