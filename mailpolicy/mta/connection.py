"""One connection: what asyncio brings goes to a session, what the session says goes back."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from .session import Opened, ProtocolError, Session

__all__ = ["Connection"]

LOG: Final = logging.getLogger(__name__)

AT_ONCE: Final = struct.pack("ii", 1, 0)
"""For SO_LINGER: do not wait until the other side has what was sent."""


class Connection(asyncio.Protocol):
    """A connection of a session, which is its `Outlet`. A fault of one never reaches another.

    Who does not read what was answered is not read from either; who closes the way in only still gets
    the answers.
    """

    __slots__ = (
        "_closed",
        "_is_open",
        "_opened",
        "_session",
        "_transport",
        "is_closing",
        "listener",
        "peer",
        "was_heard",
    )

    def __init__(self, listener: str, opened: Opened, closed: Callable[[Connection], None]) -> None:
        self.listener = listener
        self.peer = ""
        self.was_heard = True
        """Whether anything has come in since somebody last looked, and made this False."""
        self.is_closing = False
        self._opened = opened
        self._closed = closed
        self._session: Session | None = None
        self._transport: Any = None
        self._is_open = False

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for an answer of ours."""
        return self._session is not None and self._session.is_busy

    # What the session says

    def send(self, reply: bytes) -> None:
        """Send; of no effect once the connection is closed."""
        if self._is_open:
            self._transport.write(reply)

    def close(self) -> None:
        """Send what is left and end the connection; what still comes in is not heard."""
        self.is_closing = True
        if self._is_open:
            self._is_open = False
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once, by a reset where that can be.

        Whoever writes into a connection that was closed politely learns of it only with the write after.
        """
        self._is_open = False
        self.is_closing = True
        if self._transport is not None:
            if isinstance(self._transport.get_extra_info("peername"), tuple):
                link = self._transport.get_extra_info("socket")
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self._transport.abort()

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open a session."""
        self._transport = transport
        if self.is_closing:  # the server has ended since this was accepted
            transport.close()
            return
        self._is_open = True
        name = transport.get_extra_info("peername")
        if isinstance(name, tuple):
            self.peer = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.peer = self.listener
        try:
            self._session = self._opened(self)
        except Exception:
            LOG.exception("%s: no session for %s", self.listener, self.peer)
            self.abort()

    def data_received(self, chunk: bytes) -> None:
        """Hand on what has come in."""
        self.was_heard = True
        if self._is_open:
            try:
                self._session.receive(chunk)  # type: ignore[union-attr]
            except ProtocolError as problem:
                LOG.warning("%s: connection of %s closed: %s", self.listener, self.peer, problem)
                self.close()
            except Exception:  # noqa: BLE001 - one session must not stop the mail of the others
                self._failed()

    def eof_received(self) -> bool:
        """Answer what was asked: Exim closes its side as soon as it has asked, and then listens."""
        if self._is_open and self._session is not None:
            try:
                self._session.at_end()
            except ProtocolError as problem:
                LOG.warning("%s: connection of %s closed: %s", self.listener, self.peer, problem)
                self.close()
            except Exception:  # noqa: BLE001 - one session must not stop the mail of the others
                self._failed()
        return True

    def pause_writing(self) -> None:
        """Nobody reads there: take in nothing more until somebody does."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, problem: Exception | None) -> None:
        """Let the session go."""
        self._is_open = False
        self.is_closing = True
        session, self._session = self._session, None
        try:
            if session is not None:
                session.lost()
        except Exception:
            LOG.exception("%s: the end of the connection of %s", self.listener, self.peer)
        finally:
            self._closed(self)

    def _failed(self) -> None:
        LOG.exception("%s: connection of %s closed for a fault of ours", self.listener, self.peer)
        self.close()
