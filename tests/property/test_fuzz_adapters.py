"""Whatever comes in at any door: the connection may end, and the next client gets its answer.

One process serves every protocol there is. What arrives is made of what each protocol has, of pieces of it
and of anything else, in pieces of any size, over connections that end politely, by halves or not at all.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.milters import OFFER, connect, mail, packet, rcpt
from tests.mta.operated import Serve, plain
from tests.sasl import DIRECTORY
from tests.unit.mta.policy_requests import request

pytestmark = pytest.mark.xdist_group("fuzz-adapters")

JOHN: Final = "john@acme.example"
ENDLESS: Final = 8 * 2**20
"""Bytes without an end that nobody should read to it."""
GROWTH: Final = 24 * 2**20

HELLO: Final = b"VERSION\t1\t2\nCPID\t1\n"
LOGIN: Final = f"AUTH\t1\tPLAIN\tservice=smtp\tsecured\tresp={plain(JOHN, 'secret')}\n".encode()
POST: Final = b"POST /p?command=allow HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b"
ATTEMPT: Final = b'{"login": "john@acme.example", "remote": "192.0.2.1", "protocol": "imap"}'
QUOTA: Final = f"H3\t2\t0\t\tx\nB1\t{JOHN}\nS1\tpriv/quota/storage\t41\nC1\n".encode()


@frozen
class Door:
    """A protocol: what it is made of, what is asked of it in earnest, and beginnings that never end."""

    words: tuple[bytes, ...]
    asked: bytes
    answer: bytes
    endless: tuple[bytes, ...]


def netstring(text: bytes) -> bytes:
    return b"%d:%b," % (len(text), text)


IN_EARNEST: Final = request(sender="a@b.example", recipient=JOHN)
POLICY: Final = Door(
    (
        IN_EARNEST,
        request(sasl_username=JOHN, protocol_state="END-OF-MESSAGE", recipient="", recipient_count="2"),
        request(protocol_state="DATA"),
        *(
            b"request=smtpd_access_policy\n",
            b"instance=",
            b"recipient=",
            b"size=-1\n",
            b"=\n",
            b"\n",
            b"\n\n",
        ),
    ),
    IN_EARNEST,
    rb"action=DUNNO\n\n",
    (b"sender=", b"a=b\n" * 10),
)
SOCKETMAP: Final = Door(
    (
        netstring(b"alias john@acme.example"),
        netstring(b"mailbox"),
        b"5:",
        b"99999:",
        b",",
        b":",
        b"00:,",
        b"7:alias ",
    ),
    netstring(b"mailbox john@acme.example"),
    rb"20:OK john@acme.example,",
    (b"1", b"x"),
)
DOORS: Final = {
    "policy": POLICY,
    "exim": POLICY,
    "socketmap": SOCKETMAP,
    "tcp_table": Door(
        (b"get ", b"get john@acme.example\n", b"put a b\n", b"%", b"%4", b"%0A", b"\n", b" "),
        b"get john@acme.example\n",
        rb"200 john@acme\.example\n",
        (b"get ", b"x"),
    ),
    "sasl": Door(
        (
            HELLO,
            LOGIN,
            b"AUTH\t",
            b"CONT\t1\t",
            b"CANCEL\t1\n",
            b"\t",
            b"\n",
            b"resp=",
            b"99999999999",
            b"2\tLOGIN\t",
        ),
        HELLO + LOGIN,
        rb"(?s)VERSION.*DONE\nOK\t1\tuser=john@acme\.example\n",
        (b"AUTH\t", HELLO + b"AUTH\t1\tPLAIN\tresp="),
    ),
    "milter": Door(
        (
            *(packet("O", OFFER), connect(), mail("a@b.example"), mail(JOHN, login=JOHN), rcpt(JOHN)),
            *(
                packet("T"),
                packet("L", b"From\0a@b.example\0"),
                packet("N"),
                packet("E"),
                packet("A"),
                packet("K"),
            ),
            *(b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\5", packet("D", b"R{"), packet("B", b"x" * 99)),
        ),
        packet("O", OFFER),
        rb"(?s)\x00{3}.O\x00{3}\x06.*",
        (b"\xff\xff\xff\xff", packet("O", OFFER) + b"\x7f\xff\xff\xffL"),
    ),
    "dovecot": Door(
        (
            *(POST % (len(ATTEMPT), ATTEMPT), POST % (2, b"{}"), POST % (2, b"[]"), b"POST /p HTTP/1.1\r\n"),
            *(
                b"Content-Length: 9\r\n",
                b"Content-Length: -1\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"\r\n",
            ),
            *(b"{" * 50, b'{"login": 1e999}', b'{"login": "\\ud800"}', b"GET / HTTP/1.1\r\n\r\n"),
        ),
        POST % (len(ATTEMPT), ATTEMPT),
        rb'(?s)HTTP/1\.1 200 .*\{"status": ?0.*',
        (b"POST ", b"POST / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n"),
    ),
    "quota": Door(
        (
            QUOTA,
            b"H3\t2\t0\t\tx\n",
            b"B1\n",
            b"S1\tpriv/quota/storage\t",
            b"C1\n",
            b"L",
            b"\t",
            b"\n",
            b"\x01",
            b"9" * 30,
        ),
        QUOTA,
        rb"O1\n",
        (b"H", b"H3\t2\t0\t\tx\nB"),
    ),
}
MORE: Final = """
[socketmap.tcp_table]
alias = "unix:PLACE/tcp_table"

[dovecot]
listen = "unix:PLACE/dovecot"
quota = "unix:PLACE/quota"
"""


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    source: Path = tmp_path_factory.mktemp("fuzz") / "acme.ldif"
    source.write_text(DIRECTORY)
    protocols = ("policy", "exim", "sasl", "milter", "socketmap")
    with Serve(source, more=MORE, protocols=protocols) as running:
        yield running
        running.stop()
        # Faults that others have not noticed are faults all the same.
        assert "Traceback" not in running.log()


@contextlib.contextmanager
def connected(serve: Serve, name: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(serve.place(name)))
        yield client


def assert_served(serve: Serve, name: str) -> None:
    """Somebody else asks in earnest, and is answered."""
    door = DOORS[name]
    answer = re.compile(door.answer)
    with connected(serve, name) as client:
        client.sendall(door.asked)
        said = b""
        while not answer.fullmatch(said):
            more = client.recv(65536)
            assert more, said
            said += more


def drawn(name: str) -> st.SearchStrategy[list[bytes]]:
    words = st.sampled_from(DOORS[name].words)
    odd = st.binary(max_size=12).map(netstring) if name == "socketmap" else words
    cut = st.builds(lambda word, place: word[:place], words, st.integers(0, 200))
    return st.lists(st.one_of(words, odd, cut, st.binary(max_size=40)), max_size=14)


ENDS: Final = ("reads to the end", "closes", "resets", "half")


@pytest.mark.parametrize("name", DOORS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything(serve: Serve, name: str, data: st.DataObject) -> None:
    stream = b"".join(data.draw(drawn(name)))
    size = data.draw(st.one_of(st.just(1), st.integers(1, 64), st.just(1 << 20)))
    end = data.draw(st.sampled_from(ENDS))
    with connected(serve, name) as client:
        # It may have closed the connection by then.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for place in range(0, len(stream), size):
                client.sendall(stream[place : place + size])
            if end in ("reads to the end", "half"):
                client.shutdown(socket.SHUT_WR)
            if end == "reads to the end":
                while client.recv(65536):
                    pass
            if end == "resets":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert_served(serve, name)
    assert_served(serve, name)


def resident(serve: Serve) -> int:
    status = Path(f"/proc/{serve.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


@pytest.mark.parametrize("name", DOORS)
def test_nothing_is_kept_without_an_end(serve: Serve, name: str) -> None:
    """Who sends what never comes to an end is let go long before memory is."""
    before = resident(serve)
    for beginning in DOORS[name].endless:
        with connected(serve, name) as client:
            sent = len(beginning)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(beginning)
                for chunk in repeat(beginning[-1:] * 65536, ENDLESS // 65536):
                    if select.select([client], [], [], 0)[0] and not client.recv(65536):
                        break
                    client.sendall(chunk)
                    sent += len(chunk)
            assert sent < ENDLESS, f"{beginning!r} is read for ever"
    assert resident(serve) - before < GROWTH
    assert_served(serve, name)
