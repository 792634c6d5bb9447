"""The values that entries of a segment have, by attribute, and which attributes there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast

from attrs import frozen

from ..ldap.definitions import Definitions
from ..ldap.entry import Entry, column
from ..ldap.matching.forms import exact
from ..ldap.matching.names import stored_form
from ..ldap.matching.rules import Form
from ..ldap.shape import Shape
from ..schema.dialects import Dialect
from .postings import Postings
from .segment import SHAPE, Segment
from .values import ValueIndex

__all__ = ["Stored", "StoredNames", "is_indexed", "stored_names", "values_of"]


MOST_FORMS: Final = 4096
"""How many values of an attribute have their form remembered."""


class StoredNames(NamedTuple):
    """The stored names of attributes that occur in a segment, and those of them that have options."""

    names: frozenset[str]
    tagged: tuple[str, ...]


@frozen
class Stored:
    """By the normal forms of the values stored under one name; by None for values without one."""

    name: str

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[bytes | None]:
        form = remembering(self.name, dialect.definitions)
        return [form(value) for value in entry.stored(self.name)]

    def collected(self, segment: Segment) -> ValueIndex:
        # Values first and their forms after that: most attributes have few values on many entries.
        form = self._form(segment.dialect.definitions)
        by_value = Postings.of(chain.from_iterable(self._pairs(segment)))
        return ValueIndex(by_value.under(form).by_key)

    def _pairs(self, segment: Segment) -> Iterator[Iterable[tuple[bytes, int]]]:
        """Each value with its row, shape by shape."""
        for shape, rows in segment.find(SHAPE).items():
            place = shape.places.get(self.name)
            if place is None:
                continue
            found = column(segment.picked(rows), place)
            numbers = segment.numbered(rows)
            if place.stop - place.start == 1:
                yield zip(chain.from_iterable(found), numbers, strict=True)
            else:
                yield ((value, row) for values, row in zip(found, numbers, strict=True) for value in values)

    def _form(self, definitions: Definitions) -> Form:
        return form_of(self.name, definitions)


def form_of(name: str, definitions: Definitions) -> Form:
    attribute = definitions.attribute(name)
    return stored_form(attribute, definitions) if attribute else exact


@lru_cache(maxsize=64)
def remembering(name: str, definitions: Definitions) -> Form:
    """The same for those that change: mostly from and to values that many have, and names take long."""
    return lru_cache(MOST_FORMS)(form_of(name, definitions))


def stored_names(segment: Segment) -> StoredNames:
    """Which attributes occur in a segment."""
    return segment.derived(SHAPE, names_in)


def values_of(segment: Segment, name: str) -> ValueIndex:
    """The index of the values that are stored under a name; it is made when first asked for."""
    return cast("ValueIndex", segment.find(Stored(name)))


def is_indexed(segment: Segment, name: str) -> bool:
    """Whether somebody has asked for the index of that name before."""
    return segment.knows(Stored(name))


def names_in(shapes: Postings[Shape]) -> StoredNames:
    names = frozenset(name for shape in shapes for name in shape.places)
    return StoredNames(names, tuple(sorted(name for name in names if ";" in name)))
