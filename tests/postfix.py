"""A real Postfix in a directory of its own: what tests of delivery compare us with.

    with Postfix(maps, ldap_uri=slapd.tcp_uri, base=slapd.suffix) as postfix:
        postfix.send("all@acme.example").delivered

It listens on a free port of 127.0.0.1, asks `ldap:` tables about domains, aliases and mailboxes, and
hands everything over to a sink, so that nothing leaves the machine. Postfix starts as root only.
Starting one takes about 0.3 s.

    with Postfix(settings={**ASKING, "virtual_mailbox_domains": "acme.example", …}) as postfix:
        with postfix.client(login="john@acme.example") as client:
            client.mail("john@acme.example")

Without maps there are no `ldap:` tables, and the sink takes what the settings let in.
"""

from __future__ import annotations

import email
import json
import os
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from attrs import field, frozen

from tests.lmtp import Arrival, Sink
from tests.needed import needed
from tests.ports import free_port
from tests.postfix_files import Maps, configure, make_queue, write
from tests.slapd import SEARCH_PATH

START_SECONDS: Final = 10.0
DELIVERY_SECONDS: Final = 20.0
SENDER: Final = "sender@outside.example"

ONE_OF_EACH: Final = {"default_process_limit": "1"}
"""For an outage of logins: a smtpd that begins in one hangs up, so all clients are to meet the same."""

BUSY_QUEUES: Final = ("incoming", "active")


class PostfixError(Exception):
    """Postfix did not start or did not finish; the message is its log."""


def require(*, ldap: bool = True) -> None:
    """Skip the calling test where no Postfix can be run; on CI that is a failure."""
    needed(lacking(ldap=ldap))


def lacking(*, ldap: bool = True) -> str | None:
    """What there is not that a Postfix needs."""
    if not shutil.which("postconf", path=SEARCH_PATH):
        return "Postfix is not installed"
    if ldap and not _reads_ldap():
        return "Postfix has no LDAP tables"
    if os.geteuid() != 0:
        return "only root can start Postfix"
    return None


def _reads_ldap() -> bool:
    """Whether the LDAP tables, a package of their own, are installed; the question needs some main.cf."""
    with tempfile.TemporaryDirectory() as directory:
        write(Path(directory, "main.cf"), ())
        return "ldap" in _said("postconf", "-c", directory, "-m").split()


@frozen
class Outcome:
    """What became of one message."""

    delivered: tuple[str, ...] = ()
    """The addresses it was handed over for, sorted; one that got it twice stands here twice."""
    returned: Mapping[str, str] = field(factory=dict)
    """The addresses it was sent back for, each with the reason."""
    refused: str = ""
    """The reply, where it was not taken at all: `550 5.1.1 …`, or `451 …` for try again later."""


class Postfix:
    """One Postfix with a queue and a log of its own.

    `maps` says which tables answer for which parameter. Mailboxes are those that
    `virtual_mailbox_maps` knows, also where an alias leads to them: Postfix itself asks that table
    only about the recipient it was given, and leaves the rest to the mailbox server. `settings` are
    more of main.cf.
    """

    def __init__(
        self,
        maps: Maps | None = None,
        *,
        ldap_uri: str = "",
        base: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.port = free_port()
        # Its daemons run as a user of their own and have to get in.
        self.directory.chmod(0o755)
        self._sink = Sink(self.directory / "sink")
        self._process: subprocess.Popen[bytes] | None = None
        make_queue(self.directory)
        self._etc = configure(
            self.directory,
            port=self.port,
            sink=self._sink.path,
            maps=maps or {},
            server={"server_host": ldap_uri, "search_base": base, "version": "3", "bind": "no"},
            settings=settings or {},
        )

    def start(self) -> None:
        """Run Postfix and return when it accepts connections."""
        program = Path(_said("postconf", "-d", "-h", "daemon_directory").strip()) / "master"
        said = (self.directory / "stderr").open("ab")
        with said:
            self._process = subprocess.Popen(
                [program, "-c", self._etc, "-d"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostfixError(f"Postfix did not start: {self.log()}")
            time.sleep(0.01)

    def _accepts(self) -> bool:
        try:
            smtplib.SMTP("127.0.0.1", self.port, timeout=START_SECONDS).quit()
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def stop(self) -> None:
        """End the master, which ends what it started; harmless when it does not run."""
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

    @property
    def pid(self) -> int | None:
        """The process id of the master while it runs."""
        return self._process.pid if self._process else None

    def log(self) -> str:
        """What Postfix said so far."""
        files = (self.directory / name for name in ("stderr", "log"))
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def logs(self, *words: str) -> bool:
        """Whether it says all these words; what writes its log is a process of its own, and may be late."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while missing := [each for each in words if each not in self.log()]:
            assert time.monotonic() < deadline, f"{missing} not in {self.log()}"
            time.sleep(0.01)
        return True

    def send(self, recipient: str) -> Outcome:
        """Send a message and wait until nothing is on its way any more."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=DELIVERY_SECONDS) as client:
                client.sendmail(SENDER, [recipient], "Subject: test\r\n\r\nHello\r\n")
        except smtplib.SMTPRecipientsRefused as refused:
            return Outcome(refused=_reply(*refused.recipients[recipient]))
        except smtplib.SMTPResponseException as refused:
            return Outcome(refused=_reply(refused.smtp_code, refused.smtp_error))
        self._wait()
        arrived = self._sink.taken()
        delivered = (address for each in arrived if each.sender for address in each.recipients)
        return Outcome(tuple(sorted(delivered)), dict(_returned(arrived)))

    def client(self, *, login: str = "", address: str = "192.0.2.1") -> smtplib.SMTP:
        """A client that Postfix believes its address and login; for settings of `ASKING`."""
        client = smtplib.SMTP("127.0.0.1", self.port, "client.example", timeout=DELIVERY_SECONDS)
        client.ehlo()
        said = f"XCLIENT ADDR={address} NAME=client.example" + (f" LOGIN={login}" if login else "")
        reply = client.docmd(said)
        assert reply[0] == 220, reply
        client.ehlo()
        return client

    def arrived(self) -> list[Arrival]:
        """What came through since the last time, when nothing is on its way any more."""
        self._wait()
        return self._sink.taken()

    def queue(self) -> list[dict[str, Any]]:
        """What `postqueue -j` shows."""
        return [json.loads(line) for line in _said("postqueue", "-c", str(self._etc), "-j").splitlines()]

    def _wait(self) -> None:
        """Return when the queue was seen empty twice: a bounce is made before its message goes."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        empty = 0
        while empty < 2:
            if time.monotonic() > deadline or self._waiting("deferred"):
                raise PostfixError(f"Postfix did not deliver: {self.log()}")
            empty = 0 if any(map(self._waiting, BUSY_QUEUES)) else empty + 1
            time.sleep(0.002)

    def _waiting(self, queue: str) -> bool:
        return any(files for _, _, files in os.walk(self.directory / "queue" / queue))

    def __enter__(self) -> Self:
        self._sink.__enter__()
        try:
            self.start()
        except PostfixError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._sink.__exit__(*error)
        shutil.rmtree(self.directory, ignore_errors=True)


def _returned(arrived: Iterable[Arrival]) -> Iterable[tuple[str, str]]:
    """Address and reason out of every delivery status notification (RFC 3464)."""
    for arrival in arrived:
        if not arrival.sender:
            for part in email.message_from_bytes(arrival.content).walk():
                if "Final-Recipient" in part:
                    yield _bare(part["Final-Recipient"]), _bare(part["Diagnostic-Code"])


def _bare(typed: str) -> str:
    """The value of a field without its type: `rfc822; a@b` is `a@b`."""
    return typed.partition(";")[2].strip()


def _reply(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _said(tool: str, *arguments: str) -> str:
    program = shutil.which(tool, path=SEARCH_PATH) or tool
    return subprocess.run([program, *arguments], capture_output=True, check=False, text=True).stdout
