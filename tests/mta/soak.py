"""A long while of mixed load on a process that serves: descriptors, threads and memory stay as they are.

    make soak                   half an hour
    make soak SOAK_MINUTES=2    a short one

A real slapd whose entries change all the time, mail and logins by all protocols, clients that come and go and
clients that talk nonsense, a configuration that is read anew every few seconds. Any answer that is none ends
it, and so does growth.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from attrs import field, frozen

import mailpolicy as mp
from tests.live.servers import PASSWORD, WRITER, acme_server
from tests.milters import OFFER, connect, mail, packet, rcpt
from tests.mta.operated import Serve
from tests.mta.outages import BUDGET, ELSEWHERE, OUTSIDER, connecting
from tests.trees import record
from tests.unit.mta.policy_requests import request

PEOPLE: Final = 500
RELOAD_EVERY: Final = 5.0
LOOK_EVERY: Final = 1.0
WARM: Final = 0.4
"""The part of the time that caches take to fill."""
MORE_MEMORY: Final = 1.1
SPARE_MEMORY: Final = 8 * 2**20
MORE_DESCRIPTORS: Final = 8
"""Those of clients who are just coming and going."""


def directory() -> str:
    records = [
        record("o=mail", "organization", o="mail"),
        record("dc=acme,o=mail", "domain", "mpDomain", dc="acme", associatedDomain="acme.example"),
    ]
    for number in range(PEOPLE):
        name = f"u{number}"
        names = {"uid": name, "cn": name, "sn": name, "mail": f"{name}@acme.example"}
        more = {"userPassword": PASSWORD, "mpMaxMessagesPerDay": "1000000"}
        records.append(record(f"uid={name},dc=acme,o=mail", "inetOrgPerson", "mpAccount", **names, **more))
    says: dict[str, str | list[str]] = {"cn": "all", "mail": "all@acme.example", "mpPostingPolicy": "members"}
    members = [f"u{number}@acme.example" for number in range(0, PEOPLE, 2)]
    records.append(
        record("cn=all,dc=acme,o=mail", "groupOfURLs", "mpList", mpMemberAddresses=members, **says)
    )
    return "".join(records)


@frozen
class Look:
    """What a process holds at a moment."""

    descriptors: int
    threads: int
    memory: int

    @classmethod
    def at(cls, pid: int) -> Look:
        """Look at a process."""
        status = Path(f"/proc/{pid}/status").read_text()
        found = dict(re.findall(r"(VmRSS|Threads):\s+(\d+)", status))
        descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        return cls(descriptors, int(found["Threads"]), int(found["VmRSS"]) * 1024)


@frozen
class Soak:
    """Clients that go on until it is over, and what went wrong."""

    serve: Serve
    over: threading.Event = field(factory=threading.Event)
    wrong: list[str] = field(factory=list)
    counts: dict[str, int] = field(factory=dict)

    def going_on(self, client: Callable[[random.Random], None]) -> threading.Thread:
        """Begin one."""

        def go_on() -> None:
            drawn = random.Random(client.__name__)
            while not self.over.is_set():
                try:
                    client(drawn)
                except (AssertionError, OSError) as problem:
                    self.wrong.append(f"{client.__name__}: {problem!r}")
                    self.over.set()
                self.counts[client.__name__] = self.counts.get(client.__name__, 0) + 1

        thread = threading.Thread(target=go_on, name=client.__name__)
        thread.start()
        return thread

    def someone(self, drawn: random.Random) -> str:
        return f"u{drawn.randrange(PEOPLE)}@acme.example"

    # Clients

    def mail(self, drawn: random.Random) -> None:
        """Some messages over one connection, as a Postfix asks about them."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(BUDGET)
            client.connect(str(self.serve.place("policy")))
            for _ in range(drawn.randrange(1, 30)):
                instance = f"{drawn.random()}"
                login = self.someone(drawn) if drawn.random() < 0.4 else ""
                common = {"sender": login or OUTSIDER, "sasl_username": login, "instance": instance}
                for _ in range(drawn.randrange(1, 4)):
                    to = drawn.choice([self.someone(drawn), ELSEWHERE, "all@acme.example", "x@acme.example"])
                    self.ask(client, recipient=to, **common)
                if drawn.random() < 0.8:
                    end = {"protocol_state": "END-OF-MESSAGE", "recipient": "", "recipient_count": "1"}
                    self.ask(client, **common, **end)
        time.sleep(0.01)

    def ask(self, client: socket.socket, **asked: str) -> None:
        client.sendall(request(**asked))
        reply = b""
        while not reply.endswith(b"\n\n"):
            more = client.recv(4096)
            assert more, "a connection was closed"
            reply += more
        assert reply.startswith((b"action=DUNNO", b"action=5", b"action=4", b"action=PREPEND")), reply
        assert not reply.startswith(b"action=DEFER"), reply

    def tables(self, drawn: random.Random) -> None:
        for name in ("domains", "alias", "mailbox", "senderlogins", "transport"):
            key = "acme.example" if name == "domains" else self.someone(drawn)
            answer = self.serve.table(name, key, BUDGET)
            assert answer.startswith(("OK ", "NOTFOUND")), answer
        time.sleep(0.02)

    def logins(self, drawn: random.Random) -> None:
        right = drawn.random() < 0.8
        who = self.someone(drawn)
        [said] = self.serve.login((who, PASSWORD if right else "wrong"), seconds=BUDGET)
        assert said == ("OK" if right else "FAIL"), (who, right, said)
        time.sleep(0.05)

    def milter(self, drawn: random.Random) -> None:
        who = self.someone(drawn)
        said = packet("O", OFFER) + connect() + mail(who, login=who) + rcpt(ELSEWHERE)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(BUDGET)
            client.connect(str(self.serve.place("milter")))
            client.sendall(said + packet("N") + packet("E") * (drawn.random() < 0.7) + packet("Q"))
            while client.recv(4096):
                pass
        time.sleep(0.02)

    def nonsense(self, drawn: random.Random) -> None:
        """Who talks nonsense, or leaves in the middle of a word."""
        place = self.serve.place(drawn.choice(["policy", "socketmap", "sasl", "milter"]))
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(BrokenPipeError):
            client.connect(str(place))
            client.sendall(
                drawn.choice([drawn.randbytes(200), request()[: drawn.randrange(200)], b"a" * 70000])
            )
        time.sleep(0.05)

    def reloads(self, drawn: random.Random) -> None:
        self.serve.reload()
        self.over.wait(RELOAD_EVERY)


def changing(live: mp.Live, soak: Soak) -> Callable[[random.Random], None]:
    def changes(drawn: random.Random) -> None:
        live.apply(mp.set(soak.someone(drawn), description=f"{drawn.random()}"))
        time.sleep(0.05)

    return changes


def looks(soak: Soak, seconds: float) -> list[Look]:
    """Look every second until the time is over."""
    found: list[Look] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not soak.over.wait(LOOK_EVERY):
        found.append(Look.at(soak.serve.pid))
    return found


def growth(found: list[Look]) -> list[str]:
    """What is more at the end than in the middle."""
    warm = found[int(len(found) * WARM) :]
    half = len(warm) // 2
    problems = []
    for name, factor, spare in (
        ("descriptors", 1.0, MORE_DESCRIPTORS),
        ("threads", 1.0, 0),
        ("memory", MORE_MEMORY, SPARE_MEMORY),
    ):
        was, now = (median(getattr(each, name) for each in part) for part in (warm[:half], warm[half:]))
        say(f"{name}: {was:.0f} in the middle, {now:.0f} at the end")
        if now > was * factor + spare:
            problems.append(f"{name} grow: {was:.0f}, {now:.0f}")
    return problems


def soaked(seconds: float) -> list[str]:
    """Everything at once, for so long; what went wrong."""
    with TemporaryDirectory() as folder, acme_server(data=directory(), tcp=True) as server:
        counters = f'[counters]\nstore = "sqlite"\npath = "{folder}/counts"\n'
        journal = f'[journal]\npath = "{folder}/journal"\nlargest = "2 MiB"\nkept = 2\n'
        assert server.tcp_uri is not None
        more = f'passwords = ["bind"]\n{counters}{journal}{connecting(server.tcp_uri)}'
        protocols = ("policy", "socketmap", "milter", "sasl")
        bind = mp.Bind(WRITER, PASSWORD)
        with (
            Serve("@acme", more=more, protocols=protocols) as serve,
            mp.open(f"{server.tcp_uri}/o=mail", bind=bind, plain=True) as live,
        ):
            while not serve.policy(sender=OUTSIDER, recipient="u1@acme.example").startswith("DUNNO"):
                time.sleep(0.1)
            soak = Soak(serve)
            clients = (
                soak.mail,
                soak.mail,
                soak.tables,
                soak.logins,
                soak.milter,
                soak.nonsense,
                soak.reloads,
            )
            threads = [soak.going_on(each) for each in (*clients, changing(live, soak))]
            found = looks(soak, seconds)
            soak.over.set()
            for each in threads:
                each.join()
            say(", ".join(f"{name} {count}" for name, count in sorted(soak.counts.items())))
            if "Traceback" in serve.log():
                soak.wrong.append(serve.log()[serve.log().index("Traceback") :][:4000])
            return soak.wrong or growth(found)


def say(line: str) -> None:
    """Say something at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Soak, and say what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    problems = soaked(60 * parser.parse_args().minutes)
    for each in problems:
        say(each)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
