"""Values that name other entries: strict on write, so what they name exists.

A person writes the name of a class of service, or gives the object itself; stored is what the
directory uses, the id in the deployed systems, the DN in ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..check.references import REFERRED
from ..errors import NotFound
from ..reasons import Level
from ..schema import Setting
from ..snapshot import Snapshot
from ..values import FrozenMapping, Reference

__all__ = ["followed", "spelled"]


def spelled(setting: Setting[Any], value: object) -> object:
    """An object of the directory stands for its DN wherever another entry is named."""
    named = setting.name in REFERRED and not isinstance(value, str)
    return getattr(value, "dn", value) if named else value


def followed(snapshot: Snapshot, setting: Setting[Any], value: Any, *, strict: bool) -> Any:
    """The value with its references as the directory stores them.

    NotFound where there is no such entry; without `strict` such a reference stays as it is.
    """
    levels = REFERRED.get(setting.name)
    if levels is None:
        return value
    if isinstance(value, Mapping):
        return FrozenMapping(
            {stored(snapshot, each, levels, strict): number for each, number in value.items()}
        )
    if isinstance(value, tuple):
        return tuple(stored(snapshot, each, levels, strict) for each in value)
    return stored(snapshot, value, levels, strict)


def stored(snapshot: Snapshot, reference: str, levels: tuple[Level, ...], strict: bool) -> Reference:
    found = (snapshot.referred(reference, level) for level in levels)
    entry = next((each for each in found if each is not None), None)
    if entry is None and strict:
        raise NotFound(levels[0], reference)
    if entry is None:
        return Reference(reference)
    id_attribute = snapshot.dialect.id_attribute
    id = entry.first(id_attribute) if id_attribute else None
    return Reference(id if isinstance(id, str) else entry.dn)
