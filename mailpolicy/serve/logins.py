"""Who gets in, for all protocols that log in: one gate, whose parts a reload exchanges.

Mail servers keep connections for as long as they run, and each of them has the gate: were there another
after a reload, passwords would be checked as before, and failures counted twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

from attrs import frozen

from ..config import Given, Misconfigured, access_to
from ..live import Live
from ..live.servers import Servers
from ..model import Account
from ..mta.desk import Desk
from ..mta.sasl import (
    ByApplicationPasswords,
    ByBind,
    ByStoredHashes,
    Failures,
    FirstOf,
    Gate,
    InFile,
    InMemory,
    KeptFailures,
    Proof,
    Threads,
    Verifier,
    WrittenFailures,
)

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["Arranged", "Logins", "arranged"]


@frozen
class Arranged:
    """What a configuration says about logins. `written_to` is where lockouts are written, if they are."""

    passwords: Verifier
    applications: Verifier
    written_to: Live | None


def arranged(configuration: Configuration, live: Live | None) -> Arranged:
    """Read it; Misconfigured and InvalidUrl where it cannot be."""
    section = configuration.sasl
    if section is None:
        return Arranged(FirstOf(), ByApplicationPasswords(InMemory({})), None)
    if live is None and ("bind" in section.passwords or section.write_lockouts):
        raise Misconfigured("", ("sasl: bind and write_lockouts need a source on LDAP servers",))
    applications = section.application_passwords
    store = InMemory({}) if applications is None else InFile(configuration.path(applications))
    verifiers = [verifier(configuration, each) for each in section.passwords]
    return Arranged(
        FirstOf(*verifiers), ByApplicationPasswords(store), live if section.write_lockouts else None
    )


def verifier(configuration: Configuration, how: str) -> Verifier:
    if how == "stored":
        return ByStoredHashes()
    assert configuration.source is not None
    surroundings = {**os.environ, "MAILPOLICY_CONFIG": str(configuration.file)}
    access = access_to(configuration.source, Given(), surroundings, configuration)
    return ByBind(Servers.parse(access.url, **access.connecting()))


class Logins:
    """The gate, and failures that all protocols share."""

    def __init__(self, desk: Desk, now: Arranged) -> None:
        self._now = now
        self._threads = Threads()
        self.failures = CurrentFailures(now.written_to)
        self.gate = Gate(
            desk,
            Current(lambda: self._now.passwords),
            self._threads,
            applications=Current(lambda: self._now.applications),
            failures=self.failures,
        )

    def exchange(self, now: Arranged) -> None:
        """Go on with other parts; what is counted stays counted."""
        self._now = now
        self.failures.exchange(now.written_to)

    def close(self) -> None:
        """Begin nothing any more, and write what waits."""
        self._threads.close()
        self.failures.close()


class Current:
    """Asks whoever checks passwords at the moment."""

    def __init__(self, now: Callable[[], Verifier]) -> None:
        self._now = now

    def verify(self, account: Account, password: bytes) -> Proof:
        """Say whether this is the password."""
        return self._now().verify(account, password)


class CurrentFailures:
    """Failures, kept here or written where the configuration says at the moment."""

    def __init__(self, live: Live | None) -> None:
        self._kept = KeptFailures()
        self._live = live
        self._written = self._writing(live)

    @property
    def _now(self) -> Failures:
        return self._kept if self._written is None else self._written

    def exchange(self, live: Live | None) -> None:
        """Write somewhere else from now on, or nowhere; what waits is still written, while others go on."""
        if live is not self._live:
            before, self._live, self._written = self._written, live, self._writing(live)
            if before is not None:
                Thread(target=before.close, name="mailpolicy-lockout-end").start()

    def _writing(self, live: Live | None) -> WrittenFailures | None:
        return None if live is None else WrittenFailures(live, kept=self._kept)

    def close(self) -> None:
        """Write what waits."""
        if self._written is not None:
            self._written.close()

    def is_locked_out(self, account: Account, at: datetime) -> bool:
        """Whether there were too many."""
        return self._now.is_locked_out(account, at)

    def recent(self, account: Account, at: datetime) -> int:
        """How many of them still count."""
        return self._now.recent(account, at)

    def wrong(self, account: Account, at: datetime) -> None:
        """A wrong password was given."""
        self._now.wrong(account, at)

    def right(self, account: Account, at: datetime) -> None:
        """Somebody is in."""
        self._now.right(account, at)
