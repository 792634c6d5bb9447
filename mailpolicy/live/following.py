"""The thread that follows a server and publishes what it says."""

from __future__ import annotations

import logging
import threading
from hashlib import sha256
from random import Random
from typing import Final, NamedTuple

from attrs import field, frozen

from ..errors import MailPolicyError, Unavailable
from ..ldap.definitions import Definitions
from ..snapshot import Snapshot
from .backend import Backend
from .board import Board
from .replica import Pace, Replica, follow
from .servers import Servers, delays
from .subschema import definitions_of, subschema_of

__all__ = ["Following", "Seed", "Wanted"]

LOG: Final = logging.getLogger(__name__)
LONGEST_GOODBYE: Final = 0.5
"""Seconds that closing waits for the thread. One that takes longer is in the middle of connecting, where
nothing cuts it short: it ends by itself when that does, within the network timeout."""


@frozen
class Wanted:
    """What is to be followed, and how it is to be read."""

    dialect: str = "auto"
    schema: Definitions | None = field(default=None, repr=False)
    """The definitions to go by; without them, those that the server has."""
    pace: Pace = field(factory=Pace)


class Seed(NamedTuple):
    """What an earlier run has left to go on from."""

    snapshot: Snapshot
    cookies: str
    base: str
    subschema: str
    """A name for the definitions that the server had."""


class Following(threading.Thread):
    """Follows the first server that answers, and when it falls silent the next one, until it is closed."""

    def __init__(self, servers: Servers, board: Board, wanted: Wanted, seed: Seed | None = None) -> None:
        super().__init__(name=f"mailpolicy {servers.urls[0]}", daemon=True)
        self._servers, self._board, self._wanted, self._seed = servers, board, wanted, seed
        self._replica: Replica | None = None
        self.base: str | None = None
        """The base that is followed, once a server has been asked."""
        self.subschema = ""
        """A name for the definitions that the server has."""
        self._closing = threading.Event()
        self._backend: Backend | None = None
        self._connecting = threading.RLock()
        self._served = False

    def run(self) -> None:
        waits = delays(Random())
        while not self._closing.is_set():
            problem = self._round()
            if self._served:
                waits = delays(Random())
            wait = next(waits)
            self._board.lost(problem, wait)
            self._closing.wait(wait)

    def _round(self) -> str:
        """Try each server, until one has been followed and is no longer; gives why nobody is."""
        self._served = False
        problems: list[str] = []
        for url in self._servers.urls:
            if self._closing.is_set():
                return "is closed"
            problems.append(self._follow(url))
            if self._served:
                return problems[-1]
        return problems[0] if len(problems) == 1 else "; ".join(problems)

    def _follow(self, url: str) -> str:
        """Follow a server for as long as it answers; gives why it no longer does."""
        try:
            self._stay_with(self._servers.connect(url))
        except Unavailable as problem:
            return self._why(problem)
        except MailPolicyError as problem:
            return str(problem)
        except Exception:
            # The last snapshot is still the best answer there is, and says that it is old.
            LOG.exception("following %s failed", url)
            return "could not be followed because of an error, which was logged"
        return "is closed"

    def _stay_with(self, backend: Backend) -> None:
        with self._connecting:
            self._backend = backend
        sound = False
        try:
            if not self._closing.is_set():
                self._publish(backend)
            sound = True
        except MailPolicyError:
            sound = True
            raise
        finally:
            if not sound:
                self._replica = None  # in the middle of a change, perhaps
            with self._connecting:
                self._backend = None
            backend.close()

    def _why(self, problem: Unavailable) -> str:
        """Why there is no answer; whose it would have been is known where there is only one to give it."""
        return problem.why if self._servers.urls == (problem.source,) else str(problem)

    def _publish(self, backend: Backend) -> None:
        replica = self._replica_for(backend)
        for step in follow(backend, replica, self._wanted.pace, self._closing.wait):
            self._board.published(backend.url, step, replica.cookies)
            self._served = self._served or not step.doubt
            if self._closing.is_set():
                return

    def _replica_for(self, backend: Backend) -> Replica:
        """The replica to go on with; a new one where the server's definitions are no longer the same."""
        wanted = self._wanted
        subschema = "" if wanted.schema else subschema_of(backend)
        digest = sha256(subschema.encode("utf-8", "surrogateescape")).hexdigest() if subschema else ""
        if self._replica is None or digest != self.subschema:
            base = self._servers.base_of(backend)
            schema = wanted.schema or definitions_of(subschema)
            # Whoever watches is told what differs from what was published, however that was read.
            self._replica = self._grown(base, digest, schema) or Replica(
                base, dialect=wanted.dialect, schema=schema, before=self._board.said.snapshot
            )
            self.base, self.subschema = base, digest
        return self._replica

    def _grown(self, base: str, subschema: str, schema: Definitions | None) -> Replica | None:
        """What an earlier run has left, if it is of this very directory; it is good for once."""
        seed, self._seed = self._seed, None
        if seed is None or (seed.base, seed.subschema) != (base, subschema):
            return None
        return Replica.restored(
            seed.snapshot, seed.cookies, base, dialect=self._wanted.dialect, schema=schema
        )

    def close(self) -> None:
        """End it, whatever it waits for."""
        self._closing.set()
        with self._connecting:
            if self._backend is not None:
                self._backend.abort()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(LONGEST_GOODBYE)

    def forked(self) -> None:
        """Leave the connection to the process that has opened it, of which this is a child."""
        self._connecting = threading.RLock()
        self._backend = None
