"""When an account was last there, by which service, from where."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from .file import StoreFile, moment, seconds

__all__ = ["Access", "Accesses", "AccessesInFile"]


@frozen
class Access:
    """The last time an account came by a service."""

    account: str
    service: str
    at: datetime
    client: str


class Accesses(Protocol):
    """The last access by account and service. Unavailable where the store does not answer."""

    def saw(self, account: str, service: str, at: datetime, client: str) -> None:
        """Remember that an account was there; what is told late changes nothing."""
        ...

    def of(self, account: str) -> tuple[Access, ...]:
        """The last access by each service, the latest first."""
        ...

    def unused(self, since: datetime) -> tuple[str, ...]:
        """The accounts that have been there, but not since, in alphabetical order."""
        ...


TABLE: Final = """
CREATE TABLE IF NOT EXISTS access (
    account TEXT, service TEXT, at REAL, client TEXT, PRIMARY KEY (account, service)
) WITHOUT ROWID
"""


class AccessesInFile:
    """Last accesses in a file.

    >>> from datetime import UTC, datetime
    >>> file = StoreFile()
    >>> accesses = AccessesInFile(file)
    >>> accesses.saw("john@acme.example", "imap", datetime(2026, 5, 1, tzinfo=UTC), "192.0.2.1")
    >>> accesses.of("john@acme.example")[0].client
    '192.0.2.1'
    >>> file.close()
    """

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        file.rows(TABLE)

    def saw(self, account: str, service: str, at: datetime, client: str) -> None:
        """Remember that an account was there; what is told late changes nothing."""
        self._file.changed(
            "INSERT INTO access VALUES (?, ?, ?, ?) ON CONFLICT (account, service)"
            " DO UPDATE SET at = excluded.at, client = excluded.client WHERE excluded.at >= at",
            *(account, service, seconds(at), client),
        )

    def of(self, account: str) -> tuple[Access, ...]:
        """The last access by each service, the latest first."""
        query = "SELECT service, at, client FROM access WHERE account = ? ORDER BY at DESC, service"
        return tuple(
            Access(account, service, moment(at), client)
            for service, at, client in self._file.rows(query, account)
        )

    def unused(self, since: datetime) -> tuple[str, ...]:
        """The accounts that have been there, but not since, in alphabetical order."""
        query = "SELECT account FROM access GROUP BY account HAVING max(at) < ? ORDER BY account"
        return tuple(account for (account,) in self._file.rows(query, seconds(since)))
