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
    """Give the knots of a graph (Tarjan 1972, without recursion)."""
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open: set[int] = set()
    for root in graph:
        if root in number:
            continue
        trail = [(root, iter(graph[root]))]
        number[root] = lowest[root] = len(number)
        open_nodes.append(root)
        is_open.add(root)
        while trail:
            node, rest = trail[-1]
            for each in rest:
                if each not in number:
                    number[each] = lowest[each] = len(number)
                    open_nodes.append(each)
                    is_open.add(each)
                    trail.append((each, iter(graph[each])))
                    break
                if each in is_open:
                    lowest[node] = min(lowest[node], number[each])
            else:
                trail.pop()
                if trail:
                    above = trail[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == number[node]:
                    knot = closed(open_nodes, is_open, node)
                    if len(knot) > 1 or node in graph[node]:
                        yield knot


def closed(open_nodes: list[int], is_open: set[int], node: int) -> list[int]:
    """Take a component off the stack, down to its first node."""
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(open_nodes.pop())
        is_open.discard(component[-1])
    return component
