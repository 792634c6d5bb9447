"""What entries of one kind have in common: which attributes there are, and how many values of each.

Directories have millions of entries and a few hundred shapes. So an entry holds its values in a
row, and its shape says which of them belong to which attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Final

from .definitions import Definitions

__all__ = ["Shape", "shape_of"]

MOST_SHAPES: Final = 4096
"""How many shapes are kept to be shared; entries beyond them bring their own."""


class Shape:
    """The attributes of an entry, each with its place in a row of values; made by `shape_of`."""

    __slots__ = ("definitions", "places", "tagged")

    places: Mapping[str, slice]
    """Where the values of each attribute stand, in the order of the attributes."""
    tagged: tuple[str, ...]
    """The attributes with options, such as `cn;lang-de`."""
    definitions: Definitions

    def __init__(self, names: tuple[str, ...], counts: tuple[int, ...], definitions: Definitions) -> None:
        borders = pairwise(accumulate(counts, initial=0))
        self.places = {name: slice(*border) for name, border in zip(names, borders, strict=True)}
        self.tagged = tuple([name for name in names if ";" in name])
        self.definitions = definitions

    def __reduce__(self) -> tuple[Any, ...]:
        counts = tuple([place.stop - place.start for place in self.places.values()])
        return shape_of, (tuple(self.places), counts, self.definitions)

    def __repr__(self) -> str:
        return f"<Shape {' '.join(self.places)}>"


@lru_cache(MOST_SHAPES)
def shape_of(names: tuple[str, ...], counts: tuple[int, ...], definitions: Definitions) -> Shape:
    """Give the shape of entries with these attributes and so many values of each.

    The same attributes and numbers give the same shape while it is remembered.

    >>> shape_of(("cn", "sn"), (2, 1), Definitions.standard()).places
    {'cn': slice(0, 2, None), 'sn': slice(2, 3, None)}
    """
    return Shape(names, counts, definitions)
