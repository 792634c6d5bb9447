"""Dovecot tells us what lies in mailboxes: a real one delivers mail, and odd ones talk nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Counter
from mailpolicy.errors import Unavailable
from mailpolicy.mta.dovecot_quota import LONGEST_LINE, QuotaSession
from mailpolicy.mta.sasl import Aside, Threads
from mailpolicy.mta.session import ProtocolError
from mailpolicy.stores import StoreFile
from mailpolicy.stores.usage import UsageInFile
from mailpolicy.values import Address
from tests.needed import needed
from tests.sasl import AtOnce, WhenAsked

ANN = Counter("mailbox", "ann@acme.example")
ACME = Counter("aggregate", "acme.example")
DELIVER = "/usr/lib/dovecot/dovecot-lda"
NOBODY = 65534

RECORDED = (
    b"H3\t2\t0\t\tmailpolicy\nB1\tAnn@acme.example\n"
    b"S1\tpriv/quota/storage\t41\nS1\tpriv/quota/messages\t1\nC1\n"
)
"""What Dovecot 2.3.19 says after it has delivered a message to somebody who logs in as Ann."""


class Wire:
    peer = "test"

    def __init__(self) -> None:
        self.sent, self.is_closed = b"", False

    def send(self, reply: bytes) -> None:
        self.sent += reply

    def close(self) -> None:
        self.is_closed = True


class Room:
    """Counts, what feeds them, and connections to it."""

    def __init__(self, path: Path | None = None) -> None:
        self.counters = MemoryCounters()
        self.file = StoreFile(path)
        self.usage = UsageInFile(self.file, self.counters)

    def session(self, aside: Aside | None = None) -> tuple[QuotaSession, Wire]:
        wire = Wire()
        return QuotaSession(wire, self.usage, aside or AtOnce()), wire

    def used(self, counter: Counter) -> int | None:
        said: list[int | None] = []
        self.counters.read("", (counter,), 0.0, lambda usage: said.append(usage.of(counter)))
        return said[0]


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.file.close()


@pytest.mark.parametrize("cut", range(len(RECORDED)))
def test_what_it_says_cut_anywhere(room: Room, cut: int) -> None:
    session, wire = room.session()
    session.receive(RECORDED[:cut])
    session.receive(RECORDED[cut:])
    assert wire.sent == b"O1\n"
    assert (room.used(ANN), room.used(ACME)) == (41, 41)
    session.at_end()
    assert wire.is_closed


def test_nothing_counts_before_it_is_committed(room: Room) -> None:
    session, wire = room.session()
    session.receive(RECORDED[:-1])
    assert (room.used(ANN), wire.sent) == (None, b"")
    session.receive(b"\nB2\tann@acme.example\nS2\tpriv/quota/storage\t99\nR2\n")
    session.receive(b"B3\tann@acme.example\nS3\tpriv/quota/storage\t50\n")
    session.lost()
    assert room.used(ANN) == 41


def test_domains_are_summed(room: Room) -> None:
    session, wire = room.session()
    session.receive(RECORDED)
    session.receive(b"B2\tbob@acme.example\nS2\tpriv/quota/storage\t100\nB3\tx@other.example\n")
    session.receive(
        b"S3\tpriv/quota/storage\t7\nD3\nC2\nB4\tann@acme.example\nS4\tpriv/quota/storage\t1\nC4\n"
    )
    assert room.used(ACME) == 101
    assert room.used(Counter("aggregate", "other.example")) == 7
    assert wire.sent == b"O1\nAO3\nO2\nO4\n"


def test_no_size_is_too_large_for_the_sum(room: Room) -> None:
    session, wire = room.session()
    session.receive(b"H3\t2\t0\t\tq\n")
    for name in (b"ann", b"bob"):
        session.receive(b"B1\t%s@acme.example\nS1\tpriv/quota/storage\t%d\nC1\n" % (name, 10**19 - 1))
    assert wire.sent == b"O1\nO1\n"
    assert (room.used(ANN), room.used(ACME)) == (2**50, 2**51)
    session.receive(b"B1\tann@acme.example\nS1\tpriv/quota/storage\t7\nC1\n")
    assert room.used(ACME) == 2**50 + 7


def test_older_ones_name_the_user_first(room: Room) -> None:
    session, _ = room.session()
    session.receive(b"H2\t2\t0\tann@acme.example\tquota\nB1\nS1\tpriv/quota/storage\t5\nC1\n")
    assert room.used(ANN) == 5


def test_what_is_not_ours_is_taken_and_forgotten(room: Room) -> None:
    session, wire = room.session()
    session.receive(
        b"H3\t2\t0\t\tq\nLpriv/x\tann\nI0\t0\tpriv/\tann\nB1\troot\nS1\tpriv/quota/storage\t5\nC1\n"
    )
    session.receive(b"B2\tann@acme.example\nS2\tshared/\x01t\x011\tx\nT2\t1\t2\nC2\n")
    assert wire.sent == b"N\n\nO1\nO2\n"
    assert room.used(ANN) is None


def test_a_store_that_does_not_answer_is_no_success(room: Room) -> None:
    session, wire = room.session()
    room.file.close()
    session.receive(RECORDED)
    assert wire.sent == b"F1\n"
    with pytest.raises(Unavailable):
        room.usage.of(Address("ann@acme.example"))
    room.file = StoreFile()


def test_answers_that_take_time_keep_their_order(room: Room) -> None:
    aside = WhenAsked()
    session, wire = room.session(aside)
    session.receive(RECORDED + b"Lpriv/x\tann\nB2\troot\nC2\n" + RECORDED[RECORDED.index(b"B") :])
    assert (wire.sent, session.is_busy, len(aside.waiting)) == (b"", True, 2)
    aside.waiting.pop()()
    assert wire.sent == b""
    session.at_end()
    assert not wire.is_closed
    aside.waiting.pop()()
    assert wire.sent == b"O1\nN\nO2\nO1\n"
    assert wire.is_closed
    assert not session.is_busy


def test_nobody_fills_our_memory(room: Room) -> None:
    session, _ = room.session(WhenAsked())
    with pytest.raises(ProtocolError):
        session.receive(RECORDED + RECORDED[RECORDED.index(b"B") :] * 10_000)


def test_mail_does_not_wait_for_a_file_that_another_process_has_locked(tmp_path: Path) -> None:
    room = Room(tmp_path / "stores")
    threads = Threads(1, seconds=20)

    async def told() -> bytes:
        session, wire = room.session(threads)
        started = time.monotonic()
        session.receive(RECORDED)
        assert time.monotonic() - started < 1
        await asyncio.sleep(0.1)
        assert (wire.sent, session.is_busy) == (b"", True)
        other.execute("ROLLBACK")
        while not wire.sent:
            await asyncio.sleep(0.01)
        return wire.sent

    with contextlib.closing(sqlite3.connect(tmp_path / "stores", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert asyncio.run(told()) == b"O1\n"
    assert room.used(ANN) == 41
    threads.close()
    room.file.close()


@pytest.mark.parametrize(
    "said",
    [
        b"B1\tann@acme.example\n",
        b"H4\t0\t0\t\tq\n",
        b"H3\n",
        b"H3\t2\t0\t\tq\nH3\t2\t0\t\tq\n",
        b"H3\t2\t0\t\tq\nS1\tpriv/quota/storage\t5\n",
        b"H3\t2\t0\t\tq\nB1\tann\nS1\tpriv/quota/storage\t-5\n",
        b"H3\t2\t0\t\tq\nB1\tann\nS1\tpriv/quota/storage\n",
        b"H3\t2\t0\t\tq\nC1\n",
        b"H3\t2\t0\t\tq\nB1\tann\nR1\nC1\n",
        b"H3\t2\t0\t\tq\n\n",
        b"H3\t2\t0\t\tq\n" + b"".join(b"B%d\tann\n" % each for each in range(100)),
        b"x" * (LONGEST_LINE + 1),
    ],
)
def test_what_is_not_the_protocol(room: Room, said: bytes) -> None:
    session, _ = room.session()
    with pytest.raises(ProtocolError):
        session.receive(said)


@given(st.lists(st.binary() | st.sampled_from(RECORDED.splitlines(keepends=True))))
@example([b"H3\t2\t0\t\tq\nB1\tann@acme.example\nS1\tpriv/quota/storage\t\xb2\n"])
def test_any_bytes_do_no_harm(chunks: list[bytes]) -> None:
    room = Room()
    session, _ = room.session()
    try:
        for chunk in chunks:
            session.receive(chunk)
    except ProtocolError:
        pass
    session.at_end()
    session.lost()
    room.file.close()


# A real one


def require() -> None:
    reason = None
    if not Path(DELIVER).exists():
        reason = "Dovecot is not installed"
    elif os.geteuid() != 0 or not shutil.which("setpriv"):
        reason = "only root can deliver as somebody else"
    needed(reason)


CONFIGURATION = """
base_dir = {directory}/run
mail_location = maildir:{directory}/mail/%u
log_path = {directory}/log
ssl = no
protocol lda {{
  postmaster_address = postmaster@acme.example
  mail_plugins = quota quota_clone
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_clone_dict = proxy:{directory}/usage:mailpolicy
}}
"""


@pytest.fixture
def dovecot() -> Iterator[Path]:
    require()
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        (directory / "conf").write_text(CONFIGURATION.format(directory=directory))
        for made in ("run", "mail", "home"):
            (directory / made).mkdir()
        for mine in ("mail", "home", "."):
            os.chown(directory / mine, NOBODY, NOBODY)
        yield directory


def serve(listener: socket.socket, room: Room, conversations: int) -> None:
    for _ in range(conversations):
        connection, _ = listener.accept()
        with connection:
            session, wire = room.session()
            while chunk := connection.recv(4096):
                session.receive(chunk)
                connection.sendall(wire.sent)
                wire.sent = b""


def test_a_real_dovecot_tells_of_each_delivery(dovecot: Path, room: Room) -> None:
    users = ("ann@acme.example", "bob@acme.example", "ann@acme.example")
    message = b"From: wile.e@customer.example\nSubject: anvils\n\nThree, please.\n"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dovecot / "usage"))
        (dovecot / "usage").chmod(0o666)
        listener.listen()
        serving = threading.Thread(target=serve, args=(listener, room, len(users)), daemon=True)
        serving.start()
        for user in users:
            done = subprocess.run(
                [
                    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
                    *(DELIVER, "-c", dovecot / "conf", "-f", "wile.e@customer.example"),
                ],
                input=message,
                env={"USER": user, "HOME": str(dovecot / "home"), "PATH": os.environ["PATH"]},
                capture_output=True,
                timeout=20,
                check=False,
            )
            log = (dovecot / "log").read_text()
            assert done.returncode == 0, (done.stderr, log)
            assert "Error" not in log
        serving.join(10)
    size = len(message.replace(b"\n", b"\r\n"))  # as IMAP would give it
    assert room.used(ANN) == 2 * size
    assert room.used(Counter("mailbox", "bob@acme.example")) == size
    assert room.used(ACME) == 3 * size
