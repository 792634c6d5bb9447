"""Opening a file of counts: several processes may come at once, and the file may be damaged."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

from . import sqlite_tables as tables

__all__ = [
    "PATIENCE",
    "PATIENCE_APART",
    "Opened",
    "be_patient",
    "keep_a_log",
    "mark",
    "opened",
    "transaction",
]

LOG: Final = logging.getLogger(__name__)

PATIENCE: Final = 0.1
"""Seconds to wait for another process that writes."""
PATIENCE_APART: Final = 5.0
"""Seconds to wait at the start and the end, when nobody waits for us, and all workers come together."""
BROKEN: Final = ".broken"


def be_patient(file: sqlite3.Connection, seconds: float) -> None:
    """Wait so long for another process that writes."""
    file.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


@contextmanager
def transaction(file: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """All of it or nothing."""
    file.execute(begin)
    try:
        yield
        file.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            file.execute("ROLLBACK")
        raise


Mark: TypeAlias = tuple[int, int]


@frozen
class Opened:
    """A file that is open, with what tells it, and what is written ahead for it, from others."""

    file: sqlite3.Connection
    mark: Mark
    log: frozenset[Mark]


def mark(path: Path) -> Mark | None:
    """What tells a file from another of that name, while it is open; None where there is none.

    OSError where nobody can tell: a disk that fails has not lost the file.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def opened(path: Path, left: frozenset[Mark] = frozenset()) -> Opened:
    """The file, made where there is none; a damaged one is set aside, by one of those who find it so.

    `left` is what was written ahead for one that stood here before, and is no more.
    """
    if has_log_of_another(path, left):
        with locked(path.parent, LOCK_EX):
            if has_log_of_another(path, left):
                drop_log(path)
    with locked(path.parent, LOCK_SH):
        found = sound(path)
    if isinstance(found, Opened):
        return found
    with locked(path.parent, LOCK_EX):
        found = sound(path)
        if isinstance(found, Opened):
            return found  # another process was faster
        LOG.error("the counts of %s are not read, and begin anew: %s", path, found)
        path.replace(path.with_name(path.name + BROKEN))
        drop_log(path)
        return prepared(path)


def has_log_of_another(path: Path, left: frozenset[Mark]) -> bool:
    """Whether what is written ahead there is for a file that is gone: read into another it would spoil that.

    And who goes on by the old one would be killed when SQLite begins the index of it anew.
    """
    return mark(path) is None or not left.isdisjoint(log_of(path))


def log_of(path: Path) -> frozenset[Mark]:
    """The marks of what is written ahead for a file, and of the index of that."""
    return frozenset(found for each in log_files(path) if (found := mark(each)) is not None)


def log_files(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))


def drop_log(path: Path) -> None:
    for each in log_files(path):
        each.unlink(missing_ok=True)


def sound(path: Path) -> Opened | sqlite3.DatabaseError:
    """The file, or what is wrong with it."""
    try:
        return prepared(path)
    except sqlite3.OperationalError:
        raise  # no folder, no right to it: nothing is wrong with the file
    except sqlite3.DatabaseError as problem:
        return problem


@contextmanager
def locked(folder: Path, how: int) -> Iterator[None]:
    """Let nobody put files aside there, or look at them either; OSError where that takes too long."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    deadline = time.monotonic() + PATIENCE_APART
    try:
        while True:
            try:
                flock(descriptor, how | LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def keep_a_log(file: sqlite3.Connection) -> None:
    """Write ahead. Of several processes that make the file at once SQLite refuses all but one at once."""
    deadline = time.monotonic() + PATIENCE_APART
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def prepared(path: Path) -> Opened:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    made = os.fstat(descriptor)  # were another put there by now, that would show at the next look
    os.close(descriptor)
    file = sqlite3.connect(path, timeout=PATIENCE_APART, isolation_level=None, check_same_thread=False)
    try:
        keep_a_log(file)
        file.execute("PRAGMA synchronous = NORMAL")
        file.execute("PRAGMA wal_autocheckpoint = 0")
        found = file.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(str(found[0]))
        with transaction(file):
            for table in tables.TABLES.split(";\n"):
                file.execute(table)
            tables.end_dead_holds(file)
        be_patient(file, PATIENCE)
        return Opened(file, (made.st_dev, made.st_ino), log_of(path))
    except BaseException:
        file.close()
        raise
