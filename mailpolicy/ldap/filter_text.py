"""Reads filters as libldap does, which is how clients, slapd and its overlays read them (RFC 4515)."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from ..errors import InvalidFilter
from .filter import (
    ATTRIBUTE,
    DEEPEST,
    OID,
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)
from .text import check_encodable, unescape

__all__ = ["read"]

_SPACE = re.compile(r"[ \t\n]*")
_OPENING = re.compile(r"\([ \t\n]*(?P<mark>[&|!]?)")
# These two are written out so that there is one way to match: possessive groups would say it
# shorter, and are wrong in Python before 3.11.5.
_ITEM = re.compile(r"[^()\\]*(?:\\.[^()\\]*)*", re.DOTALL)
_VALUE = re.compile(r"[^()*\\]*(?:\\(?:[0-9A-Fa-f]{2}|[()*\\])[^()*\\]*)*")
_ATTRIBUTE = re.compile(ATTRIBUTE)
_EXTENSIBLE = re.compile(rf"(?P<attribute>{ATTRIBUTE})?(?P<dn>:[Dd][Nn](?=:|\Z))?(?::(?P<rule>{OID})?)?")

_COMPARISONS: dict[str, type[LessOrEqual] | type[GreaterOrEqual] | type[Approx]] = {
    "<": LessOrEqual,
    ">": GreaterOrEqual,
    "~": Approx,
}
_EXPECTED_IN_VALUE = {
    "\\": "two hexadecimal digits after \\",
    "*": "\\2a for an asterisk",
    "(": "\\28 for a parenthesis",
    ")": "\\29 for a parenthesis",
}


class _Open(NamedTuple):
    """A `&`, `|` or `!` whose closing parenthesis is still to come; without a mark, the text itself."""

    mark: str
    filters: list[Filter]

    @property
    def is_full(self) -> bool:
        return self.mark == "!" and bool(self.filters)

    def closed(self) -> Filter:
        if self.mark == "!":
            return Not(self.filters[0])
        return And(self.filters) if self.mark == "&" else Or(self.filters)


def read(text: str) -> Filter:
    """The filter that `text` writes; see `Filter.parse`."""
    check_encodable(text, InvalidFilter)
    if not text.startswith("("):
        return _read_item(text, 0, len(text))
    whole = _Open("", [])
    opened = [whole]
    position = 0
    while not whole.filters:
        opening = _OPENING.match(text, position)
        if opening is None:
            _fail(text, "a filter in parentheses, or a closing parenthesis", position)
        if len(opened) > DEEPEST + 1:
            _fail(text, f"at most {DEEPEST} filters around one another", position)
        position = opening.end()
        if opening["mark"]:
            opened.append(_Open(opening["mark"], []))
        else:
            end = _end_of_item(text, position)
            opened[-1].filters.append(_read_item(text, position, end))
            position = end + 1
        position = _close(text, position, opened)
    if position < len(text):
        _fail(text, "nothing after the filter", position)
    return whole.filters[0]


def _close(text: str, position: int, opened: list[_Open]) -> int:
    """Close what ends at `position`, and tell where what comes next begins."""
    while len(opened) > 1:
        innermost = opened[-1]
        if not innermost.is_full:
            position = _end(_SPACE, text, position)
        if not text.startswith(")", position):
            if innermost.is_full:
                _fail(text, "a closing parenthesis after the one filter of !", position)
            break
        if innermost.mark == "!" and not innermost.is_full:
            _fail(text, "a filter in parentheses after !", position)
        opened.pop()
        opened[-1].filters.append(innermost.closed())
        position += 1
    return position


def _end_of_item(text: str, start: int) -> int:
    """Where the parenthesis is that closes the simple filter at `start`."""
    end = _end(_ITEM, text, start)
    if not text.startswith(")", end):
        _fail(text, _EXPECTED_IN_VALUE["("] if text.startswith("(", end) else "a closing parenthesis", end)
    return end


def _read_item(text: str, start: int, end: int) -> Filter:
    """Read the simple filter that fills `text` from `start` to `end`: attribute, operator, value."""
    equals = text.find("=", start, end)
    if equals < 0:
        _fail(text, "an attribute, an operator and a value", start)
    value = equals + 1
    operator = text[start:equals][-1:]
    if operator == ":":
        return _read_extensible(text, start, equals - 1, _value(text, value, end))
    if comparison := _COMPARISONS.get(operator):
        return comparison(_attribute(text, start, equals - 1), _value(text, value, end))
    attribute = _attribute(text, start, equals)
    parts = [unescape(part) for part in _between_asterisks(text, value, end)]
    if len(parts) == 1:
        return Equal(attribute, parts[0])
    if parts == [b"", b""]:
        return Present(attribute)
    initial, *middle, final = parts
    return Substrings(attribute, initial or None, middle, final or None)


def _attribute(text: str, start: int, end: int) -> str:
    stop = _end(_ATTRIBUTE, text, start, end)
    if stop < end or stop == start:
        _fail(text, "an attribute name or OID, perhaps with options", stop)
    return text[start:end]


def _read_extensible(text: str, start: int, end: int, value: bytes) -> Extensible:
    found = _EXTENSIBLE.match(text, start, end)
    if found is None or found.end() < end:
        _fail(text, "attribute:dn:rule before :=", found.end() if found else start)
    if not (found["attribute"] or found["rule"]):
        _fail(text, "an attribute or a matching rule before :=", start)
    return Extensible(found["rule"], found["attribute"], bool(found["dn"]), value)


def _value(text: str, start: int, end: int) -> bytes:
    stop = _end(_VALUE, text, start, end)
    if stop < end:
        _fail(text, _EXPECTED_IN_VALUE[text[stop]], stop)
    return unescape(text[start:end])


def _between_asterisks(text: str, start: int, end: int) -> list[str]:
    parts = []
    while True:
        stop = _end(_VALUE, text, start, end)
        parts.append(text[start:stop])
        if stop == end:
            return parts
        if text[stop] != "*":
            _fail(text, _EXPECTED_IN_VALUE[text[stop]], stop)
        if stop == start and parts[:-1]:
            _fail(text, "something to look for between two asterisks", stop)
        start = stop + 1


def _end(pattern: re.Pattern[str], text: str, start: int, end: int | None = None) -> int:
    """Where what `pattern` matches at `start` ends; at `start` itself if it does not match."""
    found = pattern.match(text, start, len(text) if end is None else end)
    return found.end() if found else start


def _fail(text: str, expected: str, position: int) -> NoReturn:
    raise InvalidFilter(text, expected, position)
