"""The machine that the pages about mail servers describe: their files in a directory, their ports free ones.

`Host.substitutions` is the one place that says what stands for what.
"""

from __future__ import annotations

import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.live.page import replaced
from tests.ports import free_port
from tests.postfix import Postfix

__all__ = [
    "GAIL",
    "JANE",
    "JOHN",
    "NOBODY",
    "PASSWORD",
    "POSTFIX",
    "ROOT",
    "WILE",
    "Host",
    "blocks",
    "settings",
    "told",
]

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?:ini|toml|text|sieve) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^(?=\[)", re.MULTILINE)
CONTINUED = re.compile(r"\n[ \t]+")

JOHN, JANE, WILE = "john@acme.example", "jane@acme.example", "wile.e@customer.example"
GAIL = "gail@globex.example"
"""Her domain wants no second factor to send."""
NOBODY = "nobody@globex.example"
"""Of a domain of ours without a catch-all."""
PASSWORD = "a word"
PORTS = range(10031, 10037)


def blocks(page: str) -> Mapping[str, str]:
    """What a page has in its blocks, by the names that stand behind their languages."""
    return dict(BLOCK.findall((ROOT / "docs/how-to" / page).read_text()))


POSTFIX = blocks("postfix.md")


def settings(text: str) -> dict[str, str]:
    """What lines of main.cf say; one that begins with a space goes on with the one before."""
    lines = "\n".join(each for each in text.splitlines() if not each.startswith("#"))
    said = (line.partition("=") for line in CONTINUED.sub(" ", lines).splitlines() if line)
    return {name.strip(): value.strip() for name, _, value in said}


class Host:
    """The machine, and what is served on it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.configuration = directory / "etc/mailpolicy/mailpolicy.toml"
        self._running: dict[Path, subprocess.Popen[bytes]] = {}
        for place in ("etc/mailpolicy", "etc/postfix", "var/lib/mailpolicy", "run/mailpolicy"):
            (directory / place).mkdir(parents=True)
        acme = (ROOT / "ldif/examples/acme.ldif").read_text()
        no_hashes = re.sub(r"^userPassword: .*\n", "", acme, flags=re.MULTILINE)
        with_passwords = re.sub(
            r"^mail: (?:john|gail)@.*", rf"\g<0>\nuserPassword: {PASSWORD}", no_hashes, flags=re.MULTILINE
        )
        (directory / "acme.ldif").write_text(with_passwords)
        (directory / "etc/postfix/senders").write_text(f"{JANE} {GAIL}\n{GAIL} {JANE}\n")
        self.substitutions: Mapping[str, str] = {
            # A file instead of LDAP servers, and so hashes that are read instead of a bind.
            'source = "@acme"': f'source = "{directory}/acme.ldif"',
            '"bind"': '"stored"',
            **{place: f"{directory}{place}" for place in ("/etc/", "/var/lib/", "/run/")},
            **{f":{port}": f":{free_port()}" for port in PORTS},
            # Clients of a test say their password in the clear.
            "smtpd_tls_auth_only = yes": "smtpd_tls_auth_only = no",
        }
        self.configuration.write_text(self.here(POSTFIX["mailpolicy.toml"]))

    def here(self, text: str) -> str:
        """What is typed here for what a page says."""
        return replaced(text, self.substitutions)

    def main_cf(self, *others: str) -> dict[str, str]:
        """What the page about Postfix says, and then others."""
        said = settings(self.here("\n".join((POSTFIX["main.cf"], *others))))
        # The sink of this Postfix stands for Dovecot.
        assert said.pop("virtual_transport").startswith("lmtp:unix:/")
        return {**said, "smtpd_client_event_limit_exceptions": "127.0.0.1"}

    def with_sections(self, *sections: str, more: str = "") -> Path:
        """A configuration with some of the sections of the page, and further ones."""
        first, *others = SECTION.split(self.configuration.read_text())
        path = self.configuration.with_name(f"{sections[0]}.toml")
        kept = [each for each in others if each[1:].partition("]")[0] in (*sections, "servers.acme")]
        own = first.replace("replica", f"replica-{sections[0]}")
        path.write_text("".join([own, *kept, self.here(more)]))
        return path

    def serve(self, path: Path | None = None) -> None:
        """Start a process, and return when it listens."""
        path = path or self.configuration
        command = [sys.executable, "-m", "mailpolicy", "serve", "--verbose", "--config", str(path)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        self._running[path] = process
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line.decode())
            if line.rstrip().endswith(b": ready"):
                return
        raise AssertionError("".join(told))

    def kill(self, path: Path | None = None) -> None:
        """End it without a word."""
        process = self._running.pop(path or self.configuration)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def close(self) -> None:
        """End all that is served."""
        for path in [*self._running]:
            self.kill(path)


def told(postfix: Postfix, sender: str, recipient: str, *, login: str = "", password: str = PASSWORD) -> str:
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
        code, text = client.mail(sender)
        if code == 250:
            code, text = client.rcpt(recipient)
    return f"{code} {text.decode()}"
