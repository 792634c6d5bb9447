"""Counts in memory: the file they are saved to, and how little of them is kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mailpolicy.counters.events import Events
from mailpolicy.counters.ledger import Ledger
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Charge, Counter
from tests.counting import Asked

DAY = Counter("messages", "ann@acme.example", 86400)
MAILBOX = Counter("mailbox", "ann@acme.example")


def saved(path: Path) -> None:
    asked = Asked(lambda: MemoryCounters(path))
    for message, at in (("a", 1.0), ("b", 2.5), ("\udcff", 3.0)):
        asked.reserve(message, [Charge(DAY, 2)], at)
        asked.settle(message, at)
    asked.reserve("held", [Charge(DAY, 1)], 3.0)
    asked.set(MAILBOX, 5)
    asked.close()


def used(path: Path, counter: Counter, at: float) -> int | None:
    asked = Asked(lambda: MemoryCounters(path))
    found = asked.used(counter, at)
    asked._loop.close()
    return found


def test_counts_are_saved_and_what_is_held_is_not(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    saved(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [used(path, DAY, at) for at in (3.0, 86401.0, 86402.5, 86403.0)] == [6, 4, 2, 0]
    assert used(path, MAILBOX, 3.0) == 5


def test_a_file_without_its_end_is_broken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "counts"
    saved(path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert used(path, MAILBOX, 3.0) is None
    assert "begin anew" in caplog.text


@pytest.mark.parametrize("cut", range(0, 140, 7))
def test_a_broken_file_is_set_aside(tmp_path: Path, cut: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "counts"
    saved(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * cut // 140])
    assert used(path, DAY, 3.0) == 0
    assert "begin anew" in caplog.text
    assert path.with_name("counts.broken").exists()
    saved(path)
    assert used(path, DAY, 3.0) == 6


@pytest.mark.parametrize(
    "row",
    [
        b"[5, 3]",
        b"5",
        b'["mailbox a", 1e400]',
        b'["mailbox a", null]',
        b'["messages/60 a", 5]',
        b'["messages/60 a", [[NaN, 1]]]',
        b'["messages/60 a", [["1", 1]]]',
        b'["messages/60 a", [[1.0, 99999999999999999999]]]',
        b"[" * 100_000,
    ],
)
def test_a_file_that_holds_something_else_is_set_aside(
    tmp_path: Path, row: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "counts"
    path.write_bytes(b"mailpolicy counts 1\n" + row + b"\n1\n")
    path.chmod(0o600)
    assert used(path, DAY, 3.0) == 0
    assert "begin anew" in caplog.text
    assert path.with_name("counts.broken").exists()


def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    saved(path)
    path.chmod(0o666)
    assert used(path, DAY, 3.0) == 0


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    saved(tmp_path / "no such folder" / "counts")
    assert "not saved" in caplog.text


def test_counters_that_are_over_are_dropped() -> None:
    ledger = Ledger()
    for each in range(1000):
        sent = Counter("messages", f"{each}@acme.example", 60)
        ledger.reserve("m", (Charge(sent, 1),), each * 1.0)
        ledger.settle("m", each * 1.0)
    assert len(ledger) < 130


def test_events_that_are_over_take_no_room() -> None:
    events = Events()
    for each in range(10_000):
        events.add(float(each), 1)
        events.forget(each - 100.0)
    assert events.total == 100
    assert len(events._times) < 400


def test_what_is_told_late_finds_its_place() -> None:
    events = Events()
    for at, amount in ((1.0, 1), (5.0, 10), (3.0, 100), (5.0, 1000)):
        events.add(at, amount)
    assert list(events) == [(1.0, 1), (3.0, 100), (5.0, 10), (5.0, 1000)]
    events.forget(3.0)
    assert (events.total, bool(events)) == (1010, True)
    events.forget(5.0)
    assert (events.total, bool(events)) == (0, False)


def test_messages_that_count_nothing_hold_nothing() -> None:
    ledger = Ledger()
    for message in ("a", "b"):
        ledger.reserve(message, (Charge(DAY, 0),), 0.0)
    for message in ("a", "b"):
        ledger.settle(message, 0.0)
    assert ledger.used(DAY, 0.0) == 0
    assert len(ledger) == 0
