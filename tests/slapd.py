"""A real OpenLDAP server in a directory of its own: what the twin tests compare us with.

    with Slapd(directory, suffix="dc=example", data=ldif) as slapd:
        slapd.connect().search_s(...)

The server listens on a socket inside its directory, so that any number of them run side by side;
`tcp=True` adds a free port of 127.0.0.1. Starting one takes about 60 ms.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import pytest

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
SCHEMA_DIRECTORIES = (Path("/etc/ldap/schema"), Path("/etc/openldap/schema"))
MODULE_DIRECTORIES = (Path("/usr/lib/ldap"), Path("/usr/lib64/openldap"), Path("/usr/lib/openldap"))
STANDARD = ("core", "cosine", "inetorgperson", "nis", "dyngroup")
PASSWORD = "secret"
DATABASE = "olcDatabase={1}mdb,cn=config"
START_SECONDS = 10.0


class SlapdError(Exception):
    """slapd or one of its tools refused; the message is what it said."""


def require() -> None:
    """Skip the calling test where there is no slapd; on CI its absence is a failure."""
    if shutil.which("slapd", path=SEARCH_PATH):
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail("CI=true, but slapd is not installed")
    pytest.skip("slapd is not installed")


class Slapd:
    """One slapd with one mdb database.

    `schema` names files of the OpenLDAP distribution, `extra_schema` is `cn=config` LDIF text
    (`dn: cn=…,cn=schema,cn=config`) loaded after them. `indexes` are `olcDbIndex` values and
    `modules` the overlays to load, `overlays` their `cn=config` entries without the DN's base,
    such as `"dn: olcOverlay=dynlist\\nobjectClass: …"`. `suffix` may be `""`: then the database
    holds every tree, as a Carbonio server's does. `data` is LDIF for `slapadd`.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        suffix: str = "dc=example",
        schema: Iterable[str] = STANDARD,
        extra_schema: Iterable[str] = (),
        indexes: Iterable[str] = (),
        modules: Iterable[str] = (),
        overlays: Iterable[str] = (),
        data: str | bytes = b"",
        tcp: bool = False,
    ) -> None:
        self._owns_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="slapd-"))
        self.suffix = suffix
        self.root_dn = f"cn=admin,{suffix}" if suffix else "cn=admin"
        self.uri = f"ldapi://{quote(str(self.directory / 'socket'), safe='')}"
        self.tcp_uri = f"ldap://127.0.0.1:{_free_port()}" if tcp else None
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("config", "database"):
            (self.directory / name).mkdir(parents=True)
        try:
            self._configure(schema, extra_schema, indexes, modules, overlays)
            if data:
                self.load(data)
        except SlapdError:
            self._remove()
            raise

    def _configure(
        self,
        schema: Iterable[str],
        extra_schema: Iterable[str],
        indexes: Iterable[str],
        modules: Iterable[str],
        overlays: Iterable[str],
    ) -> None:
        records = [
            _record("cn=config", "olcGlobal", cn="config", olcPidFile=self.directory / "pid",
                    olcSizeLimit="unlimited", olcToolThreads=1),
            _record("cn=module{0},cn=config", "olcModuleList", cn="module{0}",
                    olcModulePath=_first(MODULE_DIRECTORIES), olcModuleLoad=["back_mdb", *modules]),
            _record("cn=schema,cn=config", "olcSchemaConfig", cn="schema"),
            *(f"include: file://{_first(SCHEMA_DIRECTORIES)}/{name}.ldif" for name in schema),
            *(text.strip() for text in extra_schema),
            _record("olcDatabase={-1}frontend,cn=config", "olcDatabaseConfig",
                    objectClass="olcFrontendConfig", olcDatabase="{-1}frontend"),
            _record("olcDatabase={0}config,cn=config", "olcDatabaseConfig", olcDatabase="{0}config",
                    olcRootDN="cn=admin,cn=config", olcRootPW=PASSWORD),
            _record(DATABASE, "olcMdbConfig", olcDatabase="{1}mdb", olcSuffix=self.suffix,
                    olcRootDN=self.root_dn, olcRootPW=PASSWORD, olcDbIndex=list(indexes),
                    olcDbDirectory=self.directory / "database", olcDbMaxSize=2**32, olcDbNoSync="TRUE"),
            *(_below(overlay.strip(), DATABASE) for overlay in overlays),
        ]  # fmt: skip
        self._run("slapadd", "-n", "0", "-F", self._config, stdin="\n\n".join(records).encode() + b"\n")

    @property
    def _config(self) -> str:
        return str(self.directory / "config")

    def load(self, data: str | bytes) -> None:
        """Add LDIF entries with `slapadd`; `SlapdError` says what it refused. Not while running."""
        raw = data.encode() if isinstance(data, str) else data
        self._run("slapadd", "-q", "-n", "1", "-F", self._config, stdin=raw)

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
        listeners = " ".join(filter(None, (self.uri, self.tcp_uri)))
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
        try:
            self._process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def connect(self, *, bind: bool = True) -> Any:
        """A python-ldap connection, bound as the root DN unless `bind=False`."""
        import ldap

        connection = ldap.initialize(self.uri)
        connection.set_option(ldap.OPT_REFERRALS, 0)
        connection.set_option(ldap.OPT_TIMEOUT, 60)
        if bind:
            connection.simple_bind_s(self.root_dn, PASSWORD)
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
"""What the fixtures of tests/twin give: call it with the arguments of Slapd."""


def _record(dn: str, object_class: str, **attributes: object) -> str:
    """One LDIF record; a list is several values."""
    lines = [f"dn: {dn}", f"objectClass: {object_class}"]
    for name, value in attributes.items():
        lines += [f"{name}: {each}" for each in (value if isinstance(value, list) else [value])]
    return "\n".join(lines)


def _first(directories: Iterable[Path]) -> Path:
    return next((directory for directory in directories if directory.is_dir()), Path("/"))


def _below(record: str, base: str) -> str:
    """The record with `base` appended to the DN on its first line."""
    first, separator, rest = record.partition("\n")
    return f"{first},{base}{separator}{rest}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
