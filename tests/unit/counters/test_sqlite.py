"""Counts in a file: what is left of them when a process is killed, and what happens while it is locked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from mailpolicy.counters import sqlite, sqlite_opening
from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.decision import Charge, Counter
from mailpolicy.errors import Unavailable
from tests.counting import Asked

AT = 1_700_000_000.0
DAY = Counter("messages", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")

SENDER = f"""
import itertools, pathlib, sys
from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.decision import Charge, Counter
counters = SqliteCounters(pathlib.Path(sys.argv[1]))
day = (Charge(Counter("messages", "ann@acme.example", 86400), 1),)
for each in itertools.count(1):
    counters.reserve("held " + sys.argv[2], (Charge(day[0].counter, 1000),), {AT}, lambda over: None)
    counters.reserve(sys.argv[2], day, {AT}, lambda over: None)
    counters.settle(sys.argv[2], {AT} + each / 1000)
    print(each, flush=True)
"""


def sending(path: Path, name: str = "m") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SENDER, str(path), name], stdout=subprocess.PIPE)


def test_what_was_settled_survives_a_kill_and_what_was_held_does_not(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    process = sending(path)
    assert process.stdout is not None
    settled = 0
    for _ in range(200):
        settled = int(process.stdout.readline())
    process.kill()
    settled = [settled, *map(int, process.stdout.read().splitlines())][-1]
    process.wait()
    process.stdout.close()
    asked = Asked(lambda: SqliteCounters(path))
    # The last may have been settled, and not have been said any more.
    assert asked.used(DAY, AT) in (settled, settled + 1)
    asked.close()


def test_what_a_process_holds_that_lives_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    holding = SENDER.partition("for each")[0] + (
        f"counters.reserve('held', day, {AT}, print)\nsys.stdout.flush()\nsys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holding, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    asked = Asked(lambda: SqliteCounters(path))
    assert asked.used(DAY, AT) == 1
    process.kill()
    process.communicate()
    asked.close()
    asked = Asked(lambda: SqliteCounters(path))
    assert asked.used(DAY, AT) == 0
    asked.close()


SHARING = f"""
import pathlib, sys
from mailpolicy.counters import sqlite, sqlite_opening
from mailpolicy.decision import Charge, Counter
sqlite_opening.PATIENCE = 5
counters, taken = sqlite.SqliteCounters(pathlib.Path(sys.argv[1])), []
day = (Charge(Counter("messages", "ann@acme.example", 86400), 1, 300),)
print("ready", flush=True)
sys.stdin.readline()
for each in range(300):
    message = sys.argv[2] + str(each)
    counters.reserve(message, day, {AT}, lambda over: over or taken.append(message))
    if taken[-1:] == [message]:
        counters.settle(message, {AT})
counters.close()
print(len(taken))
"""


def test_processes_share_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SHARING, str(path), name], stdout=subprocess.PIPE, stdin=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    for process in senders:
        assert process.stdout is not None
        process.stdout.readline()
    for process in senders:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert sum(int(process.communicate()[0]) for process in senders) == 300
    asked = Asked(lambda: SqliteCounters(path))
    assert asked.used(DAY, AT) == 300
    asked.close()


def test_a_locked_file_does_not_keep_anybody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "AGAIN", 0.1)
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    asked.reserve("before", [Charge(DAY, 1)], AT)
    asked.settle("before", AT)
    asked.reserve("across", [Charge(DAY, 1)], AT)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    assert asked.reserve("m", [Charge(DAY, 1, limit=3)], AT) is None
    asked.settle("m", AT)
    assert asked.reserve("n", [Charge(DAY, 1, limit=3)], AT) is not None  # counted here
    asked.settle("across", AT)
    asked.set(MAILBOX, 7)
    asked.reserve("still held", [Charge(DAY, 5)], AT)
    assert time.monotonic() - begun < 0.6
    usage = asked.usage(DAY, at=AT)
    assert usage.of(DAY) == 8
    assert "does not answer" in usage.doubt
    lock.execute("ROLLBACK")
    lock.close()
    time.sleep(0.15)
    assert asked.used(DAY, AT) == 8
    other = Asked(lambda: SqliteCounters(path))
    assert (other.used(DAY, AT), other.used(MAILBOX, AT)) == (8, 7)
    asked.close()
    assert other.used(DAY, AT) == 3
    other.close()


def test_closing_says_what_is_still_to_be_said(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    asked.reserve("m", [Charge(DAY, 1)], AT)
    asked.settle("m", AT)
    lock.close()
    asked.close()
    again = Asked(lambda: SqliteCounters(path))
    assert again.used(DAY, AT) == 1
    again.close()


def long_absence(path: Path) -> tuple[Asked, sqlite3.Connection]:
    """Three thousand messages and as many gauges while a file is locked, which it is no more."""
    asked = Asked(lambda: SqliteCounters(path))
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    for number in range(3_000):
        asked.reserve("m", [Charge(DAY, 1)], AT + number)
        asked.settle("m", AT + number)
        asked.set(Counter("mailbox", f"{number}@acme.example"), number)
    lock.execute("ROLLBACK")
    return asked, lock


def there(file: sqlite3.Connection) -> tuple[int, int]:
    (events,) = file.execute("SELECT count(*) FROM event").fetchone()
    (gauges,) = file.execute("SELECT count(*) FROM gauge").fetchone()
    return events, gauges


def test_a_long_absence_is_told_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "AGAIN", 0.0)
    monkeypatch.setattr(sqlite_opening, "PATIENCE", 0.0)
    asked, file = long_absence(tmp_path / "counts")
    steps = []
    while asked.usage(DAY, at=AT + 3_000).doubt:
        steps.append(sum(there(file)))
    assert len(steps) > 5
    assert max(after - before for before, after in pairwise(steps)) <= 500
    assert asked.used(DAY, AT + 3_000) == 3_000
    assert there(file) == (3_000, 3_000)
    asked.close()
    file.close()


def test_closing_tells_all_of_a_long_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_opening, "PATIENCE", 0.0)
    asked, file = long_absence(tmp_path / "counts")
    asked.close()
    assert there(file) == (3_000, 3_000)
    file.close()


@pytest.mark.parametrize("damage", [b"", b"this is no database", b"\0" * 4096])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    for each in range(300):
        asked.reserve("m", [Charge(Counter("messages", str(each), 60), 1)], AT)
        asked.settle("m", AT)
    asked.close()
    whole = path.read_bytes()
    path.write_bytes(damage or whole[:4096] + os.urandom(4096) + whole[8192:])
    asked = Asked(lambda: SqliteCounters(path))
    assert asked.used(DAY, AT) == 0
    asked.reserve("m", [Charge(DAY, 1)], AT)
    assert asked.used(DAY, AT) == 1
    asked.close()
    assert "begin anew" in caplog.text
    assert path.with_name("counts.broken").exists()


def test_where_there_can_be_no_file_that_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot hold the counts"):
        SqliteCounters(tmp_path / "no such folder" / "counts")


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    asked = Asked(lambda: SqliteCounters(tmp_path / "counts"))
    asked.set(MAILBOX, 1)
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    asked.close()


def test_counters_that_are_over_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PRUNING", 10)
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    for each in range(200):
        asked.reserve("m", [Charge(Counter("messages", f"{each}@acme.example", 60), 1)], AT + each * 10)
        asked.settle("m", AT + each * 10)
    asked.close()
    file = sqlite3.connect(path)
    for table in ("counter", "event"):
        assert file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] < 30
    file.close()


def test_what_was_written_reaches_the_file_proper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    before = path.stat().st_size
    for each in range(300):
        asked.reserve("m", [Charge(Counter("messages", str(each), 60), 1)], AT)
        asked.settle("m", AT)
    deadline = time.monotonic() + 5
    while path.stat().st_size == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    asked.close()
