"""From what somebody writes for a setting to the bytes an entry stores."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InvalidValue
from ..ldap.definitions import Definitions
from ..ldap.matching.names import normalizer
from ..ldap.matching.rules import find_rule
from ..reasons import Level
from ..schema import SETTINGS, find_setting
from ..schema.dialects import Dialect, LdapSetting

__all__ = ["Values", "attributes_of", "place_of", "stored_values"]

Values = Mapping[str, tuple[bytes, ...]]


def attributes_of(dialect: Dialect, level: Level | None, name: str) -> tuple[str, ...]:
    """Give the attributes that store a setting, by its public or LDAP name, on this kind of entry.

    NotFound for an unknown name, InvalidValue where the entry has no place for the setting.
    """
    if name not in SETTINGS:
        return (described(dialect, name),)
    binding = dialect.binding(name, level) if level in SETTINGS[name].on else None
    if binding is None:
        raise InvalidValue(name, f"a setting that {level or 'this entry'} can hold in a {dialect.name} directory")
    return tuple(part.attribute for part in binding.parts)


def stored_values(dialect: Dialect, level: Level | None, name: str, value: object) -> Values:
    """Give what to store for a value, by attribute; None stores nothing, as unsetting does.

    InvalidValue tells what was expected instead.
    """
    attributes = attributes_of(dialect, level, name)
    if value is None:
        return dict.fromkeys(attributes, ())
    if name not in SETTINGS:
        codec = ldap_setting(dialect, name).codec
        return {attributes[0]: as_bytes(codec.encode(codec.accept(value)))}
    setting = find_setting(name)
    binding = dialect.binding(setting, level) if level else None
    assert binding is not None  # or it would have no attributes
    try:
        texts = binding.encode(setting.accept(value))
    except InvalidValue as problem:
        problem.attribute = name
        raise
    return {attribute: as_bytes(each) for attribute, each in texts.items()}


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


def place_of(
    definitions: Definitions, attribute: str, values: tuple[bytes, ...], value: bytes
) -> int | None:
    """Where `value` is among the values, as the attribute's equality rule sees it; None if it is not."""
    known = definitions.attribute(attribute)
    rule = find_rule(known.equality) if known else None
    form = normalizer(rule, definitions) if rule else None
    wanted = form(value) if form else value
    return next((at for at, each in enumerate(values) if (form(each) if form else each) == wanted), None)
