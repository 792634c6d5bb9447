"""Who is logged in: sessions of webmail, of the API, of whoever asks whether one is still good."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Final, Protocol

from attrs import field, frozen

from .file import Row, StoreFile, moment, seconds

__all__ = ["OpenSession", "Sessions", "SessionsInFile"]


@frozen(kw_only=True)
class OpenSession:
    """A session that nobody has ended; who knows its `id` is in it, so the repr leaves it out."""

    account: str
    id: str = field(repr=False)
    service: str
    client: str
    began: datetime
    seen: datetime


class Sessions(Protocol):
    """Sessions by account. Unavailable where the store does not answer."""

    def begin(self, account: str, service: str, client: str, at: datetime) -> OpenSession:
        """Open a session."""
        ...

    def saw(self, id: str, at: datetime) -> OpenSession | None:
        """Remember that a session was used; None if it is not open, or no more."""
        ...

    def of(self, account: str) -> tuple[OpenSession, ...]:
        """The sessions of an account, the one that was used last first."""
        ...

    def end(self, id: str) -> bool:
        """End a session; whether it was open."""
        ...

    def end_all(self, account: str, *, but: str = "") -> int:
        """End all sessions of an account, but perhaps the one in which that is asked for; how many."""
        ...

    def end_unused(self, since: datetime) -> int:
        """End those that have not been used since; how many."""
        ...


TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS session (
        id TEXT PRIMARY KEY, account TEXT, service TEXT, client TEXT, began REAL, seen REAL
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS session_account ON session (account)",
)
COLUMNS: Final = "account, id, service, client, began, seen"


class SessionsInFile:
    """Sessions in a file.

    >>> from datetime import UTC, datetime
    >>> file, at = StoreFile(), datetime(2026, 5, 1, tzinfo=UTC)
    >>> sessions = SessionsInFile(file)
    >>> here = sessions.begin("john@acme.example", "webmail", "192.0.2.1", at)
    >>> _ = sessions.begin("john@acme.example", "webmail", "198.51.100.7", at)
    >>> sessions.end_all("john@acme.example", but=here.id), len(sessions.of("john@acme.example"))
    (1, 1)
    >>> file.close()
    """

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        for table in TABLES:
            file.rows(table)

    def begin(self, account: str, service: str, client: str, at: datetime) -> OpenSession:
        """Open a session."""
        rows = self._file.rows(
            f"INSERT INTO session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) RETURNING {COLUMNS}",
            *(account, token_urlsafe(), service, client, seconds(at), seconds(at)),
        )
        return session(rows[0])

    def saw(self, id: str, at: datetime) -> OpenSession | None:
        """Remember that a session was used; None if it is not open, or no more."""
        query = f"UPDATE session SET seen = max(seen, ?) WHERE id = ? RETURNING {COLUMNS}"
        rows = self._file.rows(query, seconds(at), id)
        return session(rows[0]) if rows else None

    def of(self, account: str) -> tuple[OpenSession, ...]:
        """The sessions of an account, the one that was used last first."""
        query = f"SELECT {COLUMNS} FROM session WHERE account = ? ORDER BY seen DESC, began DESC"
        return tuple(map(session, self._file.rows(query, account)))

    def end(self, id: str) -> bool:
        """End a session; whether it was open."""
        return bool(self._file.changed("DELETE FROM session WHERE id = ?", id))

    def end_all(self, account: str, *, but: str = "") -> int:
        """End all sessions of an account, but perhaps the one in which that is asked for; how many."""
        return self._file.changed("DELETE FROM session WHERE account = ? AND id != ?", account, but)

    def end_unused(self, since: datetime) -> int:
        """End those that have not been used since; how many."""
        return self._file.changed("DELETE FROM session WHERE seen < ?", seconds(since))


def session(row: Row) -> OpenSession:
    account, id, service, client, began, seen = row
    return OpenSession(
        account=account, id=id, service=service, client=client, began=moment(began), seen=moment(seen)
    )
