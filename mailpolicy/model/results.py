"""Sequences of objects and of entries, as they come back from a question."""

from __future__ import annotations

from typing import TypeVar

from ..ldap.entry import Entry
from ..tables import Table
from .display import entries_table, objects_table
from .objects import Object

__all__ = ["Objects", "SearchResult"]

O = TypeVar("O", bound=Object, covariant=True)  # noqa: E741


class Objects(tuple[O, ...]):
    """Objects in the order of the source: a tuple that shows itself as a table in a notebook."""

    __slots__ = ()

    def as_table(self) -> Table:
        return objects_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()


class SearchResult(tuple[Entry, ...]):
    """The entries a search found: a tuple that shows itself as a table in a notebook."""

    __slots__ = ()

    def as_table(self) -> Table:
        return entries_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()
