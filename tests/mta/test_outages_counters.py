"""What becomes of mail while Redis or the disk is down, frozen or slow: it flows, and limits hold."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.mta.operated import Serve, asked
from tests.mta.outages import BUDGET, ELSEWHERE, LIMIT, STATES, WAITS, answers, are_calm, directory, until
from tests.mta.running import command
from tests.redis import Redis, require as require_redis

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("outages-counters")]


def send(serve: Serve, name: str, number: int) -> str:
    """What becomes of one message: it is asked about as Postfix does, to its end."""
    me = f"{name}@acme.example"
    common = {"sender": me, "sasl_username": me, "instance": f"{name}.{number}", "recipient": ELSEWHERE}
    requests = ({"protocol_state": "RCPT"}, {"protocol_state": "END-OF-MESSAGE", "recipient_count": "1"})
    for each in requests:
        action = serve.policy(BUDGET, **common, **each)
        if action != "DUNNO":
            return action
    return "DUNNO"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file: Path = tmp_path_factory.mktemp("outages") / "acme.ldif"
    file.write_text(directory())
    return file


@contextmanager
def pausing(redis: Redis) -> Iterator[None]:
    """Let a Redis answer, but always a third of a second late."""
    ending = threading.Event()

    def pause() -> None:
        while not ending.is_set():
            asked(redis.path, b"CLIENT PAUSE 300\r\n", b"\r\n", 10)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


@contextmanager
def away(redis: Redis, state: str) -> Iterator[None]:
    match state:
        case "down":
            redis.kill()
            yield
        case "frozen":
            redis.freeze()
            try:
                yield
            finally:
                redis.thaw()
        case _:
            with pausing(redis):
                yield


def limits_hold(serve: Serve, name: str, trouble: Callable[[], AbstractContextManager[None]]) -> None:
    """What was sent before counts during it, others are not concerned, and unknown recipients stay so."""
    for number in range(2):
        assert send(serve, name, number) == "DUNNO"
    with trouble():
        for number in range(2, LIMIT):
            assert send(serve, name, number) == "DUNNO"
        assert send(serve, name, LIMIT).startswith(WAITS)
        assert are_calm(answers(serve)) == []
        assert send(serve, "ann", LIMIT) == "DUNNO"
    assert send(serve, name, LIMIT + 1).startswith(WAITS)


@pytest.mark.parametrize("state", STATES)
def test_redis_is_away(source: Path, state: str) -> None:
    require_redis()
    with Redis() as redis:
        more = f'[counters]\nstore = "redis"\nurl = "{redis.url}"'
        with Serve(source, more=more, protocols=("policy", "socketmap")) as serve:
            limits_hold(serve, f"bob-{state}", lambda: away(redis, state))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_somebody_has_locked_the_counts(source: Path, tmp_path: Path) -> None:
    more = f'[counters]\nstore = "sqlite"\npath = "{tmp_path / "counts"}"'
    with Serve(source, more=more, protocols=("policy", "socketmap")) as serve:
        limits_hold(serve, "bob-locked", lambda: locked(tmp_path / "counts"))


# The disk


@contextmanager
def full_disk(serve: Serve) -> Iterator[None]:
    """Let the process write to no file any more, as on a disk that is full."""
    before = resource.prlimit(serve.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(serve.pid, resource.RLIMIT_FSIZE, before)


def test_the_disk_is_full(source: Path, tmp_path: Path) -> None:
    """The log is on it, the journal and the counts: mail flows, limits hold, and it is said what was lost."""
    journal = tmp_path / "journal"
    store = f'[counters]\nstore = "sqlite"\npath = "{tmp_path / "counts"}"'
    more = f'{store}\n[log]\ndecisions = "all"\n[journal]\npath = "{journal}"'
    with Serve(source, more=more, protocols=("policy", "socketmap")) as serve:
        limits_hold(serve, "bob-down", lambda: full_disk(serve))
        before = len(journal.read_text().splitlines())
        assert send(serve, "ann", 99) == "DUNNO"
        until(lambda: len(journal.read_text().splitlines()) > before)
        assert all(json.loads(line) for line in journal.read_text().splitlines())


LINE: Final = "x" * 1000 + "@y.example"


def test_the_disk_of_the_journal_is_frozen(source: Path, tmp_path: Path) -> None:
    """A pipe takes some lines and then none until somebody reads, as a disk does that hangs."""
    journal = tmp_path / "journal"
    os.mkfifo(journal)
    reader = os.open(journal, os.O_RDONLY | os.O_NONBLOCK)
    more = f'[journal]\npath = "{journal}"'
    with (
        Serve(source, more=more, protocols=("policy", "socketmap")) as serve,
        os.fdopen(reader, "rb") as pipe,
    ):

        def crowd() -> None:
            for _ in range(150):
                serve.policy(BUDGET, sender=LINE, recipient="nobody@acme.example")
            time.sleep(0.5)  # by then the pipe is full, and its writer waits
            assert are_calm(answers(serve)) == []

        def thawed() -> bool:
            while piece := pipe.read(65_536):
                taken.append(piece)
            lines = b"".join(taken).splitlines()
            return sum(LINE in json.loads(line)["request"]["sender"] for line in lines[:-1]) >= 149

        taken: list[bytes] = []
        crowd()
        until(thawed)
        crowd()
        serve.reload()
        assert are_calm(answers(serve)) == []
        begun = time.monotonic()
        serve.stop()
        assert time.monotonic() - begun < 10
        assert "does not answer" in serve.log()


@contextmanager
def unread(serve: Serve, state: str) -> Iterator[None]:
    """Run it with a pipe to log into, which nobody reads, or somebody does slowly."""
    started = command("--config", serve.configuration)
    with subprocess.Popen(started, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        ending = threading.Event()
        thread = threading.Thread(target=read_slowly, args=(process.stderr.fileno(), ending))
        try:
            until(lambda: serve.place("socketmap").exists() and serve.place("policy").exists())
            if state == "slow":
                thread.start()
            yield
        finally:
            process.kill()
            ending.set()
            if state == "slow":
                thread.join()


def read_slowly(descriptor: int, ending: threading.Event) -> None:
    while not ending.wait(0.05) and os.read(descriptor, 512):
        pass


@pytest.mark.parametrize("state", ["frozen", "slow"])
def test_nobody_reads_the_log(source: Path, state: str) -> None:
    """What does not get there is lost, whether it is said of decisions or of connections; mail is not."""
    serve = Serve(source, more='[log]\ndecisions = "all"', protocols=("policy", "socketmap"))
    try:
        with unread(serve, state):
            for _ in range(150):
                serve.policy(BUDGET, sender="x" * 1000 + "@y.example", recipient="nobody@acme.example")
            time.sleep(0.5)  # by then they are on their way
            # Netstrings these are not, which is worth a warning.
            for _ in range(150):
                assert asked(serve.place("socketmap"), b"nonsense", b"never", BUDGET) == b""
            assert are_calm(answers(serve)) == []
    finally:
        serve.__exit__()
