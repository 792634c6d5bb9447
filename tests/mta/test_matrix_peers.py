"""What others in our place have got wrong and no other test has: large lists, and names that are filters."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from tests.mta.operated import Serve
from tests.trees import record
from tests.unit.mta.policy_requests import request

pytestmark = pytest.mark.xdist_group("matrix-peers")

MEMBERS: Final = 5000
ROUND: Final = 400
"""Questions that are timed together."""
PRICE: Final = 4
"""How many times as long a question about a list of thousands may take as one about a list of five."""

PASSWORD: Final = "secret"
SECRET: Final = {"userPassword": PASSWORD}
OUTSIDER: Final = "wile.e@customer.example"


def directory() -> str:
    records = [
        record("o=mail", "organization", o="mail"),
        record("dc=acme,o=mail", "domain", "mpDomain", dc="acme", associatedDomain="acme.example"),
    ]
    for number in range(MEMBERS):
        name = f"u{number}"
        names = {
            "uid": name,
            "cn": name,
            "sn": name,
            "mail": f"{name}@acme.example",
            "userPassword": "secret",
        }
        records.append(record(f"uid={name},dc=acme,o=mail", "inetOrgPerson", "mpAccount", **names))
    lists: dict[str, list[str]] = {
        "all": ["half0@acme.example", "half1@acme.example"],
        "few": ["part0@acme.example", "part1@acme.example"],
        **{f"part{n}": [f"u{i}@acme.example" for i in range(n, 5, 2)] for n in range(2)},
        **{f"half{n}": [f"u{i}@acme.example" for i in range(n, MEMBERS, 2)] for n in range(2)},
    }
    for name, members in lists.items():
        says: dict[str, str | list[str]] = {"mpPostingPolicy": "members", "mpMemberAddresses": members}
        names = {"cn": name, "mail": f"{name}@acme.example"}
        records.append(record(f"cn={name},dc=acme,o=mail", "groupOfURLs", "mpList", **names, **says))
    return "".join(records)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    source: Path = tmp_path_factory.mktemp("peers") / "large.ldif"
    source.write_text(directory())
    with Serve(source) as running:
        yield running


class Client:
    """One connection of a mail server; each question is about a message of its own."""

    def __init__(self, place: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(place))
        self._numbers = count()

    def ask(self, recipient: str, login: str = "", sender: str = "") -> bytes:
        number = str(next(self._numbers))
        asked = request(recipient=recipient, sender=sender or login, sasl_username=login, instance=number)
        self.socket.sendall(asked)
        reply = b""
        while not reply.endswith(b"\n\n"):
            reply += self.socket.recv(4096)
        return reply

    def seconds(self, ask: Callable[[int], object]) -> float:
        """How long a round of questions takes."""
        started = time.perf_counter()
        for number in range(ROUND):
            ask(number)
        return time.perf_counter() - started


@contextmanager
def connected(serve: Serve) -> Iterator[Client]:
    client = Client(serve.place("policy"))
    with client.socket:
        yield client


def to_a_list(client: Client, name: str, number: int) -> None:
    """From somebody whom nobody knows, so that every question has to be thought about."""
    assert client.ask(f"{name}@acme.example", sender=f"x{number}@y.example").startswith(b"action=550 5.7.2")


def test_the_size_of_a_list_makes_no_difference(serve: Serve) -> None:
    with connected(serve) as client:
        for number in (0, 1, 4711, MEMBERS - 1):
            assert client.ask("all@acme.example", f"u{number}@acme.example") == b"action=DUNNO\n\n"
        to_a_list(client, "few", -1)
        few = client.seconds(lambda number: to_a_list(client, "few", number))
        many = client.seconds(lambda number: to_a_list(client, "all", number + ROUND))
    assert many < PRICE * few


def post_for_ever(place: str, name: str) -> None:
    """In a process of its own: be busy with a list, and say so once."""
    client = Client(Path(place))
    for number in count():
        to_a_list(client, name, number)
        if not number:
            sys.stdout.write("busy\n")
            sys.stdout.flush()


@contextmanager
def somebody_posting(serve: Serve, name: str) -> Iterator[None]:
    call = "import sys; from tests.mta.test_matrix_peers import post_for_ever; post_for_ever(*sys.argv[1:])"
    command = [sys.executable, "-c", call, str(serve.place("policy")), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as posting:
        assert posting.stdout is not None
        try:
            assert posting.stdout.readline() == b"busy\n"
            yield
            assert posting.poll() is None
        finally:
            posting.kill()


def test_who_posts_to_a_large_list_holds_nobody_up(serve: Serve) -> None:
    """No more than who posts to a small one."""
    found = {}
    with connected(serve) as client:
        for name in ("few", "all"):
            with somebody_posting(serve, name):
                found[name] = client.seconds(lambda n: client.ask(f"u{n}@acme.example", sender=OUTSIDER))
    assert found["all"] < PRICE * found["few"]


FILTERS: Final = ("*", "u1)(uid=*", "*)(mail=*", "u1\\2a", "u1\\00", "u*", ")(|(uid=u1", "u1,dc=acme,o=mail")


@pytest.mark.parametrize("local", FILTERS)
def test_nobody_is_found_by_a_filter_in_a_name(serve: Serve, local: str) -> None:
    """Neither as sender, nor as recipient, nor as a login that Postfix has believed."""
    odd = f"{local}@acme.example"
    with connected(serve) as client:
        assert client.ask("all@acme.example", sender=odd).startswith(b"action=550 5.7.2")
        assert client.ask(odd, sender=OUTSIDER).startswith(b"action=550 5.1.1")
        assert client.ask("x@else.example", odd).startswith(b"action=550 5.7.1")
    for name in ("mailbox", "alias", "senderlogins", "recipientaccess"):
        assert serve.table(name, odd).startswith("NOTFOUND")


def test_nobody_logs_in_by_a_filter(serve: Serve) -> None:
    odd = [each for local in FILTERS for each in (local, f"{local}@acme.example")]
    said = serve.login(("u1@acme.example", PASSWORD), *((each, PASSWORD) for each in odd))
    assert said == ["OK", *["FAIL"] * len(odd)]
