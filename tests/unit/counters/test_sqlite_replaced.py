"""Counts whose file is taken away or replaced while somebody counts."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.counters import sqlite, sqlite_opening
from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.counters.sqlite_bringing import Known
from mailpolicy.decision import Charge, Counter
from mailpolicy.errors import Unavailable
from tests.counting import Asked

AT = 1_700_000_000.0
DAY = Counter("messages", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")


@pytest.mark.parametrize("left", [("-wal", "-shm"), ()])
def test_a_file_that_is_taken_away_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, left: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    path = tmp_path / "counts"
    one, other = (Asked(lambda: SqliteCounters(path)) for _ in range(2))
    one.set(MAILBOX, 5)
    for number, each in enumerate((one, other)):
        for second in range(3):
            counted(each, f"{number} {second}", AT + second + number / 2)
    assert one.used(DAY, AT + 9) == other.used(DAY, AT + 9) == 6
    one.reserve("on its way", [Charge(DAY, 10)], AT)
    for suffix in ("", "-wal", "-shm"):
        if suffix not in left:
            path.with_name(f"counts{suffix}").unlink(missing_ok=True)
    counted(one, "unnoticed", AT + 4)
    until(lambda: path.exists() and caplog.text.count("taken away or replaced") == 2)
    until(lambda: other.used(DAY, AT + 9) == 17)
    assert one.used(DAY, AT + 9) == 17
    until(lambda: other.used(MAILBOX, AT + 9) == 5)
    counted(other, "after", AT + 5)
    one.settle("on its way", AT + 6)
    assert one.used(DAY, AT + 9) == other.used(DAY, AT + 9) == 18
    for each in (one, other):
        each.close()
    asked = Asked(lambda: SqliteCounters(path))
    assert asked.used(DAY, AT + 9) == 18
    asked.close()


@pytest.mark.parametrize("left", [("-wal", "-shm"), ("-shm",), ()])
@pytest.mark.parametrize("by", ["a copy", "an empty file"])
def test_a_file_that_is_replaced_counts_nothing_twice(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    by: str,
    left: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    path, kept = tmp_path / "counts", tmp_path / "kept"
    one, other = (Asked(lambda: SqliteCounters(path)) for _ in range(2))
    counted(one, "kept", AT)
    if by == "a copy":
        with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(kept)) as copy:
            file.backup(copy)
    else:
        kept.touch()
    counted(one, "not kept", AT + 1)
    logs = [path.with_name(f"counts{suffix}") for suffix in left]
    before = {each.stat().st_ino for each in logs}
    for suffix in ("-wal", "-shm"):
        if suffix not in left:
            path.with_name(f"counts{suffix}").unlink()
    kept.replace(path)
    until(lambda: caplog.text.count("taken away or replaced") == 2)
    # Read into the new file it would spoil that, and SQLite would kill who still counts in the old one.
    assert before.isdisjoint(each.stat().st_ino for each in logs)
    until(lambda: other.used(DAY, AT + 2) == 2)
    counted(other, "after", AT + 2)
    assert one.used(DAY, AT + 3) == 3
    for asked in (one, other):
        asked.close()
    assert "was not told" not in caplog.text
    assert not path.with_name("counts.broken").exists()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT sum(amount) FROM event").fetchone() == (3,)


def test_a_file_that_is_replaced_while_it_is_opened_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    path, other = tmp_path / "counts", tmp_path / "other"
    SqliteCounters(other).close()

    def replaced(path: Path) -> sqlite_opening.Opened:
        found = sqlite_opening.opened(path)
        other.replace(path)
        return found

    with monkeypatch.context() as context:
        context.setattr(sqlite, "opened", replaced)
        counters = SqliteCounters(path)
    asked = Asked(lambda: counters)
    until(lambda: "taken away or replaced" in caplog.text)
    counted(asked, "after", AT)
    asked.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT sum(amount) FROM event").fetchone() == (1,)


def test_what_ends_while_a_file_is_told_what_was_counted_is_held_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    path = tmp_path / "counts"
    counters = SqliteCounters(path)
    asked = Asked(lambda: counters)
    asked.reserve("on its way", [Charge(DAY, 10)], AT)
    brought = threading.Event()

    def bring_to(known: Known, *where: Any) -> None:
        counters.settle("on its way", AT + 1)
        as_it_is(known, *where)
        brought.set()

    as_it_is = Known.bring_to
    monkeypatch.setattr(Known, "bring_to", bring_to)
    path.unlink()
    assert brought.wait(5)
    assert asked.used(DAY, AT + 2) == 10
    asked.close()


def test_counting_goes_on_while_much_is_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_opening, "PATIENCE", 30.0)  # a slow machine is no reason to give up
    path = tmp_path / "counts"
    asked = Asked(lambda: SqliteCounters(path))
    others = [Counter("messages", str(each), 86400) for each in range(10_000)]
    gauges = tuple((Counter("mailbox", str(each)), each) for each in range(10_000))
    known = Known(tuple((each, {AT: 1, AT + 1: 1}) for each in others), gauges, ())
    bringing = threading.Thread(target=known.bring_to, args=(path,))
    bringing.start()
    number = 0
    while bringing.is_alive():
        counted(asked, "meanwhile", AT + number / 1000)
        number += 1
    assert asked.used(others[-1], AT + 2) == 2
    assert asked.used(gauges[-1][0], AT + 2) == 9_999
    assert asked.used(DAY, AT + 9) == number
    assert number > 400, "some for each portion"
    asked.close()


def test_where_nothing_can_be_made_anew_counting_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "TO_DISK", 0.05)
    folder, away = tmp_path / "folder", tmp_path / "away"
    folder.mkdir()
    asked = Asked(lambda: SqliteCounters(folder / "counts"))
    counted(asked, "before", AT)
    folder.rename(away)
    until(lambda: "nobody else counts with us" in caplog.text)
    counted(asked, "meanwhile", AT + 1)
    assert asked.used(DAY, AT + 2) == 2
    folder.mkdir()
    until(lambda: "taken away or replaced" in caplog.text)
    until(lambda: asked.used(DAY, AT + 2) == 2)
    assert caplog.text.count("nobody else counts with us") == 1
    asked.close()


def test_a_file_that_nobody_can_look_at_is_not_gone(tmp_path: Path) -> None:
    """What has been written ahead for it stays, for it may be there as soon as the disk answers."""
    file, log = tmp_path / "counts", tmp_path / "counts-wal"
    file.symlink_to(file)  # to look at it fails, and not for want of it
    log.write_bytes(b"written ahead")
    with pytest.raises(Unavailable):
        SqliteCounters(file)
    assert log.read_bytes() == b"written ahead"


def counted(asked: Asked, message: str, at: float) -> None:
    asked.reserve(message, [Charge(DAY, 1)], at)
    asked.settle(message, at)


def until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)
