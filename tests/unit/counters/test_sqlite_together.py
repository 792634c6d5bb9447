"""Several processes that begin to count in one file at the same time, also where it is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mailpolicy.counters.sqlite import SqliteCounters
from mailpolicy.decision import Counter, Usage

OPENING = """
import sys
from pathlib import Path
from mailpolicy.counters.sqlite import SqliteCounters
print(flush=True)
sys.stdin.readline()
SqliteCounters(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("before", [b"", b"this is no database, but long enough to be one" * 100])
def test_all_of_them_make_the_file(tmp_path: Path, before: bytes) -> None:
    for number in range(3):
        path = tmp_path / f"counts-{number}"
        path.write_bytes(before)
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", OPENING, path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()  # it is ready, so that all begin at the same moment
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        told = []
        for worker in workers:
            _, said = worker.communicate(timeout=30)
            told.append(said)
            assert worker.returncode == 0, said
        assert len([*filter(None, told)]) == bool(before), told  # one of them has set it aside


COUNTING = """
import sys, time
from pathlib import Path
from mailpolicy.counters import sqlite
from mailpolicy.decision import Charge, Counter
sqlite.TO_DISK = 0.05
counters = sqlite.SqliteCounters(Path(sys.argv[1]))
day = (Charge(Counter("messages", "ann@acme.example", 86400), 1),)
for each in range(100):
    counters.reserve(str(each), day, 1e9, lambda over: None)
    counters.settle(str(each), 1e9 + each + float(sys.argv[2]))
    print(each, flush=True)
    time.sleep(0.01)
sys.stdin.readline()
counters.close()
"""


@pytest.mark.parametrize("log", [True, False])
def test_all_of_them_go_on_where_the_file_is_taken_away(tmp_path: Path, log: bool) -> None:
    path = tmp_path / "counts"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, path, str(number / 2)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        for _ in range(30):
            worker.stdout.readline()
    path.unlink()
    if not log:
        for suffix in ("-wal", "-shm"):
            path.with_name(f"counts{suffix}").unlink()
    for worker in workers:
        _, said = worker.communicate("\n", timeout=30)
        assert worker.returncode == 0, said
        assert said.count("taken away or replaced") == 1, said
    counters = SqliteCounters(path)
    found: list[Usage] = []
    counter = Counter("messages", "ann@acme.example", 86400)
    counters.read("", (counter,), 1e9 + 200, found.append)
    assert found[0].of(counter) == 200
    counters.close()
