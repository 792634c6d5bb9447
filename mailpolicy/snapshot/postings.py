"""Rows by what leads to them: the one form that all indexes have.

Most keys lead to a single row, an address say; some lead to very many. So a posting is the number
of a row, or `Rows`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeAlias, TypeVar

from .rows import NONE, Rows

__all__ = ["Posting", "Postings"]

K = TypeVar("K")
L = TypeVar("L")

Posting: TypeAlias = int | Rows


class Postings(Generic[K]):
    """An immutable index; a change gives the next version.

    >>> postings = Postings.of([("red", 1), ("blue", 2), ("red", 7)])
    >>> list(postings["red"]), list(postings["green"])
    ([1, 7], [])
    >>> list(postings.changed(lost=[("red", 1)], gained=[("green", 3)])["red"])
    [7]
    """

    __slots__ = ("by_key",)

    by_key: Mapping[K, Posting]
    """The postings as they are kept: a number where there is one row only."""

    def __init__(self, postings: Mapping[K, Posting]) -> None:
        self.by_key = postings

    @classmethod
    def of(cls, pairs: Iterable[tuple[K, int]]) -> Postings[K]:
        """Collect pairs of a key and a row that it leads to; those of one row stand together."""
        found: dict[K, int | list[int]] = {}
        several: list[K] = []
        for key, row in pairs:
            first = found.setdefault(key, row)
            if first is row:
                continue
            if isinstance(first, list):
                first.append(row)
            elif first != row:
                found[key] = [first, row]
                several.append(key)
        postings: dict[K, Posting] = found  # type: ignore[assignment]  # once the lists are replaced
        for key in several:
            postings[key] = Rows.of(found[key])  # type: ignore[arg-type]
        return cls(postings)

    def __getitem__(self, key: K) -> Rows:
        """The rows that the key leads to."""
        posting = self.by_key.get(key, NONE)
        return Rows.of((posting,)) if isinstance(posting, int) else posting

    def __iter__(self) -> Iterator[K]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)

    def items(self) -> Iterator[tuple[K, Rows]]:
        """Every key with its rows."""
        return ((key, self[key]) for key in self.by_key)

    def under(self, rename: Callable[[K], L]) -> Postings[L]:
        """Give the same rows under what `rename` makes of each key; keys that become one share theirs."""
        found: dict[L, Posting] = {}
        shared: dict[L, list[Posting]] = {}
        for key, posting in self.by_key.items():
            name = rename(key)
            if found.setdefault(name, posting) is not posting:
                shared.setdefault(name, [found[name]]).append(posting)
        for name, several in shared.items():
            rows = Rows.union(several)
            found[name] = rows if len(rows) > 1 else next(iter(rows))
        return Postings(found)

    def changed(self, lost: Iterable[tuple[K, int]], gained: Iterable[tuple[K, int]]) -> Postings[K]:
        """Give the postings without the pairs lost and with those gained; itself if there are none."""
        differences: dict[K, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for key, row in lost:
            differences[key][0].append(row)
        for key, row in gained:
            differences[key][1].append(row)
        if not differences:
            return self
        postings = dict(self.by_key)
        for key, (out, new) in differences.items():
            rows = (self[key] - Rows.of(out)) | Rows.of(new)
            if rows:
                postings[key] = next(iter(rows)) if len(rows) == 1 else rows
            else:
                postings.pop(key, None)
        return Postings(postings)
