"""How memories stay bounded: the same way everywhere."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

__all__ = ["remember"]

T = TypeVar("T")


def remember(known: dict[Any, Any], asked: Hashable, found: T, at_most: int) -> T:
    """Keep an answer, and give it; where there are too many, forget them all.

    Who comes next is likely to ask for something else than those before. Other threads may forget at
    any time: look up what is known with `get`.

    >>> known = {"a": 1, "b": 2}
    >>> remember(known, "c", 3, at_most=2), known
    (3, {'c': 3})
    """
    if len(known) >= at_most:
        known.clear()
    known[asked] = found
    return found
