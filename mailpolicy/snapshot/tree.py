"""Which entries stand below which name.

Names that have others below them are few: they are linked to each other, entry or not, so a search
from above finds what hangs in the air, and the root of a directory such as `dc=acme,dc=example`,
which has no entry for `dc=example`, is found from the very top.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from ..ldap.matching.names import parent_key
from .postings import Postings
from .remembering import remember
from .rows import Rows

__all__ = ["Tree"]

MOST_BASES: Final = 64
"""How many subtrees are remembered: searches ask for the same few again and again."""


class Tree:
    """Rows by the names above them.

    >>> tree = Tree(Postings.of([("ou=b,o=a", 1), ("ou=b,o=a", 2), ("o=a", 3)]))
    >>> list(tree.children("o=a")), list(tree.below("o=a")), list(tree.below(""))
    ([3], [1, 2, 3], [1, 2, 3])
    """

    def __init__(self, parents: Postings[str]) -> None:
        self._parents = parents
        self._below: dict[str, Rows] = {}

    def children(self, key: str) -> Rows:
        """The rows one step below the name."""
        return self._parents[key]

    def below(self, key: str) -> Rows:
        """The rows below the name at whatever depth."""
        rows = self._below.get(key)
        if rows is None:
            rows = Rows.union(self._parents[each] for each in self._names(key))
            remember(self._below, key, rows, MOST_BASES)
        return rows

    def _names(self, key: str) -> Iterator[str]:
        """The name and those below it that have others below them."""
        waiting = [key]
        while waiting:
            name = waiting.pop()
            yield name
            waiting += self._links.get(name, ())

    @cached_property
    def _links(self) -> Mapping[str, list[str]]:
        """Which names that have others below them, at whatever depth, stand directly below which."""
        links: dict[str, list[str]] = defaultdict(list)
        seen = {""}
        for key in self._parents:
            while key not in seen:
                seen.add(key)
                above = parent_key(key)
                links[above].append(key)
                key = above
        return dict(links)
