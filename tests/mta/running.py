"""`mailpolicy serve` as a process of its own, and a client that asks it.

with Running(folder, "[policy]\nlisten = ...") as running:
    with asked(running.port) as client:
        client.ask(recipient="john@acme.example")
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

__all__ = ["ACME", "Asking", "Running", "asked", "check", "offered", "until", "written"]

ACME: Final = Path(__file__).parents[2] / "ldif/examples/acme.ldif"
SECONDS: Final = 20.0


def until(asked: object, seconds: float = SECONDS) -> None:
    """Wait until a function says yes."""
    assert callable(asked)
    deadline = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.01)


def written(folder: Path, text: str, *, source: str = str(ACME)) -> Path:
    """A configuration file, with a source at its top."""
    path = folder / "mailpolicy.toml"
    path.write_text(f'source = "{source}"\n{text}')
    return path


def offered(folder: Path, what: str, **modules: str) -> dict[str, str]:
    """A package of rules as pip leaves it, with an entry point; what Python needs to find it."""
    left = folder / "site/site-1.dist-info"
    left.mkdir(parents=True)
    (left / "METADATA").write_text("Metadata-Version: 2.1\nName: site\nVersion: 1\n")
    (left / "entry_points.txt").write_text(f"[mailpolicy.rules]\nsite = {what}\n")
    for name, text in modules.items():
        (left.parent / f"{name}.py").write_text(text)
    return {"PYTHONPATH": str(left.parent)}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "mailpolicy", "serve", *map(str, arguments)]


def check(path: Path, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """The exit code of `--check`, and what it says."""
    ended = subprocess.run(
        command("--config", path, "--check"),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, **(environment or {})},
        cwd="/",
    )
    return ended.returncode, ended.stdout, ended.stderr


class Running:
    """A process that serves what a configuration file says; it is ready within `with`."""

    def __init__(
        self,
        path: Path,
        *,
        environment: Mapping[str, str] | None = None,
        handed: tuple[socket.socket, ...] = (),
        names: str = "",
    ) -> None:
        self.path = path
        self._environment = {**os.environ, **(environment or {})}
        self._handed, self._names = handed, names
        self.states: list[str] = []
        """What systemd would have been told."""
        self._heard = threading.Event()
        self.log = path.with_name("log")

    def start(self) -> Self:
        """Start it."""
        where = self.path.with_name("notify")
        where.unlink(missing_ok=True)
        self._to_systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._to_systemd.bind(str(where))
        threading.Thread(target=self._hear, args=(self._to_systemd,), daemon=True).start()
        environment = self._environment | {"NOTIFY_SOCKET": str(where)}
        arguments = command("--config", self.path, "--verbose")
        if self._handed:
            environment |= {"LISTEN_FDS": str(len(self._handed)), "LISTEN_FDNAMES": self._names}
            # As systemd does it: the sockets are 3, 4, …, and the process is who it says.
            moves = " ".join(f"{3 + n}<&{each.fileno()}" for n, each in enumerate(self._handed))
            arguments = ["bash", "-c", f'LISTEN_PID=$$ exec "$@" {moves}', "bash", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                pass_fds=[each.fileno() for each in self._handed],
            )
        return self

    def __enter__(self) -> Self:
        self.start()
        try:
            self.await_states(1, "READY=1")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._to_systemd.close()

    def _hear(self, to_systemd: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.states.append(to_systemd.recv(4096).decode())

    def await_states(self, count: int, begins: str) -> None:
        """Wait until systemd was told so often."""

        def heard() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"it has ended ({self.process.returncode}): {self.said()}")
            return sum(state.startswith(begins) for state in self.states) >= count

        until(heard)

    def said(self) -> str:
        """What it has logged."""
        return self.log.read_text(errors="replace")

    def reload(self) -> None:
        """Let it read its configuration anew, and wait until it has."""
        before = sum(state.startswith("READY=1") for state in self.states)
        self.process.send_signal(signal.SIGHUP)
        self.await_states(before + 1, "READY=1")

    def end(self) -> int:
        """Tell it to end, and wait until it has: its exit code."""
        self.process.terminate()
        return self.process.wait(SECONDS)

    def children(self) -> list[int]:
        """Its workers."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in tasks.read_text().split()]


class Asking:
    """A connection of the policy protocol."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self._answers = link.makefile("rb")

    def say(self, **attributes: str) -> None:
        """Ask, and do not wait."""
        said = {"request": "smtpd_access_policy", "protocol_state": "RCPT", "sender": "", **attributes}
        self.link.sendall("".join(f"{name}={value}\n" for name, value in said.items()).encode() + b"\n")

    def hear(self) -> str:
        """The next answer; empty at the end of the connection."""
        answer = self._answers.readline().decode().strip()
        self._answers.readline()
        return answer.removeprefix("action=")

    def ask(self, **attributes: str) -> str:
        """Ask, and wait for the answer."""
        self.say(**attributes)
        return self.hear()


@contextlib.contextmanager
def asked(where: int | Path) -> Iterator[Asking]:
    """A connection to a port, or to a file."""
    with socket.socket(socket.AF_INET if isinstance(where, int) else socket.AF_UNIX) as link:
        link.settimeout(SECONDS)
        link.connect(("127.0.0.1", where) if isinstance(where, int) else str(where))
        client = Asking(link)
        try:
            yield client
        finally:
            client._answers.close()
