"""A server that answers and refuses: the certificate, the password, the rights, the limits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import ldap
import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.freshness import State
from mailpolicy.live import Live
from tests.certificates import Authority
from tests.live.backends import Client
from tests.live.faults.outcomes import (
    JOHN,
    assert_fresh,
    assert_settled,
    assert_stale,
    assert_useless,
    eventually,
    following,
    opened,
)
from tests.live.faults.writers import PEOPLE, connection, modify
from tests.live.servers import PASSWORD, POLICY, Served, acme_server, configured
from tests.slapd import CONFIG, DATABASE, require

pytestmark = pytest.mark.twin

SECRET = "another secret"


def replace(server: Served, dn: str, **values: list[str]) -> None:
    """Change the configuration of the running server."""
    with connection(server, CONFIG) as wire:
        wire.modify_s(dn, [
            (ldap.MOD_REPLACE, name, [value.encode() for value in values]) for name, values in values.items()
        ])  # fmt: skip


def password(server: Served, secret: str) -> None:
    modify(server, POLICY, userPassword=secret)


# --- Certificates ---


def test_a_certificate_that_expires_while_we_follow(client: Client, tmp_path: Path) -> None:
    require()
    authority = Authority(tmp_path)
    good, expired = authority.issue("good"), authority.issue("expired", days=-1)
    with (
        acme_server(tcp=True, certificate=good) as server,
        following(server.tls_uri, client=client.name, ca_file=authority.file) as live,
    ):
        assert_fresh(live)
        use(server, expired)
        assert_stale(live, "expired")
        modify(server, f"uid=john,{PEOPLE}", description="behind an expired certificate")
        use(server, good)
        assert_settled(live, server)


def use(server: Served, certificate: Any) -> None:
    with connection(server, CONFIG) as wire:
        wire.modify_s("cn=config", [
            (ldap.MOD_REPLACE, "olcTLSCertificateFile", str(certificate.file).encode()),
            (ldap.MOD_REPLACE, "olcTLSCertificateKeyFile", str(certificate.key).encode()),
        ])  # fmt: skip
    server.restart()


def test_a_certificate_that_was_never_good(client: Client, tmp_path: Path) -> None:
    require()
    expired = Authority(tmp_path).issue("expired", days=-1)
    with acme_server(tcp=True, certificate=expired) as server:
        for way in ({}, {"start_tls": True}):
            url = server.tcp_uri if way else server.tls_uri
            with pytest.raises(Unavailable, match="expired"):
                opened(url, client=client.name, ca_file=expired.authority, wait=1.0, **way)


# --- Passwords ---


def test_a_wrong_password(client: Client, server: Served) -> None:
    with pytest.raises(Unavailable) as caught:
        opened(server.tcp_uri, client=client.name, bind=mp.Bind(POLICY, SECRET), wait=0.5)
    assert "redential" in caught.value.why or "password" in caught.value.why
    assert SECRET not in repr(caught.value) + str(caught.value)


def test_a_password_that_is_changed_and_then_corrected_in_its_file(
    client: Client, server: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    with following(server.tcp_uri, client=client.name, bind=mp.Bind.from_file(POLICY, file)) as live:
        password(server, SECRET)
        server.restart()  # Who is bound stays so.
        assert_stale(live)
        modify(server, f"uid=john,{PEOPLE}", description="behind another password")
        file.write_text(f"{SECRET}\n")
        assert_settled(live, server)
        for shown in (caplog.text, repr(live), str(live.freshness)):
            assert SECRET not in shown


def test_a_password_file_that_is_not_there_for_a_while(server: Served, tmp_path: Path) -> None:
    file = tmp_path / "password"
    with following(server.tcp_uri, bind=mp.Bind.from_file(POLICY, file), wait=None) as live:
        eventually(lambda: live.freshness.why, "a reason")
        assert f"{file} cannot be read" in live.freshness.why
        assert_useless(live)
        file.write_text(PASSWORD)
        assert_settled(live, server)
        file.unlink()
        server.restart()
        assert_stale(live, f"{file} cannot be read")
        file.write_text(PASSWORD)
        assert_settled(live, server)


def test_a_password_that_is_asked_of_what_fails(server: Served) -> None:
    given: list[str] = []

    def password() -> str:
        if not given:
            raise RuntimeError("the safe is locked")
        return given[0]

    with following(server.tcp_uri, bind=mp.Bind(POLICY, password), wait=None) as live:
        eventually(lambda: live.freshness.why, "a reason")
        assert_useless(live)
        given.append(PASSWORD)
        assert_settled(live, server)


# --- Rights ---


HIDDEN = f'{{0}}to dn.subtree="{PEOPLE}" by dn.exact="{POLICY}" none by * break'


def test_rights_that_hide_half_of_the_tree(client: Client, server: Served) -> None:
    """That they change is no event: it shows with the next connection that is not resumed, or comparison.

    What is hidden is not there to anybody who reads as this account, neither for us.
    """
    rules = list(configured()[DATABASE]["olcAccess"])
    with following(server.tcp_uri, client=client.name) as live:
        whole = len(live.directory.snapshot)
        replace(server, DATABASE, olcAccess=[HIDDEN, *rules])
        modify(server, "o=mail", description="by somebody who sees all")
        eventually(lambda: is_described(live, "by somebody who sees all"))
        assert live.account(JOHN).name
        assert len(live.directory.snapshot) == whole
    with following(server.tcp_uri, client=client.name) as live:
        assert 0 < len(live.directory.snapshot) < whole
        with pytest.raises(NotFound):
            live.account(JOHN)
        # What happens in the hidden half is nothing that makes us doubt the rest.
        for number in range(5):
            modify(server, f"uid=john,{PEOPLE}", description=f"hidden {number}")
        eventually(lambda: live.freshness)
        assert_hidden_changes_are_no_trouble(live)
        replace(server, DATABASE, olcAccess=rules)
    with following(server.tcp_uri, client=client.name) as live:
        assert_settled(live, server)


def is_described(live: Live, text: str) -> bool:
    entry = live.directory.snapshot.entry("o=mail")
    return entry is not None and list(entry.stored("description")) == [text.encode()]


def assert_hidden_changes_are_no_trouble(live: Live) -> None:
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        assert live.freshness, str(live.freshness)
        time.sleep(0.02)


def test_rights_to_nothing(server: Served) -> None:
    rules = list(configured()[DATABASE]["olcAccess"])
    with following(server.tcp_uri) as live:
        replace(server, DATABASE, olcAccess=["{0}to attrs=userPassword by anonymous auth by * none",
                                             "{1}to * by * none"])  # fmt: skip
        server.restart()
        assert_stale(live, "shows no entry o=mail")
        replace(server, DATABASE, olcAccess=rules)
        assert_settled(live, server)


# --- Limits ---


def test_a_size_limit_is_no_answer_and_its_remedy_is_said(client: Client, server: Served) -> None:
    with connection(server) as wire:
        for number in range(520):
            wire.add_s(f"ou={number},o=mail", [
                ("objectClass", b"organizationalUnit"), ("ou", str(number).encode()),
            ])  # fmt: skip
    limits = list(configured()[DATABASE]["olcLimits"])
    with following(server.tcp_uri, client=client.name) as before:
        replace(server, DATABASE, olcLimits=[])
        with following(server.tcp_uri, client=client.name, wait=None) as live:
            eventually(lambda: live.freshness.why, "a reason")
            assert live.freshness.state is State.STARTING
            for word in ("size", "olcLimits"):
                assert word in live.freshness.why
            assert_useless(live)
            assert_fresh(before)
            replace(server, DATABASE, olcLimits=limits)
            assert_settled(live, server)
        assert_settled(before, server)
