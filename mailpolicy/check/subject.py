"""The entry whose values are compared: what it has, and what applies to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from attrs import define, field

from ..inherit import Layers, layers_of, resolve
from ..inherit.stored import text_values
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect, find_setting
from ..snapshot import Snapshot, folded_address
from .values import single_values

__all__ = ["Item", "Subject", "attributes"]


class Item(NamedTuple):
    """One of the values that an entry has, and how it is spelled there."""

    attribute: str
    text: str
    value: Any


@define(eq=False, slots=False)
class Subject:
    """The entry that is asked, with what its rules need of it, found once."""

    snapshot: Snapshot
    entry: Entry
    level: Level
    _items: dict[str, tuple[Item, ...]] = field(init=False, factory=dict)

    @cached_property
    def layers(self) -> Layers:
        return layers_of(self.snapshot, self.entry)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The primary address and the aliases."""
        names = ("address", "aliases")
        texts = (text for name in names for each in self.parts(name) for text in self.texts(each))
        return frozenset(map(folded_address, texts))

    def parts(self, setting: str) -> tuple[str, ...]:
        return attributes(self.snapshot.dialect, setting, self.level)

    def texts(self, attribute: str) -> tuple[str, ...]:
        return text_values(self.entry, attribute)

    def items(self, setting: str) -> tuple[Item, ...]:
        """The values of a setting that the entry itself has, one by one."""
        if setting not in self._items:
            self._items[setting] = tuple(self._read(setting))
        return self._items[setting]

    def _read(self, setting: str) -> Iterator[Item]:
        binding = self.snapshot.dialect.binding(setting, self.level)
        for part in binding.parts if binding else ():
            texts = self.texts(part.attribute)
            together, problems = part.codec.read(texts) if len(texts) > 1 else (None, ())
            if isinstance(together, tuple) and len(together) == len(texts) and not problems:
                yield from map(Item, repeat(part.attribute), texts, together)
                continue
            for text, value in single_values(self.entry, part):
                several = value if isinstance(value, tuple) else (value,)
                for each in several:
                    yield Item(part.attribute, text if len(several) == 1 else str(each), each)

    def own(self, setting: str) -> Any:
        """The first value that the entry itself has; None if there is none."""
        return next((item.value for item in self.items(setting)), None)

    def applied(self, setting: str) -> Any:
        """The value that applies to the object, wherever it is stated."""
        return resolve(self.snapshot, self.layers, find_setting(setting))


@lru_cache(maxsize=256)
def attributes(dialect: Dialect, setting: str, level: Level) -> tuple[str, ...]:
    """The attributes that store a setting at this kind of entry."""
    binding = dialect.binding(setting, level)
    return tuple(part.attribute for part in binding.parts) if binding else ()
