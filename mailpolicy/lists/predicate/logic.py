"""What `&`, `|` and `!` make of the outcomes of clauses (RFC 4511, section 4.5.1.7), however deep they nest.

A filter is kept as steps, those inside another before it, so that nothing here recurses: a clause adds what
it comes to, and what combines others puts what they come to in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import NamedTuple, TypeAlias

from ...ldap.filter import And, Filter, Not, Or
from ...ldap.matching.evaluate import SHALLOW
from ...snapshot import Snapshot
from ...snapshot.rows import NONE, Rows
from .clauses import Case, Clause, Outcomes

__all__ = ["Steps", "Test", "clauses_in", "conjuncts", "outcomes", "steps_of", "test_of"]

Test: TypeAlias = Callable[[Case], bool | None]


class Junction(NamedTuple):
    """A step that combines what the last `width` ones came to.

    `decisive` is the outcome of one of them that settles the whole; None for a `!`.
    """

    decisive: bool | None
    width: int


Steps: TypeAlias = Sequence[Clause | Junction]


def steps_of(filter: Filter, read: Callable[[Filter], Clause]) -> Steps:
    """The filter as steps, its simple filters read."""
    steps: list[Clause | Junction] = []
    rest = [filter]
    while rest:
        each = rest.pop()
        match each:
            case And() | Or() | Not():
                decisive = None if isinstance(each, Not) else isinstance(each, Or)
                steps.append(Junction(decisive, len(each.inner)))
                rest += each.inner
            case _:
                steps.append(read(each))
    return steps[::-1]


def clauses_in(steps: Steps) -> Iterator[Clause]:
    """The simple filters among the steps, in their order."""
    return (step for step in steps if not isinstance(step, Junction))


def conjuncts(filter: Filter) -> list[Filter]:
    """The filters all of which have to be true; the filter itself where it is no `&`."""
    found: list[Filter] = []
    rest = [filter]
    while rest:
        each = rest.pop()
        if isinstance(each, And):
            rest += reversed(each.filters)
        else:
            found.append(each)
    return found


def outcomes(steps: Steps, snapshot: Snapshot, among: Rows) -> Outcomes:
    """The rows for which the filter is true, and those for which it is false."""
    found: list[Outcomes] = []
    for step in steps:
        if isinstance(step, Junction):
            width = len(found) - step.width
            found[width:] = [joined(step, found[width:], among)]
        else:
            found.append(step.outcomes(snapshot, among))
    return found[0]


def joined(junction: Junction, parts: Sequence[Outcomes], among: Rows) -> Outcomes:
    if junction.decisive is None:
        return Outcomes(parts[0].false, parts[0].true)
    true, false = [each.true for each in parts], [each.false for each in parts]
    if junction.decisive:
        return Outcomes(Rows.union(true), reduce(and_, false) if false else among)
    return Outcomes(reduce(and_, true) if true else among, Rows.union(false) if false else NONE)


def test_of(filter: Filter, steps: Steps) -> Test:
    """The filter as a function of the entry that is judged."""
    if filter.depth > SHALLOW:
        return lambda case: in_steps(steps, case)
    tests: list[Test] = []
    for step in steps:
        if isinstance(step, Junction):
            width = len(tests) - step.width
            tests[width:] = [combined(step, tests[width:])]
        else:
            tests.append(step.outcome)
    return tests[0]


def combined(junction: Junction, tests: Sequence[Test]) -> Test:
    """One test of several, which asks no further than it has to."""
    decisive = junction.decisive
    if decisive is None:
        (inner,) = tests
        return lambda case: None if (outcome := inner(case)) is None else not outcome

    def test(case: Case) -> bool | None:
        result: bool | None = not decisive
        for each in tests:
            outcome = each(case)
            if outcome is decisive:
                return decisive
            if outcome is None:
                result = None
        return result

    return test


def in_steps(steps: Steps, case: Case) -> bool | None:
    """The same without calls in one another."""
    found: list[bool | None] = []
    for step in steps:
        if isinstance(step, Junction):
            width = len(found) - step.width
            found[width:] = [settled(step.decisive, found[width:])]
        else:
            found.append(step.outcome(case))
    return found[0]


def settled(decisive: bool | None, parts: Sequence[bool | None]) -> bool | None:
    """What outcomes come to together."""
    if decisive is None:
        return None if parts[0] is None else not parts[0]
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive
