"""Between the strings an attribute holds and the value a setting has.

A codec reads *all* values of one attribute at one entry, because the nearest layer supplies the
whole value: `One` takes the first of them, the codecs of `several` take all. Reading raises
`InvalidValue` naming what was expected; whoever asks skips that layer, takes the next, and reports
a finding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from ..errors import InvalidValue, kept
from . import syntax
from .syntax import Syntax

__all__ = ["Codec", "Json", "One"]

T = TypeVar("T")
Json = dict[str, Any]


def _unchanged(given: Any) -> Any:
    return given


class Codec(ABC, Generic[T]):
    """How the values of one attribute become the value of a setting, and back."""

    kind: str
    """What a person calls the type: `size`, `tuple of addresses`."""
    unit: str | None = None
    syntax: Syntax
    multiple: bool = False

    @abstractmethod
    def decode(self, values: tuple[str, ...]) -> T:
        """Read the stored values; `InvalidValue` where they cannot be read."""

    @abstractmethod
    def encode(self, value: T) -> tuple[str, ...]:
        """The strings to store; none means that the attribute is removed."""

    @abstractmethod
    def accept(self, given: object) -> T:
        """What a person or program writes for the value: the value itself, or its text."""

    @abstractmethod
    def to_json(self, value: T) -> object:
        """The value as JSON says it; `json_schema` describes the result."""

    @abstractmethod
    def json_schema(self) -> Json:
        """The JSON Schema of what `to_json` gives."""

    def read(self, values: tuple[str, ...]) -> tuple[T | None, tuple[InvalidValue, ...]]:
        """Read what can be read: the value, or None, and everything that is wrong with the text."""
        try:
            return self.decode(values), ()
        except InvalidValue as error:
            return None, (kept(error),)

    def written(self, text: str) -> tuple[str, ...]:
        """Text that somebody writes, as a stored string; `InvalidValue` for what no server would store."""
        try:
            text.encode("utf-8", "surrogateescape" if self.syntax is syntax.OCTETS else "strict")
        except UnicodeEncodeError as problem:
            raise InvalidValue(text, "characters that UTF-8 can encode", problem.start) from None
        return (text,)

    def text(self, value: T) -> str:
        """The value on one line, for people; without the secrets it may hold."""
        return ", ".join(self.conceal(self.encode(value)))

    def conceal(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """The stored strings as they may be shown."""
        return values

    def __repr__(self) -> str:
        return f"<{self.kind}>"


@frozen(eq=False, repr=False)
class One(Codec[T]):
    """A single value. Of several stored ones the first counts, as the deployed servers have it.

    >>> from mailpolicy.values import Size
    >>> One("size", Size, parse=Size).decode(("10 MiB",))
    Size('10 MiB')
    """

    kind: str
    holds: type[T] | tuple[type[T], ...]
    parse: Callable[[str], T]
    show: Callable[[T], str] = str
    syntax: Syntax = syntax.TEXT
    unit: str | None = None
    check: Callable[[T], str | None] | None = None
    """Says what was expected where a value of the right type is still wrong."""
    near: tuple[type, ...] = ()
    """Types that are as good as text when a value is written, int for a size; `adopt` converts them."""
    adopt: Callable[[Any], T] = _unchanged
    schema: Json = field(factory=lambda: {"type": "string"})
    json: Callable[[T], object] | None = None
    public: Callable[[T], str] | None = None
    """The text without its secret, where the value may hold one."""

    def decode(self, values: tuple[str, ...]) -> T:
        if not values:
            raise InvalidValue("", self.kind)
        return self._checked(self.parse(values[0]))

    def encode(self, value: T) -> tuple[str, ...]:
        return (self.show(self._checked(value)),)

    def accept(self, given: object) -> T:
        if type(given) is str or (isinstance(given, str) and not isinstance(given, self.holds)):
            return self.decode(self.written(str(given)))
        if isinstance(given, bool) and self.holds is not bool:
            raise InvalidValue(repr(given), self.kind)
        if isinstance(given, self.holds):
            return self._checked(given)
        if isinstance(given, self.near):
            return self._checked(self.adopt(given))
        raise InvalidValue(repr(given), self.kind)

    def _checked(self, value: T) -> T:
        if self.check and (expected := self.check(value)):
            raise InvalidValue(str(value), expected)
        return value

    def conceal(self, values: tuple[str, ...]) -> tuple[str, ...]:
        if self.public is None:
            return values
        read = (self.read((text,))[0] for text in values)
        return tuple("…" if value is None else self.public(value) for value in read)

    def to_json(self, value: T) -> object:
        return (self.json or self.public or self.show)(value)

    def json_schema(self) -> Json:
        return dict(self.schema)
