"""The ways to entries that a snapshot keeps: by place in the tree, kind, term and value.

Reading the values of an entry costs more than anything else here, so what needs them goes shape by
shape: entries that do not have the attribute are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ldap.entry import Entry
from ..ldap.matching.names import parent_key
from ..reasons import Level
from ..schema.dialects import Dialect
from .index import Index, sources, terms
from .postings import Postings
from .rows import Rows
from .segment import SHAPE, Segment

__all__ = ["LEVEL", "PARENT", "TERMS", "OfLevel"]


@frozen
class Parent:
    """By the key of the name above; nothing is above the root, should it have an entry."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[str, ...]:
        return (parent_key(name),) if name else ()

    def collected(self, segment: Segment) -> Postings[str]:
        entries = segment.entries
        return Postings.of(
            (parent_key(name), row)
            for name, row in segment.numbers.items()
            if name and entries[row] is not None
        )


PARENT: Final = Parent()


@frozen
class Kind:
    """By the kind of object they are; those that only hold the tree together are left out."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[Level, ...]:
        level = dialect.level_of(entry)
        return () if level is None else (level,)

    def collected(self, segment: Segment) -> Postings[Level]:
        level_of = segment.dialect.level_of
        levels = ((level_of(entry), row) for row, entry in segment)
        return Postings.of((level, row) for level, row in levels if level is not None)


LEVEL: Final = Kind()


@frozen
class OfLevel:
    """The rows of one kind in a segment."""

    level: Level

    def __call__(self, segment: Segment) -> Rows:
        return segment.find(LEVEL)[self.level]


@frozen
class Term:
    """By the folded terms of one index."""

    index: Index

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterator[str]:
        return (term for _, term in terms(dialect, entry, self.index))

    def collected(self, segment: Segment) -> Postings[str]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[str, int]]:
        entries = segment.entries
        levels, shapes = segment.find(LEVEL), segment.find(SHAPE)
        for level in levels:
            wanted = [each[1:] for each in sources(segment.dialect, level) if each[0] is self.index]
            for shape in shapes if wanted else ():
                places = [(shape.places[name], fold) for name, fold in wanted if name in shape.places]
                if not places:
                    continue
                for row in segment.numbered(shapes[shape] & levels[level]):
                    entry = entries[row]
                    values = () if entry is None else entry.row
                    for place, fold in places:
                        for value in values[place]:
                            yield fold(value.decode("utf-8", "surrogateescape")), row


TERMS: Final = {index: Term(index) for index in Index}
