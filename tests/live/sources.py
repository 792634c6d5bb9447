"""The same directory five times: in a file, and on a server, followed or asked, over each of the clients."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final, TypeAlias

import pytest
from attrs import field, frozen

import mailpolicy as mp
from mailpolicy.live import Asking, Live
from tests.live.servers import PASSWORD, Served, acme_server, carbonio_server
from tests.slapd import require

__all__ = ["DIALECTS", "SOURCES", "Answering", "Directories", "directories"]

Answering: TypeAlias = mp.Directory | Live
"""Whatever has the verbs."""

DIALECTS: Final[dict[str, tuple[Callable[..., AbstractContextManager[Served]], str]]] = {
    "native": (acme_server, "o=mail"),
    "carbonio": (carbonio_server, ""),
}
"""How each dialect has a server, and below which DN the directory stands there."""

LIBRARIES: Final = {"python-ldap": "ldap", "ldap3": "ldap3"}
SOURCES: Final = tuple(f"{kind} over {client}" for kind in ("live", "asking") for client in LIBRARIES)


@frozen
class Directories:
    """A running server, and what it holds as a file and behind every kind of connection.

    All of them are opened when they are first wanted, and closed together.
    """

    server: Served
    base: str
    opened: ExitStack
    _kept: dict[tuple[str, str | None], Answering] = field(factory=dict)

    def file(self, statuses: str | None = None) -> mp.Directory:
        """The content as `slapcat` writes it, read from LDIF."""
        key = "file", statuses
        if key not in self._kept:
            self._kept[key] = mp.loads(self.server.dump(), statuses=statuses)
        return self._kept[key]  # type: ignore[return-value]

    def source(self, name: str, statuses: str | None = None) -> Answering:
        """One of SOURCES, bound as the root of the server, who sees everything."""
        key = name, statuses
        if key not in self._kept:
            self._kept[key] = self.opened.enter_context(self.open(name, statuses=statuses))
        kept = self._kept[key]
        return kept.anew() if isinstance(kept, Asking) else kept

    def open(self, name: str, *, bind: mp.Bind | None = None, **options: Any) -> Any:
        kind, _, client = name.partition(" over ")
        if importlib.util.find_spec(LIBRARIES[client]) is None:
            pytest.skip(f"{client} is not installed")
        return mp.open(
            f"{self.server.uri}/{self.base}",
            bind=bind or mp.Bind(self.server.root_dn, PASSWORD),
            client=client,
            **({} if kind == "live" else {"live": False}),
            **options,
        )


@contextmanager
def directories(dialect: str) -> Iterator[Directories]:
    """A server with the example of this dialect, for as long as it is wanted."""
    require()
    start, base = DIALECTS[dialect]
    with start() as server, ExitStack() as opened:
        yield Directories(server, base, opened)
