"""Codecs for attributes that hold several items: a tuple, a set, a mapping.

A collection that is empty on purpose has no form in LDAP, where an attribute without values is
unset; where the difference matters, one agreed word stands for it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from attrs import frozen

from ..errors import InvalidValue, kept
from ..values import FrozenMapping
from . import syntax
from .codec import Codec, Json, One
from .syntax import Syntax

__all__ = ["Among", "Joined", "Keyed", "Many"]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class _Several(Codec[T], Generic[T, V]):
    """What the multi-valued codecs share: each stored string is one item."""

    item: One[V]
    nothing: str | None
    """The text that stands for an empty collection, which LDAP itself cannot store."""
    line_by_line: bool
    """Whether one bad item is skipped rather than the whole value."""
    multiple = True

    @abstractmethod
    def _gather(self, items: Iterable[V]) -> T: ...

    @abstractmethod
    def _items(self, value: T) -> Iterable[V]: ...

    def _is_nothing(self, values: tuple[str, ...]) -> bool:
        return not values or (self.nothing is not None and values == (self.nothing,))

    def decode(self, values: tuple[str, ...]) -> T:
        if self._is_nothing(values):
            return self._gather(())
        return self._gather(self.item.decode((text,)) for text in values)

    def read(self, values: tuple[str, ...]) -> tuple[T | None, tuple[InvalidValue, ...]]:
        if not self.line_by_line or self._is_nothing(values):
            return super().read(values)
        read = [self.item.read((text,)) for text in values]
        problems = tuple(problem for _, problems in read for problem in problems)
        good = [value for value, problems in read if value is not None and not problems]
        return (self._gather(good) if good else None), problems

    def encode(self, value: T) -> tuple[str, ...]:
        texts = tuple(dict.fromkeys(text for each in self._items(value) for text in self.item.encode(each)))
        return texts or (() if self.nothing is None else (self.nothing,))

    def accept(self, given: object) -> T:
        if isinstance(given, str):
            return self.decode(self.written(given))
        if isinstance(given, Iterable):
            return self._gather([self.item.accept(each) for each in given])
        try:
            return self._gather([self.item.accept(given)])
        except InvalidValue:
            raise InvalidValue(repr(given), self.kind) from None

    def conceal(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return self.item.conceal(values)

    def to_json(self, value: T) -> object:
        return [self.item.to_json(each) for each in self._items(value)]

    def json_schema(self) -> Json:
        return {"type": "array", "items": self.item.json_schema()}


@frozen(eq=False, repr=False)
class Many(_Several[tuple[V, ...], V]):
    """All values, each once, in the order in which they are stored."""

    item: One[V]
    nothing: str | None = None
    line_by_line: bool = False
    at_most: int | None = None
    """How many may be written; what is stored is read, however many there are."""

    @property
    def kind(self) -> str:  # type: ignore[override]  # read-only, made of the items'
        return f"tuple of {self.item.kind}"

    @property
    def syntax(self) -> Syntax:  # type: ignore[override]  # read-only, made of the items'
        return self.item.syntax

    def encode(self, value: tuple[V, ...]) -> tuple[str, ...]:
        texts = super().encode(value)
        if self.at_most is not None and len(texts) > self.at_most:
            raise InvalidValue(", ".join(self.conceal(texts)), f"at most {self.at_most} values")
        return texts

    def _gather(self, items: Iterable[V]) -> tuple[V, ...]:
        return tuple(dict.fromkeys(items))

    def _items(self, value: tuple[V, ...]) -> Iterable[V]:
        return value


@frozen(eq=False, repr=False)
class Joined(Many[V]):
    """Several items in one stored value, separated by commas.

    >>> from mailpolicy.schema import kinds
    >>> Joined(kinds.STRING).decode(("a, b",))
    ('a', 'b')
    """

    multiple = False

    def decode(self, values: tuple[str, ...]) -> tuple[V, ...]:
        return super().decode(tuple(filter(None, (text.strip() for text in ",".join(values).split(",")))))

    def encode(self, value: tuple[V, ...]) -> tuple[str, ...]:
        texts = super().encode(value)
        for text in texts:
            if "," in text:
                raise InvalidValue(text, f"{self.item.kind} without a comma", text.index(","))
        return (",".join(texts),) if texts else ()


@frozen(eq=False, repr=False)
class Among(_Several[frozenset[V], V]):
    """All values as a set; stored and shown in the order of their text."""

    item: One[V]
    nothing: str | None = "none"
    line_by_line: bool = False

    @property
    def kind(self) -> str:  # type: ignore[override]  # read-only, made of the items'
        return f"set of {self.item.kind}"

    @property
    def syntax(self) -> Syntax:  # type: ignore[override]  # read-only, made of the items'
        return self.item.syntax

    def _gather(self, items: Iterable[V]) -> frozenset[V]:
        return frozenset(items)

    def _items(self, value: frozenset[V]) -> Iterable[V]:
        return sorted(value, key=self.item.show)

    def json_schema(self) -> Json:
        return {**super().json_schema(), "uniqueItems": True}


@frozen(eq=False, repr=False)
class Keyed(Codec[Mapping[K, V]]):
    """`key value` lines as a mapping; the lines of one key together are its value.

    Keys come before the first `separator`, or before the last where they may hold one themselves.

    >>> from mailpolicy.schema import kinds
    >>> Keyed(kinds.STRING, Many(kinds.STRING)).decode(("imap a", "imap b", "pop3 c"))
    FrozenMapping({'imap': ('a', 'b'), 'pop3': ('c',)})
    """

    key: One[K]
    value: Codec[V]
    separator: str = " "
    last: bool = False
    line_by_line: bool = False
    syntax: Syntax = syntax.TEXT
    multiple = True

    @property
    def kind(self) -> str:  # type: ignore[override]  # read-only, made of the items'
        return f"{self.value.kind} by {self.key.kind}"

    def decode(self, values: tuple[str, ...]) -> Mapping[K, V]:
        value, problems = self._read(values)
        if problems:
            raise problems[0]
        return value

    def read(self, values: tuple[str, ...]) -> tuple[Mapping[K, V] | None, tuple[InvalidValue, ...]]:
        value, problems = self._read(values)
        return (value if not problems or (self.line_by_line and value) else None), problems

    def _read(self, lines: tuple[str, ...]) -> tuple[Mapping[K, V], tuple[InvalidValue, ...]]:
        texts: dict[K, list[str]] = {}
        problems: list[InvalidValue] = []
        for line in lines:
            try:
                key, text = self._split(line)
                texts.setdefault(key, []).append(text)
            except InvalidValue as problem:
                problems.append(kept(problem))
        found: dict[K, V] = {}
        for key, several in texts.items():
            value, wrong = self.value.read(tuple(several))
            problems.extend(wrong)
            if value is not None:
                found[key] = value
        return FrozenMapping(found), tuple(problems)

    def _split(self, line: str) -> tuple[K, str]:
        cut = line.rpartition if self.last else line.partition
        key, separator, text = cut(self.separator)
        if not separator or not key or not text:
            raise InvalidValue(line, f"{self.key.kind}{self.separator}{self.value.kind}")
        return self.key.decode((key,)), text.strip()

    def encode(self, value: Mapping[K, V]) -> tuple[str, ...]:
        return tuple(
            self._joined(key, text) for key, each in value.items() for text in self.value.encode(each)
        )

    def _joined(self, key: K, text: str) -> str:
        line = f"{self.key.show(key)}{self.separator}{text}"
        if self._split(line) != (key, text):
            raise InvalidValue(line, f"key and value that {self.separator!r} tells apart")
        return line

    def accept(self, given: object) -> Mapping[K, V]:
        if isinstance(given, Mapping):
            return FrozenMapping({self.key.accept(k): self.value.accept(v) for k, v in given.items()})
        if isinstance(given, str):
            return self.decode(self.written(given))
        if isinstance(given, Iterable):
            return self.decode(tuple(text for each in given for text in self.written(str(each))))
        raise InvalidValue(repr(given), self.kind)

    def to_json(self, value: Mapping[K, V]) -> object:
        return {self.key.show(key): self.value.to_json(each) for key, each in value.items()}

    def json_schema(self) -> Json:
        return {"type": "object", "additionalProperties": self.value.json_schema()}
