"""Distinguished names: where an entry stands in the tree (RFC 4514).

>>> dn = DN('uid=jane, ou="people, staff" ; o=mail')
>>> print(dn)
uid=jane,ou=people\\, staff,o=mail
>>> dn.parent.rdn
(AVA(attribute='ou', value=b'people, staff', encoded=False),)
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn, Self

from attrs import field, frozen

from ..errors import InvalidDN
from .text import check_encodable, decode, encode, hexadecimal, unescape

__all__ = ["AVA", "DN", "RDN"]

_SPACE = r"[ \t\n\r]*"
_NAME = r"[A-Za-z][A-Za-z0-9-]*"
_OID = r"[0-9]+(?:\.[0-9]+)*"
_TYPE = rf"(?:{_NAME}|{_OID})"
_PLAIN = r'[^\\"+,;<>\x00-\x1f\x7f\ud800-\udfff]'

_CANONICAL_AVA = rf"{_TYPE}=(?:(?![ #]){_PLAIN}+(?<! ))?"
_CANONICAL = re.compile(rf"{_CANONICAL_AVA}(?:[+,]{_CANONICAL_AVA})*")
"""Names that need no escape and have no insignificant space, recognised in one step."""

_PLAIN_AVA = r"[A-Za-z]+=[A-Za-z0-9._@-]+"
_PLAINLY_CANONICAL = re.compile(rf"{_PLAIN_AVA}(?:,{_PLAIN_AVA})*")
"""Some of those names, nearly all there are, recognised in half the time: every entry read has one."""

_ATTRIBUTE = re.compile(rf"{_SPACE}(?:(?P<name>{_NAME})(?:;[A-Za-z0-9;-]*)?|(?P<oid>{_OID})){_SPACE}")
"""Options after the name are read and dropped, as libldap does: a name has none."""

_EQUALS = re.compile(rf"={_SPACE}")
_ENCODED = re.compile(rf"#(?P<value>(?:[0-9A-Fa-f]{{2}})+){_SPACE}")
# Written out so that there is one way to match: possessive groups would say it shorter, and are
# wrong in Python before 3.11.5.
_QUOTED = re.compile(rf'"(?P<value>[^\\"]*(?:\\.[^\\"]*)*)"{_SPACE}', re.DOTALL)
_ESCAPED = r'\\(?:[ \t\n\r"#+,;<=>\\]|[0-9A-Fa-f]{2})'
_STRING = re.compile(rf'(?P<value>[^\\"+,;<>]*(?:{_ESCAPED}[^\\"+,;<>]*)*)')
_PIECE = re.compile(r"(?:[^\\,]|\\.)+", re.DOTALL)
_SPECIAL = re.compile(r'\A[ #]|[\\"+,;<>]| \Z|(?P<unprintable>[\x00-\x1f\x7f\ud800-\udfff])')


def _check_type(_: object, __: object, name: str) -> None:
    if not re.fullmatch(_TYPE, name):
        raise InvalidDN(name, "an attribute name or OID", 0)


def _as_bytes(value: str | bytes) -> bytes:
    return encode(value) if isinstance(value, str) else value


@frozen
class AVA:
    """One `attribute=value` of a name.

    `encoded` values were written as `#` and hexadecimal digits: `value` is then the BER encoding, not
    the value itself. slapd accepts no such name.

    >>> print(AVA("cn", " Doe, Jane"))
    cn=\\ Doe\\, Jane
    """

    attribute: str = field(validator=_check_type)
    value: bytes = field(converter=_as_bytes)
    encoded: bool = False

    def __str__(self) -> str:
        if self.encoded:
            return f"{self.attribute}=#{self.value.hex()}"
        return f"{self.attribute}={_SPECIAL.sub(_escaped, decode(self.value))}"


RDN = tuple[AVA, ...]
"""The part of a name that tells an entry from its siblings; several AVAs where `+` joins them."""


class DN(str):
    """A distinguished name, as the one text RFC 4514 prints for it.

    Making one reads the text, as libldap does: spaces around separators, `;` for `,`, quoted values and
    needless escapes are accepted and do not come back. Spelling is kept: `cn=A` and `CN=a` are two
    texts, although a directory takes them for one name (see `matching.dn_key`). Raises InvalidDN.

    >>> DN("CN = Jane \\\\44oe , o=mail")
    'CN=Jane Doe,o=mail'
    """

    __slots__ = ()

    def __new__(cls, text: str = "") -> Self:
        if isinstance(text, cls):
            return text
        if _PLAINLY_CANONICAL.fullmatch(text) or not text or _CANONICAL.fullmatch(text):
            return str.__new__(cls, text)
        return cls.build(*_read(text))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The name that `text` writes; the same as calling the class."""
        return cls(text)

    @classmethod
    def build(cls, *rdns: AVA | RDN) -> Self:
        """The name made of these parts, the entry's own first.

        >>> DN.build(AVA("uid", "a+b"), AVA("o", "mail"))
        'uid=a\\\\+b,o=mail'
        """
        parts = ((rdn,) if isinstance(rdn, AVA) else rdn for rdn in rdns)
        return str.__new__(cls, ",".join("+".join(map(str, part)) for part in parts))

    def child(self, attribute: str, value: str | bytes) -> DN:
        """The name of an entry directly below this one."""
        own = str(AVA(attribute, value))
        return str.__new__(DN, f"{own},{self}" if self else own)

    @property
    def rdns(self) -> tuple[RDN, ...]:
        """The parts of the name, the entry's own first; empty for the root."""
        return tuple(_read(self)) if self else ()

    @property
    def rdn(self) -> RDN:
        """The entry's own part; empty for the root."""
        return _read(self._pieces[0])[0] if self else ()

    @property
    def parent(self) -> DN:
        """The name of the entry above; the root is its own parent."""
        return str.__new__(DN, self[len(self._pieces[0]) + 1 :]) if self else self

    @property
    def depth(self) -> int:
        """How many parts the name has; 0 for the root."""
        return len(self._pieces)

    def is_below(self, other: DN) -> bool:
        """Whether this text names an entry in the subtree of `other`, and not `other` itself."""
        if not other:
            return bool(self)
        above = self.removesuffix(f",{other}")
        escapes = len(above) - len(above.rstrip("\\"))
        return len(above) < len(self) and escapes % 2 == 0

    @property
    def _pieces(self) -> list[str]:
        if "\\" in self:
            return _PIECE.findall(self)
        return self.split(",") if self else []


def _escaped(found: re.Match[str]) -> str:
    return hexadecimal(found[0]) if found["unprintable"] else "\\" + found[0]


class _Value(NamedTuple):
    value: bytes
    encoded: bool
    end: int


def _read(text: str) -> list[RDN]:
    """Read the parts of a name from left to right."""
    check_encodable(text, InvalidDN)
    rdns: list[RDN] = []
    avas: list[AVA] = []
    position, separator = 0, ""
    while position < len(text) or separator:
        attribute = _ATTRIBUTE.match(text, position)
        if attribute is None:
            _fail(text, "an attribute name or OID", len(text) - len(text[position:].lstrip(" \t\n\r")))
        equals = _EQUALS.match(text, attribute.end())
        if equals is None:
            _fail(text, "= after the attribute name", attribute.end())
        value = _read_value(text, equals.end())
        avas.append(AVA(attribute["name"] or attribute["oid"], value.value, value.encoded))
        separator = text[value.end : value.end + 1]
        position = value.end + 1
        if separator != "+":
            rdns.append(tuple(avas))
            avas = []
    return rdns


def _read_value(text: str, position: int) -> _Value:
    """Read a value, in whichever of its three notations, up to a separator or the end."""
    first = text[position : position + 1]
    notation = {"#": _ENCODED, '"': _QUOTED}.get(first, _STRING)
    found = notation.match(text, position)
    if found is None:
        _fail(text, "pairs of hexadecimal digits after #" if first == "#" else "a closing quote", position)
    if not text.startswith(("+", ",", ";"), found.end()) and found.end() < len(text):
        _fail(text, _expected_after(first, text[found.end()]), found.end())
    if first == "#":
        return _Value(bytes.fromhex(found["value"]), True, found.end())
    if first == '"':
        return _Value(encode(re.sub(r"\\(.)", r"\1", found["value"], flags=re.DOTALL)), False, found.end())
    return _Value(unescape(_without_trailing_space(found["value"])), False, found.end())


def _without_trailing_space(value: str) -> str:
    """The value without the spaces that end it, but for one that a backslash precedes."""
    stripped = value.rstrip(" \t\n\r")
    return value[: len(stripped) + 1] if stripped.endswith("\\") else stripped


def _expected_after(first: str, character: str) -> str:
    """What should stand where a value that begins with `first` is followed by `character`."""
    if first == "#":
        return "a separator after the hexadecimal digits"
    if character == "\\":
        return "a character that may be escaped, or two hexadecimal digits, after \\"
    return "a separator, or \\ before this character"


def _fail(text: str, expected: str, position: int) -> NoReturn:
    raise InvalidDN(text, expected, position)
