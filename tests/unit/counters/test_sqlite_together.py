"""Several processes that begin to count in one file at the same time, also where it is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
