"""Where definitions are found: a subschema entry, a cn=config export, an OpenLDAP .schema file.

The first two are LDIF (RFC 2849), the third is slapd's configuration text. All come down to the
same thing: a keyword, and the definition it announces.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..errors import InvalidValue
from .definitions_kinds import AttributeType, Definition, MatchingRule, ObjectClass, Syntax
from .definitions_notation import OID

__all__ = ["definitions_in"]

BYTE_ORDER_MARK = "\ufeff"
"""What Windows editors put before the text of a file."""

_MACRO = "objectidentifier"
"""The keyword that names an OID, so that definitions may say `acme:4`."""

_KINDS: dict[str, type[Definition]] = {
    kind.GRAMMAR.kind.lower(): kind for kind in (Syntax, MatchingRule, AttributeType, ObjectClass)
}
_IGNORED = ("ditcontentrule", "ditcontentrules")
"""What may stand beside definitions and says nothing about them."""

_LDIF_LINE = re.compile(r"(?P<attribute>[A-Za-z][\w;.-]*):(?P<base64>:?)[ \t]*(?P<value>.*)", re.DOTALL)
_SCHEMA_LINE = re.compile(r"\s*(?P<keyword>\S+)\s*(?P<value>.*)", re.DOTALL)
_INDEX = re.compile(r"\A\{-?[0-9]+\}")

_KEYWORDS = {
    "ldapsyntaxes": "ldapsyntax",
    "matchingrules": "matchingrule",
    "attributetypes": "attributetype",
    "objectclasses": "objectclass",
}
"""Names of the attributes that hold definitions in an entry; in cn=config `olc` stands before them."""


class _Source(NamedTuple):
    """One definition as found: `keyword` is lower-case and singular, `line` counted from 1."""

    keyword: str
    raw: str
    line: int
    is_base64: bool = False

    @property
    def text(self) -> str:
        """The definition, without the number that cn=config puts before it."""
        if not self.is_base64:
            return _INDEX.sub("", self.raw)
        try:
            return _INDEX.sub("", b64decode(self.raw, validate=True).decode("utf-8", "surrogateescape"))
        except ValueError as problem:
            raise InvalidValue(self.raw, "base64", 0, self.keyword) from problem


def definitions_in(text: str) -> Iterator[Definition | InvalidValue]:
    """Read the definitions in `text`; one that cannot be read gives the error that says why.

    It is LDIF when its first line has a colon after a name, and slapd's configuration otherwise.
    """
    lines = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").split("\n")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    macros: dict[str, str] = {}
    named: dict[tuple[type[Definition], str], Definition] = {}
    for source in _in_ldif(lines) if _LDIF_LINE.match(first) else _in_schema(lines):
        try:
            if source.keyword == _MACRO:
                _define_macro(source.text, macros)
            elif source.keyword not in _IGNORED:
                yield _definition(source, macros, named)
        except InvalidValue as problem:
            where = f"line {source.line}"
            problem.attribute = f"{where}: {problem.attribute}" if problem.attribute else where
            yield problem


def _definition(
    source: _Source, macros: dict[str, str], named: dict[tuple[type[Definition], str], Definition]
) -> Definition:
    kind = _KINDS.get(source.keyword)
    if kind is None:
        raise InvalidValue(source.keyword, f"one of {', '.join([*_KINDS, _MACRO])}", 0)
    text = source.text
    definition = kind.parse(text, macros)
    for name in (definition.oid, *definition.names):
        if named.setdefault((kind, name.lower()), definition) != definition:
            where = f"{kind.GRAMMAR.kind} {definition.name}"
            raise InvalidValue(text, f"a name and an OID that are not taken, as {name} is", 0, where)
    return definition


def _define_macro(text: str, macros: dict[str, str]) -> None:
    """Note `acme 1.3.6.1.4.1.99`, or `acmeMail acme:1` in terms of an earlier macro."""
    words = text.split()
    macro, colon, rest = words[-1].partition(":") if words else ("", "", "")
    oid = macros.get(macro, macro) + (f".{rest}" if colon else "")
    if len(words) != 2 or not OID.fullmatch(oid):
        raise InvalidValue(text, "a name and an OID", 0, _MACRO)
    macros[words[0]] = oid


def _in_ldif(lines: Iterable[str]) -> Iterator[_Source]:
    """What the attributes say that hold definitions; a line that is not LDIF stands for itself."""
    for number, folded in _logical_lines(lines):
        line = "".join([folded[0], *(each[1:] for each in folded[1:])])
        found = _LDIF_LINE.match(line)
        if found is None:
            yield _Source(line, line, number)
            continue
        keyword = found["attribute"].lower().removeprefix("olc")
        if keyword == _MACRO or keyword in _KEYWORDS:
            is_base64 = bool(found["base64"])
            yield _Source(_KEYWORDS.get(keyword, keyword), found["value"], number, is_base64)


def _in_schema(lines: Iterable[str]) -> Iterator[_Source]:
    for number, folded in _logical_lines(lines):
        if found := _SCHEMA_LINE.match("\n".join(folded)):
            keyword = found["keyword"].lower()
            yield _Source(_KEYWORDS.get(keyword, keyword), found["value"], number)


def _logical_lines(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines and those that continue them, which begin with a space; without comments."""
    start, folded = 0, list[str]()
    for number, line in enumerate([*lines, ""], 1):
        if line[:1] in (" ", "\t") and folded:
            folded.append(line)
            continue
        if folded and not folded[0].startswith("#"):
            yield start, folded
        start, folded = number, [line] if line.strip() else []
