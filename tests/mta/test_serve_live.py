"""Serving from a real slapd: it comes and goes, another one takes its place, logins go on."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

import pytest

from tests.mta.running import Running, asked, until, written
from tests.mta.test_sasl_slapd import SCHEMA, stored_state
from tests.mta.test_serve import REFUSED, Load, descriptors, policy_at, threads
from tests.ports import free_port
from tests.sasl import DIRECTORY
from tests.slapd import Slapd, require

pytestmark = pytest.mark.twin

GONE = "nobody@acme.example"


@pytest.fixture(autouse=True)
def needs_slapd() -> None:
    require()


@pytest.fixture
def slapd(tmp_path: Path) -> Iterator[Slapd]:
    with Slapd(suffix="o=mail", extra_schema=[SCHEMA], syncprov=True, data=DIRECTORY.lstrip()) as running:
        yield running


def servers(slapd: Slapd, more: str = "") -> str:
    return f"""
        [servers.acme]
        url = "{slapd.uri}/o=mail"
        bind_dn = "cn=admin,o=mail"
        password_file = "password"
        {more}
    """


def configured(folder: Path, text: str) -> Path:
    (folder / "password").write_text("secret\n")
    return written(folder, text, source="@acme")


def test_it_serves_from_the_beginning_and_follows(tmp_path: Path, slapd: Slapd) -> None:
    port = free_port()
    with Running(configured(tmp_path, policy_at(port) + servers(slapd))) as running, asked(port) as client:
        # It has waited for the directory before it let anybody in.
        assert client.ask(recipient="john@acme.example") == "DUNNO"
        assert REFUSED in client.ask(recipient=GONE)
        slapd.stop()
        # What is known stays so, and of what is not nobody can tell.
        until(lambda: client.ask(recipient=GONE).startswith("DEFER"))
        assert client.ask(recipient="john@acme.example") == "DUNNO"
        slapd.start()
        until(lambda: REFUSED in client.ask(recipient=GONE))
        assert running.end() == 0


def test_another_server_takes_its_place_without_a_gap(tmp_path: Path, slapd: Slapd) -> None:
    port = free_port()
    other_data = DIRECTORY.lstrip().replace("john@acme.example", "jack@acme.example")
    with (
        Slapd(suffix="o=mail", extra_schema=[SCHEMA], syncprov=True, data=other_data) as other,
        Running(configured(tmp_path, policy_at(port) + servers(slapd))) as running,
        asked(port) as client,
    ):
        pid = running.process.pid
        load = Load(port)
        until(lambda: len(load.answers) > 20)
        assert REFUSED in client.ask(recipient="jack@acme.example")
        for each in (other, slapd, other):
            configured(tmp_path, policy_at(port) + servers(each))
            running.reload()
            open_now = descriptors(pid), threads(pid)
        assert client.ask(recipient="jack@acme.example") == "DUNNO"
        assert REFUSED in client.ask(recipient="john@acme.example")
        load.end()
        assert not load.problems
        assert not any("4.3.0" in answer for answer in load.answers)
        for each in (slapd, other, slapd, other):
            configured(tmp_path, policy_at(port) + servers(each))
            running.reload()
        until(lambda: descriptors(pid) <= open_now[0])
        until(lambda: threads(pid) <= open_now[1] + 2)
        assert running.end() == 0


class Mail:
    """A mail server that lets people in by what we say of their passwords."""

    def __init__(self, link: socket.socket, place: Path) -> None:
        link.settimeout(10)
        link.connect(str(place))
        self._link, self._lines, self._asked = link, link.makefile("r"), 0
        link.sendall(b"VERSION\t1\t2\nCPID\t1\n")
        while self._line()[0] != "DONE":
            pass

    def log_in(self, *passwords: str) -> list[list[str]]:
        """The answers, by the order of the passwords."""
        first = self._asked + 1
        for password in passwords:
            self._asked += 1
            said = b64encode(f"\0john@acme.example\0{password}".encode()).decode()
            self._link.sendall(f"AUTH\t{self._asked}\tPLAIN\tservice=smtp\tresp={said}\n".encode())
        answers = [self._line() for _ in passwords]
        answers.sort(key=lambda words: int(words[1]))
        assert [int(words[1]) for words in answers] == [*range(first, self._asked + 1)]
        return answers

    def _line(self) -> list[str]:
        line = self._lines.readline()
        assert line, "nobody could tell"
        return line.rstrip("\n").split("\t")

    def close(self) -> None:
        self._lines.close()


def sasl_at(folder: Path, more: str = "") -> str:
    return f'[sasl]\nlisten = "unix:{folder}/auth"\n{more}\n'


def test_what_failed_before_a_reload_still_counts(tmp_path: Path) -> None:
    (tmp_path / "acme.ldif").write_text(DIRECTORY.lstrip())
    text = sasl_at(tmp_path)
    with (
        Running(written(tmp_path, text, source="acme.ldif")) as running,
        socket.socket(socket.AF_UNIX) as link,
    ):
        mail = Mail(link, tmp_path / "auth")
        assert mail.log_in("secret")[0][0] == "OK"
        assert [words[0] for words in mail.log_in("one", "two")] == ["FAIL", "FAIL"]
        running.reload()
        assert mail.log_in("three")[0][0] == "FAIL"
        with socket.socket(socket.AF_UNIX) as new:
            another = Mail(new, tmp_path / "auth")
            assert another.log_in("secret")[0][0] == "FAIL"  # by now it is locked
            another.close()
        mail.close()
        assert running.end() == 0


def test_a_connection_goes_by_new_application_passwords(tmp_path: Path) -> None:
    (tmp_path / "acme.ldif").write_text(DIRECTORY.lstrip())
    stored = b64encode(sha1(b"phone").digest()).decode()
    (tmp_path / "applications").write_text(f"john@acme.example {{SHA}}{stored}\n")
    path = written(tmp_path, sasl_at(tmp_path), source="acme.ldif")
    with Running(path) as running, socket.socket(socket.AF_UNIX) as link:
        mail = Mail(link, tmp_path / "auth")
        assert mail.log_in("phone")[0][0] == "FAIL"
        written(tmp_path, sasl_at(tmp_path, 'application_passwords = "applications"'), source="acme.ldif")
        running.reload()
        assert mail.log_in("phone")[0][0] == "OK"
        mail.close()
        assert running.end() == 0


def test_lockouts_are_written_to_the_server_of_the_moment(tmp_path: Path, slapd: Slapd) -> None:
    text = sasl_at(tmp_path, 'write_lockouts = true\npasswords = ["stored", "bind"]')
    path = configured(tmp_path, text + servers(slapd))
    with Running(path) as running, socket.socket(socket.AF_UNIX) as link:
        mail = Mail(link, tmp_path / "auth")
        assert mail.log_in("secret")[0][0] == "OK"
        configured(tmp_path, text + servers(slapd, "operation_timeout = 7"))
        running.reload()
        assert mail.log_in("wrong")[0][0] == "FAIL"
        until(lambda: len(stored_state(slapd)[1]) == 1)
        mail.close()
        assert running.end() == 0
        assert "Traceback" not in running.said()
