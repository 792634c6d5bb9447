"""What a protocol is, without the network: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

__all__ = ["Opened", "Outlet", "ProtocolError", "Session"]


class ProtocolError(Exception):
    """What came in is not the protocol: the connection ends, others are not concerned."""


class Outlet(Protocol):
    """The way back to the other side of a connection."""

    peer: str
    """Who is there, for the log: an address and port, or the path of a socket."""

    def send(self, reply: bytes) -> None:
        """Send; in the order of the calls, of no effect once the connection is gone."""
        ...

    def close(self) -> None:
        """Send what is left and end the connection."""
        ...

    def abort(self) -> None:
        """Break the connection off at once, so that the next thing the other side says fails there."""
        ...


class Session(Protocol):
    """One connection of one protocol. It never waits: answers that take time come by a call later.

    Replies leave in the order of the requests, exactly one for each.
    """

    def receive(self, chunk: bytes) -> None:
        """Take in what has arrived, in pieces of any size; ProtocolError where it is not the protocol."""
        ...

    def at_end(self) -> None:
        """The other side sends no more, but may still read: answer what was asked, then close."""
        ...

    def lost(self) -> None:
        """The connection is gone: let go of what is held for it."""
        ...

    @property
    def is_busy(self) -> bool:
        """Whether requests wait for an answer: a server that drains lets them have it."""
        ...


Opened: TypeAlias = Callable[[Outlet], Session]
"""Makes a session of a new connection."""
