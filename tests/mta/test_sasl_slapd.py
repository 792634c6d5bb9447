"""Passwords and a real slapd: what it says of its own hashes, and what wrong passwords leave there."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.live.bind import Bind
from mailpolicy.live.live import Live
from mailpolicy.live.servers import Servers
from mailpolicy.model import Account
from mailpolicy.mta.sasl import ByBind, ByStoredHashes, Proof, WrittenFailures
from mailpolicy.serve.logins import CurrentFailures
from tests.live.backends import CLIENTS, Client
from tests.sasl import DIRECTORY
from tests.slapd import PASSWORD, SEARCH_PATH, Slapd, require

pytestmark = pytest.mark.twin

SCHEMA = (Path(__file__).parents[2] / "ldif" / "schema" / "mailpolicy.ldif").read_text()
MODULES = ("argon2", "pw-sha2")

# What slapd can make itself; a name of a module goes with it where it needs one.
MADE_BY_SLAPD = {
    "{SSHA}": (),
    "{SHA}": (),
    "{MD5}": (),
    "{SMD5}": (),
    "{CRYPT}": (),
    "{ARGON2}": ("-o", "module-load=argon2"),
    "{SHA256}": ("-o", "module-load=pw-sha2"),
    "{SSHA256}": ("-o", "module-load=pw-sha2"),
    "{SSHA384}": ("-o", "module-load=pw-sha2"),
    "{SHA512}": ("-o", "module-load=pw-sha2"),
    "{SSHA512}": ("-o", "module-load=pw-sha2"),
}
CRYPTS = ("$1$%.8s", "$5$%.8s", "$6$%.8s", "$6$rounds=1000$%.8s", "$y$j9T$%.16s", "%.2s")

DN = "uid={},dc=acme.example,o=mail"
ADMIN = "cn=admin,o=mail"


def password_entry(name: str, stored: bytes) -> str:
    from base64 import b64encode

    return (
        f"\ndn: {DN.format(name)}\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\nuid: {name}\n"
        f"cn: {name}\nsn: {name}\nmail: {name}@acme.example\nuserPassword:: {b64encode(stored).decode()}\n"
    )


def slappasswd(scheme: str, *more: str) -> bytes:
    done = subprocess.run(
        ["slappasswd", "-n", "-h", scheme, "-s", "Sécret 1", *more],
        capture_output=True,
        check=True,
        env={"PATH": SEARCH_PATH},
    )
    return done.stdout


@pytest.fixture(scope="module")
def slapd() -> Iterator[Slapd]:
    require()
    stored = [slappasswd(scheme, *more) for scheme, more in MADE_BY_SLAPD.items()]
    stored += [slappasswd("{CRYPT}", "-c", manner) for manner in CRYPTS]
    stored += ["Sécret 1".encode(), "Sécret 1".encode(), stored[0].replace(b"SSHA", b"sSha")]
    stored += [
        b"{SSHA}AAAA",
        b"{SSHA}!",
        b"{NONE}x",
        b"{CRYPT}*",
        b"{CRYPT}!$6$salt$hash",
        b"{SASL}x",
        b"{CLEARTEXT}x",
        b"{}x",
        b"{ARGON2}x",
    ]
    entries = "".join(password_entry(f"p{place}", each) for place, each in enumerate(stored))
    with Slapd(
        suffix="o=mail",
        extra_schema=[SCHEMA],
        data=DIRECTORY.lstrip() + entries,
        modules=MODULES,
        syncprov=True,
        tcp=True,
    ) as running:
        running.hashes = stored  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def live(slapd: Slapd) -> Iterator[Live]:
    connection = slapd.connect()
    for name in ("mpAccountStatus", "mpLockoutFailureAt", "mpLockoutStartedAt"):
        connection.modify_s(DN.format("john"), [(2, name, None)])
    connection.unbind_s()
    with mp.open(f"{slapd.uri}/o=mail", bind=Bind(ADMIN, PASSWORD)) as opened:
        assert isinstance(opened, Live)
        opened.ready(10)
        yield opened


def test_our_answer_is_that_of_slapd(slapd: Slapd, live: Live) -> None:
    stored, bound = ByStoredHashes(), ByBind(Servers((slapd.uri,), "o=mail"))
    directory = live.directory
    unknown = []
    for place, each in enumerate(slapd.hashes):  # type: ignore[attr-defined]
        account = directory.account(f"p{place}@acme.example")
        for password in ("Sécret 1", "Secret 1", "sécret 1", each.decode()):
            ours = stored.verify(account, password.encode())
            theirs = bound.verify(account, password.encode())
            assert theirs is not Proof.UNKNOWN
            if ours is Proof.UNKNOWN:
                unknown.append(each)
            else:
                assert ours is theirs, (each, password)
            if place < len(MADE_BY_SLAPD) + len(CRYPTS) + 3 and password == "Sécret 1":
                assert ours is Proof.YES, each
    # slapd says no, or compares the whole as it stands; both may mean that it has no such scheme.
    said = {each.partition(b"}")[0] + b"}" for each in unknown}
    assert said == {b"{SSHA}", b"{NONE}", b"{SASL}", b"{CLEARTEXT}", b"{ARGON2}"}


def test_a_hash_that_slapd_makes_of_a_new_password(slapd: Slapd, live: Live) -> None:
    connection = slapd.connect()
    connection.passwd_s(DN.format("jane"), None, "fresh")
    jane = live.wait_for(
        lambda directory: b"jane's" not in str(directory.account("jane@acme.example").entry.raw).encode(), 10
    ).account("jane@acme.example")
    assert ByStoredHashes().verify(jane, b"fresh") is Proof.YES
    assert ByStoredHashes().verify(jane, b"jane's") is Proof.NO
    connection.modify_s(DN.format("jane"), [(2, "userPassword", b"jane's")])
    connection.unbind_s()


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    chosen: Client = request.param
    chosen.require()
    return chosen


def test_binding_with_each_client(slapd: Slapd, live: Live, client: Client) -> None:
    john = live.directory.account("john@acme.example")
    bound = ByBind(Servers((slapd.uri,), "o=mail", client=client.name))
    assert bound.verify(john, b"secret") is Proof.YES
    assert bound.verify(john, b"wrong") is Proof.NO
    assert bound.verify(john, b"") is Proof.NO
    nobody = live.directory.with_changes(mp.create("account:nobody@acme.example", cn="N", sn="N"))
    assert bound.verify(nobody.account("nobody@acme.example"), b"x") is Proof.NO


def test_a_server_that_is_away_or_hangs_is_unknown(slapd: Slapd, live: Live, client: Client) -> None:
    john = live.directory.account("john@acme.example")
    away = "ldap://127.0.0.1:1"
    servers = Servers((away,), "o=mail", client=client.name)
    assert ByBind(servers).verify(john, b"secret") is Proof.UNKNOWN
    # The next one is asked instead.
    both = Servers((away, slapd.uri), "o=mail", client=client.name)
    assert ByBind(both).verify(john, b"secret") is Proof.YES
    assert ByBind(both).verify(john, b"wrong") is Proof.NO
    assert slapd.tcp_uri
    slapd.pause()
    try:
        started = time.monotonic()
        for url in (slapd.uri, slapd.tcp_uri):
            hanging = Servers((url, url), "o=mail", client=client.name)
            assert ByBind(hanging, 0.4).verify(john, b"secret") is Proof.UNKNOWN
        assert time.monotonic() - started < 2
    finally:
        slapd.resume()


def test_a_first_server_that_hangs_keeps_nobody_out(slapd: Slapd, live: Live, client: Client) -> None:
    john = live.directory.account("john@acme.example")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hangs = f"ldap://127.0.0.1:{silent.getsockname()[1]}"
        bound = ByBind(Servers((hangs, slapd.uri), "o=mail", client=client.name), 3)
        assert bound.verify(john, b"secret") is Proof.YES
        # From now on it is not even asked, until the other one fails.
        started = time.monotonic()
        assert bound.verify(john, b"wrong") is Proof.NO
        assert time.monotonic() - started < 1
    assert bound.verify(john, b"secret") is Proof.YES


def test_passwords_do_not_travel_in_the_clear() -> None:
    with pytest.raises(mp.errors.InvalidUrl):
        ByBind(Servers(("ldap://ldap.acme.example",), "o=mail"))
    ByBind(Servers(("ldap://ldap.acme.example",), "o=mail", plain=True))


# What wrong passwords leave behind

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def stored_state(slapd: Slapd) -> tuple[list[bytes], list[bytes], list[bytes]]:
    connection = slapd.connect()
    ((_, attributes),) = connection.search_s(DN.format("john"), 0)
    connection.unbind_s()
    names = "mpAccountStatus", "mpLockoutFailureAt", "mpLockoutStartedAt"
    status, failures, started = (attributes.get(name, []) for name in names)
    return status, failures, started


def test_failures_are_written_and_forgotten(slapd: Slapd, live: Live) -> None:
    def john() -> Account:
        return live.directory.account("john@acme.example")

    with ExitStack() as stack:
        failures = WrittenFailures(live)
        stack.callback(failures.close)
        # As fast as they come, all of what the directory said at the beginning.
        before = john()
        for number in range(3):
            failures.wrong(before, NOON + timedelta(seconds=number))
        assert failures.is_locked_out(before, NOON + timedelta(seconds=3))
    assert failures._kept._states == {}
    status, moments, started = stored_state(slapd)
    assert status == [b"lockout"]
    assert sorted(moments) == [b"2025030112000%dZ" % number for number in range(3)]
    assert started == [b"20250301120002Z"]
    assert failures.is_locked_out(john(), NOON + timedelta(minutes=59))
    assert not failures.is_locked_out(john(), NOON + timedelta(minutes=61))

    again = WrittenFailures(live)
    again.right(john(), NOON + timedelta(minutes=30))
    again.close()
    assert stored_state(slapd)[0] == [b"lockout"]
    again = WrittenFailures(live)
    again.right(john(), NOON + timedelta(minutes=61))
    again.close()
    assert stored_state(slapd)[1:] == ([], [])
    assert stored_state(slapd)[0] in ([b"active"], [])


def test_wrong_passwords_after_a_lockout_are_counted_too(slapd: Slapd, live: Live) -> None:
    def john() -> Account:
        return live.directory.account("john@acme.example")

    failures = WrittenFailures(live)
    for number in range(3):
        failures.wrong(john(), NOON + timedelta(seconds=number))
    failures.close()
    assert stored_state(slapd)[0] == [b"lockout"]
    later = NOON + timedelta(hours=2)
    again = WrittenFailures(live)
    for number in range(3):
        assert not again.is_locked_out(john(), later)
        again.wrong(john(), later + timedelta(seconds=number))
    again.close()
    assert again.is_locked_out(john(), later + timedelta(seconds=3))


def test_another_source_keeps_what_is_counted_and_nobody_waits_for_it(slapd: Slapd, live: Live) -> None:
    john = live.directory.account("john@acme.example")
    failures = CurrentFailures(live)
    slapd.pause()
    try:
        for number in range(3):
            failures.wrong(john, NOON + timedelta(seconds=number))
        started = time.monotonic()
        failures.exchange(None)
        assert time.monotonic() - started < 2
        assert failures.is_locked_out(john, NOON + timedelta(seconds=3))
    finally:
        slapd.resume()
    failures.close()
    for each in threading.enumerate():
        if each.name == "mailpolicy-lockout-end":
            each.join(10)


def test_the_end_does_not_wait_for_ever(
    slapd: Slapd, live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("mailpolicy.mta.sasl.failures.CLOSING_SECONDS", 0.2)
    failures = WrittenFailures(live)
    slapd.pause()
    try:
        for number in range(3):
            failures.wrong(live.directory.account("john@acme.example"), NOON + timedelta(seconds=number))
        started = time.monotonic()
        failures.close()
        assert time.monotonic() - started < 5
    finally:
        slapd.resume()
    failures._thread.shutdown()
    assert "lockouts are not written any more: 3 wait for a server" in caplog.text


def test_what_cannot_be_written_is_counted_here(slapd: Slapd, live: Live) -> None:
    john = live.directory.account("john@acme.example")
    failures = WrittenFailures(live, bind=Bind(DN.format("jane"), "jane's"))
    for number in range(3):
        failures.wrong(john, NOON + timedelta(seconds=number))
    failures.close()
    assert stored_state(slapd)[1] == []
    assert failures.is_locked_out(john, NOON + timedelta(seconds=4))
    assert not failures.is_locked_out(john, NOON + timedelta(hours=2))
    assert failures.recent(john, NOON + timedelta(seconds=4)) == 3


def test_several_processes_count_together(slapd: Slapd, live: Live) -> None:
    with mp.open(f"{slapd.uri}/o=mail", bind=Bind(ADMIN, PASSWORD)) as other:
        assert isinstance(other, Live)
        other.ready(10)
        first, second = WrittenFailures(live), WrittenFailures(other)
        at = NOON + timedelta(days=1)
        first.wrong(live.directory.account("john@acme.example"), at)
        second.wrong(other.directory.account("john@acme.example"), at + timedelta(seconds=1))
        first.wrong(live.directory.account("john@acme.example"), at + timedelta(seconds=2))
        first.close()
        second.close()
        assert len(stored_state(slapd)[1]) == 3
        assert stored_state(slapd)[0] == [b"lockout"]
