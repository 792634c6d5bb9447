"""All settings of one object at once.

Asking for each of a hundred settings is work in proportion to what could be said. Most of it never is:
so what the catalog says is copied and each layer laid over it, the farthest first, which is work in
proportion to what is. `Overlay` says what the entries of one shape change. The farther layers are the
same for everybody of an affiliation, so what they come to is worked out once, and only the object's own
values are laid over a copy of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect, Setting, find_setting
from ..snapshot import Snapshot
from ..snapshot.affiliation import Affiliation, affiliation_in
from ..snapshot.remembering import remember
from .layers import Layer, Layers, farther_layers, nothing
from .overlay import Overlay, flat_settings, overlay_of
from .resolve import resolve_by

__all__ = ["UNTOLD", "Near", "flat_values", "near_values"]

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


UNTOLD: Final = object()
"""What `Near` gives for a setting that `resolve` has to be asked for."""


class Near(NamedTuple):
    """What applies to an object, in parts that others share, and nothing of it read before it is asked for.

    The object's own `row` says it by an `overlay`, else it is `inherited`; `elsewhere` are settings that only
    objects farther away can have, found out when one is first asked for.
    """

    overlay: Overlay
    row: Sequence[bytes]
    inherited: Values
    elsewhere: Values
    farther: Layers
    dialect: Dialect

    def value(self, setting: Setting[Any]) -> Any:
        """The value of a setting; UNTOLD for one that is secret, or composed with the object's own say."""
        name = setting.name
        if name in self.inherited:
            if self.overlay.composes(name):
                return UNTOLD
            own = self.overlay.value(name, self.row)
            return self.inherited[name] if own is None else own
        if name in self.elsewhere:
            return self.elsewhere[name]
        level = self.farther[0].level
        if setting.secret or setting.belongs_to(level) or not setting.concerns(level):
            return UNTOLD
        value = self.elsewhere[name] = resolve_by(self.dialect, self.farther, setting)
        return value


def near_values(snapshot: Snapshot, entry: Entry) -> Near | None:
    """Give the same as `flat_values` part by part, for who asks for many, not for all; None for no object."""
    dialect = snapshot.dialect
    level = dialect.level_of(entry)
    if level is None:
        return None
    shape, row = entry.shape, entry.row
    affiliation = affiliation_in(dialect, level, shape, row)
    known = snapshot.memory("near")
    shared: tuple[Values, Values, Layers] | None = known.get(affiliation)
    if shared is None:
        farther = (Layer(level, nothing(dialect)), *farther_layers(snapshot, affiliation))
        shared = inherited_values(snapshot, affiliation), {}, farther
        remember(known, affiliation, shared, MOST_REMEMBERED)
    return Near(overlay_of(dialect, level, level, shape), row, *shared, dialect)


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
