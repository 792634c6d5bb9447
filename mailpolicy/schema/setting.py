"""A setting of the catalog: one line that says everything there is to know about it.

A `Setting` is a descriptor. On a class it is itself; on an object that holds settings it is the
value that applies there, with its type::

    Mailbox.mailbox_quota                # Setting[Size]
    account.settings.mailbox_quota       # Size
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, Self, TypeVar, overload

from attrs import define, field

from ..reasons import Level
from ..values import Service
from .codec import Codec
from .stored import Stored

__all__ = ["LAYERED", "SHARED", "Combine", "Holder", "Setting", "Topic", "setting"]

T = TypeVar("T")

LAYERED = (Level.ACCOUNT, Level.COS, Level.DOMAIN, Level.GLOBAL)
"""Stated for one account, else for its class of service, else for its domain, else for everybody."""
SHARED = (Level.DOMAIN, Level.GLOBAL)
"""Stated for a domain, else for everybody."""


EVERYWHERE: Final[Mapping[Level, Codec[Any]]] = MappingProxyType({})
"""No kind of entry takes less than others."""


class Combine(StrEnum):
    """What happens when several layers have a value."""

    NEAREST = "nearest"
    """The nearest layer supplies the whole value."""
    INTERSECT = "intersect"
    """What every layer that has a value allows."""
    PER_KEY = "per_key"
    """Key by key, the nearest layer that has the key."""


class Holder(Protocol):
    """What settings can be read from: the settings of an account, a domain, a list …"""

    def value_of(self, setting: Setting[T], /) -> T: ...


@define(eq=False, slots=False)
class Setting(Generic[T]):
    """What a mail directory may state about an account, a domain, a list.

    `on` is where it may be stored, `path` the layers that are asked, nearest first; an empty path
    means that only the object's own entry counts. `default` applies where no layer has a value;
    None says that then there is no value. `ceiling` names the setting that caps this one.

    Settings are compared by identity and pickled by name: there is one of each.
    """

    codec: Codec[Any] = field(repr=False)
    summary: str = field(repr=False)
    default: T = field(repr=False)
    on: frozenset[Level] = field(repr=False)
    path: tuple[Level, ...] = field(repr=False)
    ceiling: str | None = field(repr=False, default=None)
    constraint: str | None = field(repr=False, default=None)
    combine: Combine = field(repr=False, default=Combine.NEAREST)
    service: Service | None = field(repr=False, default=None)
    """The service this setting switches on, where `ceiling` is a set of services."""
    secret: bool = field(repr=False, default=False)
    codec_on: Mapping[Level, Codec[Any]] = field(repr=False, default=EVERYWHERE)
    """Kinds of entry on which not all that the setting may hold can be written."""
    native: str | None = field(repr=False, default=None)
    carbonio: tuple[Stored, ...] = field(repr=False, default=())
    name: str = field(default="", init=False)
    topic: str = field(default="", init=False, repr=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        if self.native is None:
            self.native = "mp" + "".join(word.capitalize() for word in name.split("_"))

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: Holder, owner: type) -> T: ...

    def __get__(self, instance: Holder | None, owner: type) -> Self | T:
        return self if instance is None else instance.value_of(self)

    def __reduce__(self) -> tuple[Callable[[str], Setting[Any]], tuple[str]]:
        from .catalog import find_setting

        return find_setting, (self.name,)

    def conceal(self, raw: tuple[str, ...]) -> tuple[str, ...]:
        """The stored strings as they may be shown: nothing of a secret, and no password of a grant."""
        return () if self.secret else self.codec.conceal(raw)

    @property
    def unit(self) -> str | None:
        """What the number counts: bytes, days, percent."""
        return self.codec.unit

    @property
    def attribute(self) -> str:
        """The attribute of our own schema that stores it."""
        assert self.native is not None  # named when its class was made
        return self.native

    def belongs_to(self, level: Level) -> bool:
        """Whether the setting is one of this kind of object; a resource has what accounts inherit."""
        return level in self.on or (level is Level.RESOURCE and Level.ACCOUNT in self.path)

    def concerns(self, level: Level) -> bool:
        """Whether an object of this kind has the setting: stored on it, or inherited by it."""
        return level in self.on or (bool(self.path) and level in (Level.ACCOUNT, Level.RESOURCE))

    def accept(self, given: object) -> T:
        """What somebody writes for the value, as the value; `InvalidValue` if it is none."""
        value: T = self.codec.accept(given)
        return value


@overload
def setting(
    codec: Codec[T],
    summary: str,
    *,
    default: None = None,
    path: tuple[Level, ...] = (),
    own: tuple[Level, ...] = (),
    ceiling: str | None = None,
    constraint: str | None = None,
    combine: Combine = Combine.NEAREST,
    service: Service | None = None,
    secret: bool = False,
    codec_on: Mapping[Level, Codec[T]] = EVERYWHERE,
    native: str | None = None,
    carbonio: str | Stored | tuple[Stored, ...] = (),
) -> Setting[T | None]: ...


@overload
def setting(
    codec: Codec[T],
    summary: str,
    *,
    default: T,
    path: tuple[Level, ...] = (),
    own: tuple[Level, ...] = (),
    ceiling: str | None = None,
    constraint: str | None = None,
    combine: Combine = Combine.NEAREST,
    service: Service | None = None,
    secret: bool = False,
    codec_on: Mapping[Level, Codec[T]] = EVERYWHERE,
    native: str | None = None,
    carbonio: str | Stored | tuple[Stored, ...] = (),
) -> Setting[T]: ...


def setting(
    codec: Codec[Any],
    summary: str,
    *,
    default: Any = None,
    path: tuple[Level, ...] = (),
    own: tuple[Level, ...] = (),
    carbonio: str | Stored | tuple[Stored, ...] = (),
    **rest: Any,
) -> Setting[Any]:
    """One line of the catalog.

    Either `path` says which layers may hold the value and are asked for it, or `own` on which
    kinds of entry it stands by itself.
    """
    if isinstance(carbonio, str):
        carbonio = Stored((carbonio,))
    return Setting(
        codec,
        summary,
        default,
        on=frozenset(path or own),
        path=path,
        carbonio=carbonio if isinstance(carbonio, tuple) else (carbonio,),
        **rest,
    )


class Topic:
    """The settings of one subject; a subclass declares them, one line each."""

    def __init_subclass__(cls, title: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        for each in settings_of(cls):
            each.topic = title


def settings_of(topic: type) -> Iterator[Setting[Any]]:
    """The settings that a class itself declares, in the order in which they stand."""
    return (value for value in vars(topic).values() if isinstance(value, Setting))
