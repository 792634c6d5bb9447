"""Servers for the tests of small questions: a slapd with an example on it, and searches that are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from attrs import field, frozen

from mailpolicy.ldap.url import Scope
from mailpolicy.live.asking import Asking, asking
from mailpolicy.live.backend import Backend, Found
from mailpolicy.live.bind import Bind
from mailpolicy.live.servers import Servers
from mailpolicy.schema.emit import emit
from tests.slapd import PASSWORD, Slapd, StartSlapd

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"
LONG = 600.0
"""Seconds: nothing is forgotten in a test."""
SUFFIXES = {"native": "o=mail", "carbonio": ""}
FILES = {"native": EXAMPLES / "acme.ldif", "carbonio": EXAMPLES / "carbonio.ldif"}


@cache
def schema_of(dialect: str) -> str:
    return re.sub(r"(?m)^#.*\n", "", emit(dialect, "ldif")).strip()


def with_example(start: StartSlapd, dialect: str, more: str = "") -> Slapd:
    """A server with one of the examples, and with more entries."""
    data = FILES[dialect].read_text() + more
    return start(
        suffix=SUFFIXES[dialect], extra_schema=[schema_of(dialect)], data=data, indexes=["objectClass eq"]
    )


class Noted:
    """A backend that notes every search."""

    def __init__(self, backend: Backend, searches: list[str]) -> None:
        self._backend, self._searches = backend, searches

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def search(
        self, base: str, scope: Scope = Scope.SUB, filter: str = "(objectClass=*)", *rest: Any, **options: Any
    ) -> Iterator[Found]:
        self._searches.append(f"{base} {scope} {filter}")
        return self._backend.search(base, scope, filter, *rest, **options)


@frozen
class Counted:
    """Servers that note every search that is sent to them."""

    servers: Servers
    searches: list[str] = field(factory=list)

    def connected(self) -> Backend:
        return cast("Backend", Noted(self.servers.connected(), self.searches))

    def base_of(self, backend: Backend) -> str:
        return self.servers.base_of(backend)

    def open(self, **options: Any) -> Asking:
        """The directory, with no search noted yet. It forgets nothing, however slow the machine."""
        opened = asking(self, **{"remembered": LONG, **options})
        self.searches.clear()
        return opened


def counted(slapd: Slapd, base: str | None = None) -> Counted:
    base = slapd.suffix if base is None else base
    return Counted(Servers((slapd.uri,), base, Bind(slapd.root_dn, PASSWORD)))
