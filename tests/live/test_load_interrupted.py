"""Loads and dumps that do not come to their end: whoever stops them, nothing is lost or taken for whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import ldap
import pytest

import mailpolicy as mp
from tests.live.proxy import Proxy
from tests.live.servers import PASSWORD
from tests.live.transfers import ACME, empty, load, many, url
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin


@pytest.fixture(autouse=True)
def nobody_has_configured_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("MAILPOLICY_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")


def test_standard_input_can_be_loaded(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server = empty(start_slapd)
    command = [sys.executable, "-m", "mailpolicy", "load", "-", url(server), "--bind-dn", server.root_dn]
    done = subprocess.run(command, input=ACME.read_bytes(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert server.dump().count(b"entryUUID:") == len(mp.open(ACME).snapshot)


def test_a_limit_dumps_nothing(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server = start_slapd(
        suffix="o=mail",
        data=many(100),
        settings={"olcSizeLimit": 20},
        database={"olcAccess": "to * by * read"},
    )
    out = tmp_path / "out.ldif"
    out.write_text("before")
    ask = [sys.executable, "-m", "mailpolicy", "dump", url(server)]
    nobody = {name: value for name, value in os.environ.items() if not name.startswith("MAILPOLICY")}
    for more in ([], ["--output", str(out)]):
        done = subprocess.run([*ask, *more], env=nobody, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (4, "")
        assert "olcLimits" in done.stderr
    assert out.read_text() == "before"


@contextmanager
def being_loaded(server: Slapd, source: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a long load, half a minute of it however idle the machine."""
    source.write_text(many(20_000))
    with Proxy(server.tcp_uri) as proxy:
        proxy.slow_down(bytes_per_second=60_000)
        where = f"{proxy.url}/{server.suffix}"
        command = [
            sys.executable,
            "-m",
            "mailpolicy",
            "load",
            str(source),
            where,
            "--bind-dn",
            server.root_dn,
        ]
        # Whoever runs tests in the background of a shell has SIGINT ignored, and so has what they start.
        heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True, preexec_fn=heard) as loading:
            try:
                wait_for(server.connect(), "uid=50,o=mail")
                yield loading
            finally:
                loading.kill()


def wait_for(connection: Any, dn: str) -> None:
    for _ in range(2000):
        try:
            connection.search_s(dn, ldap.SCOPE_BASE)
            return
        except ldap.NO_SUCH_OBJECT:
            time.sleep(0.01)
    raise AssertionError(f"{dn} does not come")


def test_an_interrupted_load_goes_on(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, source = start_slapd(suffix="o=mail", tcp=True), tmp_path / "in.ldif"
    with being_loaded(server, source) as loading:
        loading.send_signal(signal.SIGINT)
        out, err = loading.communicate(timeout=30)
    assert (loading.returncode, out) == (130, "")
    assert "the same command goes on where it stopped" in err
    assert err.count("\n") == 1
    there_now = server.dump().count(b"entryUUID:")
    assert 50 < there_now < 20_000
    source.write_text(many(there_now + 100))
    assert load(source, server) == 0
    assert server.dump().count(b"entryUUID:") == there_now + 101


def test_a_server_that_goes_away_is_no_refusal(start_slapd: StartSlapd, tmp_path: Path) -> None:
    server, source = start_slapd(suffix="o=mail", tcp=True), tmp_path / "in.ldif"
    with being_loaded(server, source) as loading:
        server.kill()
        out, err = loading.communicate(timeout=30)
    assert (loading.returncode, out) == (4, "")
    assert "the same command goes on where it stopped" in err
    assert PASSWORD not in err
    assert "Traceback" not in err
