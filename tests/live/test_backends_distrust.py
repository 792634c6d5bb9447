"""What both clients make of bytes that no honest server sends: `Unavailable`, and soon."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Backend
from mailpolicy.live.bind import Bind
from mailpolicy.live.clients.filters import tagged
from mailpolicy.live.servers import Servers
from tests.certificates import Authority
from tests.live.backends import Client
from tests.slapd import PASSWORD, Slapd, StartSlapd

DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"
ROOT = "cn=admin,dc=example"
SECONDS = 3.0

SUCCESS = tagged(0x0A, b"\0") + tagged(0x04) + tagged(0x04)
BOUND, FOUND = tagged(0x61, SUCCESS), tagged(0x65, SUCCESS)
PAGED = b"1.2.840.113556.1.4.319"


def message(number: int, operation: bytes, *controls: bytes) -> bytes:
    return tagged(0x30, tagged(0x02, bytes([number])), operation, *controls)


def entry(value: bytes, tag: int = 0x64) -> bytes:
    attribute = tagged(0x30, tagged(0x04, b"description"), tagged(0x31, tagged(0x04, value)))
    return tagged(tag, tagged(0x04, b"dc=example"), tagged(0x30, attribute))


# Somebody on the way, before TLS


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A port on which a thread does something with the first connection."""

    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        yield f"ldap://127.0.0.1:{listener.getsockname()[1]}"
        with suppress(OSError):  # where nobody has come, it waits
            listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def going_on_in_plain(slapd: Slapd, more: bytes) -> Iterator[str]:
    """A way to the server on which its first answer, the one to StartTLS, gets longer."""
    place = urlsplit(slapd.tcp_uri or "")

    def pass_on(source: socket.socket, target: socket.socket, more: bytes = b"") -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece + more)
                more = b""
            target.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        with socket.create_connection((place.hostname, place.port), SECONDS) as server:
            back = threading.Thread(target=pass_on, args=(server, client, more))
            back.start()
            pass_on(client, server)
            back.join()

    with listening(serve) as url:
        yield url


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure(module_slapd: StartSlapd, authority: Authority) -> Slapd:
    return module_slapd(data=DATA, tcp=True, certificate=authority.issue("good"))


FORGED = message(2, BOUND) + message(3, entry(b"forged")) + message(3, FOUND)


@pytest.mark.parametrize("more", [FORGED, FORGED[:1], b"\x15"], ids=["answers", "a byte", "an alert"])
def test_what_comes_in_plain_after_start_tls_is_not_taken_for_the_server(
    client: Client, secure: Slapd, authority: Authority, more: bytes
) -> None:
    with going_on_in_plain(secure, b"") as url:
        backend = opened(client, url, authority.file)
        assert [dn for dn, _ in backend.search("dc=example", Scope.BASE)] == ["dc=example"]
        backend.close()
    with going_on_in_plain(secure, more) as url, pytest.raises(Unavailable):
        opened(client, url, authority.file)


def opened(client: Client, url: str, ca_file: Path) -> Backend:
    bind = Bind(ROOT, PASSWORD)
    return client.connect(url, bind=bind, start_tls=True, ca_file=ca_file, network_timeout=1.5)


# Long messages


def speaking(*answers: bytes) -> Callable[[socket.socket], None]:
    """Answer one request after the other, and then wait until it is over."""

    def speak(connection: socket.socket) -> None:
        for answer in answers:
            if connection.recv(65_536):
                connection.sendall(answer)
        while connection.recv(65_536):
            pass

    return speak


def endless(taken: list[int]) -> Callable[[socket.socket], None]:
    """Say that 4 GB come, and send until nobody takes any more, or it has been far too much."""

    def send(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"\x30\x84\xff\xff\xff\xff")
        with suppress(OSError):
            while sum(taken) < 64 << 20:
                taken.append(connection.send(bytes(1 << 20)))

    return send


@pytest.mark.parametrize("start_tls", [True, False])
def test_a_stranger_sends_no_long_messages(start_tls: bool) -> None:
    taken: list[int] = []
    with listening(endless(taken)) as url:
        servers = Servers((url,), bind=Bind(ROOT, "x"), start_tls=start_tls, client="ldap3")
        with pytest.raises(Unavailable, match="4294967295 bytes; 1048576 are taken"):
            servers.connected()
    assert sum(taken) < 32 << 20


def test_who_is_known_sends_long_entries() -> None:
    long = message(2, entry(bytes(2 << 20))) + message(2, FOUND)
    longest = b"\x30\x84" + ((1 << 28) + 1).to_bytes(4, "big")
    with listening(speaking(message(1, BOUND), long, longest)) as url:
        backend = Servers((url,), bind=Bind(ROOT, "x"), client="ldap3").connected()
        [(_, attributes)] = backend.search("dc=example")
        assert attributes["description"] == [bytes(2 << 20)]
        with pytest.raises(Unavailable, match="268435456 are taken"):
            list(backend.search("dc=example"))
        backend.close()


# Messages that are none


def nested(depth: int) -> bytes:
    within = b""
    for _ in range(depth):
        within = tagged(0x30, within)
    return within


WRONG = {
    "an entry of another form": message(2, entry(b"a", tag=0x44)),
    "an entry in the form of a result": message(2, tagged(0x44, SUCCESS)),
    "an entry that ends early": message(2, tagged(0x64, tagged(0x04, b"dc=example"))),
    "a result whose code is a list": message(
        2, tagged(0x65, tagged(0x30, b"\2\1\1"), tagged(0x04), tagged(0x04))
    ),
    "a result that says a list": message(2, tagged(0x65, tagged(0x0A, b"\1"), tagged(0x04), tagged(0x30))),
    "a result that says nothing": message(2, tagged(0x65)),
    "a number that is a list": tagged(0x30, tagged(0x30, b"\2\1\2"), FOUND),
    "a depth without end": tagged(0x30, tagged(0x02, b"\2"), tagged(0x65, nested(3000))),
    "a notice that is none": message(0, tagged(0x79)),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_message_that_is_none_is_no_answer(client: Client, wrong: bytes) -> None:
    with listening(speaking(message(1, BOUND), wrong)) as url:
        backend = client.connect(url, bind=Bind(ROOT, "x"), operation_timeout=0.4)
        with pytest.raises(Unavailable):
            list(backend.search("dc=example"))
        backend.close()


@pytest.mark.parametrize(
    "other", [entry(b"a"), tagged(0x73), tagged(0x79)], ids=["entry", "reference", "more"]
)
def test_only_an_end_is_an_answer_to_a_bind(client: Client, other: bytes) -> None:
    with listening(speaking(message(1, other))) as url, pytest.raises(Unavailable):
        client.connect(url, bind=Bind(ROOT, "x"), network_timeout=0.4).close()


@pytest.mark.parametrize("value", [b"\x30", b"\x04\x00", b"\x30\x03\x02\x01\x00", b"\x30\x80", b"x" * 9])
def test_pages_that_cannot_be_turned_are_no_answer(client: Client, value: bytes) -> None:
    control = tagged(0xA0, tagged(0x30, tagged(0x04, PAGED), tagged(0x04, value)))
    end = message(2, entry(b"a")) + message(2, FOUND, control)
    with listening(speaking(message(1, BOUND), end)) as url:
        backend = client.connect(url, bind=Bind(ROOT, "x"))
        with pytest.raises(Unavailable, match="RFC 2696"):
            list(backend.search("dc=example", page=10))
        backend.close()


# Names that are spelled in another way


def test_a_server_may_spell_what_it_says_of_itself_in_any_case(client: Client) -> None:
    attributes = [(b"NAMINGCONTEXTS", b"o=mail"), (b"supportedcontrol", b"1.2"), (b"vendorName", b"Acme")]
    said = [tagged(0x30, tagged(0x04, name), tagged(0x31, tagged(0x04, value))) for name, value in attributes]
    root = message(2, tagged(0x64, tagged(0x04), tagged(0x30, *said))) + message(2, FOUND)
    with listening(speaking(message(1, BOUND), root)) as url:
        backend = client.connect(url, bind=Bind(ROOT, "x"))
        assert backend.root_dse() == {
            "namingContexts": [b"o=mail"],
            "supportedControl": [b"1.2"],
            "vendorName": [b"Acme"],
        }
        backend.close()
