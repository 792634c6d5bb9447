"""Objects whose settings write down that they are read, for a trail that names where each value stands."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from ..inherit import Effective
from ..model import Object
from ..model.settings import Settings
from ..reasons import Origin
from ..schema import Setting

__all__ = ["followed", "origins_of"]

T = TypeVar("T")


def origins_of(effective: Effective[Any]) -> tuple[Origin, ...]:
    """Where a value stands, and what brought it down to what it is."""
    own = (effective.origin, *effective.joined)
    return own if effective.ceiling is None else (*own, *origins_of(effective.ceiling))


class Followed(Settings):
    """Settings that write down which of them are read."""

    def __init__(self, settings: Settings, seen: list[Origin]) -> None:
        super().__init__(settings._snapshot, settings._entry)
        self.__dict__["_seen"] = seen

    def value_of(self, setting: Setting[T], /) -> T:
        # Not kept under its name: each rule that reads it shall be seen to.
        effective = self.explain(setting.name)
        self.__dict__["_seen"] += origins_of(effective)
        return cast(T, effective.value)


def followed(found: Object, seen: list[Origin]) -> Object:
    """The object, and whatever rules read of its settings is written down."""
    fresh = type(found)(found.directory, found.entry)
    fresh.__dict__["settings"] = Followed(fresh.settings, seen)
    return fresh
