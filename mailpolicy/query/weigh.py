"""What finding the rows of each part of a filter would cost in one segment: so the order of the work."""

from __future__ import annotations

from operator import attrgetter
from sys import maxsize
from typing import Final, NamedTuple

from ..snapshot.segment import Segment
from ..snapshot.values import Cost
from .lookup import Lookup
from .outcomes import Asked, EveryOf, Never, Node, Untold

__all__ = ["Weighed", "weighed"]

NO_INDEX: Final = Cost(maxsize, maxsize)
"""Of what only the entries themselves tell: it comes last, and is tried on what is left."""

_by_cost = attrgetter("cost")


class Weighed(NamedTuple):
    """A part of a filter with its cost, and the parts that it is made of, the cheapest first."""

    cost: Cost
    node: Node
    lookup: Lookup | None = None
    parts: tuple[Weighed, ...] = ()


def weighed(node: Node, segment: Segment) -> Weighed:
    """Weigh a part of a filter, and all in it.

    Of every part that has to hold, the first one leaves so few rows that the others need not be
    looked up: it costs as much as that one. Of any that may hold, all have to be looked up.
    """
    match node:
        case Asked():
            lookup = Lookup.of(node, segment)
            return Weighed(lookup.cost, node, lookup)
        case Never():
            return Weighed(Cost(0, 0), node)
        case Untold():
            return Weighed(NO_INDEX, node)
    parts = tuple(sorted([weighed(each, segment) for each in node.parts], key=_by_cost))
    costs = [part.cost for part in parts]
    if isinstance(node, EveryOf):
        return Weighed(min(costs, default=Cost(0, len(segment.rows))), node, None, parts)
    together = Cost(sum(each.tries for each in costs), sum(each.rows for each in costs))
    return Weighed(together, node, None, parts)
