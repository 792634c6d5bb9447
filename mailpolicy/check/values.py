"""Whether the values of an entry are what its settings and attributes expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any, Final, TypeAlias

from attrs import frozen

from ..errors import InvalidValue
from ..ldap.entry import Entry, is_binary
from ..reasons import Level
from ..schema import SETTINGS, Codec, Dialect, LdapSetting, read_choices
from ..snapshot import Finding

__all__ = ["value_findings"]

DESCRIPTIONS: Final = 8192
"""How many attribute descriptions are remembered, for all kinds of entry together."""

Read: TypeAlias = Callable[[tuple[str, ...]], tuple[Any, tuple[InvalidValue, ...]]]
"""Gives a value for the stored strings, and what is wrong with them."""


@frozen
class Expected:
    """What an attribute expects of its values at one kind of entry.

    `readers` are those of all settings that it stores; its own, if there is none.
    """

    single: bool
    text: bool
    readers: tuple[Read, ...]
    ldap: LdapSetting | None

    def fits(self, values: tuple[bytes, ...]) -> bool:
        """Whether nothing is wrong with the values: the way taken for nearly all of them."""
        if self.single and len(values) > 1:
            return False
        try:
            texts = tuple([value.decode() for value in values])
        except UnicodeDecodeError:
            if self.text:
                return False
            texts = tuple([value.decode("utf-8", "surrogateescape") for value in values])
        return all(not read(texts)[1] for read in self.readers)

    def problems(self, values: tuple[bytes, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """What is wrong with the values: an id, a text, and the strings it is about."""
        texts = tuple([value.decode("utf-8", "surrogateescape") for value in values])
        if self.single and len(values) > 1:
            yield "several-values", f"expected one value; there are {len(values)}", texts
        if self.text:
            for text in texts:
                if not is_unicode(text):
                    yield "undecodable-value", "expected text in UTF-8", (text,)
            texts = tuple(filter(is_unicode, texts))
        # Two settings that share an attribute may have the same to say.
        said = dict.fromkeys(each for read in self.readers if texts for each in unreadable(read, texts))
        for text, expected in said:
            yield "invalid-value", f"expected {expected}", (text,)

    def shown(self, texts: tuple[str, ...]) -> str | None:
        """The stored strings as they may be shown; None for a secret."""
        return ", ".join(self.ldap.conceal(texts) if self.ldap else texts) or None


def is_unicode(text: str) -> bool:
    """Whether the text has no bytes that were no UTF-8, which decoding has smuggled into it."""
    return text.isascii() or not any("\udc80" <= character <= "\udcff" for character in text)


def unreadable(read: Read, texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give each string that cannot be read, with what was expected.

    Reading all of them together tells of the first only, where one bad value spoils the whole.
    """
    together = read(texts)[1]
    if together:
        alone = [(text, problems[0].expected) for text in texts if (problems := read((text,))[1])]
        yield from alone or [(together[0].text, together[0].expected)]


def value_findings(dialect: Dialect, level: Level | None, entry: Entry) -> Iterator[Finding]:
    """Give the values of an entry that cannot be used, and those that are too many."""
    for name, values in entry.raw.items():
        expected = expected_of(dialect, level, name)
        if expected is None or expected.fits(values):
            continue
        for id, text, about in expected.problems(values):
            yield Finding(
                id,
                text,
                dn=str(entry.dn),
                attribute=name,
                line=entry.line,
                raw=expected.shown(about),
            )


@lru_cache(DESCRIPTIONS)
def expected_of(dialect: Dialect, level: Level | None, description: str) -> Expected | None:
    """Give what an attribute description expects; None where the values are nobody's business.

    Object classes are looked at by what they allow, operational attributes are the server's own, and
    attributes that the schema does not have say nothing.
    """
    attribute = dialect.definitions.attribute(description)
    if attribute is None or attribute.operational or attribute.name == "objectClass":
        return None
    ldap = dialect.attribute(description)
    if attribute.name == dialect.choices_attribute:
        readers: tuple[Read, ...] = (read_choices,)
    else:
        codecs = bound(dialect, level).get(attribute.name) or ((ldap.codec,) if ldap else ())
        readers = tuple(codec.read for codec in codecs)
    return Expected(attribute.single_value, not is_binary(description, dialect.definitions), readers, ldap)


@cache
def bound(dialect: Dialect, level: Level | None) -> dict[str, tuple[Codec[Any], ...]]:
    """The codecs of the settings that a kind of entry may have, by the attribute that stores them."""
    found: dict[str, tuple[Codec[Any], ...]] = {}
    for setting in SETTINGS.values():
        binding = dialect.binding(setting, level) if level and setting.belongs_to(level) else None
        for part in binding.parts if binding and not binding.derived else ():
            name = dialect.definitions.canonical_name(part.attribute)
            if part.codec not in (known := found.get(name, ())):
                found[name] = (*known, part.codec)
    return found
