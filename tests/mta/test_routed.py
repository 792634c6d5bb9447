"""Addresses that a real Postfix takes apart, asked for with the names that it takes for its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mta.operated import Operated
from tests.mta.running import ACME
from tests.postfix import require

pytestmark = pytest.mark.twin

JOHN, JUDY = "john@acme.example", "judy@acme.example"
"""She is closed, and refused by her plain address."""

ITSELF = {
    "mydestination": "mx.test.example, localhost",
    "local_recipient_maps": "",
    "local_transport": "discard",
}
TO_A_MILTER = {
    "smtpd_milters": "unix:PLACE/milter",
    "smtpd_recipient_restrictions": "reject_unlisted_recipient",
    "smtpd_data_restrictions": "",
    "smtpd_end_of_data_restrictions": "",
}
SITES = {
    "policy": (("policy", "socketmap", "sasl"), ITSELF),
    "milter": (("milter", "socketmap", "sasl"), {**ITSELF, **TO_A_MILTER}),
}

HOSTS = ("mx.test.example", "MX.test.example.", "localhost", "[127.0.0.1]")
FORMS = (
    "{user}%acme.example@{host}",
    '"{user}%acme.example"@{host}',
    "acme.example!{user}@{host}",
    '"acme.example!{user}"@{host}',
    '"{user}@acme.example"@{host}',
    "{user}@acme.example@{host}",
    '"{user}@ACME.example."@{host}',
    '"{user}@acme .example"@{host}',
    '"{user}@\\"acme.example\\""@{host}',
    '"{user}\\@acme\\.example"@{host}',
    "{user}%acme.example%localhost@{host}",
    "localhost!acme.example!{user}@{host}",
    '"{user}%acme.example@localhost"@{host}',
    '"@x.example:{user}@acme.example"@{host}',
    "@localhost:{user}%acme.example@{host}",
    '"acme.example!{user}@localhost"@{host}',
)
SAME = ("@mx.test.example:{user}@acme.example", "@mx.test.example,@x.example:{user}@acme.example")
"""What smtpd itself makes the plain address of, before anybody is asked."""


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest) -> Iterator[Operated]:
    require(ldap=False)
    protocols, settings = SITES[request.param]
    with Operated(ACME, protocols=protocols, settings=settings) as site:
        yield site


def written(site: Operated, *recipients: str, login: str = "") -> list[str]:
    """The replies to recipients as they stand here: smtplib would make others of them."""
    with site.postfix.client(login=login) as client:
        assert client.mail(login or "wile.e@customer.example")[0] == 250
        replies = []
        for each in recipients:
            code, text = client.docmd("RCPT", f"TO:<{each}>")
            replies.append(f"{code} {text.decode()}")
        if any(each.startswith("250") for each in replies):
            assert client.data("Subject: x\r\n\r\nHello\r\n")[0] == 250
        return replies


@pytest.mark.parametrize("login", ["", "gail@globex.example"])
def test_no_way_leads_past_the_rules(site: Operated, login: str) -> None:
    ways = [
        form.format(user=user, host=host) for form in FORMS for host in HOSTS for user in ("john", "judy")
    ]
    replies = written(site, *ways, login=login)
    for way, reply in zip(ways, replies, strict=True):
        assert reply.startswith(("553 ", "554 5.7.1 ")), (way, reply)
    assert sum("without a way to it" in reply for reply in replies) > len(ways) / 2
    assert site.arrived() == []


def test_routes_that_are_left_out_lead_to_the_plain_address(site: Operated) -> None:
    routes = [form.format(user=user) for form in SAME for user in ("john", "judy")]
    for route, reply in zip(routes, written(site, *routes), strict=True):
        assert reply[:4] in (("250 ", "553 ") if "john" in route else ("550 ", "553 ")), (route, reply)
    assert {to for each in site.arrived() for to in each.recipients} <= {JOHN}


def test_what_leads_to_the_server_itself_is_its_own(site: Operated) -> None:
    mail = "@acme.example:john@mx.test.example", "x%mx.test.example@localhost", "postmaster"
    replies = written(site, *mail)
    assert all(reply.startswith(("250", "553")) for reply in replies)
    assert site.arrived() == []
