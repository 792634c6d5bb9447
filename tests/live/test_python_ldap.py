"""What only a client over libldap can do wrong: sockets, TLS, errors, and connecting again."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.errors import InvalidFilter, NotFound, StalePlan, Unavailable
from mailpolicy.ldap.ldif.records import Modification
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Backend
from mailpolicy.live.bind import Bind
from mailpolicy.live.servers import Servers
from tests.certificates import Authority
from tests.slapd import PASSWORD, Slapd, StartSlapd

ldap = pytest.importorskip("ldap")

DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"
ROOT = "cn=admin,dc=example"
SHORT, PROMPT = 0.4, 3.0
LARGE = b"x" * 4_000_000
"""More than what the buffers of a socket take at once."""


def opened(url: str | None, **options: Any) -> Backend:
    assert url
    options = {"bind": Bind(ROOT, PASSWORD), "client": "python-ldap", **options}
    return Servers.parse(url, **options).connect(url)


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
    return module_slapd(data=DATA, tcp=True, certificate=authority.issue("good"), syncprov=True)


WAYS = ["ldapi", "ldap", "ldaps", "StartTLS"]


def by(way: str, slapd: Slapd, authority: Authority) -> dict[str, Any]:
    url = {"ldapi": slapd.uri, "ldaps": slapd.tls_uri}.get(way, slapd.tcp_uri)
    return {"url": url, "start_tls": way == "StartTLS", "ca_file": authority.file}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_larger_than_a_buffer_goes_there_and_back(
    secure: Slapd, authority: Authority, way: str
) -> None:
    backend = opened(**by(way, secure, authority))
    dn = f"cn={way},dc=example"
    backend.add(dn, {"objectClass": [b"device"], "cn": [way.encode()], "description": [LARGE]})
    [(_, found)] = backend.search(dn, Scope.BASE, attributes=["description"])
    assert found["description"] == [LARGE]
    backend.delete(dn)
    backend.close()


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ({"days": -1}, "certificate has expired"),
        ({"hosts": ["DNS:ldap.example"]}, "IP address mismatch"),
    ],
)
@pytest.mark.parametrize("way", ["ldaps", "StartTLS"])
def test_what_is_wrong_with_a_certificate_is_said(
    start_slapd: StartSlapd, authority: Authority, certificate: dict[str, Any], said: str, way: str
) -> None:
    slapd = start_slapd(tcp=True, certificate=authority.issue(f"{len(said)}-{way}", **certificate))
    with pytest.raises(Unavailable, match=said):
        opened(**by(way, slapd, authority))


@pytest.mark.parametrize("way", ["ldaps", "StartTLS"])
def test_a_certificate_of_somebody_unknown(
    secure: Slapd, authority: Authority, tmp_path: Path, way: str
) -> None:
    for ca_file in (None, Authority(tmp_path, "other").file):
        with pytest.raises(Unavailable, match="certificate that is not trusted"):
            opened(**{**by(way, secure, authority), "ca_file": ca_file})


@pytest.mark.parametrize("way", ["ldaps", "StartTLS"])
def test_a_file_that_only_libldap_cannot_read(
    secure: Slapd, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    # Two libraries for TLS read it, and need not agree.
    monkeypatch.setattr("mailpolicy.live.clients.python_ldap.connecting.check_readable", lambda _: None)
    with pytest.raises(Unavailable, match=r"nothing\.pem cannot be read by libldap"):
        opened(**{**by(way, secure, authority), "ca_file": tmp_path / "nothing.pem"})


def test_ways_that_lead_nowhere_are_told_apart(start_slapd: StartSlapd) -> None:
    with pytest.raises(Unavailable, match="refused"):
        opened("ldap://127.0.0.1:9")
    with pytest.raises(Unavailable, match="refused"):
        opened("ldaps://127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"[Nn]ame|resolution"):
        opened("ldaps://ldap1.invalid")
    with pytest.raises(Unavailable, match="No such file"):
        opened("ldapi://%2Fnowhere")
    with pytest.raises(Unavailable, match="does not offer StartTLS"):
        opened(start_slapd(tcp=True).tcp_uri, start_tls=True)


@contextmanager
def relay(slapd: Slapd, answer_bytes: int) -> Iterator[str]:
    """A way to the server on which no more than so many bytes come back, and nothing is hung up."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as behind:
        behind.connect(str(slapd.directory / "socket"))
        running = threading.Thread(target=pass_on, args=(listener, behind, answer_bytes))
        running.start()
        yield f"ldap://127.0.0.1:{listener.getsockname()[1]}"
        running.join(PROMPT)
        assert not running.is_alive(), "the client is to be closed before the way to the server"


def pass_on(listener: socket.socket, behind: socket.socket, left: int) -> None:
    client, _ = listener.accept()
    with client:
        while True:
            for ready in select.select([client, behind], [], [])[0]:
                passed = ready.recv(65536)
                if ready is client and not passed:
                    return
                if ready is client:
                    behind.sendall(passed)
                else:
                    client.sendall(passed[:left])
                    left -= len(passed[:left])


BIND_ANSWER = 14
"""Bytes of the answer to a bind that succeeds."""


@pytest.mark.parametrize("part", [1, 2, 7, 200])
def test_an_answer_that_stops_in_the_middle_is_not_waited_for(secure: Slapd, part: int) -> None:
    with relay(secure, BIND_ANSWER + part) as url:
        backend = opened(url, operation_timeout=SHORT)
        with within(PROMPT), pytest.raises(Unavailable, match="has not answered in time"):
            backend.root_dse()
        with within(SHORT), pytest.raises(Unavailable):
            backend.root_dse()
        backend.close()


def test_a_bind_that_is_answered_in_part_is_not_waited_for(secure: Slapd) -> None:
    with relay(secure, BIND_ANSWER - 5) as url, within(PROMPT), pytest.raises(Unavailable, match="in time"):
        opened(url, network_timeout=SHORT)


@pytest.mark.parametrize("part", [1, 200])
def test_an_abort_frees_who_has_read_half_of_an_answer(secure: Slapd, part: int) -> None:
    with relay(secure, BIND_ANSWER + part) as url:
        backend = opened(url, operation_timeout=60)
        timer = threading.Timer(SHORT, backend.abort)
        timer.start()
        with within(PROMPT), pytest.raises(Unavailable, match="disconnected by us"):
            backend.root_dse()
        timer.join()
        backend.close()


def test_a_refresh_that_stops_in_the_middle_is_not_waited_for(secure: Slapd) -> None:
    with relay(secure, BIND_ANSWER + 100) as url:
        backend = opened(url, operation_timeout=SHORT)
        with within(PROMPT), pytest.raises(Unavailable, match="has not answered in time"):
            list(backend.sync("dc=example", idle=SHORT / 4))
        backend.close()


@pytest.mark.parametrize("way", WAYS)
def test_who_was_cut_off_does_not_come_back_as_nobody(
    start_slapd: StartSlapd, authority: Authority, way: str
) -> None:
    slapd = start_slapd(data=DATA, tcp=True, certificate=authority.issue(f"restarted-{way}"))
    backend = opened(**by(way, slapd, authority))
    slapd.restart()
    for _ in range(3):
        with pytest.raises(Unavailable):
            backend.whoami()
    backend.close()


def test_a_limit_says_how_many_it_gave(start_slapd: StartSlapd) -> None:
    people = "".join(f"\ndn: cn={n},dc=example\nobjectClass: device\ncn: {n}\n" for n in range(30))
    slapd = start_slapd(
        data=DATA + people,
        syncprov=True,
        settings={"olcSizeLimit": 12},
        database={"olcAccess": ["{0}to * by anonymous read"]},
    )
    backend = opened(slapd.uri, bind=None)
    for search in (lambda: list(backend.search("dc=example")), lambda: list(backend.sync("dc=example"))):
        with pytest.raises(Unavailable, match=r"olcLimits.*gave 12 entries"):
            search()
    assert len(list(backend.search("dc=example", limit=12))) == 12
    backend.close()


def test_what_a_write_is_refused_for(secure: Slapd) -> None:
    backend = opened(secure.uri)
    change = [Modification("replace", "description", (b"a",))]
    with pytest.raises(StalePlan):
        backend.modify("dc=example", change, assertion="(dc=other)")
    with pytest.raises(InvalidFilter):
        backend.modify("dc=example", change, assertion="(dc=other")
    with pytest.raises(InvalidFilter):
        list(backend.search("dc=example", filter="(dc=example"))
    with pytest.raises(NotFound):
        list(backend.search("dc=nothing,dc=example"))
    assert backend.whoami() == f"dn:{ROOT}"
    backend.close()


def test_a_trace_of_python_ldap_shows_no_password(secure: Slapd) -> None:
    program = (
        "from tests.live.test_python_ldap import opened; from mailpolicy.live.bind import Bind\n"
        f"import os; opened({secure.uri!r}, bind=Bind({ROOT!r}, os.environ['PASSWORD'])).close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHON_LDAP_TRACE_LEVEL": "9", "PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=True,
    )
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_nothing_is_left_of_200_connections(secure: Slapd, authority: Authority) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def connect_and_fail(way: str) -> None:
        options = by(way, secure, authority)
        opened(**options).close()
        with pytest.raises(Unavailable, match="wrong name or password"):
            opened(**options, bind=Bind(ROOT, "wrong"))
        if way in ("ldaps", "StartTLS"):
            with pytest.raises(Unavailable, match="not trusted"):
                opened(**{**options, "ca_file": None})

    for way in WAYS:  # What libraries open once and keep.
        connect_and_fail(way)
    before = descriptors()
    for number in range(200):
        connect_and_fail(WAYS[number % len(WAYS)])
    assert descriptors() == before
