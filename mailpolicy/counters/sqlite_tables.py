"""The tables of a file of counts, and what is done in them: each function within one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ..decision import Charge, Counter
from .ledger import added_up
from .protocol import HELD_SECONDS
from .spelling import spelled

__all__ = [
    "TABLES",
    "bring",
    "bring_gauge",
    "count",
    "end_dead_holds",
    "hold",
    "in_use",
    "let_go",
    "owner",
    "prune",
    "set_gauge",
]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS counter (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    total INTEGER NOT NULL,  -- of all its events below, also of those that are over and still there
    ends REAL NOT NULL       -- when the last of them is over
);
CREATE INDEX IF NOT EXISTS counter_ends ON counter (ends);
CREATE TABLE IF NOT EXISTS event (
    counter INTEGER NOT NULL,
    at REAL NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (counter, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
    name TEXT NOT NULL,      -- of the counter
    message TEXT NOT NULL,
    amount INTEGER NOT NULL,
    ends REAL NOT NULL,
    owner TEXT NOT NULL,     -- the process that holds it
    PRIMARY KEY (name, message)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_message ON held (message);
CREATE TABLE IF NOT EXISTS gauge (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""

PRUNED: Final = 256
"""Counters dropped at once, so that nobody waits long for it."""

OTHERS: Final = (
    "SELECT coalesce(sum(amount), 0) FROM held WHERE name = ? AND message != ? AND ends > ? AND ends <= ?"
)
TOTAL: Final = "SELECT id, total FROM counter WHERE name = ?"
OVER: Final = (
    "SELECT (SELECT coalesce(sum(amount), 0) FROM event WHERE counter = ?1 AND at <= ?2)"
    " + (SELECT coalesce(sum(amount), 0) FROM event WHERE counter = ?1 AND at > ?3)"
)
"""Of what is over, and of what lies further ahead than its window: a clock was wrong then."""


def in_use(file: sqlite3.Connection, counter: Counter, at: float, message: str) -> int | None:
    """How much is used apart from what that message holds; None for a gauge that was never set."""
    name = spelled(str(counter))
    (others,) = file.execute(OTHERS, (name, spelled(message), at, at + 2 * HELD_SECONDS)).fetchone()
    if not counter.window:
        shown = file.execute("SELECT value FROM gauge WHERE name = ?", (name,)).fetchone()
        return None if shown is None else int(shown[0] + others)
    found = file.execute(TOTAL, (name,)).fetchone()
    if found is None:
        return int(others)
    (over,) = file.execute(OVER, (found[0], at - counter.window, at + counter.window)).fetchone()
    return int(found[1] - over + others)


def hold(
    file: sqlite3.Connection, message: str, charges: tuple[Charge, ...], at: float, owner: str
) -> Charge | None:
    """Let a message hold exactly this; or give the first charge over its limit, and change nothing."""
    amounts = added_up(charges)
    for charge in charges:
        if charge.limit:
            used = in_use(file, charge.counter, at, message) or 0
            if used + amounts[charge.counter] > charge.limit:
                return charge
    let_go(file, message)
    name = spelled(message)
    file.executemany(
        "INSERT INTO held (name, message, amount, ends, owner) VALUES (?, ?, ?, ?, ?)",
        [
            (spelled(str(counter)), name, amount, at + HELD_SECONDS, owner)
            for counter, amount in amounts.items()
        ],
    )
    return None


def let_go(file: sqlite3.Connection, message: str) -> None:
    """End what a message holds."""
    file.execute("DELETE FROM held WHERE message = ?", (spelled(message),))


def count(file: sqlite3.Connection, charges: Iterable[Charge], at: float) -> None:
    """Count events; what is over goes on the way, so that a counter holds what is in its window."""
    for counter, amount, _ in charges:
        name = spelled(str(counter))
        if not counter.window:
            file.execute("UPDATE gauge SET value = value + ? WHERE name = ?", (amount, name))
            continue
        if not amount:
            continue
        found = file.execute(TOTAL, (name,)).fetchone()
        if found is None:
            made = file.execute("INSERT INTO counter (name, total, ends) VALUES (?, 0, 0)", (name,))
            row, over = made.lastrowid, 0
        else:
            row, window = found[0], (at - counter.window, at + counter.window)
            (over,) = file.execute(OVER, (row, *window)).fetchone()
            if over:
                file.execute("DELETE FROM event WHERE counter = ? AND (at <= ? OR at > ?)", (row, *window))
        file.execute(
            "INSERT INTO event (counter, at, amount) VALUES (?, ?, ?)"
            " ON CONFLICT (counter, at) DO UPDATE SET amount = amount + excluded.amount",
            (row, at, amount),
        )
        file.execute(
            "UPDATE counter SET total = total + ?, ends = max(min(ends, ?), ?) WHERE id = ?",
            (amount - over, at + 2 * counter.window, at + counter.window, row),
        )


def bring(file: sqlite3.Connection, counter: Counter, events: Iterable[tuple[float, int]]) -> None:
    """Count events that may have been counted here already: one at the same moment is the same."""
    name = spelled(str(counter))
    file.execute("INSERT OR IGNORE INTO counter (name, total, ends) VALUES (?, 0, 0)", (name,))
    (row,) = file.execute("SELECT id FROM counter WHERE name = ?", (name,)).fetchone()
    for at, amount in events:
        made = file.execute(
            "INSERT OR IGNORE INTO event (counter, at, amount) VALUES (?, ?, ?)", (row, at, amount)
        )
        if made.rowcount:
            file.execute(
                "UPDATE counter SET total = total + ?, ends = max(ends, ?) WHERE id = ?",
                (amount, at + counter.window, row),
            )


def bring_gauge(file: sqlite3.Connection, counter: Counter, value: int) -> None:
    """Say what a gauge has shown, where nobody has said it since."""
    file.execute("INSERT OR IGNORE INTO gauge (name, value) VALUES (?, ?)", (spelled(str(counter)), value))


def set_gauge(file: sqlite3.Connection, counter: Counter, value: int) -> None:
    """Say what a gauge shows."""
    file.execute("INSERT OR REPLACE INTO gauge (name, value) VALUES (?, ?)", (spelled(str(counter)), value))


def prune(file: sqlite3.Connection, at: float) -> None:
    """Drop some of the counters that are over, and what was held too long."""
    rows = file.execute("SELECT id FROM counter WHERE ends <= ? LIMIT ?", (at, PRUNED)).fetchall()
    file.executemany("DELETE FROM event WHERE counter = ?", rows)
    file.executemany("DELETE FROM counter WHERE id = ?", rows)
    file.execute("DELETE FROM held WHERE ends <= ? OR ends > ?", (at, at + 2 * HELD_SECONDS))


# Who holds


def owner() -> str:
    """A name for this process that no other has, on this machine, also after this one."""
    return f"{os.getpid()} {started(os.getpid())}"


def started(process: int) -> str:
    """When a process was started, in ticks, where the system tells; empty where it does not run."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def end_dead_holds(file: sqlite3.Connection) -> None:
    """What processes hold that have been killed was not taken, as far as anybody knows."""
    for (name,) in file.execute("SELECT DISTINCT owner FROM held").fetchall():
        process, _, ticks = name.partition(" ")
        if not ticks or started(int(process)) != ticks:
            file.execute("DELETE FROM held WHERE owner = ?", (name,))
