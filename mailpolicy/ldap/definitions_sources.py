"""Where definitions are found: a subschema entry, a cn=config export, an OpenLDAP .schema file.

The first two are LDIF (RFC 2849), the third is slapd's configuration text. All come down to the
same thing: a keyword, and the definition it announces.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import NamedTuple

from mailpolicy.errors import InvalidValue

__all__ = ["MACRO", "Source", "sources"]

MACRO = "objectidentifier"
"""The keyword that names an OID, so that definitions may say `acme:4`."""

_LDIF_LINE = re.compile(r"(?P<attribute>[A-Za-z][\w;.-]*):(?P<base64>:?)[ \t]*(?P<value>.*)", re.DOTALL)
_SCHEMA_LINE = re.compile(r"(?P<keyword>\w+)\s+(?P<value>.*)", re.DOTALL)
_INDEX = re.compile(r"\A\{-?[0-9]+\}")

_LDIF_KEYWORDS = {
    "ldapsyntaxes": "ldapsyntax",
    "matchingrules": "matchingrule",
    "attributetypes": "attributetype",
    "objectclasses": "objectclass",
    MACRO: MACRO,
}
"""The attribute that holds each kind in an entry; in cn=config `olc` stands before it."""


class Source(NamedTuple):
    """One definition as found: `keyword` is lower-case and singular, `line` counted from 1."""

    keyword: str
    text: str
    line: int


def sources(text: str) -> Iterator[Source]:
    """Find the definitions in `text`, in LDIF or in .schema notation, whichever it is."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    is_ldif = _LDIF_LINE.match(first)
    yield from _in_ldif(text) if is_ldif else _in_schema(text)


def _in_ldif(text: str) -> Iterator[Source]:
    for number, line in _logical_lines(text, keep_first_space=False):
        found = _LDIF_LINE.match(line)
        if found is None:
            raise InvalidValue(line, "attribute: value", 0, f"line {number}")
        if keyword := _LDIF_KEYWORDS.get(found["attribute"].lower().removeprefix("olc")):
            value = b64decode(found["value"]).decode() if found["base64"] else found["value"]
            yield Source(keyword, _INDEX.sub("", value, count=1), number)


def _in_schema(text: str) -> Iterator[Source]:
    for number, line in _logical_lines(text, keep_first_space=True):
        found = _SCHEMA_LINE.match(line)
        if found is None:
            raise InvalidValue(line, "a keyword and a definition", 0, f"line {number}")
        yield Source(found["keyword"].lower(), found["value"], number)


def _logical_lines(text: str, *, keep_first_space: bool) -> Iterator[tuple[int, str]]:
    """Join continuation lines (those that begin with a space), drop comments and blank lines.

    LDIF folds in the middle of a word, so its one space goes; slapd's notation continues with white space.
    """
    start, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line if keep_first_space else line[1:])
        elif line.strip():
            if parts and not parts[0].startswith("#"):
                yield start, "".join(parts)
            start, parts = number, [line]
    if parts and not parts[0].startswith("#"):
        yield start, "".join(parts)
