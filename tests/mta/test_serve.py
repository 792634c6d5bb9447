"""One process that serves: it answers, reloads without a gap, ends without leaving anybody unanswered."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.stores.file import StoreFile
from mailpolicy.stores.usage import UsageInFile
from mailpolicy.values import Address
from tests.mta.running import ACME, Running, asked, offered, until, written
from tests.ports import free_port

KNOWN = "john@acme.example"
UNKNOWN = "nobody@globex.example"
REFUSED = "5.1.1"


def policy_at(port: int, more: str = "") -> str:
    return f'{more}\n[policy]\nlisten = "inet:127.0.0.1:{port}"\n'


def descriptors(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def threads(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/task").iterdir()])


class Load(threading.Thread):
    """Asks all the time, by one connection that stays and one for each question."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.answers: list[str] = []
        self.problems: list[BaseException] = []
        self.ends = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            with asked(self.port) as staying:
                while not self.ends.is_set():
                    self.answers.append(staying.ask(recipient=UNKNOWN))
                    with asked(self.port) as once:
                        self.answers.append(once.ask(recipient=UNKNOWN))
        except OSError as problem:
            self.problems.append(problem)

    def end(self) -> None:
        self.ends.set()
        self.join(10)


def test_it_answers_and_ends(tmp_path: Path) -> None:
    port = free_port()
    with Running(written(tmp_path, policy_at(port))) as running:
        with asked(port) as client:
            assert client.ask(recipient=KNOWN) == "DUNNO"
            assert REFUSED in client.ask(recipient=UNKNOWN)
        assert running.states[0].split("\n") == ["READY=1", f"MAINPID={running.process.pid}"]
        assert running.end() == 0
        until(lambda: running.states[-1] == "STOPPING=1")
        assert "reject rule=recipient.exists adapter=policy" in running.said()
        assert "Traceback" not in running.said()


def test_it_needs_no_uvloop(tmp_path: Path) -> None:
    port, site = free_port(), tmp_path / "site"
    site.mkdir()
    (site / "uvloop.py").write_text("raise ModuleNotFoundError('there is no uvloop here', name='uvloop')")
    environment = {"PYTHONPATH": str(site)}
    with Running(written(tmp_path, policy_at(port)), environment=environment) as running:
        with asked(port) as client:
            assert REFUSED in client.ask(recipient=UNKNOWN)
        assert "uvloop" not in Path(f"/proc/{running.process.pid}/maps").read_text()
        running.reload()
        with asked(port) as client:
            assert REFUSED in client.ask(recipient=UNKNOWN)
        assert running.end() == 0


def test_uvloop_is_used_where_it_is(tmp_path: Path) -> None:
    pytest.importorskip("uvloop")
    with Running(written(tmp_path, policy_at(free_port()))) as running:
        assert "uvloop" in Path(f"/proc/{running.process.pid}/maps").read_text()


def test_a_reload_changes_rules_without_a_gap(tmp_path: Path) -> None:
    port = free_port()
    with Running(written(tmp_path, policy_at(port))) as running:
        load = Load(port)
        until(lambda: len(load.answers) > 20)
        written(tmp_path, policy_at(port) + '[rules]\noff = ["recipient.exists"]\n')
        running.reload()
        asked_before = len(load.answers)
        until(lambda: len(load.answers) > asked_before + 20)
        load.end()
        assert not load.problems
        assert all(answer for answer in load.answers)
        words = [REFUSED in answer for answer in load.answers]
        # First the old rules, then the new ones, and by both connections: nothing in between.
        assert words == sorted(words, reverse=True)
        assert words[0]
        assert not words[-1]
        told = [state.split("\n") for state in running.states if state.startswith("RELOADING=1")]
        assert [line.partition("=")[0] for line in told[0]] == ["RELOADING", "MONOTONIC_USEC"]


def test_what_is_wrong_with_a_new_configuration_changes_nothing(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        good = policy_at(other) + f'[exim]\nlisten = "unix:{tmp_path}/exim"\n'
        for wrong in (
            '[rules]\noff = ["recipient.exist"]\n',
            '[journal]\npath = "missing/journal"\n',
            '[milter]\nlisten = "fd:milter"\n',
            'nonsense = "1"\n',
            '[milter]\nlisten = "unix:/missing/milter"\n',
        ):
            written(tmp_path, good + wrong)
            running.reload()
            assert REFUSED in client.ask(recipient=UNKNOWN)
            with pytest.raises(ConnectionRefusedError), asked(other):
                pass
            assert not (tmp_path / "exim").exists()
        written(tmp_path, good, source=str(tmp_path / "missing.ldif"))
        running.reload()
        until(lambda: running.said().count("the configuration stays as it was") == 6)
        with asked(port) as another:
            assert REFUSED in another.ask(recipient=UNKNOWN)


@pytest.mark.parametrize("section", ["journal", "dovecot"])
def test_a_disk_that_hangs_at_a_reload_stops_no_mail(tmp_path: Path, section: str) -> None:
    port = free_port()
    os.mkfifo(tmp_path / "key")  # to open it takes until somebody writes there
    more = f'path = "{tmp_path}/journal"' if section == "journal" else f'listen = "unix:{tmp_path}/dovecot"'
    hanging = f'[{section}]\n{more}\nkey_file = "{tmp_path}/key"\n'
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        written(tmp_path, policy_at(port) + hanging)
        for _ in range(2):
            before = len(running.states)
            running.process.send_signal(signal.SIGHUP)
            until(lambda: len(running.states) > before)  # noqa: B023
            assert REFUSED in client.ask(recipient=UNKNOWN)
            (tmp_path / "key").write_text("a key of some length")
            until(lambda: running.states[-1].startswith("READY=1"))
        client.ask(recipient=UNKNOWN)
        running.process.send_signal(signal.SIGHUP)
        until(lambda: running.states[-1].startswith("RELOADING=1"))
        assert REFUSED in client.ask(recipient=UNKNOWN)
        assert running.end() == 0


def test_places_come_and_go_and_connections_stay(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "policy"
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        assert REFUSED in client.ask(recipient=UNKNOWN)
        written(tmp_path, f'[policy]\nlisten = "unix:{file}"\nmode = "600"\n')
        running.reload()
        assert file.stat().st_mode & 0o777 == 0o600
        assert REFUSED in client.ask(recipient=UNKNOWN)
        with pytest.raises(ConnectionRefusedError), asked(port):
            pass
        with asked(file) as other:
            assert REFUSED in other.ask(recipient=UNKNOWN)
        running.process.terminate()
        until(lambda: "STOPPING=1" in running.states)
        time.sleep(0.3)
        assert REFUSED in client.ask(recipient=UNKNOWN)  # it may finish, though its place is gone
        assert client.hear() == ""
        assert running.process.wait(20) == 0
        assert not file.exists()


def test_reloads_leave_nothing_open(tmp_path: Path) -> None:
    port = free_port()
    text = policy_at(port) + '[journal]\npath = "journal"\n[stores]\npath = "stores"\n'
    text += f'[dovecot]\nlisten = "inet:127.0.0.1:{free_port()}"\nquota = "unix:{tmp_path}/quota"\n'
    with Running(written(tmp_path, text)) as running:
        for _ in range(2):  # threads that are kept for what takes time come with the first ones
            running.reload()
        pid = running.process.pid
        before = descriptors(pid), threads(pid)
        for _ in range(5):
            running.reload()
        until(lambda: descriptors(pid) <= before[0])
        until(lambda: threads(pid) <= before[1] + 2)


def test_the_source_is_read_anew(tmp_path: Path) -> None:
    port, source = free_port(), tmp_path / "acme.ldif"
    source.write_text(ACME.read_text())
    with Running(written(tmp_path, policy_at(port), source="acme.ldif")) as running, asked(port) as client:
        assert REFUSED in client.ask(recipient="hank.scorpio@globex.example")
        source.write_text(ACME.read_text().replace("hank@globex.example", "hank.scorpio@globex.example"))
        running.reload()
        assert REFUSED not in client.ask(recipient="hank.scorpio@globex.example")
        assert REFUSED in client.ask(recipient="hank@globex.example")
        source.write_text("# an export that has failed\n")
        running.reload()
        assert client.ask(recipient="hank.scorpio@globex.example") == "DUNNO"


def test_the_end_leaves_no_question_unanswered(tmp_path: Path) -> None:
    port = free_port()
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        assert REFUSED in client.ask(recipient=UNKNOWN)
        running.process.terminate()
        until(lambda: "STOPPING=1" in running.states)
        for _ in range(100):
            assert REFUSED in client.ask(recipient=UNKNOWN)
        assert client.hear() == ""  # after a while in which nothing was asked
        assert running.process.wait(20) == 0
        with pytest.raises(ConnectionRefusedError), asked(port):
            pass


def test_what_came_in_with_the_signal_is_answered(tmp_path: Path) -> None:
    port = free_port()
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        client.ask(recipient=UNKNOWN)
        running.process.send_signal(signal.SIGSTOP)
        for _ in range(50):
            client.say(recipient=UNKNOWN)
        running.process.terminate()
        running.process.send_signal(signal.SIGCONT)
        assert all(REFUSED in client.hear() for _ in range(50))
        assert running.process.wait(20) == 0


def test_sockets_that_are_handed_over(tmp_path: Path) -> None:
    with socket.socket() as one, socket.socket() as two, socket.socket(socket.AF_UNIX) as three:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        three.bind(str(tmp_path / "exim"))
        for each in (one, two, three):
            each.listen()
        text = '[policy]\nlisten = "fd:policy"\n[exim]\nlisten = "fd:5"\n'
        with Running(
            written(tmp_path, text), handed=(one, two, three), names="policy:policy:mailpolicy.socket"
        ) as running:
            for where in (one.getsockname()[1], two.getsockname()[1], tmp_path / "exim"):
                with asked(where) as client:
                    assert REFUSED in client.ask(recipient=UNKNOWN)
            running.reload()
            with asked(two.getsockname()[1]) as client:
                assert REFUSED in client.ask(recipient=UNKNOWN)
            assert running.end() == 0
        assert (tmp_path / "exim").exists()  # it belongs to whoever has opened it


def test_the_page_of_metrics(tmp_path: Path) -> None:
    port, shown = free_port(), free_port()
    text = policy_at(port) + f'[metrics]\nlisten = "inet:127.0.0.1:{shown}"\n'
    with Running(written(tmp_path, text)) as running, asked(port) as client:
        for _ in range(3):
            client.ask(recipient=UNKNOWN)
        client.ask(recipient=KNOWN)
        page = metrics(shown)
        assert (
            page['mailpolicy_decisions_total{adapter="policy",rule="recipient.exists",verdict="reject"}'] == 3
        )
        assert page['mailpolicy_decision_seconds_count{adapter="policy"}'] == 4
        assert page["mailpolicy_directory_fresh"] == 1
        assert running.end() == 0


def metrics(port: int) -> dict[str, float]:
    """The figures of a page, by name and labels."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/metrics")
        lines = link.getresponse().read().decode().splitlines()
    finally:
        link.close()
    rows = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_the_journal_and_the_log(tmp_path: Path) -> None:
    port = free_port()
    text = policy_at(port) + '[journal]\npath = "journal"\n[log]\ndecisions = "all"\n'
    with Running(written(tmp_path, text)) as running, asked(port) as client:
        client.ask(recipient=KNOWN)
        until(lambda: "accept" in running.said())
        running.reload()
        client.ask(recipient=UNKNOWN)
        client.link.shutdown(socket.SHUT_WR)
        assert running.end() == 0
        lines = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
        assert [line["verdict"] for line in lines] == ["accept", "reject"]
        assert "adapter=policy" in running.said()


def test_servers_that_do_not_answer_at_the_start(tmp_path: Path) -> None:
    port = free_port()
    path = written(tmp_path, policy_at(port), source=f"ldap://127.0.0.1:{free_port()}/o=mail")
    with Running(path) as running, asked(port) as client:
        assert client.ask(recipient=KNOWN).startswith(("DEFER", "4"))
        assert client.ask(recipient=UNKNOWN).startswith(("DEFER", "4"))
        assert running.end() == 0


def test_what_dovecot_says_of_mailboxes_is_kept(tmp_path: Path) -> None:
    quota = tmp_path / "quota"
    text = f'[dovecot]\nquota = "unix:{quota}"\n[stores]\npath = "stores"\n'
    with Running(written(tmp_path, text)) as running:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(str(quota))
            said = f"H3\t2\t0\t\tmailpolicy\nB1\t{KNOWN}\nS1\tpriv/quota/storage\t4711\nC1\n"
            link.sendall(said.encode())
            assert link.recv(100).startswith(b"O1")
        assert running.end() == 0
    file = StoreFile(tmp_path / "stores")
    try:
        assert UsageInFile(file, MemoryCounters()).of(Address(KNOWN)) == 4711
    finally:
        file.close()


def test_only_who_has_the_key_is_told_about_logins(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "key").write_text("Bearer mellon\n")
    text = f'[dovecot]\nlisten = "inet:127.0.0.1:{port}"\nkey_file = "key"\n'
    asking = json.dumps({"login": KNOWN, "protocol": "imap", "remote": "192.0.2.1"})
    with Running(written(tmp_path, text)):
        statuses = []
        for headers in ({}, {"Authorization": "Bearer mellon"}):
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            link.request("POST", "/?command=allow", asking, headers)
            statuses.append(link.getresponse().status)
            link.close()
        assert statuses == [401, 200]


ODD = """
import mailpolicy as mp

class Odd(mp.Rule):
    def __init__(self):
        super().__init__("site.odd", lambda *asked: None, about=(mp.Delivery,), says="Odd.", otherwise="even")

RULE = Odd()
"""


def test_a_fault_of_ours_changes_nothing(tmp_path: Path) -> None:
    """Nothing is expected of a rule that is one and cannot be copied, as a mode demands."""
    port, environment = free_port(), offered(tmp_path, "odd:RULE", odd=ODD)
    without = written(tmp_path, policy_at(port) + "[rules]\nplugins = false\n")
    with Running(without, environment=environment) as running, asked(port) as client:
        written(tmp_path, policy_at(port) + '[rules]\naudit = ["site.odd"]\n')
        running.reload()
        assert REFUSED in client.ask(recipient=UNKNOWN)
        until(lambda: "the configuration stays as it was, for a fault of ours" in running.said())


def test_who_ends_reads_nothing_anew(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    with Running(written(tmp_path, policy_at(port))) as running, asked(port) as client:
        assert REFUSED in client.ask(recipient=UNKNOWN)
        running.process.terminate()
        until(lambda: "STOPPING=1" in running.states)
        written(tmp_path, policy_at(other))
        running.process.send_signal(signal.SIGHUP)
        assert running.process.wait(20) == 0
        assert running.states[-1] == "STOPPING=1"


def test_what_a_reload_replaces_goes(tmp_path: Path) -> None:
    port, source = free_port(), tmp_path / "many.ldif"
    accounts = (
        f"dn: uid=u{n},ou=people,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
        f"uid: u{n}\ncn: u{n}\nsn: u{n}\nmail: u{n}@acme.example\n\n"
        for n in range(5000)
    )
    source.write_text(f"{ACME.read_text()}\n{''.join(accounts)}")
    with Running(written(tmp_path, policy_at(port), source=str(source))) as running, asked(port) as client:

        def reloaded() -> int:
            running.reload()
            assert REFUSED not in client.ask(recipient="u7@acme.example")
            return resident(running.process.pid)

        first = [reloaded() for _ in range(3)][-1]
        assert [reloaded() for _ in range(8)][-1] < 1.15 * first


def resident(pid: int) -> int:
    """How much memory a process has, in pages."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def test_a_reload_changes_who_may_ask(tmp_path: Path) -> None:
    file = tmp_path / "policy"
    text = f'[policy]\nlisten = "unix:{file}"\nmode = "'
    with Running(written(tmp_path, f'{text}666"\n')) as running, asked(file) as client:
        written(tmp_path, f'{text}600"\n')
        running.reload()
        assert mode_of(file) == 0o600
        assert REFUSED in client.ask(recipient=UNKNOWN)
        # All or nothing.
        written(tmp_path, f'{text}606"\n[milter]\nlisten = "unix:/missing/milter"\n')
        running.reload()
        assert mode_of(file) == 0o600
        assert running.end() == 0
        assert not file.exists()


def test_a_reload_changes_how_many_may_ask_and_how_long(tmp_path: Path) -> None:
    port = free_port()
    bounds = "idle_seconds = {}\nmax_connections = {}\n"
    with Running(written(tmp_path, policy_at(port) + bounds.format(8, 1))) as running, asked(port) as client:
        assert REFUSED in client.ask(recipient=UNKNOWN)
        written(tmp_path, policy_at(port) + bounds.format(8, 2))
        running.reload()
        with asked(port) as another:
            assert REFUSED in another.ask(recipient=UNKNOWN)
            resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (300, 4000))
            written(tmp_path, policy_at(port) + bounds.format(0.2, 1000))
            running.reload()
            heard = time.monotonic()
            assert not another.hear()
            assert time.monotonic() - heard < 6
        allowed, _ = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
        assert allowed == 1200


def mode_of(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_a_socket_that_nobody_serves_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        path = written(tmp_path, '[policy]\nlisten = "fd:policy"\n')
        with Running(path, handed=(one, two), names="policy:sasl") as running:
            until(lambda: "nothing is served at fd:4, fd:sasl" in running.said())
        path = written(tmp_path, '[policy]\nlisten = "fd:polcy"\n')
        wrong = Running(path, handed=(one, two), names="policy:sasl").start()
        assert wrong.process.wait(20) == 2
        assert "handed over a socket fd:polcy; got fd:3, fd:policy, fd:4, fd:sasl" in wrong.said()


def test_as_many_files_as_connections(tmp_path: Path) -> None:
    for most, hard in ((3000, 4000), (5000, 4000)):
        path = written(tmp_path, f"{policy_at(free_port())}max_connections = {most}\n")
        running = Running(path).start()
        try:
            # Python takes a while to start, so this comes before.
            resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (100, hard))
            running.await_states(1, "READY=1")
            allowed, _ = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
            assert allowed == min(hard, most + 200)
        finally:
            running.__exit__()
        assert ("at most 4000 files may be open" in running.said()) == (most > hard)
        running.log.unlink()
