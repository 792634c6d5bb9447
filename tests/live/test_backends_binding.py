"""Whom both clients are to the server, and that nobody learns a password from what goes wrong."""

from __future__ import annotations

import os
import traceback

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.live.bind import Bind
from tests.live.backends import Client
from tests.slapd import PASSWORD, Slapd, StartSlapd

DATA = "dn: dc=example\nobjectClass: domain\ndc: example\n"
ROOT = "cn=admin,dc=example"
SHORT = 0.4
"""Seconds of a timeout."""


@pytest.fixture(scope="module")
def slapd(module_slapd: StartSlapd) -> Slapd:
    return module_slapd(data=DATA, tcp=True)


def test_external_is_who_the_connection_says(client: Client, slapd: Slapd) -> None:
    with client.opened(slapd, bind=Bind.external()) as backend:
        assert (
            backend.whoami()
            == f"dn:gidNumber={os.getgid()}+uidNumber={os.getuid()},cn=peercred,cn=external,cn=auth"
        )


def test_external_needs_a_connection_that_says_it(client: Client, slapd: Slapd) -> None:
    with pytest.raises(Unavailable):
        client.connect(slapd.tcp_uri or "", bind=Bind.external())


def test_a_password_that_is_a_function_is_asked_at_each_connection(
    client: Client, start_slapd: StartSlapd
) -> None:
    slapd = start_slapd(data=DATA)
    passwords = iter([PASSWORD, "wrong", PASSWORD])
    bind = Bind(ROOT, lambda: next(passwords))
    client.connect(slapd.uri, bind=bind).close()
    with pytest.raises(Unavailable):
        client.connect(slapd.uri, bind=bind)
    client.connect(slapd.uri, bind=bind).close()


def test_no_error_tells_the_password(client: Client, start_slapd: StartSlapd) -> None:
    secret = "Tr0ub4dor"
    slapd = start_slapd(data=DATA, tcp=True)
    for url in (slapd.uri, slapd.tcp_uri or "", "ldap://127.0.0.1:9"):
        with pytest.raises(Unavailable) as raised:
            client.connect(url, bind=Bind(ROOT, secret), network_timeout=SHORT)
        told = [str(raised.value), repr(raised.value), *traceback.format_exception(raised.value)]
        assert secret not in "".join(told)
    with client.opened(slapd) as backend:
        assert PASSWORD not in repr(backend)


def test_a_wrong_password_is_named_as_such(client: Client, start_slapd: StartSlapd) -> None:
    with pytest.raises(Unavailable, match="wrong name or password"):
        client.connect(start_slapd(data=DATA).uri, bind=Bind(ROOT, "wrong"))


@pytest.mark.parametrize("password", ["", b""])
def test_an_empty_password_does_not_become_an_anonymous_bind(
    client: Client, start_slapd: StartSlapd, password: str | bytes
) -> None:
    with pytest.raises(Unavailable):
        client.connect(start_slapd(data=DATA).uri, bind=Bind(ROOT, password))
