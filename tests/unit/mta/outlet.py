"""The other side of a session, in memory."""

from __future__ import annotations

__all__ = ["Kept"]


class Kept:
    """Keeps what is sent."""

    peer = "test"

    def __init__(self) -> None:
        self.sent = b""
        self.is_closed = False

    def send(self, reply: bytes) -> None:
        self.sent += reply

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True
