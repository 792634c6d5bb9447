"""What systemd wants to know, and what it hands over: `sd_notify(3)` and `sd_listen_fds(3)`.

Without systemd all of it is of no effect.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Final

__all__ = ["handed_over", "notify"]

FIRST: Final = 3
"""The number of the first socket that is handed over."""


def notify(*states: str, environment: Mapping[str, str] = os.environ) -> None:
    """Tell systemd how we are: `READY=1`, `RELOADING=1`, `STOPPING=1`, `STATUS=…`."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    path = "\0" + address[1:] if address.startswith("@") else address
    with (
        contextlib.suppress(OSError),  # nobody is there to be told
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd,
    ):
        to_systemd.connect(path)
        to_systemd.sendall("\n".join(states).encode())


def handed_over(environment: Mapping[str, str] = os.environ) -> dict[str, int]:
    """The sockets that systemd has opened for us, by their names; without one it is the number.

    >>> handed_over({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "policy:sasl"})
    {'policy': 3, 'sasl': 4}
    """
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(environment.get("LISTEN_FDS") or 0)
    names = (environment.get("LISTEN_FDNAMES") or "").split(":")
    names += [""] * (count - len(names))
    return {name or str(FIRST + place): FIRST + place for place, name in enumerate(names[:count])}
