"""What a figure is: a question, what it is measured against, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import field, frozen

from bench.measure import Ratio
from bench.scale import Scale

__all__ = ["MISSED", "TIMES", "Figure", "Goal", "Result", "Unmeasured", "at_least", "at_most"]

TIMES: Final = "×"
MET: Final = "met"
MISSED: Final = "missed"


class Unmeasured(Exception):
    """What a figure needs is not there; the message says what."""


@frozen
class Goal:
    """A bound in the unit of the figure."""

    bound: float
    is_lower: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.bound if self.is_lower else value <= self.bound


def at_most(bound: float) -> Goal:
    return Goal(bound)


def at_least(bound: float) -> Goal:
    return Goal(bound, is_lower=True)


@frozen
class Result:
    """One line of a figure: what was measured, and whether that is what was wanted."""

    what: str
    measured: Ratio
    goal: Goal | None = None
    unit: str = TIMES
    note: str = ""
    why: str = ""
    """What was tried and where the floor is; the page prints it where the goal is missed."""

    @classmethod
    def single(
        cls,
        what: str,
        value: float,
        *,
        goal: Goal | None = None,
        unit: str = TIMES,
        note: str = "",
        why: str = "",
    ) -> Result:
        """A line that was measured once, because it hardly differs from time to time."""
        return cls(what, Ratio(value, value, value), goal, unit, note, why)

    @property
    def verdict(self) -> str:
        """`met`, `missed`, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return MET if self.goal.met_by(self.measured.middle) else MISSED


@frozen
class Figure:
    """Something to measure.

    `gc` says what Python's garbage collector does meanwhile, on both sides. `run` measures, in a
    process of its own; it raises Unmeasured where something is missing. `fast` figures have the extra of
    that name, the others do without, as after a plain `pip install mailpolicy`.
    """

    name: str
    what: str
    against: str
    gc: str
    run: Callable[[Scale], Iterable[Result]] = field(repr=False)
    fast: bool = False
