"""A real Postfix that asks us about logins: every outcome, as the user sees it."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.decision import DEFAULT_POLICY, REPLIES, Verdict
from mailpolicy.errors import Unavailable
from mailpolicy.journal import Journal, Record, read, replayed
from mailpolicy.metrics.metrics import Metrics
from mailpolicy.model import Directory
from mailpolicy.mta.background import Background
from mailpolicy.mta.sasl import ByStoredHashes, Gate, KeptFailures, SaslSession, Threads
from mailpolicy.mta.server import Serving
from mailpolicy.serve.observers import counting, writing
from tests.postfix import Postfix, require
from tests.sasl import desk_of, plain, saying, small_directory

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("sasl-postfix")]

GENERIC = REPLIES["login_refused"].text
ACME = small_directory()
JOANS = "joan's"


class Source:
    """A directory that may be away."""

    is_there = True

    @property
    def directory(self) -> Directory:
        if not self.is_there:
            raise Unavailable("ldap://nowhere")
        return ACME


class Site:
    """A Postfix, and what it asks."""

    def __init__(self, running: ExitStack) -> None:
        self.source = Source()
        self.desk = desk_of(self.source)
        threads = Threads(2)
        running.callback(threads.close)
        self.gate = Gate(self.desk, ByStoredHashes(), threads, delay=0.05)
        background = running.enter_context(
            Background(lambda: Serving("inet:127.0.0.1:0", lambda outlet: SaslSession(outlet, self.gate)))
        )
        self.sasl_port = background.port
        self.postfix = running.enter_context(
            Postfix(
                {"virtual_mailbox_maps": []},
                ldap_uri="ldap://127.0.0.1:1",
                base="o=mail",
                settings={
                    "smtpd_sasl_auth_enable": "yes",
                    "smtpd_sasl_type": "dovecot",
                    "smtpd_sasl_path": f"inet:127.0.0.1:{self.sasl_port}",
                    "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
                    "smtpd_soft_error_limit": "1000",
                    "smtpd_hard_error_limit": "1000",
                },
            )
        )

    def client(self) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=20)
        client.ehlo()
        return client

    def said(self, *commands: str) -> tuple[int, str]:
        """The last answer to some commands of a session."""
        with self.client() as client:
            for command in commands:
                code, text = client.docmd(command)
        return code, text.decode()


@pytest.fixture(scope="module")
def module_site() -> Iterator[Site]:
    require()
    with ExitStack() as running:
        yield Site(running)


@pytest.fixture
def site(module_site: Site) -> Site:
    module_site.source.is_there = True
    module_site.desk.policy = DEFAULT_POLICY
    module_site.desk.observers = ()
    module_site.gate._failures = KeptFailures()
    return module_site


def test_postfix_offers_our_mechanisms(site: Site) -> None:
    with site.client() as client:
        assert client.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]


def test_plain_and_login_and_the_canonical_name(site: Site) -> None:
    for method in ("auth_plain", "auth_login"):
        with site.client() as client:
            client.user, client.password = "J.Doe@acme.example", "secret"
            code, _ = client.auth(method.removeprefix("auth_").upper(), getattr(client, method))
            assert code == 235
            client.sendmail("john@acme.example", ["outside@else.example"], "Subject: x\r\n\r\nx\r\n")
    assert site.postfix.logs(
        "sasl_method=PLAIN, sasl_username=john@acme.example",
        "sasl_method=LOGIN, sasl_username=john@acme.example",
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_without_an_initial_response(site: Site, mechanism: str) -> None:
    with site.client() as client:
        client.user, client.password = "john@acme.example", "secret"
        method = getattr(client, f"auth_{mechanism.lower()}")
        assert client.auth(mechanism, method, initial_response_ok=False)[0] == 235


def test_a_wrong_password(site: Site) -> None:
    wanted = 535, f"5.7.8 Error: authentication failed: {GENERIC}"
    assert site.said(f"AUTH PLAIN {plain('john@acme.example', 'wrong')}") == wanted
    assert site.said(f"AUTH PLAIN {plain('nobody@acme.example', 'wrong')}") == wanted
    assert site.said("AUTH PLAIN AAAA") == wanted


def test_several_tries_in_one_session(site: Site) -> None:
    wrong, right = (f"AUTH PLAIN {plain('jane@acme.example', each)}" for each in ("wrong", "jane's"))
    assert site.said(wrong, wrong, right)[0] == 235


def test_the_reason_reaches_the_user(site: Site) -> None:
    code, text = site.said(f"AUTH PLAIN {plain('joan@acme.example', JOANS)}")
    assert (code, text) == (535, f"5.7.8 Error: authentication failed: {REPLIES['service_off'].text}")


def test_a_reason_in_any_words(site: Site) -> None:
    said = REPLIES["login_refused"].saying("Nö — 100 % \t \r\n250 OK")
    site.desk.policy = saying(Verdict.REJECT, said)
    code, text = site.said(f"AUTH PLAIN {plain('john@acme.example', 'secret')}")
    assert (code, text) == (535, "5.7.8 Error: authentication failed: Nö — 100 % 250 OK")


def test_a_lockout(site: Site) -> None:
    wrong, right = (f"AUTH PLAIN {plain('john@acme.example', each)}" for each in ("wrong", "secret"))
    for _ in range(3):
        assert GENERIC in site.said(wrong)[1]
        time.sleep(0.002)
    told = REPLIES["account_locked_out"].text
    assert site.said(right) == site.said(wrong) == (535, f"5.7.8 Error: authentication failed: {told}")


def test_wrong_passwords_are_in_journal_and_metrics(site: Site, tmp_path: Path) -> None:
    journal, metrics = Journal(tmp_path / "journal"), Metrics()
    site.desk.observers = (writing(journal), counting(metrics))
    password = "a very wrong one"
    for name in ("john", "nobody", "john", "john", "john", "sasl"):
        site.said(f"AUTH PLAIN {plain(f'{name}@acme.example', password)}")
        time.sleep(0.002)
    journal.close()
    content = (tmp_path / "journal").read_bytes()
    assert password.encode() not in content
    records = [each for each in read([tmp_path / "journal"]) if isinstance(each, Record)]
    told = [(each.rule, getattr(each.request, "password_is", ""), each.reply) for each in records]
    assert told == [
        ("login.password", "wrong", str(REPLIES["login_refused"])),
        ("login.account", "wrong", str(REPLIES["login_refused"])),
        ("login.password", "wrong", str(REPLIES["login_refused"])),
        ("login.password", "wrong", str(REPLIES["login_refused"])),
        ("login.password", "ignored", str(REPLIES["account_locked_out"])),
        ("login.password", "unknown", str(REPLIES["unknown"])),
    ]
    assert replayed(ACME, records).same == 6
    assert {
        (verdict, rule): metrics.registry.get_sample_value(
            "mailpolicy_decisions_total", {"adapter": "sasl", "verdict": verdict, "rule": rule}
        )
        for verdict, rule in (
            ("reject", "login.password"),
            ("reject", "login.account"),
            ("defer", "login.password"),
        )
    } == {("reject", "login.password"): 4, ("reject", "login.account"): 1, ("defer", "login.password"): 1}


def test_where_nobody_can_tell_the_client_may_try_again(site: Site) -> None:
    right = f"AUTH PLAIN {plain('john@acme.example', 'secret')}"
    site.source.is_there = False
    code, text = site.said(right)
    assert code == 454
    assert text.startswith("4.7.0 Temporary authentication failure")
    # In the same session, as soon as somebody can.
    with site.client() as client:
        assert client.docmd(right)[0] == 454
        site.source.is_there = True
        assert client.docmd(right)[0] == 235


def test_who_has_a_hash_that_nobody_here_can_check(site: Site) -> None:
    assert site.said(f"AUTH PLAIN {plain('sasl@acme.example', 'elsewhere')}")[0] == 454


def test_a_deferral_by_a_rule(site: Site) -> None:
    site.desk.policy = saying(Verdict.DEFER, REPLIES["in_maintenance"])
    assert site.said(f"AUTH PLAIN {plain('john@acme.example', 'secret')}")[0] == 454


def test_who_talks_something_else_harms_nobody(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.sasl_port), 5) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"x" * 100_000)
        received = b""
        while chunk := receive(stranger):
            received += chunk
        assert received.startswith(b"VERSION\t1\t2\n")
    assert site.said(f"AUTH PLAIN {plain('john@acme.example', 'secret')}")[0] == 235


def receive(connection: Any) -> bytes:
    try:
        received: bytes = connection.recv(65536)
    except ConnectionResetError:
        return b""
    return received
