"""The connection over which questions go: made when it is needed, and made again once when it has died."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Protocol, TypeVar

from ...errors import InvalidDN, NotFound, Unavailable
from ...ldap.definitions import Definitions
from ...ldap.url import Scope
from ..backend import EVERYTHING, Backend, Found
from ..subschema import definitions_of, subschema_of

__all__ = ["Line", "Reachable"]

PAGE = 1000
"""So many entries are asked for at a time where there may be many."""

T = TypeVar("T")


class Reachable(Protocol):
    """Where a directory can be reached: `Servers`, or what is in their place."""

    def connected(self) -> Backend:
        """A connection to the first server that answers; `Unavailable` where none does."""
        ...

    def base_of(self, backend: Backend) -> str:
        """The DN below which the directory stands; empty for all that the server has."""
        ...


class Line:
    """One connection at a time. Any number of threads may ask; one after the other is answered."""

    def __init__(self, servers: Reachable) -> None:
        self._servers = servers
        self._backend: Backend | None = None
        self._lock = RLock()
        self._closed = False
        self.url = ""

    def base(self) -> str:
        """The DN below which the directory stands; for that a server has to answer."""
        return self._ask(self._servers.base_of)

    def search(
        self,
        base: str,
        scope: Scope,
        filter: str,
        make: Callable[[Found], T],
        *,
        attributes: Sequence[str] = EVERYTHING,
        paged: bool = False,
        limit: int | None = None,
    ) -> list[T]:
        """Give what the server finds, each made into something else as it arrives.

        That is nothing where the base is not there, also if it has attributes that the server does not know.
        """
        page = PAGE if paged else None

        def search(backend: Backend) -> list[T]:
            return list(map(make, backend.search(base, scope, filter, attributes, page=page, limit=limit)))

        try:
            return self._ask(search)
        except (NotFound, InvalidDN):
            return []

    def definitions(self) -> Definitions | None:
        """The definitions that the server has; None where it does not show them."""
        try:
            return definitions_of(self._ask(subschema_of))
        except NotFound:
            return None

    def close(self) -> None:
        """Hang up, for good."""
        with self._lock:
            self._closed = True
            self._hang_up()

    def _ask(self, question: Callable[[Backend], T]) -> T:
        with self._lock:
            if self._backend is not None:
                try:
                    return question(self._backend)
                except Unavailable:
                    # Servers drop connections that nobody uses for a while; that is not yet no answer.
                    self._hang_up()
            return question(self._connected())

    def _connected(self) -> Backend:
        if self._closed:
            raise Unavailable(self.url, why="was asked after it had been closed")
        self._backend = self._servers.connected()
        self.url = self._backend.url
        return self._backend

    def _hang_up(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()
