"""What systemd wants to know, and what it hands over: `sd_notify(3)` and `sd_listen_fds(3)`.

Without systemd all of it is of no effect.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping
from typing import Final

__all__ = ["handed_over", "notify", "reloading"]

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


def handed_over(environment: Mapping[str, str] = os.environ) -> dict[str, tuple[int, ...]]:
    """The sockets that systemd has opened for us, by their names, which several may share, and by numbers.

    >>> handed_over({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "policy:sasl"})
    {'3': (3,), 'policy': (3,), '4': (4,), 'sasl': (4,)}
    """
    count = environment.get("LISTEN_FDS", "")
    if environment.get("LISTEN_PID") != str(os.getpid()) or not count.isdecimal():
        return {}
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    found: dict[str, tuple[int, ...]] = {}
    for place in range(int(count)):
        found[str(FIRST + place)] = (FIRST + place,)
        if place < len(names) and names[place]:
            found[names[place]] = (*found.get(names[place], ()), FIRST + place)
    return found


def reloading() -> None:
    """Tell that the configuration is read anew; systemd wants to know since when."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
