"""All settings of one object at once.

Asking for each of a hundred settings is work in proportion to what could be said. Most of it never is:
so what the catalog says is copied and each layer laid over it, the farthest first, which is work in
proportion to what is. `Overlay` says what the entries of one shape change. The farther layers are the
same for everybody of an affiliation, so what they come to is worked out once, and only the object's own
values are laid over a copy of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import SETTINGS, Dialect, find_setting
from ..snapshot import Snapshot
from ..snapshot.affiliation import Affiliation, affiliation_in
from ..snapshot.remembering import remember
from .layers import Layer, farther_layers, nothing
from .overlay import flat_settings, overlay_of
from .resolve import resolve_by

__all__ = ["Near", "flat_values", "near_values"]

MOST_REMEMBERED: Final = 1024
"""Of how many affiliations a snapshot remembers what they inherit: some 5 kB each."""

Values = dict[str, Any]
COS: Final = find_setting("cos")
"""No layer supplies it: it says which one they are."""


def flat_values(snapshot: Snapshot, entry: Entry) -> Values:
    """Give the value of every setting of the object that an entry is, by name; secrets are left out.

    Nothing for an entry that is no object. Exactly what `resolve` gives for each of them.
    """
    dialect = snapshot.dialect
    level = dialect.level_of(entry)
    if level is None:
        return {}
    shape, row = entry.shape, entry.row
    affiliation = affiliation_in(dialect, level, shape, row)
    values = inherited_values(snapshot, affiliation).copy()
    overlay = overlay_of(dialect, level, level, shape)
    overlay.lay_over(values, row)
    if overlay.composed:
        layers = (Layer(level, entry), *farther_layers(snapshot, affiliation))
        for setting in overlay.composed:
            values[setting.name] = resolve_by(dialect, layers, setting)
    return values


class Near(NamedTuple):
    """What applies to an object, in parts that others share: a setting is `own` before it is `inherited`.

    `composed` are those of which its own entry has a say together with others: `resolve` knows these, and all
    that is in none of the two.
    """

    own: Values
    inherited: Mapping[str, Any]
    composed: frozenset[str]


def near_values(snapshot: Snapshot, entry: Entry) -> Near | None:
    """Give the same as `flat_values` without making a copy of what is inherited; None for no object.

    What only its domain can state is among the inherited too.
    """
    dialect = snapshot.dialect
    level = dialect.level_of(entry)
    if level is None:
        return None
    shape, row = entry.shape, entry.row
    affiliation = affiliation_in(dialect, level, shape, row)
    overlay = overlay_of(dialect, level, level, shape)
    own: Values = {}
    overlay.lay_over(own, row)
    composed = frozenset([setting.name for setting in overlay.composed]) if overlay.composed else NONE
    return Near(own, concerning_values(snapshot, affiliation), composed)


NONE: Final[frozenset[str]] = frozenset()


def concerning_values(snapshot: Snapshot, affiliation: Affiliation) -> Values:
    """What `inherited_values` gives, and what objects farther away state that concerns the object."""
    known = snapshot.memory("concerning")
    values: Values | None = known.get(affiliation)
    if values is None:
        dialect, level = snapshot.dialect, affiliation.level
        layers = (Layer(level, nothing(dialect)), *farther_layers(snapshot, affiliation))
        others = {
            setting.name: resolve_by(dialect, layers, setting)
            for setting in SETTINGS.values()
            if setting.concerns(level) and not setting.belongs_to(level) and not setting.secret
        }
        values = {**inherited_values(snapshot, affiliation), **others}
        remember(known, affiliation, values, MOST_REMEMBERED)
    return values


def inherited_values(snapshot: Snapshot, affiliation: Affiliation) -> Values:
    """What applies to an object of this affiliation that says nothing itself."""
    known = snapshot.memory("flat")
    values: Values | None = known.get(affiliation)
    if values is None:
        values = remember(known, affiliation, work_out(snapshot, affiliation), MOST_REMEMBERED)
    return values


def work_out(snapshot: Snapshot, affiliation: Affiliation) -> Values:
    dialect, own = snapshot.dialect, affiliation.level
    values = default_values(dialect, own).copy()
    farther = farther_layers(snapshot, affiliation)
    layers = (Layer(own, nothing(dialect)), *farther)
    overlays = [overlay_of(dialect, own, level, entry.shape) for level, entry in farther]
    for overlay, layer in zip(reversed(overlays), reversed(farther), strict=True):
        overlay.lay_over(values, layer.entry.row)
    composed = {setting for overlay in overlays for setting in overlay.composed}
    for setting in composed:
        values[setting.name] = resolve_by(dialect, layers, setting)
    if COS.name in values:
        values[COS.name] = resolve_by(dialect, layers, COS)
    return values


@lru_cache
def default_values(dialect: Dialect, level: Level) -> Values:
    """What applies where no entry says anything."""
    layers = (Layer(level, nothing(dialect)),)
    return {setting.name: resolve_by(dialect, layers, setting) for setting in flat_settings(level)}
