"""How a deployed directory stores a setting: under which attributes, in which spelling, and where.

The catalog states it beside each setting, in the words of this file: `inverse("zimbraPasswordLocked")`,
`both("zimbraImapEnabled", "zimbraPrefImapEnabled")`. A dialect turns it into a `Binding`, which
knows the path of every attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attrs import frozen

from ..errors import InvalidValue
from ..reasons import Level
from ..values import Address, Duration
from . import kinds
from .codec import Codec, One
from .words import spelling

__all__ = [
    "DAY_COUNT",
    "NAMED_ADDRESS",
    "Binding",
    "Part",
    "Rule",
    "Stored",
    "asked_by",
    "both",
    "gated",
    "inverse",
    "only",
    "spelled",
    "stored",
]

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Rule(StrEnum):
    """How the values of several attributes become one."""

    FIRST = "first"
    """The first attribute that has a value."""
    ALL = "all"
    """TRUE if none of them is FALSE."""
    GATED = "gated"
    """The first attribute, while the second is TRUE."""


@frozen
class Stored:
    """Where a deployed directory keeps a setting.

    `codec` is given where its spelling differs from ours, `at` where the attribute counts on those
    levels only, `asked_by` where other kinds of entry keep the same setting elsewhere. A `derived`
    setting is read from what is stored for another purpose and cannot be written.
    """

    attributes: tuple[str, ...]
    codec: Codec[Any] | None = None
    rule: Rule = Rule.FIRST
    at: tuple[Level, ...] = ()
    asked_by: frozenset[Level] = frozenset(Level)
    derived: bool = False

    @property
    def gate(self) -> bool:
        """Whether the second attribute only switches the first one."""
        return self.rule is Rule.GATED


def stored(attribute: str, codec: Codec[Any] | None = None) -> Stored:
    """One attribute, in a spelling of its own."""
    return Stored((attribute,), codec)


def only(attribute: str, *levels: Level, codec: Codec[Any] | None = None) -> Stored:
    """One attribute that counts on these levels only."""
    return Stored((attribute,), codec, at=levels)


def asked_by(attribute: str, *levels: Level, codec: Codec[Any] | None = None) -> Stored:
    """One attribute, but for these kinds of object only."""
    return Stored((attribute,), codec, asked_by=frozenset(levels))


def both(first: str, second: str) -> Stored:
    """Two switches in a row: on if neither is off."""
    return Stored((first, second), rule=Rule.ALL)


def gated(attribute: str, gate: str) -> Stored:
    """A value that counts while a switch beside it is TRUE."""
    return Stored((attribute, gate), rule=Rule.GATED)


INVERSE = One(
    "TRUE or FALSE",
    bool,
    parse=lambda text: not kinds.parse_boolean(text),
    show=lambda value: kinds.show_boolean(not value),
    syntax=kinds.BOOLEAN.syntax,
    schema=kinds.BOOLEAN.schema,
    json=bool,
)


DAY_COUNT = One(
    "number of days",
    Duration,
    parse=lambda text: Duration(f"{kinds.WHOLE.decode((text,))}d"),
    show=lambda value: str(value.days),
    syntax=kinds.WHOLE.syntax,
    check=kinds.whole_days,
    near=(timedelta,),
    adopt=Duration,
    schema=kinds.DURATION.schema,
    json=str,
)
"""A bare number that counts days."""


def bare_address(text: str) -> Address:
    """The address of `Ann <ann@acme.example>`, or the text as it is."""
    bare = text.strip()
    return Address(bare[bare.rfind("<") + 1 : -1] if bare.endswith(">") else bare)


NAMED_ADDRESS = One("address", Address, parse=bare_address, schema=kinds.ADDRESS.schema)
"""An address that may come with a name, which is dropped."""


def inverse(attribute: str) -> Stored:
    """A switch that says the opposite of ours."""
    return Stored((attribute,), INVERSE)


def spelled(attribute: str, words: Mapping[str, E], *levels: Level) -> Stored:
    """A choice that the directory stores under other words."""
    return Stored((attribute,), spelling(words), at=levels)


@frozen
class Part:
    """One attribute of a binding: its name, how to read it, and the layers that may hold it.

    An empty path means that only the entry that is asked counts.
    """

    attribute: str
    codec: Codec[Any]
    path: tuple[Level, ...]


@frozen
class Binding(Generic[T]):
    """A setting in one dialect: its attributes, and how their values become one.

    Each part is resolved along its own path; `combine` makes the value of what they gave.
    """

    parts: tuple[Part, ...]
    rule: Rule = Rule.FIRST
    derived: bool = False

    def combine(self, values: tuple[Any, ...]) -> T | None:
        """The value of the setting from those of its parts, None for a part that is unset.

        >>> switch = Part("a", kinds.BOOLEAN, ()), Part("b", kinds.BOOLEAN, ())
        >>> Binding(switch, Rule.ALL).combine((True, None))
        True
        """
        if self.rule is Rule.GATED:
            value: T | None = values[0] if values[1] else None
            return value
        present = [value for value in values if value is not None]
        if self.rule is Rule.ALL and present:
            return all(present)  # type: ignore[return-value]  # the rule is for switches
        return present[0] if present else None

    def encode(self, value: T) -> dict[str, tuple[str, ...]]:
        """What to store for the value, by attribute. `InvalidValue` if it cannot be stored at all."""
        first = self.parts[0]
        if self.derived:
            expected = f"a change of {first.attribute}, from which it is read"
            raise InvalidValue(str(value), expected)
        texts = {first.attribute: first.codec.encode(value)}
        if self.rule is Rule.ALL:
            texts |= {part.attribute: part.codec.encode(value) for part in self.parts[1:]}
        if self.rule is Rule.GATED:
            texts[self.parts[1].attribute] = ("TRUE",)
        return texts
