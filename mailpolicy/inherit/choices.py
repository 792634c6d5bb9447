"""Which values may be chosen for a setting: what the nearest layer offers.

Beside its values a class of service, a domain or the global configuration may carry choices, which
bind everybody who inherits from it and the entry itself. They decide what may be written; a value
that is none of them applies all the same, and is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Setting, read_choices
from ..snapshot import Snapshot
from .layers import Layers

__all__ = ["OFFERING", "choices_for", "choices_of", "offered_by"]

T = TypeVar("T")

OFFERING: Final = (Level.COS, Level.DOMAIN, Level.GLOBAL)
"""The layers that may carry choices."""


def choices_for(snapshot: Snapshot, layers: Layers, setting: Setting[T]) -> tuple[T, ...] | None:
    """Give the values offered for a setting to the object whose layers these are; None if any will do.

    A setting that holds several values gives each choice as a collection of one.
    """
    return choices_of(snapshot, layers).get(setting.name)


def choices_of(snapshot: Snapshot, layers: Layers) -> Mapping[str, tuple[Any, ...]]:
    """Give all choices that are offered to the object, by the name of the setting."""
    found: dict[str, tuple[Any, ...]] = {}
    for layer in reversed(layers):
        if layer.level in OFFERING:
            found |= offered_by(snapshot, layer.entry)
    return found


def offered_by(snapshot: Snapshot, entry: Entry) -> Mapping[str, tuple[Any, ...]]:
    """Give what one layer offers, by the name of the setting."""
    attribute = snapshot.dialect.choices_attribute
    return read_lines(entry.raw.get(attribute, ())) if attribute else {}


@lru_cache(maxsize=1024)
def read_lines(lines: tuple[bytes, ...]) -> Mapping[str, tuple[Any, ...]]:
    """Read the lines once for all accounts that share them; those that cannot be read offer nothing."""
    return read_choices(tuple(line.decode("utf-8", "surrogateescape") for line in lines))[0]
