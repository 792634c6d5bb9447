"""The one server of all protocols: it listens, keeps connections open long enough, and ends politely."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import Any, Final, Self

from .connection import Connection
from .listening import Endpoint, called, endpoint
from .session import Opened

__all__ = ["IDLE_SECONDS", "MOST_CONNECTIONS", "Serving"]

LOG: Final = logging.getLogger(__name__)

IDLE_SECONDS: Final = 1200.0
"""Postfix keeps a connection for 1000 s, and is stopped for a second by one that was closed before that."""

MOST_CONNECTIONS: Final = 2000
"""Postfix has one for each of its servers, of which there are a hundred unless somebody says more."""

QUIET_SECONDS: Final = 5.0
"""A client that has asked nothing for so long is not in the middle of a message, or a slow one."""

CLOSING_SECONDS: Final = 30.0
"""How long a client may take to read what is left for it."""

FILE_STAYS: Final[dict[str, Any]] = {} if sys.version_info < (3, 13) else {"cleanup_socket": False}
"""Since Python 3.13 a loop takes the file of a socket away, also that of systemd or of other workers."""

STEPS_OF_ACCEPTING: Final = 5
"""Turns of the event loop after which what was accepted has a protocol, and what was refused is gone."""


class Serving:
    """Sessions of one protocol, served at one address, within `async with`.

    >>> async def example():
    ...     async with Serving("inet:127.0.0.1:0", opened) as serving:
    ...         print(serving.addresses)

    `opened` makes a session of each connection. One that asks nothing for `idle` seconds is closed, and so
    are those over `most`. It runs in the event loop that enters it, asyncio's own or that of uvloop.
    """

    def __init__(
        self,
        where: Endpoint | str,
        opened: Opened,
        *,
        idle: float = IDLE_SECONDS,
        most: int = MOST_CONNECTIONS,
    ) -> None:
        self.endpoint = endpoint(where) if isinstance(where, str) else where
        self.addresses: tuple[str, ...] = ()
        """Where it listens, as `endpoint` reads it: with the ports that were found free."""
        self.idle, self.most = idle, most
        """They may change at any time; connections over a new bound that are open stay."""
        self._opened = opened
        self._servers: list[asyncio.AbstractServer] = []
        self._connections: dict[Connection, float] = {}
        self._mark: object = None
        self._has_refused = False
        self._nobody_left = asyncio.Event()
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._connections)

    @property
    def port(self) -> int:
        """The port of the first address."""
        return int(self.addresses[0].rpartition(":")[2])

    async def start(self) -> None:
        """Listen; OSError where that cannot be."""
        loop = asyncio.get_running_loop()
        listeners = self.endpoint.open()
        self._mark = self.endpoint.mark()
        self.addresses = tuple(called(each) for each in listeners)
        for listener, address in zip(listeners, self.addresses, strict=True):
            if listener.family == socket.AF_UNIX:
                server = await loop.create_unix_server(
                    lambda at=address: self._connection(at),  # type: ignore[misc]
                    sock=listener,
                    **FILE_STAYS,
                )
            else:
                server = await loop.create_server(lambda at=address: self._connection(at), sock=listener)  # type: ignore[misc]
            self._servers.append(server)
        self._sweeper = loop.create_task(self._sweep())

    def stop_accepting(self) -> None:
        """Let nobody in any more; who is in stays."""
        if self._servers:
            for server in self._servers:
                server.close()
            self._servers.clear()
            self.endpoint.close(self._mark)

    async def drain(self, seconds: float, quiet: float = QUIET_SECONDS) -> None:
        """Stop accepting, serve those who are there until they are quiet, and close after `seconds` anyway.

        A mail server whose connection is closed between two questions waits a second and asks again:
        nothing is lost, but who can wait for it to have finished its message does.
        """
        await self._let_in()
        self.stop_accepting()
        deadline = asyncio.get_running_loop().time() + seconds
        while self._connections and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self._close_quiet(quiet)
            self._nobody_left.clear()
            try:
                await asyncio.wait_for(self._nobody_left.wait(), min(left, max(quiet / 4, 0.01)))
            except TimeoutError:
                continue
        await self.close()

    async def close(self) -> None:
        """Stop at once: connections are closed, answers that are on their way are still sent."""
        await self._let_in()
        self.stop_accepting()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in list(self._connections):
            connection.close()
        await self._let_in()
        if self._connections:
            self._nobody_left.clear()
            try:
                await asyncio.wait_for(self._nobody_left.wait(), 1.0)
            except TimeoutError:
                for connection in list(self._connections):
                    connection.abort()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _let_in(self) -> None:
        """Open those who have been at the door before: asyncio forgets them otherwise."""
        for _ in range(STEPS_OF_ACCEPTING):
            await asyncio.sleep(0)

    # Connections

    def _connection(self, address: str) -> asyncio.Protocol:
        if not self._servers:
            return Refused()
        if len(self._connections) >= self.most:
            if not self._has_refused:
                LOG.warning("%s: more than %d connections, more are refused", address, self.most)
                self._has_refused = True
            return Refused()
        connection = Connection(address, self._opened, self._gone)
        self._connections[connection] = asyncio.get_running_loop().time()
        return connection

    def _gone(self, connection: Connection) -> None:
        del self._connections[connection]
        if len(self._connections) < 0.9 * self.most:
            self._has_refused = False
        if not self._connections:
            self._nobody_left.set()

    async def _sweep(self) -> None:
        while self._servers or self._connections:
            await asyncio.sleep(min(self.idle / 4, CLOSING_SECONDS))
            for connection, since in self._quiet():
                if connection.is_closing:
                    if since > CLOSING_SECONDS:
                        connection.abort()
                elif since > self.idle:
                    connection.close()

    def _quiet(self) -> list[tuple[Connection, float]]:
        """Every connection, with the seconds in which nothing came in; never too many."""
        now = asyncio.get_running_loop().time()
        for connection in self._connections:
            if connection.was_heard:
                connection.was_heard = False
                self._connections[connection] = now
        return [(connection, now - heard) for connection, heard in self._connections.items()]

    def _close_quiet(self, seconds: float) -> None:
        for connection, since in self._quiet():
            if since >= seconds and not connection.is_busy:
                connection.close()


class Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()
