"""What leads to the rows of a snapshot, as sections of a cache.

It could be worked out again from the entries, which is what reading LDIF spends a good part of its time
on. So each way to entries has five sections:

===========  ========================================================================
`.keys`      texts: what leads to rows
`.first`     numbers: the first row that each of them leads to
`.several`   numbers: which of them, counted from 0, lead to more than one row
`.counts`    numbers: to how many each of these does
`.rows`      numbers: all rows of the first of these, then those of the second, ...
===========  ========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from ..reasons import Level
from ..snapshot.facets import LEVEL, PARENT, TERMS
from ..snapshot.postings import Posting, Postings
from ..snapshot.rows import Rows
from ..snapshot.segment import Base, Facet
from .columns import numbers_in, packed_numbers, packed_texts, parts, texts_in
from .envelope import Envelope

__all__ = ["FACETS", "packed_facets", "postings_in"]

FACETS: Final[Mapping[str, Facet[Any]]] = {
    "parent": PARENT,
    "level": LEVEL,
    **{index.value: term for index, term in TERMS.items()},
}
"""The ways to entries that a cache keeps: those that every snapshot has from the start."""


def packed_facets(base: Base) -> Iterator[tuple[str, bytes]]:
    """The sections that say what leads to the rows of `base`."""
    for name, facet in FACETS.items():
        for part, section in packed_postings(base.find(facet)):
            yield f"{name}.{part}", section


def packed_postings(postings: Postings[Any]) -> Iterator[tuple[str, bytes]]:
    kept = postings.by_key.values()
    several = [(place, rows) for place, rows in enumerate(kept) if not isinstance(rows, int)]
    yield "keys", packed_texts(list(postings.by_key))
    yield "first", packed_numbers(rows if isinstance(rows, int) else next(iter(rows)) for rows in kept)
    yield "several", packed_numbers(place for place, _ in several)
    yield "counts", packed_numbers(len(rows) for _, rows in several)
    yield "rows", packed_numbers(chain.from_iterable(rows for _, rows in several))


def postings_in(envelope: Envelope, numbers: Sequence[int]) -> dict[Facet[Any], Postings[Any]]:
    """What leads to the rows again; `numbers` are those of all rows, which need not be there twice."""
    return {
        facet: one_of(envelope, name, Level if facet is LEVEL else str, numbers)
        for name, facet in FACETS.items()
    }


def one_of(
    envelope: Envelope, name: str, key_of: Callable[[str], Any], numbers: Sequence[int]
) -> Postings[Any]:
    keys = texts_in(envelope[f"{name}.keys"])
    if key_of is not str:
        keys = list(map(key_of, keys))
    first = map(numbers.__getitem__, numbers_in(envelope[f"{name}.first"]))
    found: dict[Any, Posting] = dict(zip(keys, first, strict=True))
    several, counts, rows = (numbers_in(envelope[f"{name}.{part}"]) for part in ("several", "counts", "rows"))
    for place, (start, stop) in zip(several, parts(counts), strict=True):
        found[keys[place]] = Rows.of(rows[start:stop])
    return Postings(found)
