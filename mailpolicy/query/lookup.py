"""The rows of a segment for which one clause comes to an outcome, and what finding them costs."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from ..ldap.matching.conditions import Anything, Condition
from ..snapshot.rows import NONE, Rows
from ..snapshot.segment import SHAPE, Segment
from ..snapshot.stored import is_indexed, stored_names, values_of
from ..snapshot.values import Cost, Way
from .outcomes import Asked
from .plan import MADE_NOW

__all__ = ["Lookup"]


class Lookup(NamedTuple):
    """A clause, and the attributes stored in a segment that count, each with its condition."""

    segment: Segment
    asked: Asked
    meant: list[tuple[str, Condition | None]]

    @classmethod
    def of(cls, asked: Asked, segment: Segment) -> Lookup:
        """What of the segment the clause is about."""
        return cls(segment, asked, asked.clause.among(*stored_names(segment)))

    @property
    def cost(self) -> Cost:
        """What finding the rows would cost, without making what is missing: an estimate."""
        costs = [self._cost(name, condition) for name, condition in self.meant if condition is not None]
        tries = sum(each.tries for each in costs)
        if self.asked.outcome:
            return Cost(tries, sum(each.rows for each in costs))
        return Cost(tries + 1, len(self.segment.rows))

    def _cost(self, name: str, condition: Condition) -> Cost:
        if isinstance(condition, Anything):
            return Cost(len(self.segment.find(SHAPE)), len(self.segment.rows))
        if is_indexed(self.segment, name):
            return values_of(self.segment, name).cost(condition)
        return Cost(1, len(self.segment.rows))

    @property
    def missing(self) -> frozenset[str]:
        """The names that have no index yet: finding the rows makes one."""
        needed = (name for name, condition in self.meant if not isinstance(condition, Anything | None))
        return frozenset(name for name in needed if not is_indexed(self.segment, name))

    def rows(self) -> Rows:
        """The rows for which the clause comes to the outcome: these and no others."""
        found = [self._found(name, condition) for name, condition in self.meant if condition is not None]
        true = found[0] if len(found) == 1 else Rows.union(found)
        if self.asked.outcome:
            return true
        # An attribute without the rule leaves Undefined what is not true.
        undefined = [self.segment.having(name) for name, condition in self.meant if condition is None]
        return self.segment.rows - true - (Rows.union(undefined) if undefined else NONE)

    def _found(self, name: str, condition: Condition) -> Rows:
        if isinstance(condition, Anything):
            return self.segment.having(name)
        return values_of(self.segment, name).rows(condition)

    def description(self, made: Container[str] = ()) -> str:
        """How the rows are found, for people: `equality of mail, cn`; `made` are indexes made for that."""
        names: dict[Way, list[str]] = {}
        for name, condition in self.meant:
            if isinstance(condition, Anything):
                names.setdefault(Way.PRESENCE, []).append(name)
            elif condition is not None:
                way = values_of(self.segment, name).way(condition)
                names.setdefault(way, []).append(name + MADE_NOW if name in made else name)
        ways = [f"{way} of {', '.join(each)}" for way, each in names.items()]
        if not ways:
            return "no entry has it"
        return ("" if self.asked.outcome else "all but ") + "; ".join(ways)
