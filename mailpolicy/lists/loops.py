"""Lists that are members of themselves, by whatever way: the knots of a graph, and a way round each.

A knot is a strongly connected component with a way round: several nodes that all lead to each other,
or one that leads to itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

__all__ = ["knots", "loops", "way_round"]

Graph: TypeAlias = Mapping[int, Sequence[int]]
"""Where each node leads; all that are led to are nodes."""


def loops(graph: Graph) -> list[tuple[int, ...]]:
    """Give one shortest way round each knot from its first node, in the order of these nodes.

    >>> loops({1: [2], 2: [3, 4], 3: [1], 4: [4], 5: [1]})
    [(1, 2, 3, 1), (4, 4)]
    """
    place = {node: number for number, node in enumerate(graph)}
    knotted = [(min(knot, key=place.__getitem__), frozenset(knot)) for knot in knots(graph)]
    knotted.sort(key=lambda each: place[each[0]])
    return [way_round(graph, start, knot) for start, knot in knotted]


def way_round(graph: Graph, start: int, within: Collection[int]) -> tuple[int, ...]:
    """Give a shortest way from a node back to itself; there is one in this set of nodes."""
    came_from: dict[int, int] = {}
    layer = [start]
    while start not in came_from:
        deeper = []
        for node in layer:
            for each in graph[node]:
                if each in within and each not in came_from:
                    came_from[each] = node
                    deeper.append(each)
        layer = deeper
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def knots(graph: Graph) -> Iterator[list[int]]:
    """Give the knots of a graph."""
    for component in Components(graph):
        if len(component) > 1 or component[0] in graph[component[0]]:
            yield component


class Components:
    """The strongly connected components of a graph (Tarjan 1972, without recursion)."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._number: dict[int, int] = {}
        """The nodes in the order in which they are first seen."""
        self._lowest: dict[int, int] = {}
        """The lowest number of a node in the same component that is known of by now."""
        self._open: dict[int, None] = {}
        """The nodes whose component is not complete, in that order."""

    def __iter__(self) -> Iterator[list[int]]:
        for root in self._graph:
            if root not in self._number:
                yield from self._from(root)

    def _from(self, root: int) -> Iterator[list[int]]:
        trail = [self._opened(root)]
        while trail:
            node, rest = trail[-1]
            unseen = self._next_unseen(node, rest)
            if unseen is not None:
                trail.append(self._opened(unseen))
                continue
            trail.pop()
            if trail:
                self._reaches(trail[-1][0], self._lowest[node])
            if self._lowest[node] == self._number[node]:
                yield self._closed(node)

    def _opened(self, node: int) -> tuple[int, Iterator[int]]:
        self._number[node] = self._lowest[node] = len(self._number)
        self._open[node] = None
        return node, iter(self._graph[node])

    def _next_unseen(self, node: int, rest: Iterator[int]) -> int | None:
        for each in rest:
            if each not in self._number:
                return each
            if each in self._open:
                self._reaches(node, self._number[each])
        return None

    def _reaches(self, node: int, number: int) -> None:
        self._lowest[node] = min(self._lowest[node], number)

    def _closed(self, node: int) -> list[int]:
        """Take a component away, down to its first node."""
        component = []
        while node in self._open:
            last, _ = self._open.popitem()
            component.append(last)
        return component
