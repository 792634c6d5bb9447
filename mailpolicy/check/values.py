"""Whether the values of an entry are what its settings and attributes expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from ..errors import InvalidValue
from ..inherit.stored import text_values
from ..ldap.definitions import Definitions, Syntax
from ..ldap.entry import Entry, is_binary
from ..ldap.matching.names import normalizer
from ..ldap.matching.rules import find_rule
from ..ldap.matching.syntaxes import SYNTAXES
from ..reasons import Level
from ..schema import SETTINGS, Codec, Dialect, LdapSetting, Part, read_choices
from ..snapshot import Finding

__all__ = ["single_values", "value_findings"]

DESCRIPTIONS: Final = 8192
"""How many attribute descriptions are remembered, for all kinds of entry together."""

GOOD_VALUES: Final = 256
SHORT: Final = 64
"""How many good values of an attribute are remembered, and how long such a value may be.

That is enough for states, places, and names of classes of service, which most accounts share.
"""

SAID_BY_LISTS: Final = frozenset({"member_urls"})
"""What is wrong with them is said by the floor that evaluates them, with what was probably meant."""

Read: TypeAlias = Callable[[tuple[str, ...]], tuple[Any, tuple[InvalidValue, ...]]]
"""Gives a value for the stored strings, and what is wrong with them."""


@frozen(eq=False)
class Expected:
    """What an attribute expects of its values at one kind of entry.

    `readers` are those of all settings that it stores, or its own if there is none, and of its syntax.
    """

    single: bool
    text: bool
    readers: tuple[Read, ...]
    ldap: LdapSetting | None
    secret: bool
    _good: set[tuple[bytes, ...]] = field(factory=set, init=False, repr=False)

    def fits(self, values: tuple[bytes, ...]) -> bool:
        """Whether nothing is wrong with the values: the way taken for nearly all of them."""
        if values in self._good:
            return True
        if not self._fits(values):
            return False
        memorable = len(values) == 1 and len(values[0]) <= SHORT and not self.secret
        if memorable and len(self._good) < GOOD_VALUES:
            self._good.add(values)
        return True

    def _fits(self, values: tuple[bytes, ...]) -> bool:
        if self.single and len(values) > 1:
            return False
        try:
            texts = tuple([value.decode() for value in values])
        except UnicodeDecodeError:
            if self.text:
                return False
            texts = tuple([value.decode("utf-8", "surrogateescape") for value in values])
        return not any(read(texts)[1] for read in self.readers)

    def problems(self, values: tuple[bytes, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """What is wrong with the values: an id, a text, and the strings it is about."""
        texts = tuple([value.decode("utf-8", "surrogateescape") for value in values])
        if self.single and len(values) > 1:
            yield "several-values", f"there are {len(values)} values; expected one", texts
        if self.text:
            for text in dict.fromkeys(texts):
                if not is_unicode(text):
                    yield "undecodable-value", "these bytes are not UTF-8; expected text", (text,)
            texts = tuple(filter(is_unicode, texts))
        said: dict[str, str] = {}
        for read in self.readers if texts else ():
            for text, expected in unreadable(read, texts):
                said.setdefault(text, expected)
        for text, expected in said.items():
            yield "invalid-value", f"expected {expected}", (text,)

    def shown(self, texts: tuple[str, ...]) -> str | None:
        """The stored strings as they may be shown; None for a secret."""
        if self.secret:
            return None
        return ", ".join(self.ldap.conceal(texts) if self.ldap else texts)


def is_unicode(text: str) -> bool:
    """Whether decoding met no bytes that it had to escape, because they are not UTF-8."""
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
            raw = expected.shown(about)
            yield Finding(id, text, dn=str(entry.dn), attribute=name, line=entry.line, raw=raw)


@lru_cache(DESCRIPTIONS)
def expected_of(dialect: Dialect, level: Level | None, description: str) -> Expected | None:
    """Give what an attribute description expects; None where any values will do.

    Object classes are judged by what they allow, operational attributes are the server's own, and
    what the schema does not have expects nothing.
    """
    definitions = dialect.definitions
    attribute = definitions.attribute(description)
    if attribute is None or attribute.operational or attribute.name == "objectClass":
        return None
    ldap = dialect.attribute(description)
    codecs = bound(dialect, level).get(attribute.name, (ldap.codec,) if ldap else ())
    readers: list[Read] = [codec.read for codec in codecs]
    if attribute.name == dialect.choices_attribute:
        readers = [read_choices]
    syntax = definitions.syntax(attribute.syntax or "")
    if syntax and (valid := validity(definitions, syntax)):
        readers.append(partial(read_syntax, syntax, valid))
    text = not is_binary(description, definitions)
    return Expected(attribute.single_value, text, tuple(readers), ldap, dialect.is_secret(description))


def validity(definitions: Definitions, syntax: Syntax) -> Callable[[bytes], object] | None:
    """What tells whether bytes are a value of the syntax; None where all are."""
    rule = find_rule("distinguishedNameMatch")
    if rule and syntax.oid == rule.syntax:
        normal = normalizer(rule, definitions)
        return lambda value: normal(value) is not None
    return SYNTAXES.get(syntax.oid)


def read_syntax(
    syntax: Syntax, valid: Callable[[bytes], object], texts: tuple[str, ...]
) -> tuple[None, tuple[InvalidValue, ...]]:
    """Read nothing, but find what a server would refuse.

    Settings are more lenient here and there, and those of one value never look at a second.
    """
    wrong = [text for text in texts if not valid(text.encode("utf-8", "surrogateescape"))]
    if not wrong:
        return None, ()
    expected = f"a value of the LDAP syntax {syntax.description or syntax.oid}"
    return None, tuple(InvalidValue(text, expected) for text in wrong)


@lru_cache(maxsize=64)
def bound(dialect: Dialect, level: Level | None) -> dict[str, tuple[Codec[Any], ...]]:
    """The codecs of the settings that a kind of entry may have, by the attribute that stores them."""
    found: dict[str, tuple[Codec[Any], ...]] = {}
    for setting in SETTINGS.values():
        binding = dialect.binding(setting, level) if level and setting.belongs_to(level) else None
        for part in binding.parts if binding and not binding.derived else ():
            name = dialect.definitions.canonical_name(part.attribute)
            known = found.setdefault(name, ())
            if part.codec not in known and setting.name not in SAID_BY_LISTS:
                found[name] = (*known, part.codec)
    return found


def single_values(entry: Entry, part: Part) -> Iterator[tuple[str, object]]:
    """Give each stored string that counts with the value it would have alone; unset is no choice."""
    texts = text_values(entry, part.attribute)
    for text in dict.fromkeys(texts if part.codec.multiple else texts[:1]):
        value = part.codec.read((text,))[0]
        if value is not None and value != frozenset():
            yield text, value
