"""The connection over which questions go: made when it is needed, and made again once when it has died."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Final, Protocol, TypeVar

from ...errors import InvalidDN, NotFound, Unavailable
from ...freshness import Freshness, State
from ...ldap.definitions import Definitions
from ...ldap.url import Scope
from ..backend import EVERYTHING, Backend, Found
from ..subschema import definitions_of, subschema_of

__all__ = ["Line", "Reachable"]

PAGE: Final = 1000
"""So many entries are asked for at a time where there may be many."""

INSTANT: Final = 0.1
"""Seconds in which somebody whose connection is gone notices it."""

EVERYTHING_THERE: Final = "(objectClass=*)"
NO_ATTRIBUTES: Final = ("1.1",)
"""Whether an entry is there is all that is asked then (RFC 4511 section 4.5.1.8)."""

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
        self._base = ""
        self._has_base = False
        """Whether the server that is connected has shown that it has the directory."""
        self._heard = time.monotonic()
        self._problem = ""
        self.is_closed = False
        self.url = ""

    def base(self) -> str:
        """The DN below which the directory stands; for that a server has to answer."""
        self._base = self._ask(self._servers.base_of)
        return self._base

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
        Unavailable where the base of the directory itself is not there: such a server has not got it.
        """
        page = PAGE if paged else None

        def search(backend: Backend) -> list[T]:
            found = backend.search(base, scope, filter, attributes, page=page, limit=limit)
            return list(map(make, unless_absent(found, lambda: self._check_base(backend))))

        return self._ask(search)

    def _check_base(self, backend: Backend) -> None:
        """Whether the server has the directory at all; once for each connection."""
        if self._has_base:
            return
        scope = Scope.BASE if self._base else Scope.SUB  # for nothing stands at the root of all names
        try:
            list(backend.search(self._base, scope, EVERYTHING_THERE, NO_ATTRIBUTES, limit=1))
        except NotFound:
            where = f" at {self._base}" if self._base else ""
            raise Unavailable(backend.url, why=f"has no entries at all{where}") from None
        self._has_base = True

    def definitions(self) -> Definitions | None:
        """The definitions that the server has; None where it does not show them."""
        try:
            return definitions_of(self._ask(subschema_of))
        except NotFound:
            return None

    def close(self) -> None:
        """Hang up, for good, also under somebody who waits for an answer; may be called again."""
        self.is_closed = True
        backend = self._backend
        if backend is not None:
            backend.abort()
        # Whoever has the lock longer than that is about to connect, and hangs up himself.
        if self._lock.acquire(timeout=INSTANT):
            try:
                self._hang_up()
            finally:
                self._lock.release()

    def freshness(self, since: float | None = None) -> Freshness:
        """How things stand with what was said at that time of `time.monotonic()`, or else last."""
        age = time.monotonic() - (self._heard if since is None else since)
        why = "is closed" if self.is_closed else self._problem
        moment = datetime.now(UTC) - timedelta(seconds=age)
        return Freshness(State.STALE if why else State.FRESH, self.url, "search", age, moment, why)

    def _ask(self, question: Callable[[Backend], T]) -> T:
        with self._lock:
            try:
                answer = self._answer(question)
            except Unavailable as problem:
                self._problem = problem.why
                raise
            except NotFound:
                self._has_answered()
                raise
            finally:
                if self.is_closed:
                    self._hang_up()
            self._has_answered()
            return answer

    def _has_answered(self) -> None:
        self._heard, self._problem = time.monotonic(), ""

    def _answer(self, question: Callable[[Backend], T]) -> T:
        if self._backend is not None:
            try:
                return question(self._backend)
            except Unavailable:
                # Servers drop connections that nobody uses for a while; that is not yet no answer.
                self._hang_up()
        return question(self._connected())

    def _connected(self) -> Backend:
        self._check_open()
        self._backend = self._servers.connected()
        self.url = self._backend.url
        self._check_open()  # as it may have been closed before there was anything to abort
        return self._backend

    def _check_open(self) -> None:
        if self.is_closed:
            raise Unavailable(self.url, why="was asked after it had been closed")

    def _hang_up(self) -> None:
        backend, self._backend = self._backend, None
        self._has_base = False
        if backend is not None:
            backend.close()


def unless_absent(found: Iterable[Found], check: Callable[[], None]) -> Iterator[Found]:
    """What a search finds; nothing, after a `check`, where the server knows no such base.

    An entry with a name that cannot be read is for who reads it.
    """
    try:
        yield from found
    except (NotFound, InvalidDN):
        check()
