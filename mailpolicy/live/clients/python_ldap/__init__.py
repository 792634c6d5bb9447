"""The client over libldap: the fastest one, where its headers and a compiler were at hand to install it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...backend import Backend
from .client import Client

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["connect"]


def connect(url: str, servers: Servers) -> Backend:
    """Connect to one server and bind. Raises Unavailable."""
    return Client.connected(url, servers)
