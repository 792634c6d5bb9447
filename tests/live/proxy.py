"""A network that fails on demand: a proxy on the loopback, between a client and a server.

    with Proxy(server.tcp_uri) as proxy:
        connect(proxy.url)
        proxy.swallow()   # bytes vanish in both directions, and no connection is closed
        proxy.heal()

What has lost a byte stays lost: a connection of which something was swallowed never speaks again, as
after a router that has forgotten it. New ones are as the network is by then.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Self
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen

from tests.ports import free_port

__all__ = ["Proxy"]

CHUNK: Final = 16_384
MOST_WAITING: Final = 1 << 20
"""Bytes to take in from one side before the other side has taken them."""
TICK: Final = 0.002
"""Seconds between two looks at what is due, while something is delayed."""


@frozen
class Network:
    """What happens to bytes; `up` is from the client to the server."""

    swallow_up: bool = False
    swallow_down: bool = False
    delay: float = 0.0
    """Seconds that bytes are under way."""
    bytes_per_second: float | None = None
    cut_after: int | None = None
    """How many bytes of the server a connection passes on; what comes after them is swallowed."""
    hang_up: bool = False
    """Whether it is closed there instead."""


@define(eq=False)
class Way:
    """One direction of a connection."""

    source: socket.socket
    target: socket.socket
    down: bool
    passed: int = 0
    lost: bool = False
    ended: bool = False
    """Whether the source sends no more."""
    waiting: deque[tuple[float, bytes]] = field(factory=deque)
    due: float = 0.0

    @property
    def has_room(self) -> bool:
        return not self.ended and sum(len(piece) for _, piece in self.waiting) < MOST_WAITING


class Proxy:
    """A port of 127.0.0.1 that leads to another one; a thread of its own moves the bytes."""

    def __init__(self, server: str | None) -> None:
        assert server is not None, "the server listens on no port"
        self._server = urlsplit(server).hostname, urlsplit(server).port
        self._network = Network()
        self._ways: list[Way] = []
        self._errands: deque[tuple[Callable[[], None], threading.Event]] = deque()
        self._closing = False
        self.accepted = 0
        """Connections so far."""
        self.passed_down = 0
        """Bytes of the server that have come through so far."""
        self._listener: socket.socket | None = listening(free_port())
        port = self._listener.getsockname()[1]
        self._address = "127.0.0.1", port
        self.url = f"ldap://127.0.0.1:{port}"
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    @property
    def connections(self) -> int:
        """How many stand now."""
        return len(self._ways) // 2

    # What the network is like

    def heal(self) -> None:
        """Pass everything on, and take new connections."""
        self._become(Network())
        self._do(self._listen)

    def swallow(self, *, up: bool = True, down: bool = True) -> None:
        """Let bytes vanish without a word."""
        self._become(Network(swallow_up=up, swallow_down=down))

    def slow_down(self, *, delay: float = 0.0, bytes_per_second: float | None = None) -> None:
        """Pass everything on, but late."""
        self._become(Network(delay=delay, bytes_per_second=bytes_per_second))

    def cut_after(self, passed: int, *, hang_up: bool = False) -> None:
        """Let each new connection pass on so many bytes of the server, and then nothing."""
        self._become(Network(cut_after=passed, hang_up=hang_up))

    def refuse(self) -> None:
        """Close all connections and take no new ones."""
        self._do(self._stop_listening)
        self.hang_up()

    def hang_up(self) -> None:
        """Close all connections; new ones are taken."""
        self._do(self._close_all)

    def _become(self, network: Network) -> None:
        def become() -> None:
            self._network = evolve(network)

        self._do(become)

    def _do(self, errand: Callable[[], None]) -> None:
        """Do something in the thread, and return when it is done."""
        done = threading.Event()
        self._errands.append((errand, done))
        self._bell.send(b".")
        assert done.wait(5), "the proxy hangs"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing = True
        self._bell.send(b".")
        self._thread.join()
        self._stop_listening()
        self._close_all()
        self._bell.close()
        self._ear.close()

    # The thread

    def _run(self) -> None:
        while not self._closing:
            self._wait()
            while self._errands:
                errand, done = self._errands.popleft()
                errand()
                done.set()
            for way in tuple(self._ways):
                self._move(way)
            self._ways = [way for way in self._ways if way.source.fileno() >= 0]

    def _wait(self) -> None:
        """Until something may have happened."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            if self._listener is not None:
                selector.register(self._listener, selectors.EVENT_READ)
            for way in self._ways:
                if way.has_room:
                    selector.register(way.source, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(self._patience())}
        if self._ear in ready:
            self._ear.recv(CHUNK)
        if self._listener in ready:
            self._accept()

    def _patience(self) -> float:
        return TICK if any(way.waiting for way in self._ways) else 1.0

    def _accept(self) -> None:
        assert self._listener is not None
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(self._server, 1.0)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.accepted += 1
        self._ways += [Way(client, server, down=False), Way(server, client, down=True)]

    def _move(self, way: Way) -> None:
        """Take in what is there, and pass on what is due."""
        if way.source.fileno() < 0:
            return
        try:
            if way.has_room:
                self._take(way, way.source.recv(CHUNK))
        except BlockingIOError:
            pass
        except OSError:
            way.ended = True
        try:
            self._pass_on(way)
        except BlockingIOError:
            pass
        except OSError:
            self._close(way)
        # A connection that has lost bytes does not learn either that the other end has gone.
        if way.ended and not way.waiting and not way.lost:
            self._close(way)

    def _take(self, way: Way, piece: bytes) -> None:
        network = self._network
        if not piece:
            way.ended = True
            return
        way.lost = way.lost or (network.swallow_down if way.down else network.swallow_up)
        if way.lost:
            return
        if network.cut_after is not None and way.down:
            piece = piece[: max(0, network.cut_after - way.passed)]
        way.passed += len(piece)
        seconds = len(piece) / network.bytes_per_second if network.bytes_per_second else 0.0
        way.due = max(time.monotonic() + network.delay, way.due) + seconds
        if piece:
            way.waiting.append((way.due, piece))
        if network.cut_after is not None and way.down and way.passed >= network.cut_after:
            way.ended, way.lost = network.hang_up, not network.hang_up

    def _pass_on(self, way: Way) -> None:
        while way.waiting and way.waiting[0][0] <= time.monotonic():
            due, piece = way.waiting[0]
            sent = way.target.send(piece)
            self.passed_down += sent if way.down else 0
            way.waiting.popleft()
            if sent < len(piece):
                way.waiting.appendleft((due, piece[sent:]))

    def _close(self, way: Way) -> None:
        for end in (way.source, way.target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _close_all(self) -> None:
        for way in self._ways:
            self._close(way)
        self._ways = []

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = listening(self._address[1])

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=64)
