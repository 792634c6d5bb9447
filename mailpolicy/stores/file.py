"""A file of SQLite that the stores share, and that several processes of a host may open."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from ..counters.sqlite_opening import keep_a_log
from ..errors import Unavailable

__all__ = ["Row", "StoreFile", "moment", "seconds"]

Row: TypeAlias = tuple[Any, ...]

PATIENCE: Final = 5.0
"""Seconds to wait for another process that writes."""


class StoreFile:
    """Tables in a file, or in memory where there is no path; safe in threads.

    Whatever goes wrong is Unavailable: what stands in the file is unknown then.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.name = "memory" if path is None else str(path)
        self._lock = threading.RLock()
        try:
            if path is not None:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._file = sqlite3.connect(
                path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as problem:
            raise Unavailable(self.name, why=f"cannot be opened: {problem}") from problem
        try:
            if path is not None:
                with self._telling():
                    keep_a_log(self._file)
            self.rows("PRAGMA synchronous = NORMAL")
        except Unavailable:
            self._file.close()
            raise

    def rows(self, query: str, *values: object) -> Sequence[Row]:
        """Carry out one statement, and give what it finds."""
        with self._lock, self._telling():
            return self._file.execute(query, spelled(values)).fetchall()

    def changed(self, query: str, *values: object) -> int:
        """Carry out one statement, and give how many rows it has changed."""
        with self._lock, self._telling():
            return self._file.execute(query, spelled(values)).rowcount

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything within it, or nothing of it."""
        with self._lock:
            self.rows("BEGIN IMMEDIATE")
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                with suppress(Unavailable):
                    self.rows("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise Unavailable(self.name, why=str(problem)) from problem


def spelled(values: Sequence[object]) -> list[object]:
    """Values as SQLite takes them: text that is no Unicode, as clients may send, loses what is none."""
    return [each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in values]


def seconds(at: datetime) -> float:
    """A moment as it stands in a file."""
    return at.timestamp()


def moment(at: float) -> datetime:
    """The moment that stands there."""
    return datetime.fromtimestamp(at, UTC)
