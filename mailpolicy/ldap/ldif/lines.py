"""The lines of one record, read one after the other by the grammar of RFC 2849.

`Lines` knows where it is, so whoever finds something wrong only has to say what would have been
right: `raise lines.expected("…")`.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error, a2b_base64
from collections.abc import Callable
from sys import intern
from typing import TypeAlias

from ...errors import InvalidDN, InvalidLDIF
from ..dn import DN
from .blocks import unfold

__all__ = ["DESCRIPTION", "Lines", "OpenUrl"]

OpenUrl: TypeAlias = Callable[[str], bytes]
"""Fetches the value that a line such as `jpegPhoto:< file:///tmp/john.jpg` points at."""

DESCRIPTION = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*", re.ASCII)
"""An attribute description (RFC 4512, section 2.5): a name or an OID, then options."""


class Lines:
    """A place among the unfolded lines of one record; false when none are left."""

    def __init__(self, block: bytes, first: int, open_url: OpenUrl | None) -> None:
        self._block = block
        self._first = first
        self._open_url = open_url
        self._lines = unfold(block)
        self._next = 0
        self._looked_at = 0

    def __bool__(self) -> bool:
        return self._next < len(self._lines)

    @property
    def number(self) -> int:
        """The line last looked at, counted from 1 in the source."""
        return self._first + (self._lines[self._looked_at][0] if self._lines else 0)

    def expected(self, what: str) -> InvalidLDIF:
        """The error of the line last looked at; its text is the whole record as it stands."""
        text = self._block.decode("utf-8", "surrogateescape")
        before = text.split("\n")[: self.number - self._first]
        position = sum(len(line) + 1 for line in before)
        return InvalidLDIF(text, what, position, self._description(), line=self.number)

    def _description(self) -> str | None:
        """What the line last looked at says of itself before its colon, if that is a name."""
        line = self._lines[self._looked_at][1] if self._lines else b""
        name, colon, _ = line.partition(b":")
        description = name.decode("latin-1")
        return description if colon and DESCRIPTION.fullmatch(description) else None

    def keyword(self) -> str:
        """What stands before the colon of the next line, in lower case; `""` when none is left."""
        if not self:
            return ""
        self._looked_at = self._next
        return self._lines[self._next][1].partition(b":")[0].decode("latin-1").lower()

    def skip(self) -> None:
        self._looked_at = self._next
        self._next += 1

    def name_and_spec(self) -> tuple[str, bytes]:
        """The next line, cut at its first colon."""
        self.skip()
        name, colon, spec = self._lines[self._looked_at][1].partition(b":")
        if not colon:
            raise self.expected("'name: value'")
        return name.decode("latin-1"), spec

    def value(self, spec: bytes) -> bytes:
        """The value that `spec`, the rest of a line after the colon, stands for."""
        if spec[:1] == b":":
            try:
                return a2b_base64(spec[1:].strip(b" "), strict_mode=True)
            except Base64Error as error:
                raise self.expected("base64") from error
        if spec[:1] == b"<":
            return self._fetch(spec[1:].strip(b" ").decode("latin-1"))
        # Every other byte is part of the value; libldap loses tabs here, and lone carriage returns.
        return spec.lstrip(b" ")

    def _fetch(self, url: str) -> bytes:
        if self._open_url is None:
            raise self.expected("a value, since values behind URLs are not read unless allowed")
        try:
            return self._open_url(url)
        except (OSError, ValueError) as error:
            raise self.expected(f"a URL that can be read ({error})") from error

    def attribute(self) -> tuple[str, bytes]:
        """The next line as an attribute description and a value.

        A description is one object wherever it stands: those of an entry are a key that many share.
        """
        name, spec = self.name_and_spec()
        if not DESCRIPTION.fullmatch(name):
            raise self.expected("an attribute name before the colon")
        if name.lower() == "dn":
            raise self.expected("a blank line before the next record")
        return intern(name), self.value(spec)

    def attributes(self) -> tuple[tuple[str, bytes], ...]:
        """All lines that are left, of which there must be one."""
        if not self:
            raise self.expected("an attribute line after this one")
        found = []
        while self:
            found.append(self.attribute())
        return tuple(found)

    def text(self) -> str:
        """The value of the next line, which must be text."""
        value = self.value(self.name_and_spec()[1])
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise self.expected("UTF-8") from error

    def dn(self) -> DN:
        """The value of the next line, which must be a distinguished name."""
        text = self.text()
        try:
            return DN.parse(text)
        except InvalidDN as error:
            raise self.expected(f"a distinguished name: {error}") from error

    def end(self) -> None:
        """Insist that no lines are left."""
        if self:
            self.skip()
            raise self.expected("a blank line, since the record is complete")
