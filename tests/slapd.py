"""A real OpenLDAP server in a directory of its own: what tests compare us with, and talk to.

    with Slapd(directory, suffix="dc=example", data=ldif) as slapd:
        slapd.connect().search_s(...)

The server listens on a socket inside its directory, so that any number of them run side by side;
`tcp=True` adds a free port of 127.0.0.1 and, with a certificate, another for `ldaps`. The ports stay
the same when it starts again. Starting one takes about 60 ms.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from tests.needed import needed
from tests.ports import free_port
from tests.slapd_config import DATABASE, PASSWORD, SCHEMA_DIRECTORIES, STANDARD, Configuration

__all__ = [
    "CONFIG",
    "DATABASE",
    "PASSWORD",
    "SCHEMA_DIRECTORIES",
    "STANDARD",
    "Slapd",
    "SlapdError",
    "StartSlapd",
]

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
START_SECONDS = 10.0
CONFIG = "cn=admin,cn=config"
"""Who may change the configuration of a running server."""


class SlapdError(Exception):
    """slapd or one of its tools refused; the message is what it said."""


def require() -> None:
    """Skip the calling test where there is no slapd; on CI its absence is a failure."""
    needed(None if shutil.which("slapd", path=SEARCH_PATH) else "slapd is not installed")


class Slapd:
    """One slapd with one mdb database.

    What it is to serve is said by the fields of `Configuration`: `suffix`, `schema`, `overlays`,
    `syncprov`, `certificate` and so on. `data` is LDIF for `slapadd`. Its configuration can be changed
    while it runs, with `connect(CONFIG)`.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        data: str | bytes = b"",
        tcp: bool = False,
        **configuration: Any,
    ) -> None:
        self.configuration = Configuration(**configuration)
        self._owns_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="slapd-"))
        self.suffix, self.root_dn = self.configuration.suffix, self.configuration.root_dn
        self.uri = f"ldapi://{quote(str(self.directory / 'socket'), safe='')}"
        self.tcp_uri = f"ldap://127.0.0.1:{free_port()}" if tcp else None
        self.tls_uri = f"ldaps://127.0.0.1:{free_port()}" if tcp and self.configuration.certificate else None
        self._process: subprocess.Popen[bytes] | None = None
        self._paused = False
        for name in ("config", "database"):
            (self.directory / name).mkdir(parents=True)
        try:
            self._run("slapadd", "-n", "0", "-F", self._config, stdin=self.configuration.ldif(self.directory))
            if data:
                self.load(data)
        except SlapdError:
            self._remove()
            raise

    @property
    def _config(self) -> str:
        return str(self.directory / "config")

    def load(self, data: str | bytes, *, server_id: int | None = None) -> None:
        """Add LDIF entries with `slapadd`; `SlapdError` says what it refused. Not while running.

        `server_id` signs them as those of this provider, among several that copy each other.
        """
        raw = data.encode() if isinstance(data, str) else data
        signed = () if server_id is None else ("-w", "-S", str(server_id))
        self._run("slapadd", "-q", "-n", "1", "-F", self._config, *signed, stdin=raw)

    def dump(self) -> bytes:
        """The database as `slapcat` writes it, operational attributes included."""
        return self._run("slapcat", "-n", "1", "-F", self._config, "-o", "ldif-wrap=no")

    def clear(self) -> None:
        """Empty the database. Not while running."""
        for file in (self.directory / "database").iterdir():
            file.unlink()

    def _run(self, tool: str, *arguments: str, stdin: bytes = b"") -> bytes:
        program = shutil.which(tool, path=SEARCH_PATH) or tool
        done = subprocess.run([program, *arguments], input=stdin, capture_output=True, check=False)
        if done.returncode:
            raise SlapdError(f"{tool}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def start(self) -> None:
        """Run slapd and return when it accepts connections."""
        program = shutil.which("slapd", path=SEARCH_PATH) or "slapd"
        # It begins to listen in this order, and the last is the one that is tried below.
        listeners = " ".join(filter(None, (self.tcp_uri, self.tls_uri, self.uri)))
        log = (self.directory / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [program, "-F", self._config, "-h", listeners, "-d", "0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                said = (self.directory / "log").read_text(errors="replace")
                raise SlapdError(f"slapd did not start: {said}")
            time.sleep(0.005)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.directory / "socket")) == 0

    def stop(self) -> None:
        """End the server and wait for it; harmless when it does not run."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self.resume()  # One that is paused would not hear it.
        try:
            self._process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """End the server at once, without a goodbye to anybody (SIGKILL); `start` runs it again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process, self._paused = None, False

    def pause(self) -> None:
        """Let it stop answering with all connections open (SIGSTOP), as a host that hangs does."""
        if self._process is not None and not self._paused:
            self._process.send_signal(signal.SIGSTOP)
            os.waitpid(self._process.pid, os.WUNTRACED)  # Until then its threads may still answer.
            self._paused = True

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        if self._process is not None and self._paused:
            self._process.send_signal(signal.SIGCONT)
            self._paused = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def connect(self, dn: str | None = None, password: str = PASSWORD, *, bind: bool = True) -> Any:
        """A python-ldap connection, bound as the root DN or as `dn`, unless `bind=False`.

        As `CONFIG` it changes the configuration of the running server, below `cn=config`.
        """
        import ldap

        connection = ldap.initialize(self.uri)
        connection.set_option(ldap.OPT_REFERRALS, 0)
        connection.set_option(ldap.OPT_TIMEOUT, 60)
        if bind:
            connection.simple_bind_s(self.root_dn if dn is None else dn, password)
        return connection

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._remove()

    def _remove(self) -> None:
        if self._owns_directory:
            shutil.rmtree(self.directory, ignore_errors=True)


StartSlapd = Callable[..., Slapd]
"""What the fixtures of tests/twin and tests/live give: call it with the arguments of Slapd."""
