"""Which names stand directly below which.

A name without an entry keeps its place while anything stands below it. So a search from above finds
what hangs in the air, and the root of a directory such as `dc=acme,dc=example`, which has no entry
for `dc=example`, is found from the very top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from ..ldap.matching.names import parent_key
from .versioned import VersionedMap, changed_within

__all__ = ["Keys", "Tree"]

Keys: TypeAlias = VersionedMap[str, bool]
"""Keys in order; the truth values only fill the map."""


class Tree:
    """The keys of names by the key of the name above; immutable, as what it is made of.

    >>> tree = Tree().changed(["ou=b,o=a"], {"ou=b,o=a"}.__contains__)
    >>> list(tree.below("")), list(tree.children("o=a"))
    (['o=a', 'ou=b,o=a'], ['ou=b,o=a'])
    """

    __slots__ = ("_children",)

    def __init__(self, children: VersionedMap[str, Keys] | None = None) -> None:
        self._children: VersionedMap[str, Keys] = VersionedMap() if children is None else children

    def children(self, key: str) -> Iterable[str]:
        """The keys one step below, in the order in which they came."""
        return self._children.get(key) or ()

    def below(self, key: str) -> Iterator[str]:
        """The keys below at whatever depth, each before those below it."""
        waiting = [iter(self.children(key))]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
            else:
                yield child
                waiting.append(iter(self.children(child)))

    def changed(self, keys: Iterable[str], stands: Callable[[str], bool]) -> Tree:
        """Give the tree after entries have come or gone; `stands` tells where there is one now.

        A change goes up from each key until it meets a name whose place does not depend on it.
        """
        changes: dict[str, dict[str, bool | None]] = {}
        sizes: dict[str, int] = {}

        def size(key: str) -> int:
            if key not in sizes:
                sizes[key] = len(self._children.get(key) or ())
            return sizes[key]

        for key in keys:
            while key:
                above = parent_key(key)
                siblings = changes.setdefault(above, {})
                linked = siblings[key] if key in siblings else self._is_linked(above, key)
                wanted = True if stands(key) or size(key) else None
                if linked is wanted:
                    break
                sizes[above] = size(above) + (1 if wanted else -1)
                siblings[key] = wanted
                key = above
        return Tree(changed_within(self._children, changes))

    def _is_linked(self, above: str, key: str) -> bool | None:
        siblings = self._children.get(above)
        return None if siblings is None else siblings.get(key)
