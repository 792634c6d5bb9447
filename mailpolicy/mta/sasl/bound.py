"""Checking passwords by asking a directory server: whoever can bind with it has the right one."""

from __future__ import annotations

import logging
import time
from typing import Final

from attrs import evolve

from ...errors import Unavailable
from ...live.backend import WrongCredentials
from ...live.bind import Bind
from ...live.servers import Servers
from ...model import Account
from .proof import Proof

__all__ = ["ByBind"]

log = logging.getLogger(__name__)

SECONDS: Final = 1.5


class ByBind:
    """Binds as the account, each time over a connection of its own.

    Only what the server says of name and password is a no. Everything else is unknown, and then the next
    server is asked: each has its share of the time, and the one that has answered last is asked first, so
    that one which hangs keeps nobody out. Raises InvalidUrl where passwords would travel unencrypted.
    """

    def __init__(self, servers: Servers, seconds: float = SECONDS) -> None:
        asked = evolve(servers, network_timeout=seconds, operation_timeout=seconds)
        self._servers = asked.bound_as(Bind("cn=somebody", "secret"))
        self._seconds = seconds
        self._first = 0

    def verify(self, account: Account, password: bytes) -> Proof:
        """Ask the servers one after the other, for as long as there is time."""
        # With an empty password a server takes a bind for an anonymous one, and agrees (RFC 4513 5.1.2).
        if not password:
            return Proof.NO
        deadline = time.monotonic() + self._seconds
        bind = Bind(str(account.dn), password)
        urls = self._servers.urls
        start = self._first
        for tried in range(len(urls)):
            place = (start + tried) % len(urls)
            left = (deadline - time.monotonic()) / (len(urls) - tried)
            if left <= 0:
                break
            try:
                evolve(self._servers, bind=bind, network_timeout=left).connect(urls[place]).close()
            except WrongCredentials:
                proof = Proof.NO
            except Unavailable as problem:
                log.warning("a password cannot be checked: %s", problem)
                continue
            else:
                proof = Proof.YES
            self._first = place
            return proof
        return Proof.UNKNOWN
