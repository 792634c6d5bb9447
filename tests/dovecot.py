"""A real Dovecot in a directory of its own, which asks an authentication policy about logins by IMAP.

    with Dovecot("http://127.0.0.1:1234/policy", {"john@acme.example": "secret"}) as dovecot:
        dovecot.login("john@acme.example", "secret")

It listens on a free port of 127.0.0.1. Dovecot starts as root only. Starting one takes about 0.2 s.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from tests.needed import needed
from tests.ports import free_port
from tests.slapd import SEARCH_PATH

START_SECONDS: Final = 10.0

SETTINGS: Final = """
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
base_dir = {directory}/run
state_dir = {directory}/run
log_path = {directory}/log
mail_location = maildir:{directory}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
auth_failure_delay = 0
auth_policy_server_url = {url}
auth_policy_hash_nonce = {directory}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  # Who guesses is held up more and more; the tests have no time for that.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {directory}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={directory}/mail/%u
}}
"""


class DovecotError(Exception):
    """Dovecot did not start; the message is its log."""


def require() -> None:
    """Skip the calling test where no Dovecot can be run; on CI that is a failure."""
    reason = None
    if not shutil.which("dovecot", path=SEARCH_PATH):
        reason = "Dovecot is not installed"
    elif os.geteuid() != 0:
        reason = "only root can start Dovecot"
    needed(reason)


class Dovecot:
    """One Dovecot with users of its own; `settings` are more of dovecot.conf."""

    def __init__(self, url: str, users: Mapping[str, str], settings: Mapping[str, str] | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.directory.chmod(0o755)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (self.directory / "users").write_text("".join(f"{user}:{word}\n" for user, word in users.items()))
        mail = self.directory / "mail"
        mail.mkdir()
        shutil.chown(mail, "mail", "mail")
        text = SETTINGS.format(directory=self.directory, port=self.port, url=url, user="mail", group="mail")
        more = "".join(f"{name} = {value}\n" for name, value in (settings or {}).items())
        self._conf = self.directory / "dovecot.conf"
        self._conf.write_text(text + more)

    def start(self) -> None:
        """Run Dovecot and return when it greets."""
        program = shutil.which("dovecot", path=SEARCH_PATH) or "dovecot"
        with (self.directory / "stderr").open("ab") as said:
            self._process = subprocess.Popen(
                [program, "-F", "-c", self._conf], stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DovecotError(f"Dovecot did not start: {self.log()}")
            time.sleep(0.01)

    def _greets(self) -> bool:
        try:
            imaplib.IMAP4("127.0.0.1", self.port, timeout=START_SECONDS).logout()
        except (OSError, imaplib.IMAP4.error):
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

    def log(self) -> str:
        """What Dovecot said so far."""
        files = (self.directory / name for name in ("stderr", "log"))
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def login(self, user: str, password: str, device: str = "") -> str:
        """Log in by IMAP, and say before by which program: what the server says to it, `OK …` or `NO …`."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            if device:
                client.xatom("ID", f'("name" "{device}")')
            kind, said = client.login(user, password)
        except imaplib.IMAP4.error as refused:
            return f"NO {_text(refused.args[0])}"
        else:
            return f"{kind} {_text(said[0])}"
        finally:
            client.shutdown()

    def __enter__(self) -> Self:
        try:
            self.start()
        except DovecotError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def _text(said: object) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
