"""What of an entry decides whom it inherits from.

A million accounts have a few hundred affiliations: what is inherited is worked out once for each. An
affiliation is a function of the entry alone, so it is an index like any other; whom it leads to in a
directory is for the floor above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from attrs import frozen

from ..ldap.entry import Entry
from ..ldap.shape import MOST_SHAPES, Shape
from ..reasons import Level
from ..schema.dialects import Dialect
from .facets import LEVEL
from .index import folded_domain
from .postings import Postings
from .segment import SHAPE, Segment

__all__ = ["AFFILIATION", "Affiliation", "affiliation_in", "affiliation_of"]

MOST_AFFILIATIONS: Final = 1 << 14
"""How many are remembered by what is stored; others are read again."""

YES: Final = b"TRUE"


class Affiliation(NamedTuple):
    """The kind of an object, and what it says about its class of service and its domain.

    `cos` are the references as they are stored, `domain` is the folded name after the `@` of its primary
    address; None where it has none.
    """

    level: Level
    cos: tuple[str, ...] = ()
    domain: str | None = None
    external: bool = False
    """Whether it belongs to somebody outside, who only shares folders."""


class Places(NamedTuple):
    """Where the entries of one shape say it, in the row of their values."""

    cos: tuple[int, ...]
    address: int | None
    external: int | None


def affiliation_of(dialect: Dialect, entry: Entry) -> Affiliation | None:
    """Give the affiliation of an entry; None for one that only holds the tree together."""
    level = dialect.level_of(entry)
    return None if level is None else affiliation_in(dialect, level, entry.shape, entry.row)


def affiliation_in(dialect: Dialect, level: Level, shape: Shape, row: Sequence[bytes]) -> Affiliation:
    """The same for an object of this kind whose values have been read."""
    return affiliation_at(level, places_of(dialect, level, shape), row)


def affiliation_at(level: Level, places: Places, row: Sequence[bytes]) -> Affiliation:
    cos, address, external = places
    return affiliation_stored(
        level,
        tuple([row[place] for place in cos]),
        None if address is None else row[address].rpartition(b"@")[2],
        external is not None and row[external] == YES,
    )


@lru_cache(MOST_AFFILIATIONS)
def affiliation_stored(
    level: Level, cos: tuple[bytes, ...], domain: bytes | None, external: bool
) -> Affiliation:
    name = None if domain is None else folded_domain(text_of(domain))
    return Affiliation(level, tuple([text_of(each) for each in cos]), name, external)


def text_of(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


@lru_cache(MOST_SHAPES)
def places_of(dialect: Dialect, level: Level, shape: Shape) -> Places:
    """Find where an object of this kind says what its affiliation is; the first value counts."""
    return Places(
        tuple(first_places(shape, attributes(dialect, "cos", level))),
        next(first_places(shape, attributes(dialect, "address", level)), None),
        next(first_places(shape, filter(None, (dialect.external_attribute,))), None),
    )


def attributes(dialect: Dialect, setting: str, level: Level) -> tuple[str, ...]:
    binding = dialect.binding(setting, level)
    return tuple([part.attribute for part in binding.parts]) if binding else ()


def first_places(shape: Shape, names: Iterable[str]) -> Iterator[int]:
    """The place of the first value of each attribute that has any."""
    for name in names:
        place = shape.places.get(name)
        if place is not None and place.start < place.stop:
            yield place.start


@frozen
class ByAffiliation:
    """Objects by their affiliation."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[Affiliation, ...]:
        affiliation = affiliation_of(dialect, entry)
        return () if affiliation is None else (affiliation,)

    def collected(self, segment: Segment) -> Postings[Affiliation]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[Affiliation, int]]:
        levels, shapes = segment.find(LEVEL), segment.find(SHAPE)
        for level in levels:
            for shape in shapes:
                places = places_of(segment.dialect, level, shape)
                for row in shapes[shape] & levels[level]:
                    entry = segment.entries[row]
                    if entry is not None:
                        yield affiliation_at(level, places, entry.row), row


AFFILIATION: Final = ByAffiliation()
"""The index of objects by their affiliation."""
