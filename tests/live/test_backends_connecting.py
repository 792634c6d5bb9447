"""How both clients connect and bind; and whatever goes wrong ends, leaves nothing and tells nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Backend
from mailpolicy.live.bind import Bind
from tests.certificates import Authority
from tests.live.backends import Client
from tests.slapd import PASSWORD, Slapd, StartSlapd

DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"
ROOT = "cn=admin,dc=example"
SHORT, LONG = 0.4, 60.0
"""Seconds of a timeout that is waited for, and of one that must not be."""
PROMPT = 3.0
"""Seconds that something prompt may take on a machine that does much else."""
LARGE = "x" * 5000


@contextmanager
def within(seconds: float) -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure(module_slapd: StartSlapd, authority: Authority) -> Slapd:
    """A server that takes a password through TLS only."""
    return module_slapd(
        data=DATA, tcp=True, certificate=authority.issue("good"), settings={"olcSecurity": "simple_bind=100"}
    )


def encrypted(slapd: Slapd, way: str) -> dict[str, Any]:
    """The arguments that connect through TLS: from the start on, or after StartTLS."""
    return {"url": slapd.tls_uri} if way == "ldaps" else {"url": slapd.tcp_uri, "start_tls": True}


BOTH_WAYS = pytest.mark.parametrize("way", ["ldaps", "StartTLS"])


@BOTH_WAYS
def test_tls_with_a_certificate_that_is_trusted(
    client: Client, secure: Slapd, authority: Authority, way: str
) -> None:
    with client.opened(secure, ca_file=authority.file, **encrypted(secure, way)) as backend:
        assert backend.whoami() == f"dn:{ROOT}"


@pytest.mark.parametrize("host", ["localhost", socket.gethostname()])
def test_the_name_in_the_url_is_the_one_that_counts(
    client: Client, module_slapd: StartSlapd, authority: Authority, host: str
) -> None:
    named = authority.issue(f"named-{host}", hosts=["DNS:localhost", f"DNS:{socket.gethostname()}"])
    slapd = module_slapd(data=DATA, tcp=True, certificate=named)
    url = f"ldaps://{host}:{urlsplit(slapd.tls_uri or '').port}"
    if host != "localhost" and socket.gethostbyname(host) != "127.0.0.1":
        pytest.skip("the name of this host is not an address the server listens on")
    with client.opened(slapd, url, ca_file=authority.file) as backend:
        assert backend.whoami() == f"dn:{ROOT}"
    with pytest.raises(Unavailable):
        client.connect(slapd.tls_uri or "", ca_file=authority.file)


@BOTH_WAYS
@pytest.mark.parametrize("wrong", ["expired", "other host", "other authority", "no authority", "no file"])
def test_a_wrong_certificate_is_refused_before_the_password_is_sent(
    client: Client, start_slapd: StartSlapd, authority: Authority, tmp_path: Path, wrong: str, way: str
) -> None:
    issued: dict[str, dict[str, Any]] = {
        "expired": {"days": -1},
        "other host": {"hosts": ["DNS:ldap.example"]},
    }
    certificate = authority.issue(f"{wrong.replace(' ', '-')}-{way}", **issued.get(wrong, {}))
    trusted = {
        "other authority": lambda: Authority(tmp_path / "other").file,
        "no authority": lambda: None,
        "no file": lambda: tmp_path / "nothing.pem",
    }.get(wrong, lambda: authority.file)()
    slapd = start_slapd(data=DATA, tcp=True, certificate=certificate)
    asked: list[str] = []
    bind = Bind(ROOT, lambda: asked.append("password") or PASSWORD)
    with pytest.raises(Unavailable):
        client.connect(ca_file=trusted, bind=bind, **encrypted(slapd, way))
    assert not asked


def test_whom_to_trust_is_not_read_where_nothing_is_encrypted(
    client: Client, module_slapd: StartSlapd, tmp_path: Path
) -> None:
    slapd = module_slapd(data=DATA, tcp=True)
    for url in (slapd.uri, slapd.tcp_uri):
        with client.opened(slapd, url, ca_file=tmp_path / "nothing.pem") as backend:
            assert backend.whoami() == f"dn:{ROOT}"


def test_start_tls_does_not_go_on_without_tls(client: Client, start_slapd: StartSlapd) -> None:
    slapd = start_slapd(data=DATA, tcp=True)
    with pytest.raises(Unavailable):
        client.connect(slapd.tcp_uri or "", bind=Bind(ROOT, PASSWORD), start_tls=True)


def test_a_server_that_wants_tls_refuses_a_plain_bind(client: Client, secure: Slapd) -> None:
    with pytest.raises(Unavailable, match="encryption is required"):
        client.connect(secure.tcp_uri or "", bind=Bind(ROOT, PASSWORD))


def test_where_nobody_listens_nobody_answers(client: Client, tmp_path: Path) -> None:
    with within(PROMPT), pytest.raises(Unavailable):
        client.connect("ldap://127.0.0.1:9")
    with within(PROMPT), pytest.raises(Unavailable):
        client.connect(f"ldapi://{str(tmp_path / 'nothing').replace('/', '%2F')}").root_dse()


@pytest.mark.parametrize(
    ("scheme", "options"), [("ldap", {"bind": Bind(ROOT, "x")}), ("ldap", {"start_tls": True}), ("ldaps", {})]
)
def test_who_listens_and_says_nothing_is_not_waited_for(
    client: Client, scheme: str, options: dict[str, Any]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        with within(PROMPT), pytest.raises(Unavailable):
            client.connect(url, network_timeout=SHORT, operation_timeout=LONG, **options)


@pytest.mark.parametrize(
    "said", [b"220 mail.acme.example ESMTP\r\n" * 9, b"0\x84\xff", b"\x30\x03\x02\x01\x01"]
)
def test_who_speaks_something_else_is_not_understood(client: Client, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(said)
                connection.recv(1000)

        speaker = threading.Thread(target=speak)
        speaker.start()
        url = f"ldap://127.0.0.1:{server.getsockname()[1]}"
        with within(PROMPT), pytest.raises(Unavailable):
            client.connect(url, bind=Bind(ROOT, "x"), network_timeout=SHORT, operation_timeout=SHORT)
        speaker.join()


OPERATIONS: dict[str, Callable[[Backend], object]] = {
    "search": lambda backend: list(backend.search("dc=example")),
    "write": lambda backend: backend.delete("cn=nobody,dc=example"),
    "whoami": lambda backend: backend.whoami(),
    "refresh": lambda backend: next(iter(backend.sync("dc=example", persist=False, idle=LONG))),
}
EACH_OPERATION = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))


@pytest.mark.parametrize("operation", ["search", "write", "whoami"])
def test_a_server_that_hangs_is_not_waited_for(
    client: Client, start_slapd: StartSlapd, operation: str
) -> None:
    slapd = start_slapd(data=DATA)
    with client.opened(slapd, operation_timeout=SHORT) as backend:
        slapd.pause()
        with within(PROMPT), pytest.raises(Unavailable, match="has not answered in time"):
            OPERATIONS[operation](backend)
        slapd.resume()


def test_a_server_that_is_killed_cuts_a_search_short(client: Client, start_slapd: StartSlapd) -> None:
    people = "".join(
        f"\ndn: cn={n},dc=example\nobjectClass: device\ncn: {n}\ndescription: {LARGE}\n" for n in range(3000)
    )
    slapd = start_slapd(data=DATA + people)
    with client.opened(slapd) as backend:
        search = backend.search("dc=example", Scope.ONE)
        next(search)
        slapd.kill()
        with within(PROMPT), pytest.raises(Unavailable):
            list(search)


@EACH_OPERATION
def test_after_a_restart_the_old_connection_is_of_no_use(
    client: Client, start_slapd: StartSlapd, operation: Callable[[Backend], object]
) -> None:
    slapd = start_slapd(data=DATA, syncprov=True)
    with client.opened(slapd) as backend:
        slapd.restart()
        for _ in range(2):
            with within(PROMPT), pytest.raises(Unavailable):
                operation(backend)


def later(call: Callable[[], None], seconds: float = 0.3) -> threading.Timer:
    timer = threading.Timer(seconds, call)
    timer.start()
    return timer


@EACH_OPERATION
def test_an_abort_frees_who_waits(
    client: Client, start_slapd: StartSlapd, operation: Callable[[Backend], object]
) -> None:
    slapd = start_slapd(data=DATA, syncprov=True)
    with client.opened(slapd, operation_timeout=LONG) as backend:
        slapd.pause()
        timer = later(backend.abort)
        with within(PROMPT), pytest.raises(Unavailable):
            operation(backend)
        timer.join()
        slapd.resume()


@BOTH_WAYS
def test_an_abort_frees_who_follows_through_tls(
    client: Client, start_slapd: StartSlapd, authority: Authority, way: str
) -> None:
    slapd = start_slapd(data=DATA, syncprov=True, tcp=True, certificate=authority.issue(f"follow-{way}"))
    with client.opened(slapd, ca_file=authority.file, **encrypted(slapd, way)) as backend:
        events = backend.sync("dc=example", idle=LONG)
        assert next(events)
        timer = later(backend.abort)
        with within(PROMPT), pytest.raises(Unavailable):
            list(events)
        timer.join()


@EACH_OPERATION
def test_after_an_abort_or_a_close_nothing_goes(
    client: Client, start_slapd: StartSlapd, operation: Callable[[Backend], object]
) -> None:
    slapd = start_slapd(data=DATA, syncprov=True)
    for end in ("abort", "close"):
        backend = client.connect(slapd.uri, bind=Bind(ROOT, PASSWORD))
        getattr(backend, end)()
        with within(PROMPT), pytest.raises(Unavailable):
            operation(backend)
        backend.close()
        backend.close()
        backend.abort()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_connections_leave_nothing_behind(client: Client, secure: Slapd, authority: Authority) -> None:
    def connect_in_every_way(times: int) -> None:
        for _ in range(times):
            with client.opened(secure, bind=Bind.external()) as backend:
                assert backend.whoami()
            with client.opened(secure, ca_file=authority.file, **encrypted(secure, "StartTLS")):
                pass
            with client.opened(secure, bind=None) as backend:
                backend.abort()
            for options in ({"url": secure.uri, "bind": Bind(ROOT, "wrong")}, {"url": secure.tls_uri}):
                with pytest.raises(Unavailable):
                    client.connect(**options)  # type: ignore[arg-type]

    connect_in_every_way(1)  # What libraries open once and keep.
    before = descriptors(), threading.active_count()
    connect_in_every_way(40)
    assert (descriptors(), threading.active_count()) == before
