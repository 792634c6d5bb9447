"""The settings of one object, as attributes, by name, or all together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NoReturn, Self, TypeVar, cast

from ..errors import NotFound
from ..freshness import Freshness
from ..inherit import (
    Effective,
    Layers,
    explain,
    explain_attribute,
    flat_values,
    layers_of,
    near_values,
    resolve,
    resolve_part,
)
from ..inherit.flat import UNTOLD, Near
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import SETTINGS, Catalog, Setting, find_setting
from ..snapshot import Snapshot
from ..tables import Table
from .display import name_of, settings_table

__all__ = ["Settings"]

T = TypeVar("T")


class Settings(Catalog):
    """What applies to an object, setting by setting.

    Every public name is an attribute with its type: `settings.mailbox_quota` is a `Size`. In
    brackets also LDAP names work: `settings["zimbraMailQuota"]` is that attribute alone, inherited
    along its own path, without ceiling or default. Iterating gives the public names of what can be
    set for the object; `flat()` all their values at once. What only its domain can state, such as
    the status of the domain, can be read all the same.

    A value is looked up when it is first read and kept: the directory never changes.
    """

    _snapshot: Snapshot
    _entry: Entry

    def __init__(self, snapshot: Snapshot, entry: Entry) -> None:
        self.__dict__.update(_snapshot=snapshot, _entry=entry)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} cannot be set here; with_changes gives a directory in which it is")

    @cached_property
    def _layers(self) -> Layers:
        return layers_of(self._snapshot, self._entry)

    @property
    def freshness(self) -> Freshness:
        """How far the values can be taken for those that apply now."""
        return self._snapshot.freshness

    @property
    def _level(self) -> Level:
        return self._layers[0].level

    @property
    def _owner(self) -> str:
        return name_of(self._snapshot, self._layers)

    def value_of(self, setting: Setting[T], /) -> T:
        """The value that applies; kept under the setting's name, where the next look-up finds it."""
        value = self.__dict__[setting.name] = self._value_of(setting)
        return value

    def _value_of(self, setting: Setting[T]) -> T:
        near: Near | None = self.__dict__.get("_near")
        if near is not None and (value := near.value(setting)) is not UNTOLD:
            return cast(T, value)
        return resolve(self._snapshot, self._layers, self._concerning(setting))

    def at_hand(self) -> Self:
        """The same settings for who is going to read many: what others share is worked out once for all."""
        self.__dict__["_near"] = near_values(self._snapshot, self._entry)
        return self

    def explain(self, name: str) -> Effective[Any]:
        """The value that applies with its whole story, by public or LDAP name."""
        if name in SETTINGS:
            return explain(self._snapshot, self._layers, self._concerning(SETTINGS[name]))
        attribute = self._snapshot.dialect.attribute(name)
        if attribute is None:
            raise self._unknown(name)
        return explain_attribute(self._layers, attribute.binding(self._level).parts[0], attribute.secret)

    def __getitem__(self, name: str) -> Any:
        if name in SETTINGS:
            return getattr(self, name)
        attribute = self._snapshot.dialect.attribute(name)
        if attribute is None:
            raise self._unknown(name)
        return resolve_part(self._layers, attribute.binding(self._level).parts[0])

    def __contains__(self, name: str) -> bool:
        if name in SETTINGS:
            return SETTINGS[name].concerns(self._level)
        return self._snapshot.dialect.attribute(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in SETTINGS.values() if each.belongs_to(self._level))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def keys(self) -> Iterator[str]:
        """Give the public names, so that `dict(settings)` has them all, secrets included."""
        return iter(self)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Give each public name with the value that applies."""
        return ((name, getattr(self, name)) for name in self)

    def flat(self) -> dict[str, Any]:
        """All settings of the object as a dict of public names; secrets are left out."""
        return flat_values(self._snapshot, self._entry)

    def effective(self) -> Iterator[Effective[Any]]:
        """Give the story of every setting that concerns the object."""
        return (self.explain(name) for name in self)

    def _concerning(self, setting: Setting[T]) -> Setting[T]:
        if not setting.concerns(self._level):
            raise NotFound(f"setting of {article(self._level)}", setting.name)
        return setting

    def _unknown(self, name: str) -> NotFound:
        try:
            find_setting(name)
        except NotFound as unknown:
            return unknown
        return NotFound("setting", name)

    def as_table(self) -> Table:
        """All settings with where each comes from, for people."""
        return settings_table(self._owner, self)

    def __dir__(self) -> list[str]:
        return [*self, "effective", "explain", "flat", "items"]

    def __repr__(self) -> str:
        return f"<Settings of {self._owner}>"

    def _repr_html_(self) -> str:
        return self.as_table().html()


def article(level: Level) -> str:
    return f"an {level}" if level[0] in "aeiou" else f"a {level}"
