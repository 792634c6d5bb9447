"""Which entries are asked for a setting, nearest first.

The entries are found once per object; the path of a setting then says which of them count. All but
the object's own depend on its affiliation alone, so they are found once for all who share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.affiliation import Affiliation, affiliation_in, affiliation_of
from .cos import class_of_service

__all__ = ["LAYERS", "Layer", "Layers", "domain_of", "farther_layers", "layers_from", "layers_of"]

MOST_REMEMBERED: Final = 4096
"""Of how many affiliations a snapshot remembers the layers."""


class Layer(NamedTuple):
    """An entry in its role for one object: its COS, its domain."""

    level: Level
    entry: Entry


Layers: TypeAlias = tuple[Layer, ...]

LAYERS: Final[Mapping[Level, tuple[Level, ...]]] = {
    Level.ACCOUNT: (Level.COS, Level.DOMAIN, Level.GLOBAL),
    Level.RESOURCE: (Level.COS, Level.DOMAIN, Level.GLOBAL),
    Level.LIST: (),
    Level.COS: (),
    Level.DOMAIN: (Level.GLOBAL,),
    Level.SERVER: (Level.GLOBAL,),
    Level.ALIAS: (),
    Level.GLOBAL: (),
}
"""Whom an object of each kind may inherit from, nearest first."""


def layers_of(snapshot: Snapshot, entry: Entry) -> Layers:
    """Give the entries whose values may apply to `entry`, itself first.

    `LAYERS` says which they are; a layer that the directory does not have is left out.
    """
    level = snapshot.level_of(entry)
    return () if level is None else layers_from(snapshot, Layer(level, entry))


def layers_from(snapshot: Snapshot, own: Layer) -> Layers:
    """The same for an object whose kind is known."""
    level, entry = own
    if not LAYERS[level]:
        return (own,)
    affiliation = affiliation_in(snapshot.dialect, level, entry.shape, entry.row)
    return (own, *farther_layers(snapshot, affiliation))


def farther_layers(snapshot: Snapshot, affiliation: Affiliation) -> Layers:
    """The layers but the object's own, for everybody with this affiliation."""
    known = snapshot.memory("layers")
    found: Layers | None = known.get(affiliation)
    if found is None:
        if len(known) >= MOST_REMEMBERED:
            known.clear()  # who comes next is likely to be of a domain of its own
        found = known[affiliation] = tuple(_farther_layers(snapshot, affiliation))
    return found


def _farther_layers(snapshot: Snapshot, affiliation: Affiliation) -> Iterator[Layer]:
    farther = LAYERS[affiliation.level]
    domain = _domain(snapshot, affiliation) if Level.DOMAIN in farther else None
    if Level.COS in farther and (cos := class_of_service(snapshot, affiliation, domain)) is not None:
        yield Layer(Level.COS, cos)
    if domain is not None:
        yield Layer(Level.DOMAIN, domain)
    if Level.GLOBAL in farther and (configuration := snapshot.configuration()) is not None:
        yield Layer(Level.GLOBAL, configuration)


def domain_of(snapshot: Snapshot, entry: Entry) -> Entry | None:
    """The domain of an account, list or resource: that of its primary address."""
    affiliation = affiliation_of(snapshot.dialect, entry)
    return None if affiliation is None else _domain(snapshot, affiliation)


def _domain(snapshot: Snapshot, affiliation: Affiliation) -> Entry | None:
    return None if affiliation.domain is None else snapshot.domain(affiliation.domain)
