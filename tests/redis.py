"""A real Redis in a directory of its own, reached by a socket there.

    with Redis() as redis:
        RedisCounters(redis.url)

Starting one takes about 20 ms. It can be killed, started again with what it has saved, and frozen.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Self

from tests.certificates import Certificate
from tests.needed import needed
from tests.ports import free_port
from tests.slapd import SEARCH_PATH

START_SECONDS: Final = 10.0
PROGRAMS: Final = ("redis-server", "valkey-server")


class RedisError(Exception):
    """The server did not start; the message is its log."""


def program() -> str | None:
    found = (shutil.which(each, path=SEARCH_PATH) for each in PROGRAMS)
    return next((each for each in found if each), None)


def require() -> None:
    """Skip the calling test where there is no Redis; on CI its absence is a failure."""
    needed(None if program() else "redis-server is not installed")


class Redis:
    """One Redis, which keeps what it is told over a restart if `keeps`.

    With `tcp` it has a port too, with `tls` one that speaks nothing but TLS; `password` is asked for at both.
    """

    def __init__(
        self, *, keeps: bool = False, tcp: bool = False, tls: Certificate | None = None, password: str = ""
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="redis-"))
        self.path = self.directory / "socket"
        self.url = f"unix://{self.path}"
        self.port = free_port() if tcp or tls else 0
        self._keeps, self._tls, self._password = keeps, tls, password
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it and return when it answers."""
        said = (self.directory / "log").open("ab")
        with said:
            self._process = subprocess.Popen(
                [
                    program() or PROGRAMS[0],
                    *self._listening(),
                    *("--unixsocket", str(self.path), "--dir", str(self.directory)),
                    *("--save", "", "--appendonly", "yes" if self._keeps else "no"),
                    *("--appendfsync", "always"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RedisError((self.directory / "log").read_text(errors="replace"))
            time.sleep(0.005)

    def _listening(self) -> list[str]:
        words = ["--port", "0" if self._tls else str(self.port), "--bind", "127.0.0.1"]
        if self._tls is not None:
            words += ["--tls-port", str(self.port), "--tls-auth-clients", "no"]
            words += ["--tls-cert-file", str(self._tls.file), "--tls-key-file", str(self._tls.key)]
        return [*words, "--requirepass", self._password] if self._password else words

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(self.path)):
                return False
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith((b"+PONG", b"-NOAUTH"))

    def kill(self) -> None:
        """End it without a chance to tidy up; harmless when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.path.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it do nothing, with all its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
