"""What a filter asks of a value's normal form: a small family, so that an index can answer for each.

A condition knows nothing of entries and attributes. `passes` decides for one normal form, None
standing for a value that has none; an index finds those that pass without trying each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import frozen

from .rules import Order

__all__ = ["Anything", "Condition", "Equals", "HasParts", "InOrder", "OneOf", "Passes"]


@frozen
class Anything:
    """Every value will do: the filter asks for presence."""

    def passes(self, normal: bytes | None) -> bool:
        """Tell that the value will do."""
        return True


@frozen
class Equals:
    """The value's normal form is this one.

    >>> Equals(b"jane").passes(b"jane")
    True
    """

    wanted: bytes

    def passes(self, normal: bytes | None) -> bool:
        """Tell whether the normal forms are the same."""
        return normal == self.wanted


@frozen
class OneOf:
    """The value is one of these spellings, whatever its case: the names of classes, in lower case."""

    spellings: frozenset[bytes]

    def passes(self, normal: bytes | None) -> bool:
        """Tell whether the value is one of the spellings."""
        return normal is not None and normal.lower() in self.spellings


@frozen
class InOrder:
    """The value comes at or after `bound`, or at or before it.

    `order` turns a normal form into what sorts as the values do, and has turned the asserted value
    into `bound`. A value that has no place in the order does not pass.
    """

    order: Order
    bound: Any
    at_least: bool

    def passes(self, normal: bytes | None) -> bool:
        """Tell whether the value is on the right side of the bound."""
        place = None if normal is None else self.order(normal)
        if place is None:
            return False
        return bool(place >= self.bound if self.at_least else place <= self.bound)


@frozen
class HasParts:
    """The value begins with one part, ends with another, and has others in between, in that order.

    No two parts share an octet. An empty part is in every value.

    >>> HasParts(b"j", (b"a", b"n"), b"e").passes(b"jane"), HasParts(b"ja", (), b"ane").passes(b"jane")
    (True, False)
    """

    initial: bytes
    between: tuple[bytes, ...]
    final: bytes

    def passes(self, normal: bytes | None) -> bool:
        """Tell whether the value has the parts."""
        if normal is None or not normal.startswith(self.initial) or not normal.endswith(self.final):
            return False
        start, end = len(self.initial), len(normal) - len(self.final)
        for part in self.between:
            start = normal.find(part, start, end) + len(part)
            if start < len(part):
                return False
        return start <= end


@frozen(eq=False)
class Passes:
    """The value passes a test that nothing can be looked up by, such as how words sound."""

    test: Callable[[bytes | None], bool]

    def passes(self, normal: bytes | None) -> bool:
        """Tell what the test says."""
        return self.test(normal)


Condition: TypeAlias = Anything | Equals | OneOf | InOrder | HasParts | Passes
"""Every kind of condition there is."""
