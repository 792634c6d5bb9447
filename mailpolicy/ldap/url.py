"""LDAP URLs: a search, or the members of a list, written on one line (RFC 4516).

>>> url = LdapUrl.parse("ldap:///ou=people,o=mail?mail?sub?(department=Sales)?!x-effective")
>>> url.scope, url.filter
(<Scope.SUB: 'sub'>, Filter.parse('(department=Sales)'))
>>> url.extensions
(Extension(name='x-effective', value=None, critical=True),)
>>> LdapUrl.parse("ldap:///o=mail").scope
<Scope.BASE: 'base'>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn, Self, TypeVar

from attrs import field, frozen, validators

from ..errors import InvalidUrl, InvalidValue
from .dn import DN
from .filter import OID, Filter
from .text import check_encodable, decode, encode

__all__ = ["Extension", "LdapUrl", "Scope"]

_SCHEMES = ("ldap", "ldaps", "ldapi", "pldap", "pldaps")
_PREFIX = re.compile(rf"(?P<open><)?(?:url:)?(?P<scheme>{'|'.join(_SCHEMES)})://", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"\[(?P<address>[^]/?]*)]|(?P<name>(?!\[)[^:/?]*)")
_SOCKET = re.compile(r"(?P<name>[^/?]*)")
_PORT = re.compile(r":(?P<number>[0-9]*)")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(r"%(?:00|(?![0-9A-Fa-f]{2}))")
_CHARACTER = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_EXTENSION = re.compile(rf"(?P<critical>!)?(?P<name>{OID})(?:=(?P<value>.*))?", re.DOTALL)

_UNSAFE = re.compile(rb"[^A-Za-z0-9!$&'()*+,;=:@/._~-]")
_UNSAFE_IN_HOST = re.compile(rb"[^A-Za-z0-9!$&'()*+,;=@._~-]")
_UNSAFE_IN_EXTENSION = re.compile(rb"[^A-Za-z0-9!$&'()*+;=:@/._~-]")


_PORTS = "a port from 1 to 65535"

T = TypeVar("T")


def _as_tuple(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


def _none_if_empty(text: str | None) -> str | None:
    return text or None


class Scope(StrEnum):
    """How far below its base a search looks.

    >>> Scope.parse("subtree")
    <Scope.SUB: 'sub'>
    """

    BASE = "base"
    ONE = "one"
    SUB = "sub"
    CHILDREN = "children"

    @classmethod
    def parse(cls, text: str) -> Scope:
        """The scope called so by any of the names that OpenLDAP knows, in any case. Raises InvalidUrl."""
        scope = _SCOPES.get(text.lower())
        if scope is None:
            raise InvalidUrl(text, f"a scope: one of {', '.join(_SCOPES)}", 0)
        return scope


_SCOPES = {
    "base": Scope.BASE,
    "one": Scope.ONE,
    "onelevel": Scope.ONE,
    "sub": Scope.SUB,
    "subtree": Scope.SUB,
    "children": Scope.CHILDREN,
    "subord": Scope.CHILDREN,
    "subordinate": Scope.CHILDREN,
}


@frozen
class Extension:
    """What a URL asks for beyond a search; who does not know a `critical` one must not use the URL."""

    name: str
    value: str | None = None
    critical: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The extension that `text` writes: `!` if it is critical, a name, perhaps `=` and a value."""
        found = _EXTENSION.fullmatch(text)
        if found is None:
            raise InvalidUrl(text, "an extension: !name=value, where ! and =value may be missing", 0)
        return cls(found["name"], found["value"], bool(found["critical"]))

    def __str__(self) -> str:
        value = "" if self.value is None else f"={self.value}"
        return f"{'!' if self.critical else ''}{self.name}{value}"


def _check_port(_: object, __: object, port: int | None) -> None:
    if port is not None and not 0 < port < 2**16:
        raise InvalidUrl(str(port), _PORTS, 0)


def _check_attributes(_: object, __: object, names: tuple[str, ...]) -> None:
    for name in names:
        if not name or "," in name:
            raise InvalidUrl(name, "the name of an attribute, without a comma", max(name.find(","), 0))


@frozen(kw_only=True)
class LdapUrl:
    """The parts of an LDAP URL, read as libldap reads them and then looked at.

    `host` and `port` are None where the URL names none; the host of `ldapi` is the path of a socket. No
    `attributes` means all, no `filter` means every entry. `str` gives the shortest text that says the
    same: a scope of `base` is the default (RFC 4516) and is left out.

    >>> print(LdapUrl(dn=DN("o=mail"), scope=Scope.SUB, filter=Filter.parse("(ou=Sales)")))
    ldap:///o=mail??sub?(ou=Sales)
    """

    scheme: str = field(default="ldap", validator=validators.in_(_SCHEMES))
    host: str | None = field(default=None, converter=_none_if_empty)
    port: int | None = field(default=None, validator=_check_port)
    dn: DN = field(default=DN(), converter=DN)
    attributes: tuple[str, ...] = field(default=(), converter=_as_tuple, validator=_check_attributes)
    scope: Scope = field(default=Scope.BASE, converter=Scope)
    filter: Filter | None = None
    extensions: tuple[Extension, ...] = ()

    @classmethod
    def parse(cls, text: str) -> LdapUrl:
        """The URL that `text` writes; it may stand in `<…>` and after `URL:`.

        Raises InvalidUrl with the position in `text`, also for what is wrong in the DN or the filter. What
        libldap would read as something else, or half, is refused: a % without two hexadecimal digits, %00,
        a port out of range, a question mark that no slash precedes.
        """
        return _read(text)

    def __str__(self) -> str:
        host = _escaped(self.host or "", _UNSAFE_IN_HOST)
        if ":" in (self.host or "") and self.scheme != "ldapi":
            host = f"[{host.replace('%3A', ':')}]"
        port = "" if self.port is None else f":{self.port}"
        parts = [
            _escaped(self.dn),
            ",".join(map(_escaped, self.attributes)),
            "" if self.scope is Scope.BASE else self.scope.value,
            _escaped("" if self.filter is None else str(self.filter)),
            ",".join(_escaped(str(each), _UNSAFE_IN_EXTENSION) for each in self.extensions),
        ]
        return f"{self.scheme}://{host}{port}/{'?'.join(parts).rstrip('?')}"


def _escaped(text: str, unsafe: re.Pattern[bytes] = _UNSAFE) -> str:
    return unsafe.sub(lambda found: b"%%%02X" % found[0][0], encode(text)).decode()


class _Part(NamedTuple):
    """A stretch of the URL: what stands there, and where."""

    text: str
    start: int
    end: int

    @property
    def decoded(self) -> str:
        raw = self.text[self.start : self.end]
        return decode(_ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), encode(raw)))

    def read(self, reader: Callable[[str], T]) -> T:
        """What `reader` makes of the decoded text; what it finds wrong is wrong with the URL."""
        try:
            return reader(self.decoded)
        except InvalidValue as problem:
            raise InvalidUrl(self.text, problem.expected, self._position(problem.position or 0)) from problem

    def fail(self, expected: str) -> NoReturn:
        _fail(self.text, expected, self.start)

    def _position(self, decoded: int) -> int:
        """Where in the URL the character stands that is at `decoded` in the decoded text."""
        octets = len(encode(self.decoded[:decoded]))
        for found in _CHARACTER.finditer(self.text, self.start, self.end):
            if octets <= 0:
                return found.start()
            octets -= 1 if found[0].startswith("%") else len(encode(found[0]))
        return self.end

    def split(self, separator: str) -> list[_Part]:
        parts, start = [], self.start
        for piece in self.text[self.start : self.end].split(separator):
            parts.append(_Part(self.text, start, start + len(piece)))
            start += len(piece) + 1
        return parts


def _read(text: str) -> LdapUrl:
    check_encodable(text, InvalidUrl)
    prefix = _PREFIX.match(text)
    if prefix is None:
        _fail(text, f"one of {', '.join(_SCHEMES)}, and ://", 0)
    end = len(text)
    if prefix["open"]:
        end -= 1
        if text[end] != ">":
            _fail(text, "a closing >", end + 1)
    if bad := _BAD_ESCAPE.search(text, prefix.end(), end):
        _fail(text, "two hexadecimal digits after %, not both 0", bad.start())
    scheme = prefix["scheme"].lower()
    host, port, position = _read_place(text, scheme, prefix.end(), end)
    if position < end and text[position] != "/":
        _fail(text, "a slash before what is searched", position)
    search = _Part(text, min(position + 1, end), end)
    return LdapUrl(scheme=scheme, host=host, port=port, **_read_search(search))


def _read_place(text: str, scheme: str, start: int, end: int) -> tuple[str | None, int | None, int]:
    """The host, the port, and where they end."""
    found = (_SOCKET if scheme == "ldapi" else _HOST).match(text, start, end)
    if found is None:
        _fail(text, "a closing ] after the address", start)
    name = _Part(text, *found.span(found.lastgroup or "name"))
    host = name.decoded
    after = _PORT.match(text, found.end(), end)
    if after is None or scheme == "ldapi":
        return host, None, found.end()
    port = int(after["number"] or 0)
    if not 0 < port < 2**16:
        _fail(text, _PORTS, after.start("number"))
    return host, port, after.end()


def _read_search(search: _Part) -> dict[str, Any]:
    """What stands between question marks: DN, attributes, scope, filter, extensions."""
    parts = search.split("?")
    if len(parts) > 5:
        parts[5].fail("at most four question marks")
    read = dict(zip(("dn", "attributes", "scope", "filter", "extensions"), parts, strict=False))
    fields: dict[str, Any] = {"dn": read["dn"].read(DN)}
    if attributes := read.get("attributes"):
        fields["attributes"] = tuple(name for name in attributes.decoded.split(",") if name)
    if (scope := read.get("scope")) and scope.decoded:
        fields["scope"] = scope.read(Scope.parse)
    if (filter := read.get("filter")) and filter.decoded:
        fields["filter"] = filter.read(Filter.parse)
    if extensions := read.get("extensions"):
        named = [each for each in extensions.split(",") if each.decoded]
        if not named:
            extensions.fail("an extension after the fourth question mark")
        fields["extensions"] = tuple(each.read(Extension.parse) for each in named)
    return fields


def _fail(text: str, expected: str, position: int) -> NoReturn:
    raise InvalidUrl(text, expected, position)
