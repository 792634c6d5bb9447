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

WORTH_MAKING: Final = 8
"""An index yet to be made counts as trying one in so many values: others will use it, too."""


class Weighed(NamedTuple):
    """A part of a filter with its cost, and the parts that it is made of, the cheapest first."""

    node: Node
    own: Cost
    """What it costs where all indexes are there."""
    missing: frozenset[str]
    """The attributes whose indexes are not, but have to be."""
    cost: Cost
    """What it costs with making them."""
    clauses: int = 1
    """How many simple filters have to be tried where it is tried on an entry."""
    lookup: Lookup | None = None
    parts: tuple[Weighed, ...] = ()


def weighed(node: Node, segment: Segment) -> Weighed:
    """Weigh a part of a filter, and all in it.

    Of every part that has to hold, the first one leaves so few rows that the others need not be looked
    up: it costs as much as that one. Of any that may hold, all have to be looked up; but what several of
    them need is made only once.
    """
    match node:
        case Asked():
            lookup = Lookup.of(node, segment)
            own, missing = lookup.cost, lookup.missing
            return Weighed(node, own, missing, with_making(own, missing, segment), lookup=lookup)
        case Never():
            return Weighed(node, Cost(0, 0), frozenset(), Cost(0, 0))
        case Untold():
            return Weighed(node, NO_INDEX, frozenset(), NO_INDEX)
    parts = tuple(sorted([weighed(each, segment) for each in node.parts], key=attrgetter("cost")))
    if not parts:
        cost = Cost(0, len(segment.rows) if isinstance(node, EveryOf) else 0)
        return Weighed(node, cost, frozenset(), cost, parts=parts)
    if isinstance(node, EveryOf):
        return parts[0]._replace(node=node, lookup=None, parts=parts)
    own = Cost(sum(part.own.tries for part in parts), sum(part.own.rows for part in parts))
    missing = frozenset[str]().union(*[part.missing for part in parts])
    clauses = sum(part.clauses for part in parts)
    return Weighed(node, own, missing, with_making(own, missing, segment), clauses, parts=parts)


def with_making(own: Cost, missing: frozenset[str], segment: Segment) -> Cost:
    """What it costs together with making indexes."""
    return Cost(own.tries + len(missing) * (len(segment.rows) // WORTH_MAKING), own.rows)
