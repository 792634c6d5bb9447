"""Names that come close to one that nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from ...errors import NotFound
from ...schema import SETTINGS, Dialect

__all__ = ["unknown"]

MOST_COMPARED: Final = 24
"""So many names that share most with the one sought are compared with it in full, which takes long."""

PIECE: Final = 3

OTHERS: Final = ("status", "login", "receive", "send", "modify", "cos", "kind")

Pieces = Mapping[str, tuple[str, ...]]


def unknown(name: str, dialect: Dialect, *, public: bool = True) -> NotFound:
    """Tell that a name stands for nothing, and which ones come close: attributes, and `public` names, too.

    >>> from mailpolicy.schema import find_dialect
    >>> print(unknown("telephone_Number", find_dialect("native"), public=False))
    no attribute 'telephone_Number'; did you mean telephoneNumber or ...
    """
    spelled, pieces = attributes(dialect)
    near = [spelled[each] for each in nearest(name, pieces)]
    if not public:
        return NotFound("attribute", name, tuple(near))
    return NotFound("setting or attribute", name, tuple(nearest(name, public_names()) or near))


@lru_cache(maxsize=16)
def attributes(dialect: Dialect) -> tuple[Mapping[str, str], Pieces]:
    """The names of attributes by their small letters, and by their pieces."""
    names = {known.lower(): known for each in dialect.definitions.attribute_types for known in each.names}
    return names, by_piece(names)


@lru_cache(maxsize=1)
def public_names() -> Pieces:
    """The names that only predicates know, by their pieces."""
    return by_piece([*OTHERS, *(each.replace("_", "-") for each in SETTINGS)])


def by_piece(names: Iterable[str]) -> Pieces:
    found: dict[str, list[str]] = {}
    for name in names:
        for piece in pieces_of(name):
            found.setdefault(piece, []).append(name)
    return {piece: tuple(several) for piece, several in found.items()}


def pieces_of(name: str) -> set[str]:
    return {name[place : place + PIECE] for place in range(max(1, len(name) - PIECE + 1))}


def nearest(name: str, pieces: Pieces) -> list[str]:
    """The two names that come closest, if any is close."""
    folded = name.lower()
    shared = Counter(each for piece in pieces_of(folded) for each in pieces.get(piece, ()))
    likely = [each for each, _ in shared.most_common(MOST_COMPARED)]
    return get_close_matches(folded, likely, n=2, cutoff=0.75)
