"""What objects say themselves about a setting, by what is said."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import repeat
from typing import Any, TypeAlias

from attrs import frozen

from ..ldap.entry import Entry
from ..schema import Setting
from ..schema.codec import One
from ..schema.dialects import Dialect
from ..snapshot.postings import Postings
from ..snapshot.rows import Rows
from ..snapshot.segment import SHAPE, Base, Segment

__all__ = ["Saying", "repeats", "saying"]

Saying: TypeAlias = tuple[int, Hashable]
"""A row, and what its entry says."""


def saying(base: Base, attributes: Sequence[str], rows: Rows, *, indexed: bool) -> Iterator[Saying]:
    """Those of the rows whose entries have any of the attributes, with what they say.

    Reading all of them takes long, an index of what they say takes memory where each says something else.
    """
    if not indexed:
        yield from read(base, attributes, rows)
        return
    for said, found in base.find(Said(tuple(attributes))).items():
        yield from zip(found & rows, repeat(said), strict=False)


def repeats(setting: Setting[Any]) -> bool:
    """Whether many objects can be expected to say the same: what may be inherited, or one of a few words."""
    holds = setting.codec.holds if isinstance(setting.codec, One) else None
    return bool(setting.path) or (isinstance(holds, type) and issubclass(holds, bool | Enum))


def read(segment: Segment, attributes: Sequence[str], rows: Rows) -> Iterator[Saying]:
    for shape, of_shape in segment.find(SHAPE).items():
        names = [name for name in attributes if name in shape.places]
        if names and (found := of_shape & rows):
            entries: list[Any] = [segment.entries[row] for row in found]
            yield from zip(found, stored_values(entries, names), strict=True)


def stored_values(entries: Iterable[Entry], names: Sequence[str]) -> Iterator[Hashable]:
    """What each of the entries has for all the names."""
    if len(names) == 1:
        (name,) = names
        return ((name, *entry.stored(name)) for entry in entries)
    return (tuple([(name, *entry.stored(name)) for name in names]) for entry in entries)


@frozen
class Said:
    """Entries by what they have for some attributes; those that have none of them are left out."""

    attributes: tuple[str, ...]

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[Hashable]:
        names = [each for each in self.attributes if each in entry.shape.places]
        return stored_values((entry,), names) if names else ()

    def collected(self, segment: Segment) -> Postings[Hashable]:
        return Postings.of((said, row) for row, said in read(segment, self.attributes, segment.rows))
