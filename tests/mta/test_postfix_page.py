"""The page about Postfix: its main.cf in a real Postfix, against the process the other files describe."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailpolicy.serve.process import DRAIN_SECONDS
from tests.live.page import replaced
from tests.postfix import Postfix, require
from tests.slapd import _free_port

pytestmark = pytest.mark.twin

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/postfix.md"
BLOCK = re.compile(r"^```(?:ini|toml|text) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall(PAGE.read_text()))
SECTION = re.compile(r"^(?=\[)", re.MULTILINE)

JOHN, JANE, WILE = "john@acme.example", "jane@acme.example", "wile.e@customer.example"
GAIL = "gail@globex.example"
"""Her domain wants no second factor to send."""
NOBODY = "nobody@globex.example"
"""Of a domain of ours without a catch-all."""
STARTS_IN = 20.0


def settings(text: str) -> dict[str, str]:
    """What lines of main.cf say; one that begins with a space goes on with the one before."""
    joined = re.sub(
        r"\n[ \t]+", " ", "\n".join(each for each in text.splitlines() if not each.startswith("#"))
    )
    said = (line.partition("=") for line in joined.splitlines() if line)
    return {name.strip(): value.strip() for name, _, value in said}


class Host:
    """The machine of the page: its files below a directory, its ports free ones."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.configuration = directory / "etc/mailpolicy/mailpolicy.toml"
        self._running: dict[Path, subprocess.Popen[bytes]] = {}
        for place in ("etc/mailpolicy", "etc/postfix", "var/lib/mailpolicy"):
            (directory / place).mkdir(parents=True)
        acme = (ROOT / "ldif/examples/acme.ldif").read_text()
        no_hashes = re.sub(r"^userPassword: .*\n", "", acme, flags=re.MULTILINE)
        (directory / "acme.ldif").write_text(
            re.sub(r"^mail: (john|gail)@.*", r"\g<0>\nuserPassword: a word", no_hashes, flags=re.MULTILINE)
        )
        (directory / "etc/postfix/senders").write_text(f"{JANE} {GAIL}\n")
        self.substitutions: Mapping[str, str] = {
            # A file instead of LDAP servers, and so hashes that are read instead of a bind.
            'source = "@acme"': f'source = "{directory}/acme.ldif"',
            '"bind"': '"stored"',
            **{place: f"{directory}{place}" for place in ("/etc/", "/var/lib/")},
            **{f":{port}": f":{_free_port()}" for port in (10031, 10032, 10033)},
            # Clients of a test say their password in the clear.
            "smtpd_tls_auth_only = yes": "smtpd_tls_auth_only = no",
        }
        self.configuration.write_text(self.here(BLOCKS["mailpolicy.toml"]))

    def here(self, text: str) -> str:
        return replaced(text, self.substitutions)

    def main_cf(self, *blocks: str) -> dict[str, str]:
        said = settings(self.here("\n".join(BLOCKS[name] for name in ("main.cf", *blocks))))
        # The sink of this Postfix stands for Dovecot.
        assert said.pop("virtual_transport").startswith("lmtp:unix:/")
        return {**said, "smtpd_client_event_limit_exceptions": "127.0.0.1"}

    def split(self, *sections: str) -> Path:
        """A configuration with some of the sections, as the page says for two processes."""
        first, *others = SECTION.split(self.configuration.read_text())
        path = self.configuration.with_name(f"{sections[0]}.toml")
        kept = [each for each in others if each[1:].partition("]")[0] in (*sections, "servers.acme")]
        path.write_text("".join([first.replace("replica", f"replica-{sections[0]}"), *kept]))
        return path

    def serve(self, path: Path | None = None) -> None:
        """Start a process, and return when it listens."""
        path = path or self.configuration
        command = [sys.executable, "-m", "mailpolicy", "serve", "--verbose", "--config", str(path)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=False)
        self._running[path] = process
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line.decode())
            if line.rstrip().endswith(b": ready"):
                return
        raise AssertionError("".join(told))

    def kill(self, path: Path | None = None) -> None:
        process = self._running.pop(path or self.configuration)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def close(self) -> None:
        for path in [*self._running]:
            self.kill(path)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    require(ldap=False)
    host = Host(tmp_path)
    yield host
    host.close()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


def told(postfix: Postfix, sender: str, recipient: str, *, login: str = "", password: str = "a word") -> str:
    """What a client is told about a recipient, or about its login."""
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client:
        client.ehlo("client.example")
        if login:
            try:
                client.login(login, password)
            except smtplib.SMTPAuthenticationError as refused:
                return f"{refused.smtp_code} {refused.smtp_error.decode()}"
            except smtplib.SMTPException as refused:
                return str(refused)
        client.mail(sender)
        code, text = client.rcpt(recipient)
    return f"{code} {text.decode()}"


def test_the_page_does_what_it_says(host: Host, running: ExitStack) -> None:
    host.serve()
    postfix = running.enter_context(Postfix(settings=host.main_cf()))

    assert told(postfix, WILE, JOHN).startswith("250 ")
    assert postfix.send("J.Doe+anvils@acme.example").delivered == (JOHN.replace("@", "+anvils@"),)
    assert "User unknown in virtual mailbox table" in told(postfix, WILE, NOBODY)
    assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
    assert told(postfix, "a@elsewhere.example", "board@acme.example").startswith("550 5.7.2 ")
    assert told(postfix, WILE, "somebody@elsewhere.example").startswith("554 5.7.1 ")

    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")
    assert told(postfix, GAIL, WILE, login=JOHN).endswith("Please use an application password here")
    refused = told(postfix, "bob@acme.example", WILE, login=GAIL)
    assert refused.startswith("553 5.7.1 ")
    assert refused.endswith("You may not send as this address")
    assert told(postfix, GAIL, WILE, login=GAIL, password="a guess").startswith(
        "535 5.7.8 Error: authentication failed: "
    )

    host.kill()
    for recipient in (JOHN, NOBODY):
        assert told(postfix, WILE, recipient).startswith("451 4.3.0 ")
        assert told(postfix, WILE, recipient).endswith("Temporary lookup failure")
    assert "454 4.7.0 Temporary authentication failure" in told(postfix, GAIL, WILE, login=GAIL)
    assert not postfix.queue()

    host.serve()
    assert told(postfix, WILE, JOHN).startswith("250 ")
    assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
    assert (host.directory / "var/lib/mailpolicy/journal").read_text().count("\n") > 3


def test_two_processes_go_on_one_without_the_other(host: Host, running: ExitStack) -> None:
    tables, rules = host.split("socketmap", "sasl"), host.split("policy", "counters", "journal")
    host.serve(tables)
    host.serve(rules)
    postfix = running.enter_context(Postfix(settings=host.main_cf()))
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")

    host.kill(rules)
    known = told(postfix, WILE, JOHN)
    assert known.startswith("450 4.3.0 ")
    assert known.endswith("The policy service is down")
    assert told(postfix, WILE, NOBODY).startswith("550 5.1.1 ")
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("450 4.3.0 ")

    host.serve(rules)
    assert told(postfix, WILE, JOHN).startswith("250 ")


def test_postfix_judges_senders_too(host: Host, running: ExitStack) -> None:
    host.serve(host.split("socketmap", "sasl"))
    main_cf = host.main_cf("sender-logins")
    for place in ("recipient", "data", "end_of_data"):
        main_cf[f"smtpd_{place}_restrictions"] = ""  # nobody but the table is to judge
    postfix = running.enter_context(Postfix(settings=main_cf))
    assert told(postfix, GAIL, WILE, login=GAIL).startswith("250 ")
    assert told(postfix, JANE, WILE, login=GAIL).startswith("250 ")  # as the file says
    refused = told(postfix, "bob@acme.example", WILE, login=GAIL)
    assert refused.startswith("553 5.7.1 ")
    assert refused.endswith(f"not owned by user {GAIL}")
    host.kill(host.configuration.with_name("socketmap.toml"))


def test_the_check_says_what_the_page_shows(host: Host) -> None:
    command, _, shown = BLOCKS["check"].partition("\n")
    typed = shlex.split(host.here(command.removeprefix("$ ")))
    assert typed.pop(0) == "mailpolicy"
    done = subprocess.run(
        [sys.executable, "-m", "mailpolicy", *typed], capture_output=True, text=True, check=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    expected = ".*".join(re.escape(part) for part in host.here(shown).split("…"))
    assert re.fullmatch(expected, done.stdout), done.stdout


def test_the_unit_starts_what_the_page_describes() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(BLOCKS["mailpolicy.service"])
    service = unit["Service"]
    assert service["ExecStart"].endswith("/mailpolicy serve --config /etc/mailpolicy/mailpolicy.toml")
    assert float(service["TimeoutStopSec"]) > DRAIN_SECONDS
    assert service["Type"] == "notify"
