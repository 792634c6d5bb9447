"""How far we have followed a server: its last change that we know of, for each server that makes changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Self

from attrs import field, frozen

__all__ = ["Cookies"]

CSN: Final = re.compile(r"[0-9]{14}(?:\.[0-9]+)?Z#[0-9a-fA-F]+#(?P<server>[0-9a-fA-F]+)#[0-9a-fA-F]+")
"""A change sequence number of OpenLDAP: moment, count, server, part of the change. Later ones sort later."""

RID: Final = "000"
"""The number that OpenLDAP's consumers give themselves; it tells two of one server apart, and we are none."""


def as_read_only(latest: Mapping[int, str]) -> Mapping[int, str]:
    return MappingProxyType(dict(latest))


@frozen
class Cookies:
    """The last change of each server by its id: a session may be resumed there, on any of the servers.

    While changes are followed, a cookie names the last change only, so those of one session are merged.

    >>> seen = Cookies.parse("rid=000,csn=20240101000000.000000Z#000000#001#000000")
    >>> seen |= Cookies.parse("rid=000,csn=20240202000000.000000Z#000000#002#000000")
    >>> print(seen)
    rid=000,csn=20240101000000.000000Z#000000#001#000000;20240202000000.000000Z#000000#002#000000
    >>> bool(Cookies.parse("garbage"))
    False
    """

    latest: Mapping[int, str] = field(factory=dict, converter=as_read_only)

    @classmethod
    def parse(cls, cookie: str | bytes | None) -> Self:
        """Read a cookie, where deletions (`delcsn`) count as changes; nothing of one that is damaged."""
        text = cookie.decode("ascii", "replace") if isinstance(cookie, bytes) else cookie or ""
        found: list[str] = []
        for part in text.split(","):
            name, _, value = part.partition("=")
            if name in ("csn", "delcsn"):
                found += value.split(";")
        return cls.of(found) if all(map(CSN.fullmatch, found)) else cls()

    @classmethod
    def of(cls, numbers: Iterable[str]) -> Self:
        """The last of these change sequence numbers for each server; what is none is left out."""
        latest: dict[int, str] = {}
        for number in numbers:
            if read := CSN.fullmatch(number):
                server = int(read["server"], 16)
                latest[server] = max(number, latest.get(server, ""))
        return cls(latest)

    def __or__(self, other: Cookies) -> Cookies:
        return Cookies.of((*self.latest.values(), *other.latest.values()))

    def __bool__(self) -> bool:
        return bool(self.latest)

    def is_behind(self, other: Cookies) -> bool:
        """Whether `other` knows a change that we do not."""
        return any(number > self.latest.get(server, "") for server, number in other.latest.items())

    def __str__(self) -> str:
        """As a server takes it; empty where nothing is known."""
        numbers = [number for _, number in sorted(self.latest.items())]
        return f"rid={RID},csn={';'.join(numbers)}" if numbers else ""
