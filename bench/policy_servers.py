"""Servers to ask, each a process of its own: `mailpolicy serve`, and one that decides nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from bench.apart import HIDDEN
from bench.figure import Unmeasured
from tests.ports import free_port

__all__ = ["Server", "deciding", "idle"]

SECONDS: Final = 60.0
"""How long a server may take to listen."""
LISTENS: Final = "0A"
"""How `/proc/net/tcp` writes that."""
ROOT: Final = Path(__file__).parents[1]


@frozen
class Server:
    """Where it listens, and its process."""

    port: int
    pid: int

    def worked(self) -> float:
        """Seconds that it was on a processor so far, all threads together; its children are not counted."""
        found = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in found) / 1e9


@contextmanager
def deciding(source: Path, *, section: str = "policy", more: str = "", workers: int = 1) -> Iterator[Server]:
    """`mailpolicy serve` on a directory, with more sections, as long as the block runs.

    Nothing is logged and nothing kept, unless `more` asks for it.
    """
    if find_spec("uvloop") is None:
        raise Unmeasured("uvloop is not installed")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        file = Path(folder, "mailpolicy.toml")
        file.write_text(
            f'source = "{source}"\nworkers = {workers}\n[{section}]\nlisten = "inet:127.0.0.1:{port}"\n'
            f'[log]\ndecisions = "none"\n{more.format(folder=folder, port=free_port())}'
        )
        with started(["-m", "mailpolicy", "serve", "--config", str(file)], Path(folder)) as process:
            wait_for(process, port, workers)
            yield Server(port, process.pid)


@contextmanager
def idle(protocol: str = "policy") -> Iterator[Server]:
    """The server that decides nothing."""
    if find_spec("uvloop") is None:
        raise Unmeasured("uvloop is not installed")
    with (
        tempfile.TemporaryDirectory() as folder,
        started(["-m", "bench.policy_nothing", protocol], Path(folder)) as process,
    ):
        yield Server(int(process.stdout.readline()), process.pid)


@contextmanager
def started(arguments: Sequence[str], folder: Path) -> Iterator[Any]:
    for name in HIDDEN:
        # What is hidden from us is hidden from it, too.
        Path(folder, f"{name}.py").write_text(f'raise ModuleNotFoundError("hidden", name="{name}")\n')
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(SECONDS)
        process.stdout.close()  # type: ignore[union-attr]  # there is a pipe


def wait_for(process: subprocess.Popen[bytes], port: int, workers: int) -> None:
    """Return when all workers listen: until then those that do would get all connections."""
    deadline = time.monotonic() + SECONDS
    while listening(port) < workers:
        if process.poll() is not None:
            raise AssertionError(f"mailpolicy serve has ended with {process.returncode}")
        assert time.monotonic() < deadline, "mailpolicy serve does not listen"
        time.sleep(0.02)


def listening(port: int) -> int:
    """How many sockets of this machine listen at a port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    found = (line.split() for line in lines)
    return sum(where.endswith(f":{port:04X}") and state == LISTENS for _, where, _, state, *_ in found)
