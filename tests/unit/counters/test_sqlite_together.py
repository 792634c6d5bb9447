"""Several processes that begin to count in one file at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPENING = """
import sys
from pathlib import Path
from mailpolicy.counters.sqlite import SqliteCounters
sys.stdin.readline()
SqliteCounters(Path(sys.argv[1])).close()
"""


def test_all_of_them_make_the_file(tmp_path: Path) -> None:
    for number in range(3):
        path = tmp_path / f"counts-{number}"
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", OPENING, path],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        for worker in workers:
            _, said = worker.communicate(timeout=30)
            assert (worker.returncode, said) == (0, "")
