"""Disks that are full, hang or may not be written: mail goes on, and what is lost is counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import pytest

import mailpolicy as mp
from mailpolicy.journal import Broken, Journal, Record, read, reading
from mailpolicy.journal.lines import Lines

ACME = mp.open("ldif/examples/acme.ldif")
DECISION = mp.decide(ACME, mp.Delivery("wile.e@customer.example", "john@acme.example"))

FULL = """
import json, logging, resource, sys
import mailpolicy as mp
from mailpolicy.journal import Journal
path = sys.argv[1]
logging.basicConfig(format="%(levelname)s %(message)s")
decision = mp.decide(mp.open("ldif/examples/acme.ldif"), mp.Login("john@acme.example"))
journal = Journal(path)
journal.write(decision, message="first")
journal.flush()
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most))
for number in range(50):
    journal.write(decision, message=str(number))
journal.flush()
journal.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
journal.write(decision, message="last")
journal.close()
print(json.dumps({"dropped": journal.dropped}))
"""


def test_a_full_disk_stops_nothing_and_loses_nothing_that_fits_later(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    done = subprocess.run([sys.executable, "-c", FULL, path], text=True, capture_output=True, check=True)
    assert json.loads(done.stdout) == {"dropped": 0}
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == ["ERROR", "WARNING"]
    found = [*read([path])]
    messages = [each.message for each in found if isinstance(each, Record)]
    assert messages == ["first", *map(str, range(50)), "last"]
    assert len(found) - len(messages) == 1  # the line that the end of the disk cut in half


STARTING: Final = """
import resource, sys
import mailpolicy as mp
from mailpolicy.journal import Journal
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (5, most))
journal = Journal(sys.argv[1])
journal.write(mp.decide(mp.open("ldif/examples/acme.ldif"), mp.Login("john@acme.example")))
journal.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
journal.close()
"""


def test_who_starts_on_a_full_disk_behind_half_a_line_writes_later(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"at"')
    subprocess.run([sys.executable, "-c", STARTING, path], check=True)
    assert [type(each) for each in read([path])] == [Broken, Record]


def test_a_pipe_without_a_reader_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    os.mkfifo(path)
    with pytest.raises(OSError, match="journal"):
        Journal(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    journal = Journal(path)
    journal.write(DECISION)
    journal.close()
    assert reading.parsed(os.read(reader, 65_536)).request == DECISION.request
    os.close(reader)


def test_a_path_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        Journal(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        Journal(tmp_path / "file" / "journal")


def test_a_folder_that_goes_away_and_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "journals"
    folder.mkdir()
    journal = Journal(folder / "journal", largest=10)
    folder.rename(tmp_path / "away")
    journal.write(DECISION, message="one")
    journal.flush()  # still open, wherever it is
    journal.write(DECISION, message="two")
    journal.flush()  # full, and there is no place for the next
    folder.mkdir()
    journal.close()
    assert journal.dropped == 0
    names = [
        each.message
        for each in read([tmp_path / "away/journal", folder / "journal"])
        if isinstance(each, Record)
    ]
    assert names == ["one", "two"]
    assert "cannot be written" in caplog.text


def test_rotation_and_reopening_keep_every_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, largest=2000, kept=100)
    for number in range(60):
        journal.write(DECISION, message=str(number))
        if number % 5 == 0:
            journal.flush()
        if number == 30:
            journal.reopen()
    journal.close()
    files = sorted(tmp_path.iterdir(), key=lambda each: -int(each.suffix[1:] or 0))
    assert len(files) > 5
    assert [each.message for each in read(files) if isinstance(each, Record)] == [*map(str, range(60))]


class Hanging:
    """A disk that does not answer until it is let go."""

    name = "the disk"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.content = b""

    def begin(self, size: int) -> None:
        self.go.wait()

    def write(self, chunk: bytes) -> int:
        self.content += chunk
        return len(chunk)

    def shut(self) -> None:
        pass


def test_nobody_waits_for_a_disk_that_hangs(caplog: pytest.LogCaptureFixture) -> None:
    disk = Hanging()
    lines = Lines(disk)
    try:
        lines.add("first\n")
        time.sleep(0.3)  # by now it is being written
        started = time.perf_counter()
        for number in range(1000):
            lines.add(f"{number}\n")
        assert not lines.reopen(seconds=0.1)
        lines.close(seconds=0.1)
        assert time.perf_counter() - started < 2
        assert lines.dropped == 1000
        assert "does not answer" in caplog.text
    finally:
        disk.go.set()


def test_what_was_waiting_is_written_when_the_disk_answers_again() -> None:
    disk = Hanging()
    lines = Lines(disk)
    lines.add("first\n")
    time.sleep(0.3)
    lines.add("second\n")
    disk.go.set()
    lines.close()
    assert disk.content == b"first\nsecond\n"
    assert lines.dropped == 0
