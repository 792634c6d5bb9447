"""Ports for servers that end and begin again: nobody else takes one meanwhile."""

from __future__ import annotations

import random
import socket
from typing import Final

__all__ = ["free_port"]

# Below those that systems hand out themselves: one of these may become the near end of anybody's
# connection while its server is down, even of a connection to that very port, which then talks to itself.
_UNUSED: Final = iter(random.SystemRandom().sample(range(10_000, 32_768), 22_768))


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens; in one process every time another one."""
    for port in _UNUSED:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not _is_taken(probe, port):
                return port
    raise AssertionError("every port has been given out")


def _is_taken(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return True
    return False
