"""The shared server: a connection that ends badly concerns nobody else, and who waits gets an answer."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop
from attrs import evolve

from mailpolicy.errors import InvalidValue
from mailpolicy.mta.background import Background
from mailpolicy.mta.listening import Inherited, Unix, endpoint
from mailpolicy.mta.server import Serving
from mailpolicy.mta.session import Outlet, ProtocolError

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


class Echo:
    """Says every line again; some lines are special."""

    opened: list[Echo] = []

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.waiting = 0
        self.lost_at: float | None = None
        self.rest = b""
        self.ended = False
        self.received = 0
        type(self).opened.append(self)

    @property
    def is_busy(self) -> bool:
        return self.waiting > 0

    def receive(self, chunk: bytes) -> None:
        self.received += len(chunk)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            self.line(line)

    def line(self, line: bytes) -> None:
        match line.split():
            case [b"wrong"]:
                raise ProtocolError("that is wrong")
            case [b"fault"]:
                raise ZeroDivisionError("a fault")
            case [b"later", seconds]:
                self.waiting += 1
                asyncio.get_running_loop().call_later(float(seconds), self.later)
            case [b"bye"]:
                self.outlet.send(b"bye\n")
                self.outlet.close()
            case [b"much"]:
                self.outlet.send(b"x" * 1_000_000)
            case _:
                self.outlet.send(line + b"\n")

    def later(self) -> None:
        self.waiting -= 1
        self.outlet.send(b"late\n")
        if self.ended and not self.waiting:
            self.outlet.close()

    def at_end(self) -> None:
        self.ended = True
        if not self.waiting:
            self.outlet.close()

    def lost(self) -> None:
        self.lost_at = time.monotonic()


@pytest.fixture(autouse=True)
def opened() -> list[Echo]:
    Echo.opened = []
    return Echo.opened


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    return LOOPS[request.param]


@pytest.fixture
def server(loop: Callable[[], asyncio.AbstractEventLoop]) -> Iterator[Background]:
    with Background(lambda: Serving("inet:127.0.0.1:0", Echo), loop=loop) as background:
        yield background


def call(background: Background) -> socket.socket:
    return socket.create_connection(("127.0.0.1", background.port), 5)


def unix_socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX)


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def until(what: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_answers(server: Background) -> None:
    with closing(call(server)) as one, closing(call(server)) as two:
        one.sendall(b"a\nb\n")
        two.sendall(b"c\n")
        assert one.recv(2) + one.recv(2) == b"a\nb\n"
        assert two.recv(10) == b"c\n"


@pytest.mark.parametrize("line", [b"wrong\n", b"fault\n"])
def test_a_bad_connection_ends_and_others_do_not(
    server: Background, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(call(server)) as good, closing(call(server)) as bad:
        bad.sendall(b"before\n" + line + b"after\n")
        assert all_of(bad) == b"before\n", "what was answered before is sent, nothing after it is heard"
        good.sendall(b"still\n")
        assert good.recv(10) == b"still\n"
    [record] = [each for each in caplog.records if each.name.startswith("mailpolicy")]
    assert record.levelno == (logging.WARNING if line == b"wrong\n" else logging.ERROR)
    assert bool(record.exc_info) is (line == b"fault\n")
    assert "127.0.0.1:" in record.getMessage()


def test_half_open_clients_get_late_answers(server: Background) -> None:
    with closing(call(server)) as client:
        client.sendall(b"later 0.1\n")
        client.shutdown(socket.SHUT_WR)
        assert all_of(client) == b"late\n"


def test_lost_connections_are_told(server: Background, opened: list[Echo]) -> None:
    client = call(server)
    client.sendall(b"later 30\n")
    until(lambda: bool(opened and opened[0].waiting))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    until(lambda: opened[0].lost_at is not None)
    until(lambda: server.servings[0].connections == 0)


def test_who_does_not_read_is_not_read_from(server: Background, opened: list[Echo]) -> None:
    with closing(call(server)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"much\n" * 20)
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.sendall(b"y" * 50_000_000)
        assert opened[0].received < 2_000_000
        client.settimeout(5)
        assert len(client.recv(65536)) > 0


def test_no_delay(server: Background) -> None:
    with closing(call(server)) as client:
        client.sendall(b"a\n")
        client.recv(2)
        [connection] = server.servings[0]._connections
        there = connection._transport.get_extra_info("socket")
        assert there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_idle_connections_end_and_busy_ones_are_left_alone(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    with (
        Background(lambda: Serving("inet:127.0.0.1:0", Echo, idle=0.4), loop=loop) as server,
        closing(call(server)) as idle,
        closing(call(server)) as active,
    ):
        begun = time.monotonic()
        done = threading.Event()

        def chat() -> None:
            while not done.wait(0.1):
                active.sendall(b"a\n")

        thread = threading.Thread(target=chat)
        thread.start()
        assert all_of(idle) == b""
        assert time.monotonic() - begun >= 0.35
        done.set()
        thread.join()
        active.sendall(b"last\n")
        active.shutdown(socket.SHUT_WR)
        assert all_of(active).endswith(b"last\n")


def test_postfix_may_keep_connections_as_long_as_it_likes() -> None:
    assert Serving("inet:127.0.0.1:0", Echo).idle >= 1100


def test_too_many(loop: Callable[[], asyncio.AbstractEventLoop], caplog: pytest.LogCaptureFixture) -> None:
    with Background(lambda: Serving("inet:127.0.0.1:0", Echo, most=2), loop=loop) as server:
        inside = [call(server) for _ in range(2)]
        for each in inside:
            each.sendall(b"a\n")
            assert each.recv(2) == b"a\n"
        for _ in range(3):
            with closing(call(server)) as outside:
                assert all_of(outside) == b""
        assert [each.getMessage() for each in caplog.records if "more than 2" in each.getMessage()]
        assert len(caplog.records) == 1, "one line, however many come"
        inside[0].close()
        until(lambda: server.servings[0].connections == 1)
        with closing(call(server)) as again:
            again.sendall(b"b\n")
            assert again.recv(2) == b"b\n"
        inside[1].close()


def test_a_session_that_cannot_be_made(caplog: pytest.LogCaptureFixture) -> None:
    def broken(outlet: Outlet) -> Echo:
        raise RuntimeError("no session")

    with Background(lambda: Serving("inet:127.0.0.1:0", broken)) as server:
        # The reset may come before the call is through.
        with suppress(ConnectionResetError), closing(call(server)) as client:
            assert client.recv(10) == b""
        until(lambda: server.servings[0].connections == 0)
    assert "no session" in caplog.text


class TestDraining:
    def test_open_connections_are_served_until_they_are_quiet(self, server: Background) -> None:
        with closing(call(server)) as client:
            client.sendall(b"a\n")
            assert client.recv(10) == b"a\n"
            ended = asyncio.run_coroutine_threadsafe(server.servings[0].drain(20, 1.5), server._loop)
            for _ in range(8):
                time.sleep(0.3)
                client.sendall(b"b\n")
                assert client.recv(10) == b"b\n"
            assert not ended.done()
            with pytest.raises(ConnectionRefusedError):
                call(server)
            assert all_of(client) == b""
            ended.result(10)

    def test_an_answer_is_waited_for(self, server: Background, opened: list[Echo]) -> None:
        with closing(call(server)) as client:
            client.sendall(b"later 0.5\n")
            until(lambda: bool(opened and opened[0].waiting))
            ended = asyncio.run_coroutine_threadsafe(server.servings[0].drain(20, 0.05), server._loop)
            assert all_of(client) == b"late\n"
            ended.result(10)

    def test_not_for_ever(self, server: Background, opened: list[Echo]) -> None:
        with closing(call(server)) as client:
            client.sendall(b"later 60\n")
            until(lambda: bool(opened and opened[0].waiting))
            begun = time.monotonic()
            server.run(server.servings[0].drain(0.3, 0.1))
            assert time.monotonic() - begun < 2
            assert client.recv(10) == b""

    def test_not_for_who_does_not_read(self, server: Background) -> None:
        with closing(call(server)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(b"much\n" * 20)
            client.recv(1)
            server.run(server.servings[0].close())
            until(lambda: server.servings[0].connections == 0, 1)


class TestUnix:
    def test_mode_and_owner(self, tmp_path: Path, loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        where = Unix(tmp_path / "socket", mode=0o606, owner=f":{os.getgid()}" if os.getuid() else ":mail")
        if os.getuid():
            where = Unix(tmp_path / "socket", mode=0o606)
        with Background(lambda: Serving(where, Echo), loop=loop) as server:
            assert server.address == f"unix:{where.path}"
            found = where.path.stat()
            assert stat.S_IMODE(found.st_mode) == 0o606
            if not os.getuid():
                assert where.path.group() == "mail"
            with closing(unix_socket()) as client:
                client.connect(str(where.path))
                client.sendall(b"a\n")
                assert client.recv(10) == b"a\n"
        assert not where.path.exists()

    def test_a_file_left_behind_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        with closing(unix_socket()) as dead:
            dead.bind(str(path))
        with Background(lambda: Serving(f"unix:{path}", Echo)), closing(unix_socket()) as client:
            client.connect(str(path))
            client.sendall(b"a\n")
            assert client.recv(10) == b"a\n"

    def test_a_server_is_not(self, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        with Background(lambda: Serving(f"unix:{path}", Echo)):
            with pytest.raises(FileExistsError), Background(lambda: Serving(f"unix:{path}", Echo)):
                pass
            assert path.exists(), "who could not start takes nothing away"

    def test_nor_is_what_is_no_socket(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("precious")
        with pytest.raises(FileExistsError):
            Unix(path).open()
        assert path.read_text() == "precious"

    def test_nor_is_one_that_is_too_busy_to_answer(self, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        with closing(unix_socket()) as busy, closing(unix_socket()) as waiting:
            busy.bind(str(path))
            busy.listen(0)
            waiting.connect(str(path))
            with pytest.raises(FileExistsError, match="somebody listens"):
                Unix(path).open()

    def test_an_owner_that_is_none_leaves_nothing_behind(self, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        with pytest.raises(LookupError):
            Unix(path, owner="nobody-at-all").open()
        assert not path.exists()

    def test_an_owner_may_be_a_number(self, tmp_path: Path) -> None:
        where = Unix(tmp_path / "socket", owner=f"{os.getuid()}:{os.getgid()}")
        with Background(lambda: Serving(where, Echo)):
            assert where.path.stat().st_uid == os.getuid()

    def test_another_mode_leaves_the_file_its_own(self, tmp_path: Path) -> None:
        where = Unix(tmp_path / "socket", mode=0o666)
        with Background(lambda: Serving(where, Echo)):
            evolve(where, mode=0o600).own()
            assert stat.S_IMODE(where.path.stat().st_mode) == 0o600
        assert not where.path.exists()

    @pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
    def test_nobody_gets_in_between_two_owners(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "socket"
        [listener] = Unix(path, mode=0o606).open()
        seen = []
        chown = os.chown

        def seeing(*arguments: Any, **named: Any) -> None:
            seen.append(stat.S_IMODE(path.stat().st_mode))
            chown(*arguments, **named)

        with closing(listener):
            monkeypatch.setattr(os, "chown", seeing)
            Unix(path, mode=0o660, owner=":mail").own()
        assert seen == [0o600]
        assert stat.S_IMODE(path.stat().st_mode) == 0o660

    def test_a_successor_keeps_its_file(self, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        with Background(lambda: Serving(f"unix:{path}", Echo)):
            path.unlink()
            successor = Background(lambda: Serving(f"unix:{path}", Echo))
            successor.__enter__()
        assert path.exists()
        successor.__exit__()
        assert not path.exists()


def test_inherited_sockets(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        for _ in range(2):  # the socket outlives a server
            served = Background(lambda: Serving(Inherited(listener.fileno()), Echo), loop=loop)
            with served as server, closing(call(server)) as client:
                client.sendall(b"a\n")
                assert client.recv(10) == b"a\n"


def test_shared_port() -> None:
    with Background(lambda: Serving(endpoint("inet:127.0.0.1:0", shared_port=True), Echo)) as one:
        again = endpoint(f"inet:127.0.0.1:{one.port}", shared_port=True)
        with Background(lambda: Serving(again, Echo)) as two:
            assert one.port == two.port
        with pytest.raises(OSError), Background(lambda: Serving(f"inet:127.0.0.1:{one.port}", Echo)):
            pass


def test_version_six() -> None:
    with Background(lambda: Serving("inet:[::1]:0", Echo)) as server:
        assert server.address == f"inet:[::1]:{server.port}"
        with closing(socket.create_connection(("::1", server.port), 5)) as client:
            client.sendall(b"a\n")
            assert client.recv(10) == b"a\n"


@pytest.mark.parametrize(
    "text",
    ["", "inet", "inet:", "inet:10031", "inet:127.0.0.1", "inet:127.0.0.1:70000", "inet:127.0.0.1:1:2",
     "inet:::1:25", "unix:", "unix:relative", "unix:/a\0b", "fd:", "fd:-1", "fd:x", "tcp:127.0.0.1:1"],
)  # fmt: skip
def test_no_address(text: str) -> None:
    with pytest.raises(InvalidValue):
        endpoint(text)


@pytest.mark.parametrize("text", ["inet:127.0.0.1:0", "inet:[::1]:25", "inet:*:10031", "unix:/a/b", "fd:3"])
def test_addresses_are_written_as_they_are_read(text: str) -> None:
    assert str(endpoint(text)) == text
