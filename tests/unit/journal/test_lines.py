"""Lines in batches: nobody waits, nothing piles up, and what a disk refuses is written once it takes it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from mailpolicy.journal import lines as module
from mailpolicy.journal.lines import Lines


class Disk:
    """A sink that takes so many bytes at a time, and none while it is full."""

    name = "the disk"

    def __init__(self, at_a_time: int = 10**9) -> None:
        self.content = b""
        self.at_a_time = at_a_time
        self.room = 10**9
        self.shut_times = 0
        self.begun: list[int] = []

    def begin(self, size: int) -> None:
        self.begun.append(size)

    def write(self, chunk: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = chunk[: min(self.at_a_time, self.room)]
        self.room -= len(taken)
        self.content += taken
        return len(taken)

    def shut(self) -> None:
        self.shut_times += 1


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def lines(disk: Disk) -> Iterator[Lines]:
    opened = Lines(disk)
    yield opened
    opened.close()


def test_lines_come_in_order_and_by_themselves(lines: Lines, disk: Disk) -> None:
    for number in range(100):
        lines.add(f"{number}\n")
    deadline = threading.Event()
    for _ in range(50):
        if disk.content.endswith(b"99\n"):
            break
        deadline.wait(0.05)
    assert disk.content == b"".join(b"%d\n" % number for number in range(100))


def test_a_disk_that_takes_a_few_bytes_at_a_time(lines: Lines, disk: Disk) -> None:
    disk.at_a_time = 3
    lines.add("first\n")
    lines.add("second\n")
    lines.flush()
    assert disk.content == b"first\nsecond\n"


def test_what_is_written_in_part_is_written_again_whole(
    lines: Lines, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.room = len(b"first\nsec")
    with caplog.at_level(logging.WARNING):
        lines.add("first\n")
        lines.add("second\n")
        lines.flush()
        lines.flush()
        assert disk.content == b"first\nsec"
        disk.room = 10**9
        lines.add("third\n")
        lines.flush()
    assert disk.content == b"first\nsecsecond\nthird\n"
    assert lines.dropped == 0
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_lines_are_dropped_and_counted_where_the_disk_does_not_come_back(
    lines: Lines, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 10)
    disk.room = 0
    for number in range(25):
        lines.add(f"{number}\n")
        if number == 7:
            lines.flush()
    assert lines.dropped == 15
    disk.room = 10**9
    lines.flush()
    assert disk.content == b"".join(b"%d\n" % number for number in range(10))


def test_closing_writes_what_is_left(disk: Disk) -> None:
    opened = Lines(disk)
    opened.add("last\n")
    opened.close()
    assert disk.content == b"last\n"
    assert disk.shut_times


def test_a_disk_that_fails_is_asked_less_and_less_often(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.1)
    disk.room = 0
    lines = Lines(disk)
    lines.add("first\n")
    time.sleep(1)
    assert len(disk.begun) <= 15  # 4 while pauses grow, then one for each 0.1 s
    deadline = time.monotonic() + 2  # if pauses grew on, the next ones would take 4 s and more
    while len(disk.begun) < 10:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    disk.room = 10**9
    lines.add("second\n")
    deadline = time.monotonic() + 10
    while disk.content != b"first\nsecond\n":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    before = len(disk.begun)
    for number in range(10):
        lines.add(f"{number}\n")
        time.sleep(0.03)
    assert len(disk.begun) - before >= 5
    lines.close()


def test_lines_that_wait_are_not_put_together_again_and_again(
    lines: Lines, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_together = 0

    def encoded(text: str) -> bytes:
        nonlocal put_together
        put_together += text.count("\n")
        return text.encode()

    monkeypatch.setattr(module, "encoded", encoded)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    disk.room = 5
    for number in range(100):
        lines.add(f"{number}\n")
    for _ in range(20):
        lines.flush()
    assert put_together == 10
    disk.room = 10**9
    lines.add("100\n")
    lines.flush()
    assert put_together == 101
    assert disk.content == b"0\n1\n2" + b"".join(b"%d\n" % number for number in range(2, 101))
    assert max(disk.begun[-11:]) <= 50  # a few lines in each piece


def test_text_that_is_no_utf_8_stops_nothing(lines: Lines, disk: Disk) -> None:
    lines.add("\udcff\n")
    lines.flush()
    lines.add("\ud800\n")
    lines.flush()
    assert disk.content == b"\xff\n\\ud800\n"


def test_closing_tells_of_all_that_is_lost(disk: Disk) -> None:
    disk.room = 3
    opened = Lines(disk)
    for number in range(5):
        opened.add(f"{number}\n")
    opened.flush()
    opened.add("5\n")
    disk.room = 0
    opened.close()
    assert disk.content == b"0\n1"
    assert opened.dropped == 5
