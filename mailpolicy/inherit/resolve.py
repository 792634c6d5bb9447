"""Which value applies: the fast way, without the story.

The layers of the object are asked in order, nearest first, along the path of each attribute. The
first layer that has the attribute supplies the whole value; text that cannot be read is passed
over, so that one bad value never costs an account its other layers. `explain` walks the same way
and keeps everything it sees; both must always agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from ..errors import NotFound
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Binding, Combine, Dialect, Part, Setting, find_setting
from ..snapshot import Snapshot
from ..values import Reference
from .layers import Layer, Layers, layers_from
from .stored import read_part

__all__ = [
    "asked",
    "capped",
    "combined",
    "resolve",
    "resolve_by",
    "resolve_for",
    "resolve_part",
    "with_default",
]

T = TypeVar("T")
MAILBOXES = (Level.ACCOUNT, Level.RESOURCE)
MOST_QUESTIONS = 4096
"""How many settings of kinds of object are remembered: some hundreds in each dialect."""


def resolve(snapshot: Snapshot, layers: Layers, setting: Setting[T]) -> T:
    """Give the value of a setting that applies to the object whose layers these are."""
    return resolve_by(snapshot.dialect, layers, setting)


def resolve_for(snapshot: Snapshot, entry: Entry, setting: Setting[T]) -> T:
    """The same for the object that an entry is; others are looked for only where they are asked.

    NotFound where the entry is no object.
    """
    dialect = snapshot.dialect
    level = dialect.level_of(entry)
    if level is None:
        raise NotFound("object at", str(entry.dn))
    own = Layer(level, entry)
    layers = (own,) if is_own(dialect, setting, level) else layers_from(snapshot, own)
    return resolve_by(dialect, layers, setting)


def resolve_by(dialect: Dialect, layers: Layers, setting: Setting[T]) -> T:
    """The same for layers that somebody has put together."""
    level = layers[0].level
    if setting.name == "cos" and level in MAILBOXES:
        return cast(T, the_class_of_service(layers))
    binding = dialect.binding(setting.name, level)
    stored = None if binding is None else resolve_binding(layers, binding, setting.combine)
    value: T = with_default(setting, stored)
    if setting.ceiling is None or value is None:
        return value
    return capped(setting, value, resolve_by(dialect, layers, find_setting(setting.ceiling)))


@lru_cache(MOST_QUESTIONS)
def is_own(dialect: Dialect, setting: Setting[Any], level: Level) -> bool:
    """Whether an object of this kind asks nobody but itself for a setting."""
    if setting.ceiling is not None or (setting.name == "cos" and level in MAILBOXES):
        return False
    binding = dialect.binding(setting.name, level)
    return binding is None or not any(part.path for part in binding.parts)


def the_class_of_service(layers: Layers) -> Reference | None:
    return next((Reference(layer.entry.dn) for layer in layers if layer.level is Level.COS), None)


def resolve_binding(layers: Layers, binding: Binding[T], combine: Combine) -> T | None:
    if len(binding.parts) == 1:
        return cast("T | None", resolve_part(layers, binding.parts[0], combine))
    return binding.combine(tuple([resolve_part(layers, part, combine) for part in binding.parts]))


def resolve_part(layers: Layers, part: Part, combine: Combine = Combine.NEAREST) -> Any:
    """Give the value that one attribute has for the object; None where no layer supplies one."""
    attribute, path = part.attribute, part.path
    values = []
    for level, entry in layers if path else layers[:1]:
        # Most layers do not have the attribute, which is quickly seen; so that comes first.
        if attribute not in entry.shape.places or (path and not counts(level, path)):
            continue
        value, _ = read_part(entry, part)
        if value is not None:
            if combine is Combine.NEAREST:
                return value
            values.append(value)
    return combined(combine, values) if values else None


def asked(own: Layer | None, farther: Layers, path: tuple[Level, ...]) -> Iterator[Layer]:
    """Choose the layers that count, nearest first; an empty path means the object's own entry only.

    A resource is asked as an account is: it has the same settings.
    """
    if own is not None and (not path or counts(own.level, path)):
        yield own
    if path:
        for layer in farther:
            if layer.level in path:
                yield layer


def counts(level: Level, path: tuple[Level, ...]) -> bool:
    return (Level.ACCOUNT if level is Level.RESOURCE else level) in path


def combined(combine: Combine, values: list[Any]) -> Any:
    """Make one value of those that layers supply, nearest first."""
    if combine is Combine.PER_KEY:
        merged: dict[Any, Any] = {}
        for value in reversed(values):
            merged |= value
        return type(values[0])(merged)
    if combine is Combine.INTERSECT:
        return frozenset.intersection(*values)
    return values[0]


def with_default(setting: Setting[T], value: T | None) -> T:
    """Fill in what the catalog says for a value that no layer supplies, or for the keys it leaves out."""
    if value is None:
        return setting.default
    if setting.combine is Combine.PER_KEY and isinstance(setting.default, Mapping):
        return cast(T, combined(Combine.PER_KEY, [value, setting.default]))
    return value


def capped(setting: Setting[T], value: T, ceiling: Any) -> T:
    """Bring a value down to its ceiling.

    Of sizes and counts the smaller counts; a switch needs its ceiling on as well, or its service
    among those allowed; sets intersect.
    """
    if ceiling is None:
        return value
    if setting.service is not None:
        return cast(T, value and setting.service in ceiling)
    if isinstance(value, bool):
        return cast(T, value and ceiling)
    if isinstance(value, frozenset):
        return cast(T, value & ceiling)
    return cast(T, min(cast(Any, value), ceiling))
