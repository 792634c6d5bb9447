"""From what somebody writes for a setting to the bytes an entry stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from ..errors import InvalidValue
from ..ldap.definitions import Definitions
from ..ldap.matching.names import normalizer
from ..ldap.matching.rules import find_rule
from ..reasons import Level
from ..schema import SETTINGS, Codec, find_setting
from ..schema.dialects import Dialect, LdapSetting
from ..schema.several import Among, Joined, Many
from ..snapshot import Snapshot
from .references import followed, spelled

__all__ = [
    "Values",
    "attributes_of",
    "codec_of",
    "missing",
    "place_of",
    "several",
    "stored_values",
    "united",
    "without",
]

Values = Mapping[str, tuple[bytes, ...]]
Form = Callable[[tuple[bytes, ...]], tuple[bytes, ...]]

SECRET: Final = "…"
"""What an error repeats of a value that nobody may see."""


def attributes_of(dialect: Dialect, level: Level | None, name: str) -> tuple[str, ...]:
    """Give the attributes that store a setting, by its public or LDAP name, on this kind of entry.

    NotFound for an unknown name, InvalidValue where the entry has no place for the setting. A resource
    may hold what an account holds; whether its object classes agree shows when all is checked.
    """
    if name not in SETTINGS:
        return (described(dialect, name),)
    holder = Level.ACCOUNT if level is Level.RESOURCE else level
    can_hold = level is not None and not SETTINGS[name].on.isdisjoint({level, holder})
    binding = dialect.binding(name, level) if level and can_hold else None
    if binding is None:
        raise InvalidValue(
            name, f"a setting that {level or 'this entry'} can hold in a {dialect.name} directory"
        )
    return tuple(part.attribute for part in binding.parts)


def stored_values(
    snapshot: Snapshot, level: Level | None, name: str, value: object, *, strict: bool = True
) -> Values:
    """Give what to store for a value, by attribute; None stores nothing, as unsetting does.

    InvalidValue tells what was expected instead, and does not repeat what was meant to be secret;
    NotFound tells of an entry that is named and does not exist, unless `strict` is off.
    """
    dialect = snapshot.dialect
    attributes = attributes_of(dialect, level, name)
    if value is None:
        return dict.fromkeys(attributes, ())
    subject = find_setting(name) if name in SETTINGS else ldap_setting(dialect, name)
    try:
        if isinstance(subject, LdapSetting):
            return {attributes[0]: as_bytes(subject.codec.encode(subject.codec.accept(value)))}
        binding = dialect.binding(subject, level) if level else None
        assert binding is not None  # or it would have no attributes
        accepted = subject.accept(spelled(subject, value))
        encoded = binding.encode(followed(snapshot, subject, accepted, strict=strict))
    except InvalidValue as problem:
        text = SECRET if subject.secret else problem.text
        raise InvalidValue(text, problem.expected, problem.position, name) from None
    return {attribute: as_bytes(each) for attribute, each in encoded.items()}


def codec_of(dialect: Dialect, level: Level | None, name: str) -> Codec[Any]:
    """How the first attribute of a setting that the entry has a place for is read."""
    if name not in SETTINGS:
        return ldap_setting(dialect, name).codec
    binding = dialect.binding(name, level) if level else None
    assert binding is not None  # or `stored_values` would have said so
    return binding.parts[0].codec


def several(codec: Codec[Any]) -> tuple[Form, Form]:
    """How stored values come apart into single ones, and back together.

    Some attributes hold their values in one, with commas between. Where having no value must be told
    from inheriting one, a word stands for it.
    """
    if isinstance(codec, Joined):
        return (
            lambda texts: tuple(
                each for text in texts for each in map(bytes.strip, text.split(b",")) if each
            ),
            lambda texts: (b",".join(texts),) if texts else (),
        )
    nothing = codec.nothing.encode() if isinstance(codec, Many | Among) and codec.nothing else None
    if nothing is None:
        return tuple, tuple
    return (
        lambda texts: tuple(each for each in texts if each != nothing),
        lambda texts: texts or (nothing,),
    )


def as_bytes(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple([text.encode("utf-8", "surrogateescape") for text in texts])


def described(dialect: Dialect, name: str) -> str:
    """The attribute description that `name` spells, with its options."""
    ldap_setting(dialect, name)
    return dialect.definitions.canonical_name(name)


def ldap_setting(dialect: Dialect, name: str) -> LdapSetting:
    known = dialect.attribute(name)
    if known is None:
        find_setting(name)  # raises NotFound with the nearest names
    assert known is not None
    return known


def comparable(definitions: Definitions, attribute: str) -> Callable[[bytes], Hashable]:
    """What makes two values the same, as the attribute's equality rule sees it.

    A value that its own rule cannot read is equal to itself only.
    """
    known = definitions.attribute(attribute)
    rule = find_rule(known.equality) if known else None
    form = normalizer(rule, definitions) if rule else None
    return lambda value: (form(value) if form else None) or (value,)


def place_of(definitions: Definitions, attribute: str, values: tuple[bytes, ...], value: bytes) -> int | None:
    """Where `value` is among the values; None if it is not."""
    form = comparable(definitions, attribute)
    wanted = form(value)
    return next((at for at, each in enumerate(values) if form(each) == wanted), None)


def missing(
    definitions: Definitions, attribute: str, values: tuple[bytes, ...], wanted: tuple[bytes, ...]
) -> list[bytes]:
    """Those wanted that are not among the values."""
    form = comparable(definitions, attribute)
    known = set(map(form, values))
    return [each for each in wanted if form(each) not in known]


def united(
    definitions: Definitions, attribute: str, values: tuple[bytes, ...], more: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    """The values with those of `more` that are not among them yet; an attribute is a set."""
    form = comparable(definitions, attribute)
    fresh: dict[Hashable, bytes] = {}
    for each in more:
        fresh.setdefault(form(each), each)
    for each in values if fresh else ():
        fresh.pop(form(each), None)
    return (*values, *fresh.values())


def without(
    definitions: Definitions, attribute: str, values: tuple[bytes, ...], less: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    """The values but for those of `less`, each as often as it is among them."""
    form = comparable(definitions, attribute)
    gone = Counter(map(form, less))
    kept = []
    for each in values:
        known = form(each)
        if gone[known] > 0:
            gone[known] -= 1
        else:
            kept.append(each)
    return tuple(kept)
