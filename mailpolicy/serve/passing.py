"""Handing open sockets to another process, over a pair of sockets between the two."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from typing import Final

from .places import Handed

__all__ = ["tell", "told"]

LONGEST: Final = 65_536
MOST_SOCKETS: Final = 250
"""That the kernel hands over at a time."""


def tell(control: socket.socket, sockets: Mapping[str, socket.socket]) -> None:
    """Tell a worker to reload, with sockets that it may need."""
    descriptors = [each.fileno() for each in sockets.values()]
    socket.send_fds(control, [json.dumps([*sockets]).encode()], descriptors)


def told(control: socket.socket) -> Handed | None:
    """The sockets that come with being told to reload; None where nobody is there any more."""
    try:
        text, descriptors, _, _ = socket.recv_fds(control, LONGEST, MOST_SOCKETS)
    except OSError:
        return None
    if not text:
        return None
    for each in descriptors:
        os.set_inheritable(each, False)
    return {place: (each,) for place, each in zip(json.loads(text), descriptors, strict=True)}
