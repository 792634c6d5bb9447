"""What the entries of one shape say about the settings of an object.

Most settings are *plain*: one attribute, and the nearest layer that has it supplies the value. They are
read off the row of an entry's values one by one. The others are *composed*, of several attributes, of
what several layers say, or under a ceiling: whether an entry has a say in them is seen from its shape, and
`resolve` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, Final, NamedTuple

from attrs import frozen

from ..ldap.shape import MOST_SHAPES, Shape
from ..reasons import Level
from ..schema import SETTINGS, Combine, Dialect, Part, Setting, find_setting
from ..schema.codec import Codec
from ..snapshot.remembering import remember
from .resolve import MAILBOXES, counts
from .said import repeats
from .stored import texts_of

__all__ = ["Overlay", "attributes_of", "flat_settings", "overlay_of", "own_attributes_of"]

MOST_READ: Final = 512
"""How many stored values of a setting are remembered with what they mean."""

UNREAD: Final = object()


class Single(NamedTuple):
    """A setting that is read from the one value at a place in the row."""

    name: str
    place: int
    codec: Codec[Any]
    known: dict[bytes, Any] | None
    """What is read from stored values, None where they cannot be read; nothing is kept of what few share."""


class Several(NamedTuple):
    """A setting that is read from all the values at a place in the row."""

    name: str
    place: slice
    codec: Codec[Any]


@frozen(slots=False)
class Overlay:
    """What entries of one shape change in the values of an object."""

    singles: tuple[Single, ...]
    several: tuple[Several, ...]
    composed: tuple[Setting[Any], ...]
    """The composed settings that such an entry has a say in."""

    def lay_over(self, values: dict[str, Any], row: Sequence[bytes]) -> None:
        """Put the plain settings of an entry with these values in place of what is there."""
        for name, place, codec, known in self.singles:
            stored = row[place]
            value = UNREAD if known is None else known.get(stored, UNREAD)
            if value is UNREAD:
                value, _ = codec.read((stored.decode("utf-8", "surrogateescape"),))
                if known is not None:
                    remember(known, stored, value, MOST_READ)
            if value is not None:
                values[name] = value
        for name, several, codec in self.several:
            value, _ = codec.read(texts_of(row[several]))
            if value is not None:
                values[name] = value

    def value(self, name: str, row: Sequence[bytes]) -> Any:
        """What an entry with these values says of one plain setting; None where it says nothing."""
        alone = self._alone.get(name)
        if alone is None:
            return None
        values: dict[str, Any] = {}
        alone.lay_over(values, row)
        return values.get(name)

    def composes(self, name: str) -> bool:
        """Whether such an entry has a say in a composed setting."""
        return name in self._composed

    @cached_property
    def _alone(self) -> dict[str, Overlay]:
        """Each plain setting as an overlay of its own."""
        singles = {each.name: Overlay((each,), (), ()) for each in self.singles}
        return singles | {each.name: Overlay((), (each,), ()) for each in self.several}

    @cached_property
    def _composed(self) -> frozenset[str]:
        return frozenset(each.name for each in self.composed)


@lru_cache(MOST_SHAPES)
def overlay_of(dialect: Dialect, own: Level, level: Level, shape: Shape) -> Overlay:
    """Find what entries of a shape change, standing as a layer of one kind, for an object of its kind."""
    singles, several, composed = [], [], {}
    said = said_by(dialect, own, level)
    for attribute, place in shape.places.items():
        count = place.stop - place.start
        for setting, codec in said.get(attribute, ()) if count else ():
            if codec is None:
                composed[setting.name] = setting
            elif count == 1:
                known = values_read(setting, codec) if repeats(setting) else None
                singles.append(Single(setting.name, place.start, codec, known))
            else:
                several.append(Several(setting.name, place, codec))
    return Overlay(tuple(singles), tuple(several), tuple(composed.values()))


@cache
def values_read(setting: Setting[Any], codec: Codec[Any]) -> dict[bytes, Any]:
    """What is known of the values of a setting, for the shapes of all directories.

    It outlives them, so it is no place for the names and addresses of people.
    """
    return {}


@lru_cache
def said_by(
    dialect: Dialect, own: Level, level: Level
) -> Mapping[str, Sequence[tuple[Setting[Any], Codec[Any] | None]]]:
    """The settings that each attribute of a layer has a say in, with the codec of plain ones."""
    found: dict[str, list[tuple[Setting[Any], Codec[Any] | None]]] = {}
    for setting in flat_settings(own):
        parts = list(parts_of(dialect, setting, own))
        composed = len(parts) > 1 or is_composed(setting)
        for part in parts:
            if counts(level, part.path) if part.path else level is own:
                found.setdefault(part.attribute, []).append((setting, None if composed else part.codec))
    return found


def flat_settings(level: Level) -> Iterator[Setting[Any]]:
    """The settings of a kind of object, but no secrets."""
    return (each for each in SETTINGS.values() if each.belongs_to(level) and not each.secret)


def is_composed(setting: Setting[Any]) -> bool:
    """Whether it takes more than the nearest value of one attribute."""
    return setting.combine is not Combine.NEAREST or setting.ceiling is not None


def parts_of(dialect: Dialect, setting: Setting[Any], level: Level) -> Iterator[Part]:
    """The attributes that have a say in a setting of an object of this kind, those of ceilings included."""
    if setting.name == "cos" and level in MAILBOXES:
        return  # a matter of affiliation
    binding = dialect.binding(setting, level)
    yield from binding.parts if binding else ()
    if setting.ceiling is not None:
        yield from parts_of(dialect, find_setting(setting.ceiling), level)


def attributes_of(dialect: Dialect, setting: Setting[Any], level: Level) -> tuple[str, ...]:
    """The attributes that have a say in a setting of an object of this kind; none have one in its COS."""
    return tuple(dict.fromkeys(part.attribute for part in parts_of(dialect, setting, level)))


def own_attributes_of(dialect: Dialect, setting: Setting[Any], level: Level) -> tuple[str, ...]:
    """Those that count on the object itself."""
    parts = parts_of(dialect, setting, level)
    own = (part.attribute for part in parts if not part.path or counts(level, part.path))
    return tuple(dict.fromkeys(own))
