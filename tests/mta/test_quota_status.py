"""Dovecot's own answer to Postfix about full mailboxes, and ours, asked the same of the same mailboxes.

A real Dovecot delivers, counts and answers by its quota-status; it tells us of each delivery, and we answer
by the policy session.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import pytest

import mailpolicy as mp
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import DEFAULT_POLICY
from mailpolicy.mta.background import Background
from mailpolicy.mta.desk import Desk
from mailpolicy.mta.dovecot_quota import QuotaSession
from mailpolicy.mta.listening import endpoint
from mailpolicy.mta.postfix import policy_sessions
from mailpolicy.mta.sasl import Threads
from mailpolicy.mta.server import Serving
from mailpolicy.stores import StoreFile
from mailpolicy.stores.usage import UsageInFile
from mailpolicy.values import Address
from tests.dovecot import require
from tests.mta.test_dovecot_quota import DELIVER
from tests.ports import free_port
from tests.slapd import SEARCH_PATH

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("dovecot")]

QUOTA: Final = 10_000
NAMES: Final = ("ann", "bob", "cat", "dan", "full")

USUAL: Final = {
    "request": "smtpd_access_policy",
    "protocol_state": "RCPT",
    "sender": "wile.e@customer.example",
}

DIRECTORY: Final = """
dn: o=mail
objectClass: organization
o: mail

dn: dc=acme.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme.example
associatedDomain: acme.example
mpRecipientDelimiter: +
"""
ACCOUNT: Final = """
dn: uid={name},dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: {name}
cn: {name}
sn: {name}
mail: {name}@acme.example
mpMailboxQuota: {quota}
"""

SETTINGS: Final = """
protocols =
ssl = no
base_dir = {directory}/run
state_dir = {directory}/run
log_path = {directory}/log
mail_location = maildir:{directory}/mail/%u
first_valid_uid = 1
mail_plugins = quota
postmaster_address = postmaster@acme.example
recipient_delimiter = +
protocol lda {{
  mail_plugins = quota quota_clone
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0
  quota_clone_dict = proxy:{directory}/usage:mailpolicy
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = 452 4.2.2 Mailbox is full
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {directory}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {directory}/users
  default_fields = uid=mail gid=mail home={directory}/mail/%u
}}
service quota-status {{
  executable = quota-status -p postfix
  inet_listener {{
    address = 127.0.0.1
    port = {port}
  }}
  client_limit = 1
}}
"""


class Site:
    """A Dovecot that serves its quota-status, and our service, which it feeds."""

    def __init__(self, directory: Path, theirs: int, ours: int, usage: UsageInFile) -> None:
        self.directory, self.theirs, self.ours, self.usage = directory, theirs, ours, usage

    def deliver(self, name: str, size: int) -> None:
        """Put a message into a mailbox, of which `size` bytes are content."""
        done = subprocess.run(
            [DELIVER, "-c", self.directory / "conf", "-d", f"{name}@acme.example"],
            input=b"Subject: anvils\n\n" + b"x" * (size - 1) + b"\n",
            capture_output=True,
            timeout=20,
            check=False,
        )
        assert done.returncode == 0, (done.stderr, (self.directory / "log").read_text())

    def actions(self, **said: object) -> tuple[str, str]:
        """What they say to a request, and what we do."""
        return asked(self.theirs, said), asked(self.ours, said)


def asked(port: int, said: dict[str, object]) -> str:
    request = {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "sender": "wile.e@customer.example",
    }
    lines = "".join(f"{name}={value}\n" for name, value in (request | said).items())
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{lines}\n".encode())
        reply = b""
        while not reply.endswith(b"\n\n"):
            chunk = connection.recv(4096)
            assert chunk, reply
            reply += chunk
    return reply.decode().strip().removeprefix("action=")


@contextmanager
def dovecot(directory: Path, port: int) -> Iterator[None]:
    program = shutil.which("dovecot", path=SEARCH_PATH) or "dovecot"
    with (directory / "stderr").open("wb") as said:
        process = subprocess.Popen([program, "-F", "-c", directory / "conf"], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                asked(port, {"recipient": "nobody@acme.example"})
                break
            except OSError:
                if time.monotonic() > deadline:
                    pytest.fail((directory / "stderr").read_text())
                time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def acme() -> mp.Directory:
    accounts = (ACCOUNT.format(name=name, quota=QUOTA) for name in NAMES)
    open_end = ACCOUNT.format(name="free", quota=0).replace("mpMailboxQuota: 0\n", "")
    return mp.loads(DIRECTORY + "".join(accounts) + open_end, dialect="native")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    require()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dovecot-")))
        directory.chmod(0o755)
        for made in ("run", "mail"):
            (directory / made).mkdir()
        shutil.chown(directory / "mail", "mail", "mail")
        users = [f"{name}@acme.example:{{PLAIN}}x::::::userdb_quota_rule=*:bytes={QUOTA}\n" for name in NAMES]
        users.append("free@acme.example:{PLAIN}x::::::\n")
        (directory / "users").write_text("".join(users))
        counters, file = MemoryCounters(), StoreFile()
        stack.callback(file.close)
        usage = UsageInFile(file, counters)
        desk = Desk(acme(), counters, DEFAULT_POLICY)
        threads = Threads(1)
        stack.callback(threads.close)
        where = endpoint(f"unix:{directory}/usage", mode=0o666)
        served = stack.enter_context(
            Background(
                lambda: Serving("inet:127.0.0.1:0", policy_sessions(desk)),
                lambda: Serving(where, partial(QuotaSession, usage=usage, aside=threads)),
            )
        )
        theirs = free_port()
        (directory / "conf").write_text(SETTINGS.format(directory=directory, port=theirs))
        stack.enter_context(dovecot(directory, theirs))
        yield Site(directory, theirs, served.port, usage)


def test_both_go_on_and_refuse_alike(site: Site) -> None:
    site.deliver("ann", 6000)
    site.deliver("ann", 2000)
    site.deliver("bob", 100)
    site.deliver("free", 100)
    held = {name: site.usage.of(Address(f"{name}@acme.example")) or 0 for name in ("ann", "bob", "free")}
    assert held["ann"] > 8000
    refused = 0
    for name, size in held.items():
        left = QUOTA - size
        for recipient in (
            f"{name}@acme.example",
            f"{name.upper()}@Acme.Example",
            f"{name}+news@acme.example",
        ):
            for announced in (0, 1, left - 1, left, left + 1, QUOTA, QUOTA + 1, 10 * QUOTA):
                theirs, ours = site.actions(recipient=recipient, size=announced)
                assert (theirs == "DUNNO") is (ours == "DUNNO"), (recipient, announced, theirs, ours)
                if theirs != "DUNNO":
                    refused += 1
                    assert theirs == "452 4.2.2 Mailbox is full"
                    assert "4.2.2" in ours
    assert refused > 20
    assert site.actions(recipient="free@acme.example", size=10**12) == ("DUNNO", "DUNNO")
    for size in ("", "x", "-1"):
        assert site.actions(recipient="ann@acme.example", size=size) == ("DUNNO", "DUNNO")


def test_what_only_one_of_them_knows(site: Site) -> None:
    theirs, ours = site.actions(recipient="nobody@acme.example", size=1)
    assert (theirs, ours[:3]) == ("DUNNO", "550")
    # Of a mailbox that has had no mail since we are told, nobody has told us how much it holds; but more than
    # all that it may hold is too much.
    assert site.usage.of(Address("dan@acme.example")) is None
    theirs, ours = site.actions(recipient="dan@acme.example", size=QUOTA + 1)
    assert (theirs, "452 4.2.2" in ours) == ("452 4.2.2 Mailbox is full", True)
    assert site.actions(recipient="dan@acme.example", size=QUOTA) == ("DUNNO", "DUNNO")
    # Nothing keeps the announcement from being too small; at the end of the message only we know better.
    site.deliver("cat", 100)
    theirs, ours = site.actions(recipient="cat@acme.example", size=QUOTA + 1, protocol_state="END-OF-MESSAGE")
    assert theirs == "DUNNO"
    assert "4.2.2" in ours
    assert site.actions(recipient="cat@acme.example", size=1, protocol_state="DATA") == ("DUNNO", "DUNNO")


def test_a_mailbox_that_is_full_to_the_last_byte(site: Site) -> None:
    site.deliver("full", 5000)
    size = site.usage.of(Address("full@acme.example"))
    assert size is not None
    site.deliver("full", QUOTA - size - (size - 5000))
    assert site.usage.of(Address("full@acme.example")) == QUOTA
    theirs, ours = site.actions(recipient="full@acme.example", size=1)
    assert (theirs, "4.2.2" in ours) == ("452 4.2.2 Mailbox is full", True)
    # A message of which no size is announced is one byte long to them; we wait for its end.
    theirs, ours = site.actions(recipient="full@acme.example", size=0)
    assert (theirs, ours) == ("452 4.2.2 Mailbox is full", "DUNNO")
