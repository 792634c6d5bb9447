"""What entries of one kind have in common: which attributes there are, and how many values of each.

Directories have millions of entries and a few hundred shapes. So an entry holds its values in a
row, and its shape says which of them belong to which attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from .definitions import Definitions

__all__ = ["Shape", "shape_of"]

MOST_SHAPES: Final = 4096
"""How many shapes are kept to be shared; entries beyond them bring their own."""


class Shape:
    """The attributes of an entry, each with its place in a row of values; made by `shape_of`."""

    __slots__ = ("definitions", "lines", "places", "tagged")

    lines: tuple[str, ...]
    """The attribute of each value."""
    places: Mapping[str, slice]
    """Where the values of each attribute stand, in the order of the attributes."""
    tagged: tuple[str, ...]
    """The attributes with options, such as `cn;lang-de`."""
    definitions: Definitions

    def __init__(self, lines: tuple[str, ...], definitions: Definitions) -> None:
        places: dict[str, slice] = {}
        for number, name in enumerate(lines):
            place = places.get(name, slice(number, number))
            if place.stop != number:
                raise ValueError(f"the values of {name} do not stand together")
            places[name] = slice(place.start, number + 1)
        self.lines = lines
        self.places = places
        self.tagged = tuple([name for name in places if ";" in name])
        self.definitions = definitions

    def __reduce__(self) -> tuple[Any, ...]:
        return shape_of, (self.lines, self.definitions)

    def __repr__(self) -> str:
        return f"<Shape {' '.join(self.places)}>"


@lru_cache(MOST_SHAPES)
def shape_of(lines: tuple[str, ...], definitions: Definitions) -> Shape:
    """Give the shape of entries whose values belong to these attributes, one after the other.

    The same lines give the same shape.

    >>> shape_of(("cn", "cn", "sn"), Definitions.standard()).places
    {'cn': slice(0, 2, None), 'sn': slice(2, 3, None)}
    """
    return Shape(lines, definitions)
