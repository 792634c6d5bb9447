"""The values that entries of a segment have, by attribute, and which attributes there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from attrs import frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..ldap.matching.forms import exact
from ..ldap.matching.names import stored_form
from ..ldap.matching.rules import Form
from ..ldap.shape import Shape
from ..schema.dialects import Dialect
from .postings import Postings
from .rows import Rows
from .segment import SHAPE, Segment
from .values import ValueIndex

__all__ = ["Stored", "StoredNames", "is_indexed", "present", "stored_names", "values_of"]


class StoredNames(NamedTuple):
    """The stored names of attributes that occur in a segment, and those of them that have options."""

    names: frozenset[str]
    tagged: tuple[str, ...]


@frozen
class Stored:
    """By the normal forms of the values stored under one name; by None for values without one."""

    name: str

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[bytes | None]:
        form = self._form(dialect.definitions)
        return [form(value) for value in entry.stored(self.name)]

    def collected(self, segment: Segment) -> Postings[bytes | None]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[bytes | None, int]]:
        form, name, entries = self._form(segment.dialect.definitions), self.name, segment.entries
        for row in segment.numbered(segment.having(name)):
            entry = entries[row]
            for value in () if entry is None else entry.stored(name):
                yield form(value), row

    def _form(self, definitions: Definitions) -> Form:
        attribute = definitions.attribute(self.name)
        return stored_form(attribute, definitions) if attribute else exact


def stored_names(segment: Segment) -> StoredNames:
    """Which attributes occur in a segment."""
    return segment.derived(SHAPE, names_in)


def present(segment: Segment, name: str) -> Rows:
    """The rows that have a value under a name: an entry made by hand may name an attribute and give none."""
    shapes = segment.find(SHAPE).items()
    return Rows.union([rows for shape, rows in shapes if has_value(shape, name)])


def has_value(shape: Shape, name: str) -> bool:
    place = shape.places.get(name)
    return place is not None and place.start < place.stop


def values_of(segment: Segment, name: str) -> ValueIndex:
    """The index of the values that are stored under a name; it is made when first asked for."""
    return segment.derived(Stored(name), as_index)


def is_indexed(segment: Segment, name: str) -> bool:
    """Whether somebody has asked for the index of that name before."""
    return segment.knows(Stored(name))


def names_in(shapes: Postings[Shape]) -> StoredNames:
    names = frozenset(name for shape in shapes for name in shape.places)
    return StoredNames(names, tuple(sorted(name for name in names if ";" in name)))


def as_index(postings: Postings[bytes | None]) -> ValueIndex:
    return ValueIndex(postings.by_key)
