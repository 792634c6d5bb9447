"""A real Postfix that asks our socketmap: mailboxes, odd addresses, outages, sender logins, large lists."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator

import pytest

import mailpolicy as mp
from mailpolicy.freshness import Freshness, State
from mailpolicy.live import Live
from mailpolicy.mta.session import Outlet
from mailpolicy.mta.tables import Tables, TcpTableSession
from mailpolicy.schema.emit import emit
from tests.mta.asking import asking
from tests.mta.installation import DYNLIST, INSTALLATIONS
from tests.mta.serving import served
from tests.postfix import Postfix
from tests.slapd import PASSWORD, Slapd, require as require_slapd
from tests.unit.mta.test_maps import KEEPS_NONE, account, directory, large, mailing_list

pytestmark = pytest.mark.twin


def forwarding(name: str, *addresses: str, **more: str) -> str:
    return account(name, mpForwardingAddresses=addresses, **more)


ENTRIES = (
    account(
        "ann",
        mpAliases=("a.alias@acme.example", '"a b"@acme.example'),
        mpGrants="bob@acme.example usr sendAs",
    ),
    account("bob"),
    account("min", "minus.example"),
    account("all", mpCatchAllAddresses="@minus.example"),
    account("odd").replace("mail: odd@", 'mail: "o, dd"@'),
    forwarding("fay", "fay@other.example"),
    forwarding("away", "away@other.example", **KEEPS_NONE),
    forwarding("lost", **KEEPS_NONE),
    forwarding("ring1", "ring2@acme.example", **KEEPS_NONE),
    forwarding("ring2", "ring1@acme.example", **KEEPS_NONE),
    forwarding("back", "team@acme.example", **KEEPS_NONE),
    account("help1", mpAliases="help@acme.example"),
    account("help2", mpAliases="help@acme.example"),
    mailing_list("team", "back", "ann"),
    mailing_list("nested", "team", "fay"),
    large(1001, "more"),
)


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with asking(directory(*ENTRIES)) as postfix:
        yield postfix


@pytest.mark.parametrize(
    ("address", "delivered"),
    [
        ("ann@acme.example", "ann@acme.example"),
        ("ANN@ACME.example", "ann@acme.example"),
        ("ann+news@acme.example", "ann+news@acme.example"),
        ("a.alias+News@alias.example", "ann+news@acme.example"),
        ('"a b"@acme.example', "ann@acme.example"),
        ('"o, dd"@acme.example', '"o, dd"@acme.example'),
        ('"o, dd+x"@alias.example', '"o, dd+x"@acme.example'),
        ("min-x@minus.example", "min-x@minus.example"),
        ("whoever@minus.example", "all@acme.example"),
        ("fay+x@acme.example", "fay+x@acme.example fay@other.example"),
        ("away@acme.example", "away@other.example"),
        ("lost@acme.example", "lost@acme.example"),
        ("ring1@acme.example", "ring1@acme.example ring2@acme.example"),
        ("back@acme.example", "ann@acme.example"),
        ("team@acme.example", "ann@acme.example"),
        ("nested@acme.example", "ann@acme.example fay@acme.example fay@other.example"),
        ("all@acme.example", "all@acme.example"),
    ],
)
def test_mail_comes_to(postfix: Postfix, address: str, delivered: str) -> None:
    outcome = postfix.send(address)
    assert not outcome.refused
    assert not outcome.returned
    assert " ".join(outcome.delivered) == delivered


@pytest.mark.parametrize(
    ("address", "reply"),
    [
        ("nobody@acme.example", "550 5.1.1"),
        ("nobody@alias.example", "550 5.1.1"),
        ("ann-x@acme.example", "550 5.1.1"),
        ("ann@off.example", "554 5.7.1"),
        ("ann@other.example", "554 5.7.1"),
        ("ann@[192.0.2.1]", "554 5.7.1"),
        ("help@acme.example", "451 4.3.0"),
        ("more@acme.example", "451 4.3.0"),
    ],
)
def test_mail_is_not_taken_for(postfix: Postfix, address: str, reply: str) -> None:
    assert postfix.send(address).refused.startswith(reply)


def test_what_is_counted_is_what_postfix_counts() -> None:
    """A list of two, one of whom forwards to three: five, and Postfix stops where we would."""
    entries = (
        forwarding("fay", *(f"f{number}@other.example" for number in range(3))),
        mailing_list("team", "fay", "x@other.example"),
    )
    for limit, taken in ((5, True), (4, False)):
        settings = {"virtual_alias_expansion_limit": str(limit)}
        with asking(directory(*entries), Tables(most_results=5), settings) as postfix:
            outcome = postfix.send("team@acme.example")
            assert (len(outcome.delivered), outcome.refused[:9]) == ((5, "") if taken else (0, "451 4.6.0"))
    with asking(directory(*entries), Tables(most_results=4)) as postfix:
        assert postfix.send("team@acme.example").refused.startswith("451 4.3.0")


def test_an_expander_gets_mail_for_a_large_list() -> None:
    tables = Tables(expander="{local}+expand@{domain}", expander_transport="error:5.1.1 to the expander")
    transports = "socketmap:inet:127.0.0.1:PORT:transport"
    with asking(directory(*ENTRIES), tables, {"transport_maps": transports}) as postfix:
        (returned,) = postfix.send("more@acme.example").returned.items()
    assert returned == ("more+expand@acme.example", "to the expander")


# Outages


def stale(of: mp.Directory) -> mp.Directory:
    return mp.Directory(of.snapshot.as_fresh_as(Freshness(State.STALE, source="ldap1")), of.statuses)


@pytest.fixture(scope="module", params=[False, True], ids=["careful", "others are others"])
def postfix_in_an_outage(request: pytest.FixtureRequest) -> Iterator[tuple[Postfix, bool]]:
    tables = Tables(foreign_while_stale=request.param)
    relaying = {"mynetworks": "127.0.0.1", "smtpd_relay_restrictions": "permit_mynetworks, reject"}
    with asking(stale(directory(*ENTRIES)), tables, relaying) as postfix:
        yield postfix, request.param


def test_known_mail_flows_and_unknown_waits(postfix_in_an_outage: tuple[Postfix, bool]) -> None:
    postfix, others_are_others = postfix_in_an_outage
    assert postfix.send("ann+x@acme.example").delivered == ("ann+x@acme.example",)
    assert postfix.send("a.alias@alias.example").delivered == ("ann@acme.example",)
    for address in ("new@acme.example", "new@alias.example"):
        assert postfix.send(address).refused.startswith("451 4.3.0")
    other = postfix.send("x@other.example")
    assert other.delivered == (("x@other.example",) if others_are_others else ())
    assert bool(other.refused.startswith("451")) is not others_are_others


def test_a_server_that_goes_away() -> None:
    require_slapd()
    installation = INSTALLATIONS["native"]
    with (
        Slapd(suffix="o=mail", extra_schema=[emit("native", "ldif")], modules=("dynlist",),
              overlays=(DYNLIST,), data=installation.ldif, tcp=True, syncprov=True) as slapd,
        mp.open(f"{slapd.tcp_uri}/o=mail", bind=mp.Bind(slapd.root_dn, PASSWORD)) as live,
        asking(live) as postfix,
    ):  # fmt: skip
        assert postfix.send("ann@acme.example").delivered == ("ann@acme.example",)
        assert postfix.send("new@acme.example").refused.startswith("550 5.1.1")
        slapd.stop()
        wait_until_stale(live)
        assert postfix.send("bob@acme.example").delivered == ("bob@acme.example",)
        assert len(postfix.send("accounts@acme.example").delivered) == 2
        assert postfix.send("new@acme.example").refused.startswith("451 4.3.0")


def wait_until_stale(live: Live) -> None:
    deadline = time.monotonic() + 20
    while live.freshness:
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Sender logins


def greeting(outlet: Outlet) -> Silent:
    """As an authentication server says that it is there; nobody is authenticated by it."""
    return Silent(outlet)


class Silent:
    """A session that greets and hears nothing."""

    is_busy = False

    def __init__(self, outlet: Outlet) -> None:
        cookie = "0" * 32
        outlet.send(
            f"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t{cookie}\nDONE\n".encode()
        )

    def receive(self, chunk: bytes) -> None:
        """Pass over it."""

    def at_end(self) -> None:
        """Nothing is left to be said."""

    def lost(self) -> None:
        """Nothing is held."""


@pytest.fixture(scope="module")
def submission() -> Iterator[Postfix]:
    with served(greeting) as port:
        settings = {
            "smtpd_authorized_xclient_hosts": "127.0.0.1",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{port}",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
            "smtpd_sender_login_maps": "socketmap:inet:127.0.0.1:PORT:senderlogins",
            "smtpd_sender_restrictions": "reject_authenticated_sender_login_mismatch",
        }
        with asking(directory(*ENTRIES), None, settings) as postfix:
            yield postfix


@pytest.mark.parametrize(
    ("login", "sender", "code"),
    [
        ("ann@acme.example", "ann@acme.example", 250),
        ("ANN@acme.example", "Ann+x@acme.example", 250),
        ("ann@acme.example", "a.alias@alias.example", 250),
        ("ann@acme.example", '"a b"@acme.example', 250),
        ("bob@acme.example", "ann@acme.example", 250),
        ("ann@acme.example", "bob@acme.example", 553),
        ("all@acme.example", "whoever@minus.example", 250),
        ("ann@acme.example", "whoever@minus.example", 553),
        ("ann@acme.example", "help@acme.example", 451),
    ],
)
def test_who_may_use_a_sender_address(submission: Postfix, login: str, sender: str, code: int) -> None:
    with smtplib.SMTP("127.0.0.1", submission.port, timeout=20) as client:
        client.ehlo("test")
        assert client.docmd("XCLIENT", f"LOGIN={login}")[0] == 220
        client.ehlo("test")
        assert client.mail(sender)[0] == 250
        reply, text = client.rcpt("bob@acme.example")
    assert reply == code, text


@pytest.mark.parametrize("table", ["socketmap", "tcp"])
def test_mail_with_a_long_address_in_its_header_is_taken(table: str) -> None:
    """Postfix asks for all of it, and takes no mail where that lookup fails."""
    of = directory(*ENTRIES)
    rewriting = {"local_header_rewrite_clients": "static:all"}
    with served(lambda outlet: TcpTableSession(outlet, of, "canonical")) as port:
        rewriting["canonical_maps"] = {
            "socketmap": "socketmap:inet:127.0.0.1:PORT:canonical",
            "tcp": f"tcp:127.0.0.1:{port}",
        }[table]
        with (
            asking(of, settings=rewriting) as postfix,
            smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client,
        ):
            client.ehlo()
            for lines in (5, 12, 90):
                long = "".join(f"{'x' * 900}.\r\n " for _ in range(lines))
                client.mail("wile.e@customer.example")
                client.rcpt("ann@acme.example")
                code, text = client.data(f"To: {long}y@acme.example\r\nSubject: anvils\r\n\r\nHello\r\n")
                assert code == 250, text
