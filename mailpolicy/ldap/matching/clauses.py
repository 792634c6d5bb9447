"""What a simple filter asks, as a value: which stored attributes count, and what is asked of them.

A scan turns it into a test of entries, and an index looks its conditions up: there is one judge.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import lru_cache

from attrs import frozen

from ..definitions import Definitions
from ..shape import MOST_SHAPES, Shape
from .conditions import Anything, Condition
from .descriptions import Description
from .names import stored_form
from .values import Judged, Test, ValueTest, any_value

__all__ = ["Clause"]


@frozen
class Clause:
    """What a filter asks of one attribute and its subtypes.

    `conditions` has one for each stored attribute that counts, by its first name: what the normal
    form of a value must be like, in the form that `stored_form` gives for that attribute. None stands
    for an attribute that has no such rule: an entry that has it leaves the filter Undefined, unless
    another value passes.
    """

    description: Description
    conditions: Mapping[str, Condition | None]

    def among(self, names: Container[str], tagged: Iterable[str]) -> list[tuple[str, Condition | None]]:
        """Of stored attributes those that count, each with its condition.

        `tagged` are those of the names that have options: looking for the others needs no walk.
        """
        conditions = self.conditions
        meant = self.description.among(conditions, names, tagged)
        return [(name, conditions[name.partition(";")[0]]) for name in meant]

    def test(self, definitions: Definitions) -> Test:
        """The test of entries: some value passes the condition of its attribute."""
        if all(isinstance(each, Anything) for each in self.conditions.values()):
            return self._presence()

        def judged(shape: Shape) -> Judged:
            for name, condition in self.among(shape.places, shape.tagged):
                yield name, None if condition is None else value_test(name, condition, definitions)

        return any_value(judged)

    def _presence(self) -> Test:
        """The test that only has to look at the shape."""

        @lru_cache(MOST_SHAPES)
        def is_there(shape: Shape) -> bool:
            meant = [shape.places[name] for name, _ in self.among(shape.places, shape.tagged)]
            return any(place.start < place.stop for place in meant)

        return lambda entry: is_there(entry.shape)


def value_test(name: str, condition: Condition, definitions: Definitions) -> ValueTest:
    """The test of one value that is stored under `name`."""
    attribute = definitions.attribute(name)
    passes = condition.passes
    if attribute is None:
        return passes
    form = stored_form(attribute, definitions)
    return lambda value: passes(form(value))
