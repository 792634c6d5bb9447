"""A site as an operator runs one: `mailpolicy serve` in a process of its own, and a Postfix that asks it.

    with Operated(source, statuses="server") as site:
        site.rcpt("john@acme.example")
        site.send("john@acme.example", login="jane@acme.example")

Everything listens on files of one directory. `Serve` alone is the process without the Postfix.
"""

from __future__ import annotations

import shutil
import smtplib
import socket
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from tests.lmtp import Arrival
from tests.mta.running import Running
from tests.postfix import Postfix
from tests.postfix_files import ASKING

__all__ = ["Operated", "Serve", "ServeError", "asked", "plain"]

OUTSIDER: Final = "wile.e@customer.example"
CONTENT: Final = "Subject: test\r\n\r\nHello\r\n"

MAIN_CF: Final = {
    **ASKING,
    "smtpd_sasl_type": "dovecot",
    "smtpd_sasl_path": "unix:PLACE/sasl",
    "mailpolicy": "check_policy_service { unix:PLACE/policy, timeout=5s, "
    "{ default_action = DEFER_IF_PERMIT 4.3.0 policy service is down } }",
    "smtpd_recipient_restrictions": "reject_unlisted_recipient, $mailpolicy",
    "smtpd_data_restrictions": "$mailpolicy",
    "smtpd_end_of_data_restrictions": "$mailpolicy",
    "virtual_mailbox_domains": "socketmap:unix:PLACE/socketmap:domains",
    "virtual_alias_domains": "socketmap:unix:PLACE/socketmap:aliasdomains",
    "virtual_mailbox_maps": "socketmap:unix:PLACE/socketmap:mailbox",
    "virtual_alias_maps": "socketmap:unix:PLACE/socketmap:alias",
    "recipient_delimiter": "",
    "notify_classes": "",
}


class ServeError(Exception):
    """The process did not start or did not end; the message is what it said."""


class Serve:
    """A process that serves a source; `more` is the rest of its configuration, `top` what comes before it."""

    def __init__(
        self,
        source: str | Path,
        *,
        top: str = "",
        more: str = "",
        protocols: Iterable[str] = ("policy", "socketmap", "sasl"),
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="operated-"))
        self.directory.chmod(0o755)
        self.configuration = self.directory / "mailpolicy.toml"
        self._running, self._runs = Running(self.configuration), False
        sections = (f'[{name}]\nlisten = "unix:{self.place(name)}"\nmode = "666"\n' for name in protocols)
        more = more.replace("PLACE", str(self.directory))
        self.configure(f'source = "{source}"\n{top}\n' + "\n".join(sections) + f"\n{more}\n")

    def configure(self, text: str) -> None:
        """Write the configuration; a process that runs reads it with the next `reload`."""
        self.configuration.write_text(text)
        self.configuration.chmod(0o600)

    def place(self, protocol: str) -> Path:
        """The socket of a protocol."""
        return self.directory / protocol

    def start(self) -> None:
        """Run it and return when it listens everywhere."""
        ready = sum(state.startswith("READY=1") for state in self._running.states)
        self._running.start()
        self._runs = True
        try:
            self._running.await_states(ready + 1, "READY=1")
        except AssertionError as problem:
            self.kill()
            raise ServeError(f"{problem}: {self.log()}") from None

    @property
    def pid(self) -> int:
        """The process id; it must run."""
        assert self._runs
        return self._running.process.pid

    def reload(self) -> None:
        """Let it read its configuration anew, and return when it has."""
        self._running.reload()

    def stop(self) -> None:
        """End it politely."""
        if self._runs:
            try:
                code = self._running.end()
            except subprocess.TimeoutExpired:
                self.kill()
                raise ServeError(f"did not end: {self.log()}") from None
            self._forget()
            if code:
                raise ServeError(f"ended with {code}: {self.log()}")

    def kill(self) -> None:
        """End it without a chance to tidy up; harmless when it does not run."""
        if self._runs:
            self._running.process.kill()
            self._running.process.wait()
            self._forget()

    def _forget(self) -> None:
        self._runs = False
        self._running.__exit__()

    def log(self) -> str:
        """What it said so far."""
        return self._running.said() if self._running.log.exists() else ""

    # Asking it without a mail server

    def policy(self, seconds: float = 10.0, **attributes: str) -> str:
        """The action that a policy request gets."""
        said = {"request": "smtpd_access_policy", "protocol_state": "RCPT", **attributes}
        request = "".join(f"{name}={value}\n" for name, value in said.items()) + "\n"
        reply = asked(self.place("policy"), request.encode(), b"\n\n", seconds)
        return reply.decode().removeprefix("action=").strip()

    def table(self, name: str, key: str, seconds: float = 10.0) -> str:
        """The reply of a socketmap: its status, and what comes with it."""
        query = f"{name} {key}".encode()
        reply = asked(self.place("socketmap"), b"%d:%b," % (len(query), query), b",", seconds)
        return reply.decode().partition(":")[2].removesuffix(",").strip()

    def login(self, *logins: tuple[str, str], seconds: float = 10.0) -> list[str]:
        """What comes of logins with passwords, all at once: `OK`, `FAIL`, or nothing where it was dropped."""
        with ExitStack() as opened:
            clients = [opened.enter_context(socket.socket(socket.AF_UNIX)) for _ in logins]
            for client, each in zip(clients, logins, strict=True):
                client.settimeout(seconds)
                client.connect(str(self.place("sasl")))
                auth = f"AUTH\t1\tPLAIN\tservice=smtp\tsecured\tresp={plain(*each)}\n"
                client.sendall(f"VERSION\t1\t2\nCPID\t1\n{auth}".encode())
            return [came_of(client) for client in clients]

    def __enter__(self) -> Self:
        try:
            self.start()
        except ServeError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


class Operated:
    """A process that serves, and a Postfix that asks it for everything."""

    def __init__(
        self,
        source: str | Path,
        *,
        settings: Mapping[str, str] | None = None,
        top: str = "",
        more: str = "",
        protocols: Iterable[str] = ("policy", "socketmap", "sasl"),
    ) -> None:
        self.serve = Serve(source, top=top, more=more, protocols=protocols)
        self._settings = {**MAIN_CF, **(settings or {})}

    def rcpt(self, *recipients: str, sender: str = OUTSIDER, login: str = "") -> list[str]:
        """The reply to each recipient of a message that is not sent then."""
        with self.postfix.client(login=login) as client:
            code, text = client.mail(sender)
            assert code == 250, text
            return [said(client.rcpt(each)) for each in recipients]

    def send(self, *recipients: str, sender: str = OUTSIDER, login: str = "", content: str = CONTENT) -> str:
        """What becomes of a message: the last reply, which is that to a recipient where none is taken."""
        with self.postfix.client(login=login) as client:
            client.mail(sender)
            replies = [said(client.rcpt(each)) for each in recipients]
            if not any(each.startswith("250") for each in replies):
                return replies[-1]
            return said(ended(client, content))

    def arrived(self) -> list[Arrival]:
        """What came through since the last time."""
        return self.postfix.arrived()

    def __enter__(self) -> Self:
        self.serve.__enter__()
        place = str(self.serve.directory)
        try:
            settings = {name: each.replace("PLACE", place) for name, each in self._settings.items()}
            self.postfix = Postfix(settings=settings)
            self.postfix.__enter__()
        except BaseException:
            self.serve.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.postfix.__exit__(*error)
        self.serve.__exit__(*error)


def asked(place: Path, request: bytes, end: bytes, seconds: float) -> bytes:
    """One request on a connection of its own, and what comes until the reply has its end."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(seconds)
        client.connect(str(place))
        client.sendall(request)
        reply = b""
        while not reply.endswith(end):
            more = client.recv(65536)
            if not more:
                break
            reply += more
        return reply


def ended(client: smtplib.SMTP, content: str) -> tuple[int, bytes]:
    """The reply to the content of a message, or to the wish to send it."""
    try:
        return client.data(content)
    except smtplib.SMTPDataError as refused:
        text = refused.smtp_error
        return refused.smtp_code, text if isinstance(text, bytes) else text.encode()


def came_of(client: socket.socket) -> str:
    """What a login was answered; nothing where the connection ended instead."""
    try:
        with client.makefile("rb") as replies:
            for line in replies:
                word = line.decode().split("\t")[0]
                if word in ("OK", "FAIL"):
                    return word
    except ConnectionResetError:
        pass
    return ""


def plain(login: str, password: str) -> str:
    """What a client says with the mechanism PLAIN."""
    return b64encode(f"\0{login}\0{password}".encode()).decode()


def said(reply: tuple[int, bytes]) -> str:
    return f"{reply[0]} {reply[1].decode(errors='replace')}"
