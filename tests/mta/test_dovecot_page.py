"""The page about Dovecot: its settings run in a real Dovecot, against what it says to serve."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.dovecot import Dovecot, require
from tests.mta.host import GAIL, Host, blocks
from tests.mta.test_dovecot_quota import DELIVER, NOBODY

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("dovecot")]

BLOCKS = blocks("dovecot.md")
KEY = "Bearer of.a-key"
PASSWORDS = {GAIL: "secret", "bob@acme.example": "secret", "elsewhere@else.example": "secret"}


@pytest.fixture
def host() -> Iterator[Host]:
    require()
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        directory = Path(name)
        # Dovecot runs as several users, and has to get in.
        directory.chmod(0o755)
        host = Host(directory)
        (directory / "etc/mailpolicy/dovecot.key").write_text(f"{KEY}\n")
        yield host
        host.close()


def auth(host: Host, **changed: str) -> dict[str, str]:
    text = host.here(BLOCKS["auth.conf"]).replace("Bearer %key%", KEY).replace("%nonce%", "a text")
    said = (line.partition(" = ") for line in text.splitlines())
    return {name: value for name, _, value in said} | changed


def test_logins_go_by_the_rules(host: Host) -> None:
    served = host.with_sections("counters", more=BLOCKS["mailpolicy.toml"])
    host.serve(served)
    given = auth(host)
    url = given.pop("auth_policy_server_url")
    strictly = {**given, "auth_policy_reject_on_fail": "yes"}
    with Dovecot(url, PASSWORDS, given) as dovecot, Dovecot(url, PASSWORDS, strictly) as strict:
        assert dovecot.login(GAIL, "secret") == "OK Logged in"
        assert dovecot.login("elsewhere@else.example", "secret") == "OK Logged in"
        assert "application password" in dovecot.login("bob@acme.example", "secret")
        assert dovecot.login(GAIL, "a guess").startswith("NO ")
        assert strict.login(GAIL, "secret") == "OK Logged in"

        host.kill(served)
        assert dovecot.login(GAIL, "secret") == "OK Logged in"
        assert strict.login(GAIL, "secret").startswith("NO ")


def test_logins_do_not_wait_for_stores_that_somebody_has_locked(host: Host) -> None:
    host.serve(host.with_sections("counters", more=BLOCKS["mailpolicy.toml"]))
    given = auth(host, auth_policy_reject_on_fail="yes")
    url = given.pop("auth_policy_server_url")
    stores = host.directory / "var/lib/mailpolicy/stores"
    with (
        Dovecot(url, PASSWORDS, given) as dovecot,
        closing(sqlite3.connect(stores, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            started = time.monotonic()
            assert dovecot.login(GAIL, "secret") == "OK Logged in"
            assert time.monotonic() - started < 1.5
        other.execute("ROLLBACK")
        deadline = time.monotonic() + 10
        while not other.execute("SELECT service FROM access WHERE account = ?", (GAIL,)).fetchall():
            assert time.monotonic() < deadline
            time.sleep(0.05)


LDA = """
base_dir = {directory}/dovecot
mail_location = maildir:{directory}/mail/%u
log_path = {directory}/log
ssl = no
postmaster_address = postmaster@acme.example
"""


def test_deliveries_say_how_full_a_mailbox_is(host: Host) -> None:
    directory = host.directory
    host.serve(host.with_sections("counters", more=BLOCKS["mailpolicy.toml"]))
    for made in ("dovecot", "mail", "home"):
        (directory / made).mkdir()
        os.chown(directory / made, NOBODY, NOBODY)
    os.chown(directory, NOBODY, NOBODY)
    configuration = directory / "dovecot.conf"
    configuration.write_text(LDA.format(directory=directory) + host.here(BLOCKS["quota.conf"]))
    message = b"From: wile.e@customer.example\r\nSubject: anvils\r\n\r\nThree, please.\r\n"
    done = subprocess.run(
        [
            *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
            *(DELIVER, "-c", configuration, "-f", "wile.e@customer.example"),
        ],
        input=message.replace(b"\r\n", b"\n"),
        env={"USER": GAIL, "HOME": str(directory / "home"), "PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, (done.stderr, (directory / "log").read_text())
    deadline = time.monotonic() + 10
    while (found := stored(directory / "var/lib/mailpolicy/stores")) is None:
        assert time.monotonic() < deadline, (directory / "log").read_text()
        time.sleep(0.05)
    assert found == len(message)


def stored(path: Path) -> int | None:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        row = file.execute("SELECT size FROM mailbox WHERE address = ?", (GAIL,)).fetchone()
    file.close()
    return None if row is None else int(row[0])
