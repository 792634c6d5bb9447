"""One setting of all objects of a kind.

Most accounts say nothing about most settings, and those of one affiliation inherit the same. So what is
inherited is worked out for each affiliation, and after that the value of those accounts that have a say
themselves. Where the same is said and the same inherited, that is done once.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from ..reasons import Level
from ..schema import Setting
from ..snapshot import Snapshot
from ..snapshot.affiliation import AFFILIATION, Affiliation
from ..snapshot.postings import Postings
from ..snapshot.remembering import remember
from ..snapshot.rows import Rows
from .layers import Layer, Layers, farther_layers, nothing
from .overlay import attributes_of, own_attributes_of
from .resolve import is_own, resolve_by, resolve_for
from .said import repeats, saying

__all__ = ["sweep"]

T = TypeVar("T")

MOST_SAID: Final = 1 << 12
"""Of those who inherit the same, how many different things that they say are remembered while sweeping."""

UNKNOWN: Final = object()


def sweep(snapshot: Snapshot, level: Level, setting: Setting[T]) -> list[T]:
    """Give the value of a setting for every object of a kind, in the order of `Snapshot.of_level`.

    Exactly what `resolve` gives for each of them. The setting is one that concerns such objects.
    """
    rows = snapshot.rows_of(level)
    recent = snapshot.recent.entries
    # Not of those that have changed: a row of the base may have an object only now, or another one.
    values = base_values(snapshot, level, setting, rows - snapshot.recent.covered)
    values += [None] * (1 + max(recent, default=-1) - len(values))
    for row in rows & Rows.of(recent):
        entry = recent[row]
        assert entry is not None  # a row that is found has one
        values[row] = resolve_for(snapshot, entry, setting)
    return rows.pick(values)


class Inherited(NamedTuple):
    """What applies to objects that say nothing, and the farther layers of one of them.

    The layers of the others say the same about the setting, so that all of them are answered alike.
    """

    value: Any
    farther: Layers
    known: dict[Hashable, Any]
    """What applies to those of them who say something, by what they say."""


class Numbered(NamedTuple):
    """Something of each row, as a number among all the different things that there are."""

    different: Sequence[Any]
    numbers: Sequence[int]


def base_values(snapshot: Snapshot, level: Level, setting: Setting[Any], rows: Rows) -> list[Any]:
    """A value for each row of the base; those of other rows than these mean nothing."""
    dialect = snapshot.dialect
    different, numbers = inherited_column(snapshot, level, setting)
    values = list(map([each.value for each in different].__getitem__, numbers))
    entries, attributes = snapshot.base.entries, own_attributes_of(dialect, setting, level)
    for row, said in saying(snapshot.base, attributes, rows, indexed=repeats(setting)):
        _, farther, known = different[numbers[row]]
        value = known.get(said, UNKNOWN)
        if value is UNKNOWN:
            entry = entries[row]
            assert entry is not None  # as it says something
            value = resolve_by(dialect, (Layer(level, entry), *farther), setting)
            remember(known, said, value, MOST_SAID)
        values[row] = value
    return values


def inherited_column(snapshot: Snapshot, level: Level, setting: Setting[Any]) -> Numbered:
    """What each row of the base inherits; that of a row with another kind of object means nothing."""
    dialect = snapshot.dialect
    unsaid = Layer(level, nothing(dialect))
    if is_own(dialect, setting, level):
        by_default = Inherited(resolve_by(dialect, (unsaid,), setting), (), {})
        return Numbered([by_default], bytes(len(snapshot.base.entries)))
    attributes = attributes_of(dialect, setting, level)
    affiliations, numbers = snapshot.base.derived(AFFILIATION, affiliation_column)
    alike: dict[Hashable, Inherited] = {}
    different = []
    for affiliation in affiliations:
        farther = farther_layers(snapshot, affiliation) if affiliation.level is level else ()
        heard = heard_from(farther, setting, attributes)
        inherited = alike.get(heard)
        if inherited is None:
            value = resolve_by(dialect, (unsaid, *farther), setting)
            inherited = alike[heard] = Inherited(value, farther, {})
        different.append(inherited)
    return Numbered(different, numbers)


def heard_from(layers: Layers, setting: Setting[Any], attributes: Sequence[str]) -> Hashable:
    """All that these layers say about a setting; about the COS they say it by being there."""
    if setting.name == "cos":
        return tuple([layer.entry.dn for layer in layers])
    return tuple(
        [
            (layer.level, name, *layer.entry.stored(name))
            for layer in layers
            for name in attributes
            if name in layer.entry.shape.places
        ]
    )


def affiliation_column(postings: Postings[Affiliation]) -> Numbered:
    """The affiliation of each row; that of a row which has none means nothing."""
    last = max((max(rows) for _, rows in postings.items()), default=-1)
    numbers = array("I", [0]) * (1 + last)
    for number, (_, rows) in enumerate(postings.items()):
        for row in rows:
            numbers[row] = number
    return Numbered(tuple(postings), numbers)
