"""Which entries are asked for a setting, nearest first.

The entries are found once per object; the path of a setting then says which of them count. All but
the object's own depend on its affiliation alone, so they are found once for all who share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Snapshot
from ..snapshot.affiliation import Affiliation, affiliation_in, affiliation_of
from ..snapshot.remembering import remember
from .cos import default_cos, referred_cos

__all__ = ["LAYERS", "Layer", "Layers", "domain_of", "farther_layers", "layers_from", "layers_of", "nothing"]

MOST_REMEMBERED: Final = 4096
"""Of how many affiliations and domains a snapshot remembers what follows from them."""


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
        found = remember(known, affiliation, _farther_layers(snapshot, affiliation), MOST_REMEMBERED)
    return found


def _farther_layers(snapshot: Snapshot, affiliation: Affiliation) -> Layers:
    level, references, name, external = affiliation
    farther = LAYERS[level]
    home = home_of(snapshot, name if Level.DOMAIN in farther else None, external)
    found = home.layers if Level.GLOBAL in farther else ()
    if Level.COS not in farther:
        return found
    cos = referred_cos(snapshot, references)
    if cos is None:
        cos = home.cos
    return found if cos is None else (Layer(Level.COS, cos), *found)


class Home(NamedTuple):
    """What accounts of one domain have in common: its layer and those behind it, and their default COS."""

    layers: Layers
    cos: Entry | None


def home_of(snapshot: Snapshot, name: str | None, external: bool) -> Home:
    """Find it by the name of the domain, for people of its own or from outside."""
    known, asked = snapshot.memory("homes"), (name, external)
    found: Home | None = known.get(asked)
    if found is None:
        domain = None if name is None else snapshot.domain(name)
        of_all = snapshot.configuration()
        entries = ((Level.DOMAIN, domain), (Level.GLOBAL, of_all))
        layers = tuple([Layer(level, entry) for level, entry in entries if entry is not None])
        found = Home(layers, default_cos(snapshot, domain, external=external))
        remember(known, asked, found, MOST_REMEMBERED)
    return found


def domain_of(snapshot: Snapshot, entry: Entry) -> Entry | None:
    """The domain of an account, list or resource: that of its primary address."""
    affiliation = affiliation_of(snapshot.dialect, entry)
    if affiliation is None or affiliation.domain is None:
        return None
    return snapshot.domain(affiliation.domain)


@lru_cache
def nothing(dialect: Dialect) -> Entry:
    """An entry that says nothing, to stand for an object that inherits everything."""
    return Entry(DN(""), {}, dialect.definitions)
