"""The four kinds of schema definition: attribute types, object classes, matching rules, syntaxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from attrs import frozen

from .definitions_notation import Extensions, Form, Grammar, ObjectClassKind, Part, Usage, read, write

__all__ = ["AttributeType", "Definition", "MatchingRule", "ObjectClass", "ObjectClassKind", "Syntax", "Usage"]

_NAMED = (
    Part("NAME", "names", Form.NAMES),
    Part("DESC", "description", Form.TEXT),
    Part("OBSOLETE", "obsolete", Form.FLAG),
)


@frozen(kw_only=True)
class Definition:
    """What all kinds share: an OID, names, a description, and extensions (`X-…`)."""

    GRAMMAR: ClassVar[Grammar]

    oid: str
    names: tuple[str, ...] = ()
    description: str | None = None
    obsolete: bool = False
    extensions: Extensions = ()

    @property
    def name(self) -> str:
        """The first name, or the OID of a definition that has none."""
        return self.names[0] if self.names else self.oid

    @classmethod
    def parse(cls, text: str, macros: Mapping[str, str] | None = None) -> Self:
        """Read one definition in parentheses.

        `macros` are OpenLDAP's `objectIdentifier` names and the OIDs they stand for.
        Raises InvalidValue, which names the definition and the position in its text.

        >>> AttributeType.parse("( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )").names
        ('cn', 'commonName')
        """
        return cls(**read(cls.GRAMMAR, text, macros or {}))

    def __str__(self) -> str:
        """The definition as RFC 4512 writes it: what `parse` reads back to an equal one."""
        return write(self.GRAMMAR, self)


@frozen(kw_only=True, str=False)
class Syntax(Definition):
    """An attribute syntax: what form values have (RFC 4517, section 3)."""

    GRAMMAR: ClassVar[Grammar] = Grammar("ldapSyntax", _NAMED)


@frozen(kw_only=True, str=False)
class MatchingRule(Definition):
    """A rule that compares a stored value with an asserted one; `syntax` is that of the assertion."""

    GRAMMAR: ClassVar[Grammar] = Grammar(
        "matchingRule",
        (*_NAMED, Part("SYNTAX", "syntax", Form.SYNTAX)),
        required=("syntax",),
    )

    syntax: str


@frozen(kw_only=True, str=False)
class AttributeType(Definition):
    """An attribute: its syntax, how its values compare, how many there may be.

    `superior` is the attribute it is a subtype of; `length` a suggested limit in characters, which no
    server enforces. What a subtype leaves open comes from its superior: see `Definitions.attribute`.
    """

    GRAMMAR: ClassVar[Grammar] = Grammar(
        "attributeType",
        (
            *_NAMED,
            Part("SUP", "superior", Form.OID),
            Part("EQUALITY", "equality", Form.OID),
            Part("ORDERING", "ordering", Form.OID),
            Part("SUBSTR", "substrings", Form.OID),
            Part("SYNTAX", "syntax", Form.SYNTAX),
            Part("SINGLE-VALUE", "single_value", Form.FLAG),
            Part("COLLECTIVE", "collective", Form.FLAG),
            Part("NO-USER-MODIFICATION", "no_user_modification", Form.FLAG),
            Part("USAGE", "usage", Form.USAGE),
        ),
        required=("superior", "syntax"),
    )

    superior: str | None = None
    equality: str | None = None
    ordering: str | None = None
    substrings: str | None = None
    syntax: str | None = None
    length: int | None = None
    single_value: bool = False
    collective: bool = False
    no_user_modification: bool = False
    usage: Usage = Usage.USER_APPLICATIONS

    @property
    def operational(self) -> bool:
        """Whether the attribute is the server's own, and so returned only when asked for by name or `+`."""
        return self.usage is not Usage.USER_APPLICATIONS


@frozen(kw_only=True, str=False)
class ObjectClass(Definition):
    """An object class: which attributes an entry of it must and may have.

    `superiors`, `must` and `may` are as written: names in any case, aliases, OIDs.
    """

    GRAMMAR: ClassVar[Grammar] = Grammar(
        "objectClass",
        (
            *_NAMED,
            Part("SUP", "superiors", Form.OIDS),
            *(Part(kind, "kind", Form.KIND) for kind in ObjectClassKind),
            Part("MUST", "must", Form.OIDS),
            Part("MAY", "may", Form.OIDS),
        ),
    )

    superiors: tuple[str, ...] = ()
    kind: ObjectClassKind = ObjectClassKind.STRUCTURAL
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
