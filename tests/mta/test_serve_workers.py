"""Several workers behind the same places: all answer, the dead are replaced, none is left over."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.mta.running import Running, asked, until, written
from tests.mta.test_serve import KNOWN, REFUSED, UNKNOWN, Load, metrics
from tests.ports import free_port

TWO = 'workers = 2\ncounters = { store = "sqlite", path = "counters" }\n'


def asks(where: int | Path, **attributes: str) -> str:
    with asked(where) as client:
        return client.ask(**attributes)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def deciding(folder: Path) -> list[int]:
    """How many decisions each worker has written down."""
    return [len((folder / name).read_text().splitlines()) for name in ("journal", "journal.worker1")]


@pytest.fixture
def two(tmp_path: Path) -> str:
    return f"""{TWO}
        [policy]
        listen = ["inet:127.0.0.1:{free_port()}", "unix:{tmp_path}/policy"]
        mode = "666"
        [socketmap]
        listen = "unix:{tmp_path}/socketmap"
        tcp_table = {{ transport = "unix:{tmp_path}/transport" }}
        [journal]
        path = "journal"
    """


def port_of(text: str) -> int:
    return int(text.partition("127.0.0.1:")[2].partition('"')[0])


def test_both_answer_at_a_port_and_at_a_file(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        assert len(running.children()) == 2
        file = tmp_path / "policy"
        assert file.stat().st_mode & 0o777 == 0o666
        # The kernel deals out who comes to a port.
        for _ in range(50):
            assert REFUSED in asks(port_of(two), recipient=UNKNOWN)
        until(lambda: sum(deciding(tmp_path)) == 50)
        assert all(deciding(tmp_path))
        # Who comes to a file is let in by whoever has time.
        for busy in running.children():
            os.kill(busy, signal.SIGSTOP)
            try:
                for _ in range(5):
                    assert REFUSED in asks(file, recipient=UNKNOWN)
            finally:
                os.kill(busy, signal.SIGCONT)
        workers = running.children()
        assert running.end() == 0
        assert not any(map(alive, workers))
        assert not file.exists()
        assert not (tmp_path / "transport").exists()
        for name in ("journal", "journal.worker1"):
            assert all(json.loads(line) for line in (tmp_path / name).read_text().splitlines())
        assert "Traceback" not in running.said()


def test_a_worker_that_is_killed_is_started_anew(tmp_path: Path, two: str) -> None:
    shown = free_port()
    text = two + f'[metrics]\nlisten = "inet:127.0.0.1:{shown}"\n'
    name = 'mailpolicy_decisions_total{adapter="policy",rule="recipient.exists",verdict="reject"}'
    with Running(written(tmp_path, text)) as running:
        first, second = running.children()
        for _ in range(10):
            asks(tmp_path / "policy", recipient=UNKNOWN)
        assert metrics(shown)[name] == 10
        os.kill(second, signal.SIGKILL)
        for _ in range(10):  # the other one goes on
            assert REFUSED in asks(tmp_path / "policy", recipient=UNKNOWN)
        until(lambda: len(set(running.children()) - {first, second}) == 1)
        assert metrics(shown)[name] == 20  # with what the dead one has counted
        running.await_states(2, "READY=1")
        # Now the one that shows the figures.
        os.kill(first, signal.SIGKILL)
        running.await_states(3, "READY=1")
        assert metrics(shown)[name] == 20
        assert len(running.children()) == 2
        until(lambda: running.said().count("is started anew") == 2)
        assert running.end() == 0


def test_a_reload_reaches_all_and_brings_files(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        load = Load(port_of(two))
        until(lambda: len(load.answers) > 20)
        text = two.replace(f"{tmp_path}/policy", f"{tmp_path}/other")
        written(tmp_path, text + '[rules]\noff = ["recipient.exists"]\n')
        running.reload()
        before = len(load.answers)
        until(lambda: len(load.answers) > before + 20)
        load.end()
        assert not load.problems
        assert all(load.answers)
        assert not any(REFUSED in answer for answer in load.answers[before + 1 :])
        assert not (tmp_path / "policy").exists()
        for _ in range(20):
            assert REFUSED not in asks(tmp_path / "other", recipient=UNKNOWN)
        # Who is started anew goes by what counts now, not by what counted at first.
        for each in running.children():
            os.kill(each, signal.SIGKILL)
        running.await_states(3, "READY=1")
        for _ in range(20):
            assert REFUSED not in asks(tmp_path / "other", recipient=UNKNOWN)
        assert running.end() == 0
        assert not (tmp_path / "other").exists()


def test_a_reload_that_workers_refuse_changes_nothing(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        text = two.replace(f"{tmp_path}/policy", f"{tmp_path}/other")
        written(tmp_path, text, source=str(tmp_path / "missing.ldif"))
        running.reload()
        assert not (tmp_path / "other").exists()
        assert REFUSED in asks(tmp_path / "policy", recipient=UNKNOWN)
        until(lambda: running.said().count("the configuration stays as it was") == 2)
        # And what none of them would take is not even told them.
        written(tmp_path, text + "nonsense = 1\n")
        running.reload()
        until(lambda: running.said().count("the configuration stays as it was") == 3)
        [first, _] = running.children()
        os.kill(first, signal.SIGKILL)
        until(lambda: first not in running.children() and len(running.children()) == 2)


def test_reloads_leave_nothing_open(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        running.reload()
        pids = [running.process.pid, *running.children()]
        # The thread that writes counts ahead opens them once more, some seconds after the start.
        until(lambda: all(opened(pid)["counters-wal"] == 2 for pid in running.children()))
        before = [opened(pid) for pid in pids]
        for _ in range(5):
            running.reload()
        # What is replaced goes a moment later.
        until(lambda: not any(opened(pid) - then for pid, then in zip(pids, before, strict=True)))


def opened(pid: int) -> Counter[str]:
    """What a process has open."""
    found: Counter[str] = Counter()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found[each.readlink().name.partition("[")[0]] += 1
    return found


def test_no_worker_outlives_who_watches(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        workers = running.children()
        running.process.kill()
        running.process.wait()
        try:
            until(lambda: not any(map(alive, workers)), 10)
        finally:
            for each in workers:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)


def test_the_end_leaves_no_question_unanswered(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running, asked(port_of(two)) as client:
        client.ask(recipient=UNKNOWN)
        running.process.terminate()
        until(lambda: any("STOPPING=1" in state for state in running.states))
        for _ in range(100):
            assert REFUSED in client.ask(recipient=UNKNOWN)
        assert client.hear() == ""
        assert running.process.wait(20) == 0


def test_sockets_that_are_handed_over_are_shared(tmp_path: Path) -> None:
    text = f'{TWO}[policy]\nlisten = "fd:policy"\n[journal]\npath = "journal"\n'
    with socket.socket() as handed:
        handed.bind(("127.0.0.1", 0))
        handed.listen()
        port = handed.getsockname()[1]
        with Running(written(tmp_path, text), handed=(handed,), names="policy") as running:
            running.reload()
            until(lambda: asks(port, recipient=KNOWN) == "DUNNO" and all(deciding(tmp_path)))
            assert running.end() == 0


def test_who_is_started_anew_keeps_what_lasts(tmp_path: Path, two: str) -> None:
    """Counts in two places, or ports that two cannot share, would come of going by the new file alone."""
    with Running(written(tmp_path, two)) as running:
        other = two.replace("workers = 2", "workers = 1").replace('store = "sqlite"', 'store = "memory"')
        assert other.count("memory") == 1
        assert "workers = 1" in other
        written(tmp_path, other + f'[metrics]\nlisten = "inet:127.0.0.1:{free_port()}"\n')
        running.reload()
        until(lambda: "counters, workers, metrics: what is new there counts from" in running.said())
        before = running.children()
        for each in before:
            os.kill(each, signal.SIGKILL)
        running.await_states(3, "READY=1")
        assert len(running.children()) == 2
        assert REFUSED in asks(port_of(two), recipient=UNKNOWN)
        assert running.end() == 0


def test_a_fault_of_ours_does_not_end_who_watches(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running:
        written(tmp_path, f"x = {'[' * 100_000}")  # more than who reads TOML can remember
        running.reload()
        until(lambda: "the configuration stays as it was, for a fault of ours" in running.said())
        assert REFUSED in asks(port_of(two), recipient=UNKNOWN)


def test_a_reload_changes_who_may_ask(tmp_path: Path, two: str) -> None:
    file = tmp_path / "policy"
    with Running(written(tmp_path, two)) as running:
        assert file.stat().st_mode & 0o777 == 0o666
        written(tmp_path, two.replace('mode = "666"', 'mode = "600"'))
        running.reload()
        assert file.stat().st_mode & 0o777 == 0o600
        assert "is gone" not in running.said()
        written(tmp_path, two.replace('mode = "666"', 'mode = "606"'), source="/missing.ldif")
        running.reload()
        until(lambda: running.said().count("the configuration stays as it was") == 2)
        until(lambda: file.stat().st_mode & 0o777 == 0o600)
        assert running.end() == 0
        assert not file.exists()


def test_a_port_belongs_to_one_process(tmp_path: Path, two: str) -> None:
    """Workers share ports, but not with a second one that somebody starts to try something."""
    with Running(written(tmp_path, two)):
        other = tmp_path / "other"
        other.mkdir()
        second = Running(written(other, two.replace(f"{tmp_path}/", f"{other}/"))).start()
        assert second.process.wait(20) == 4
        assert f"policy at inet:127.0.0.1:{port_of(two)}: Address already in use" in second.said()


def test_nobody_waits_at_the_door_of_who_ends(tmp_path: Path, two: str) -> None:
    with Running(written(tmp_path, two)) as running, asked(port_of(two)) as client:
        assert REFUSED in client.ask(recipient=UNKNOWN)
        running.process.terminate()
        until(lambda: "STOPPING=1" in running.states)
        time.sleep(0.3)
        assert REFUSED in client.ask(recipient=UNKNOWN)  # so they go on for a while
        with pytest.raises(FileNotFoundError):
            asks(tmp_path / "policy", recipient=UNKNOWN)
        assert running.process.wait(20) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_somebody_takes_away_is_missed(tmp_path: Path, two: str, workers: int) -> None:
    text = two.replace("workers = 2", f"workers = {workers}")
    with Running(written(tmp_path, text)) as running:
        (tmp_path / "policy").unlink()
        running.reload()
        until(lambda: f"policy: the file {tmp_path}/policy is gone" in running.said())
        assert running.said().count("is gone") == 1
