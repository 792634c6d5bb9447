"""What a directory may hold: attribute types, object classes, matching rules and syntaxes (RFC 4512).

>>> standard = Definitions.standard()
>>> standard.attribute("commonName").syntax
'1.3.6.1.4.1.1466.115.121.1.15'
>>> standard.canonical_name("CommonName;Lang-DE")
'cn;lang-de'
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Self, TypeVar

from attrs import evolve, field, frozen

from ..errors import InvalidValue
from .definitions_kinds import (
    AttributeType,
    Definition,
    MatchingRule,
    ObjectClass,
    ObjectClassKind,
    Syntax,
    Usage,
)
from .definitions_sources import definitions_in

__all__ = [
    "AttributeType",
    "Definitions",
    "MatchingRule",
    "ObjectClass",
    "ObjectClassKind",
    "Syntax",
    "Usage",
]

STANDARD = (
    "syntaxes",
    "rules",
    "system",
    "core",
    "cosine",
    "inetorgperson",
    "nis",
    "dyngroup",
    "config",
    "monitor",
)
"""The files of `standard/`, each resting on those before it."""

_KEPT_NAMES = 10_000
"""Descriptions whose canonical name is remembered; more than any schema has, so that input cannot grow it."""

D = TypeVar("D", bound=Definition)


@frozen(eq=False, repr=False)
class Definitions:
    """A schema: definitions by name, in any case, under every alias and by OID.

    The four tuples hold what was written, in order; the methods answer what it means. `problems` are
    the definitions that could not be read, when reading was not strict.
    """

    attribute_types: tuple[AttributeType, ...] = ()
    object_classes: tuple[ObjectClass, ...] = ()
    matching_rules: tuple[MatchingRule, ...] = ()
    syntaxes: tuple[Syntax, ...] = ()
    problems: tuple[InvalidValue, ...] = ()

    _attributes: dict[str, AttributeType] = field(init=False, factory=dict)
    _classes: dict[str, ObjectClass] = field(init=False, factory=dict)
    _rules: dict[str, MatchingRule] = field(init=False, factory=dict)
    _syntaxes: dict[str, Syntax] = field(init=False, factory=dict)
    _resolved: dict[str, AttributeType] = field(init=False, factory=dict)
    _subtypes: dict[str, tuple[AttributeType, ...]] = field(init=False, factory=dict)
    _canonical: dict[str, str] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self._attributes.update(_by_name(self.attribute_types))
        self._classes.update(_by_name(self.object_classes))
        self._rules.update(_by_name(self.matching_rules))
        self._syntaxes.update(_by_name(self.syntaxes))

    @classmethod
    def parse(cls, text: str, *, strict: bool = True) -> Self:
        """Read the definitions in a subschema LDIF, a cn=config LDIF or an OpenLDAP .schema file.

        Which of them `text` is shows in its first line. Macros (`objectIdentifier acme 1.3.6.1.4.1.99`)
        are resolved. A bad definition raises InvalidValue, which names it, its line and the position in
        it; with `strict=False` it goes to `problems` and the others are read.

        >>> site = Definitions.parse("attributetype ( 2.25.1 NAME 'shoeSize' SUP name SINGLE-VALUE )")
        >>> (Definitions.standard() | site).attribute("shoesize").equality
        'caseIgnoreMatch'
        """
        found: list[Definition] = []
        problems: list[InvalidValue] = []
        for each in definitions_in(text):
            if isinstance(each, Definition):
                found.append(each)
            elif strict:
                raise each
            else:
                problems.append(each)
        return cls(
            attribute_types=_only(AttributeType, found),
            object_classes=_only(ObjectClass, found),
            matching_rules=_only(MatchingRule, found),
            syntaxes=_only(Syntax, found),
            problems=tuple(problems),
        )

    @classmethod
    def read(cls, path: str | PathLike[str], *, strict: bool = True) -> Self:
        """Read the definitions in the file at `path`: see `parse`."""
        return cls.parse(Path(path).read_text("utf-8", "surrogateescape"), strict=strict)

    @staticmethod
    def standard() -> Definitions:
        """What slapd 2.5 knows by itself, and what core, cosine, inetorgperson, nis and dyngroup add.

        That is RFC 4512, 4517, 4519, 4523, 4524, 2079, 2247, 2307, 2798, 3672, 3296 and 4530, with the
        server's operational attributes. Read once.
        """
        return _standard()

    def __or__(self, other: Definitions) -> Definitions:
        """Both schemas; where they define the same OID or the same name, `other` holds."""
        return Definitions(
            attribute_types=_merged(self.attribute_types, other.attribute_types),
            object_classes=_merged(self.object_classes, other.object_classes),
            matching_rules=_merged(self.matching_rules, other.matching_rules),
            syntaxes=_merged(self.syntaxes, other.syntaxes),
            problems=self.problems + other.problems,
        )

    def to_schema(self) -> str:
        """The definitions as an OpenLDAP .schema file; `parse` reads them back.

        >>> print(Definitions.parse("attributetype ( 2.25.1 NAME 'shoeSize' SUP name )").to_schema(), end="")
        attributetype ( 2.25.1 NAME 'shoeSize' SUP name )
        """
        kinds = (self.syntaxes, self.matching_rules, self.attribute_types, self.object_classes)
        return "".join(f"{each.GRAMMAR.kind.lower()} {each}\n" for kind in kinds for each in kind)

    def __repr__(self) -> str:
        counts = {
            "attribute types": self.attribute_types,
            "object classes": self.object_classes,
            "matching rules": self.matching_rules,
            "syntaxes": self.syntaxes,
        }
        return f"<Definitions: {', '.join(f'{len(kind)} {name}' for name, kind in counts.items())}>"

    def attribute(self, name: str) -> AttributeType | None:
        """The attribute of that name, alias or OID, with what it inherits from its superiors filled in.

        Options after a semicolon do not count. Syntax and matching rules are inherited one by one
        (RFC 4512, section 2.5.1): a subtype with its own equality rule keeps its superior's ordering.
        None if there is no such attribute.
        """
        key = name.partition(";")[0].lower()
        resolved = self._resolved.get(key)
        if resolved is None and (written := self._attributes.get(key)):
            resolved = self._resolved[key] = self._inherit(written)
        return resolved

    def object_class(self, name: str) -> ObjectClass | None:
        """The object class of that name, alias or OID; None if there is none."""
        return self._classes.get(name.lower())

    def matching_rule(self, name: str) -> MatchingRule | None:
        """The matching rule of that name or OID; None if there is none."""
        return self._rules.get(name.lower())

    def syntax(self, oid: str) -> Syntax | None:
        """The syntax of that OID; None if there is none."""
        return self._syntaxes.get(oid)

    def subtypes(self, attribute: AttributeType) -> tuple[AttributeType, ...]:
        """`attribute` itself, then all that derive from it: what a filter on it looks at.

        >>> standard = Definitions.standard()
        >>> "cn" in [each.name for each in standard.subtypes(standard.attribute("name"))]
        True
        """
        if not self._subtypes:
            below: dict[str, list[AttributeType]] = {}
            for each in self._attributes_once():
                for superior in self._with_superiors(each):
                    below.setdefault(superior.oid, []).append(each)
            found: dict[str, tuple[AttributeType, ...]] = {}
            for each in self._attributes_once():
                derived = (self._inherit(one) for one in below[each.oid] if one is not each)
                found[each.oid] = (self._inherit(each), *derived)
            # All at once: another thread that finds some must find the rest.
            self._subtypes.update(found)
        return self._subtypes.get(attribute.oid, (attribute,))

    def superclasses(self, object_class: ObjectClass) -> tuple[ObjectClass, ...]:
        """`object_class` itself, then all it derives from, nearest first, each once."""
        found = [object_class]
        for each in found:
            for name in each.superiors:
                superior = self.object_class(name)
                if superior and superior not in found:
                    found.append(superior)
        return tuple(found)

    def canonical_name(self, description: str) -> str:
        """The one spelling of an attribute description: first name, options in lower case and order.

        An unknown attribute is spelled in lower case, since names do not distinguish case.
        """
        canonical = self._canonical.get(description)
        if canonical is None:
            name, *options = description.split(";")
            attribute = self._attributes.get(name.lower())
            spelled = attribute.name if attribute else name.lower()
            canonical = ";".join([spelled, *sorted({option.lower() for option in options})])
            if len(self._canonical) < _KEPT_NAMES:
                self._canonical[description] = canonical
        return canonical

    def _attributes_once(self) -> Iterable[AttributeType]:
        return {each.oid: each for each in self.attribute_types}.values()

    def _with_superiors(self, attribute: AttributeType) -> list[AttributeType]:
        """`attribute` and what it derives from, nearest first; a circle ends where it closes."""
        chain = [attribute]
        while (name := chain[-1].superior) and (superior := self._attributes.get(name.lower())):
            if superior in chain:
                break
            chain.append(superior)
        return chain

    def _inherit(self, attribute: AttributeType) -> AttributeType:
        if attribute.superior is None:
            return attribute
        chain = self._with_superiors(attribute)

        def nearest(name: str) -> str | None:
            return next((value for each in chain if (value := getattr(each, name))), None)

        return evolve(
            attribute,
            equality=nearest("equality"),
            ordering=nearest("ordering"),
            substrings=nearest("substrings"),
            syntax=nearest("syntax"),
        )


@cache
def _standard() -> Definitions:
    folder = Path(__file__).with_name("standard")
    return Definitions.parse("\n".join((folder / f"{name}.schema").read_text("utf-8") for name in STANDARD))


def _by_name(definitions: Iterable[D]) -> dict[str, D]:
    return {key.lower(): each for each in definitions for key in (each.oid, *each.names)}


def _merged(left: tuple[D, ...], right: tuple[D, ...]) -> tuple[D, ...]:
    replaced = {each.oid for each in right}
    return (*(each for each in left if each.oid not in replaced), *right)


def _only(kind: type[D], definitions: Iterable[Definition]) -> tuple[D, ...]:
    return tuple(each for each in definitions if isinstance(each, kind))
