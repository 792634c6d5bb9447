"""What of a snapshot stands in a cache, in which section.

Each row of the snapshot has an entry, or had one that is gone; sections that go by row say something
about each. *Texts* and *numbers* are those of `columns`.

=================  ==============================================================================
`keys`             texts by row: the name of the entry as it is compared
`names`            texts by row: the name of the entry; empty where it is gone
`shapes`           JSON: for each shape a list of attributes, each with how many values it has
`shape`            numbers by row: which shape the entry has, counted from 1; 0 where it is gone
`line`             numbers of 8 bytes by row: the line of the source, counted from 1; 0 where there is none
`lengths`          numbers by row: how many bytes the values of the entry have together
`values`           these bytes: values with line breaks between them
`apart`            numbers: the rows whose values stand without line breaks between them
`apart-lengths`    numbers: how many bytes each value of these rows has
`problems`         JSON: the findings made while reading the source
`schema`           the site's own definitions as an OpenLDAP .schema file; empty where there are none
`parent.keys` ...  what leads to rows: see `postings`
=================  ==============================================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, Final

from attrs import astuple

from ..ldap.definitions import Definitions
from ..ldap.dn import DN
from ..ldap.entry import Entry, Values, restored
from ..ldap.shape import Shape, shape_of
from ..snapshot.finding import Finding, Severity
from ..snapshot.segment import Base
from .columns import numbers_in, packed_numbers, packed_texts, parts, texts_in
from .envelope import Envelope

__all__ = ["entries_in", "keys_in", "packed_base", "packed_problems", "problems_in"]

GONE: Final = 0
NO_LINE: Final = 0


def packed_base(base: Base) -> Iterator[tuple[str, bytes]]:
    """The sections that say which entries there are."""
    entries = base.entries
    shapes: dict[Shape, int] = {}
    numbers = [
        GONE if entry is None else shapes.setdefault(entry.shape, len(shapes) + 1) for entry in entries
    ]
    kept = [b"" if entry is None else entry.kept for entry in entries]
    joined = [values if isinstance(values, bytes) else b"".join(values) for values in kept]
    apart = {row: values for row, values in enumerate(kept) if not isinstance(values, bytes)}
    yield "keys", packed_texts(list(base.numbers))
    yield "names", packed_texts(["" if entry is None else entry.dn for entry in entries])
    yield "shapes", as_json([layout(shape) for shape in shapes])
    yield "shape", packed_numbers(numbers)
    yield "line", packed_numbers([line_of(entry) for entry in entries], "Q")
    yield "lengths", packed_numbers([len(values) for values in joined])
    yield "values", b"".join(joined)
    yield "apart", packed_numbers(apart)
    yield "apart-lengths", packed_numbers(map(len, chain.from_iterable(apart.values())))


def line_of(entry: Entry | None) -> int:
    return NO_LINE if entry is None else entry.line or NO_LINE


def layout(shape: Shape) -> list[tuple[str, int]]:
    return [(name, place.stop - place.start) for name, place in shape.places.items()]


def keys_in(envelope: Envelope) -> list[str]:
    """The keys of the names by row."""
    return texts_in(envelope["keys"])


def entries_in(envelope: Envelope, definitions: Definitions) -> list[Entry | None]:
    """The entries by row; None where one is gone."""
    layouts = [[], *from_json(envelope["shapes"])]
    shapes = [shape_in(layout, definitions) for layout in layouts]
    sizes = [sum(count for _, count in layout) for layout in layouts]
    shape = numbers_in(envelope["shape"])
    # They were names when they were written, so nobody has to read them again.
    names = map(partial(str.__new__, DN), texts_in(envelope["names"]))
    lines = [line or None for line in numbers_in(envelope["line"], "Q")]
    values = values_in(envelope, [sizes[shape[row]] for row in numbers_in(envelope["apart"])])
    entries: list[Entry | None] = list(map(restored, names, map(shapes.__getitem__, shape), values, lines))
    if GONE in shape:
        entries = [entry if number else None for entry, number in zip(entries, shape, strict=True)]
    return entries


def shape_in(layout: Sequence[tuple[str, int]], definitions: Definitions) -> Shape:
    names, counts = zip(*layout, strict=True) if layout else ((), ())
    return shape_of(names, counts, definitions)


def values_in(envelope: Envelope, sizes: Iterable[int]) -> list[Values]:
    """The values by row; `sizes` says how many there are in each row where they stand apart."""
    whole, start = envelope.whole, envelope.places["values"].start
    lengths = numbers_in(envelope["lengths"])
    joined = [whole[first:last] for first, last in parts(lengths, start)]
    values: list[Values] = list(joined)
    each = iter(numbers_in(envelope["apart-lengths"]))
    for row, size in zip(numbers_in(envelope["apart"]), sizes, strict=True):
        values[row] = tuple([joined[row][first:last] for first, last in parts(islice(each, size))])
    return values


def packed_problems(problems: Iterable[Finding]) -> bytes:
    """The findings."""
    return as_json([astuple(each) for each in problems])


def problems_in(packed: memoryview) -> tuple[Finding, ...]:
    """The findings again."""
    return tuple(
        Finding(id, text, Severity(severity), *place) for id, text, severity, *place in from_json(packed)
    )


def as_json(content: Any) -> bytes:
    # Not in ASCII, and with what is no text: so every string comes back as it was.
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_json(packed: memoryview) -> Any:
    return json.loads(str(packed, "utf-8", "surrogatepass"))
