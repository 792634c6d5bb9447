"""A mapping whose versions share what they have in common.

A directory changes one entry at a time while readers hold older versions. `VersionedMap` is a
large base that is never written to again, and a small overlay of what has changed since; a new
version copies only the overlay. When the overlay outgrows its bound, the next version starts
from a fresh base, so the cost per change stays far below the size of the map, and an old version
keeps no more alive than its own base.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from math import isqrt
from typing import Final, Generic, TypeVar

__all__ = ["VersionedMap", "changed_within"]

K = TypeVar("K")
L = TypeVar("L")
V = TypeVar("V")

SMALLEST_BOUND: Final = 32


class VersionedMap(Generic[K, V]):
    """An immutable mapping with `changed`, which gives the next version.

    Iteration follows insertion; a replaced value keeps the place of its key. None is no value:
    it is what a missing key gives.

    >>> first = VersionedMap({"a": 1, "b": 2})
    >>> second = first.changed({"b": None, "c": 3})
    >>> list(first.items()), list(second.items())
    ([('a', 1), ('b', 2)], [('a', 1), ('c', 3)])
    """

    __slots__ = ("_base", "_length", "_overlay")

    def __init__(self, base: dict[K, V] | None = None) -> None:
        self._base: dict[K, V] = {} if base is None else base
        self._overlay: dict[K, V | None] = {}
        self._length = len(self._base)

    def changed(self, changes: Mapping[K, V | None]) -> VersionedMap[K, V]:
        """Give the version in which each key of `changes` has its new value; None removes the key."""
        after: VersionedMap[K, V] = VersionedMap(self._base)
        after._overlay = {**self._overlay, **changes}
        after._length = self._length + sum(
            (value is not None) - (key in self) for key, value in changes.items()
        )
        if len(after._overlay) > SMALLEST_BOUND + isqrt(len(self._base)):
            return VersionedMap(dict(after.items()))
        return after

    def get(self, key: K) -> V | None:
        """Look `key` up; None where it is not."""
        if self._overlay and key in self._overlay:
            return self._overlay[key]
        return self._base.get(key)

    def __getitem__(self, key: K) -> V:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: K) -> bool:
        return self.get(key) is not None

    def __len__(self) -> int:
        return self._length

    def items(self) -> Iterator[tuple[K, V]] | ItemsView[K, V]:
        """Give the pairs, in the order in which the keys came in."""
        return self._merged() if self._overlay else self._base.items()

    def _merged(self) -> Iterator[tuple[K, V]]:
        for key, value in self._base.items():
            latest = self._overlay.get(key, value)
            if latest is not None:
                yield key, latest
        for key, added in self._overlay.items():
            if added is not None and key not in self._base:
                yield key, added

    def __iter__(self) -> Iterator[K]:
        return (key for key, _ in self.items()) if self._overlay else iter(self._base)

    def values(self) -> Iterator[V]:
        """Give the values, in the order of their keys."""
        return (value for _, value in self.items())


def changed_within(
    maps: VersionedMap[K, VersionedMap[L, V]], changes: Mapping[K, Mapping[L, V | None]]
) -> VersionedMap[K, VersionedMap[L, V]]:
    """Change maps within a map; one that becomes empty goes."""
    after = {
        name: (maps.get(name) or VersionedMap[L, V]()).changed(changed)
        for name, changed in changes.items()
        if changed
    }
    return maps.changed({name: inner if len(inner) else None for name, inner in after.items()})
