"""The second factor: every combination, against the table below and against the slow way."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Final

import pytest

from mailpolicy.decision import Login, replies
from mailpolicy.model import Directory
from tests.logins import IN, NOON, deployed, login, outcome, own
from tests.reference.login import House, Person, slow_login

COLUMNS: Final = "application allowed pages asks factor required policy network device".split()  # noqa: SIM905

TABLE: Final = """
    application allowed pages asks factor required policy   network device   outcome
    yes         no      -     -    -      -        -        -       -        no-application
    yes         -       yes   -    -      -        -        -       -        no-application
    yes         -       -     -    -      -        -        -       -        in
    -           -       -     -    yes    -        -        -       -        in
    -           -       -     -    -      no       disabled -       -        in
    -           -       -     -    -      -        network  yes     -        in
    -           -       -     -    -      -        device   -       yes      in
    -           -       -     yes  -      -        -        -       -        ask
    -           yes     -     -    -      -        -        -       -        use-application
    -           -       -     -    -      -        -        -       -        refuse
"""
"""The first row that fits counts; `-` fits anything. `application`: an application password was given;
`allowed`: there may be such; `pages`, `asks`: what the service can do; `network`, `device`: trusted ones."""

OUTCOMES: Final = {
    "in": (*IN, None),
    "ask": ("challenge", "login.second_factor", replies.SECOND_FACTOR_NEEDED),
    "use-application": ("reject", "login.second_factor", replies.APPLICATION_PASSWORD_NEEDED),
    "refuse": ("reject", "login.second_factor", replies.SECOND_FACTOR_NEEDED),
    "no-application": ("reject", "login.application_password", replies.LOGIN_REFUSED),
}

ROWS: Final = [line.split() for line in TABLE.strip().splitlines()[1:]]
SERVICES: Final = ("imap", "sieve", "pop3", "smtp", "webmail", "activesync", "dav", "xmpp", "api", "admin")
POLICIES: Final = {"disabled": "disabled", "network": "trusted_network", "device": "trusted_device"}


def said_by_table(facts: Mapping[str, str]) -> str:
    return next(
        row[-1]
        for row in ROWS
        if all(cell in ("-", facts[name]) for name, cell in zip(COLUMNS, row, strict=False))
    )


def yes(value: bool) -> str:
    return "yes" if value else "no"


def house(service: str, policy: str, *, required: bool, devices: bool, allowed: bool) -> Directory:
    where = {"sieve": "imap", "admin": "webmail"}.get(service, service)
    account = {
        "mpIsGlobalAdmin": "TRUE",
        "mpActivesyncEnabled": "TRUE",
        "mpXmppEnabled": "TRUE",
        "mpApiEnabled": "TRUE",
        "mpTwoFactorRequired": truth(required),
        "mpTrustedDevicesEnabled": truth(devices),
        "mpApplicationPasswordsEnabled": truth(allowed),
    }
    domain = {
        "mpTwoFactorPolicy": f"{where} {POLICIES[policy]}",
        "mpTrustedNetworks": f"{where} 192.0.2.0/24",
    }
    return own(account, {}, domain)


def truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


@pytest.mark.parametrize("service", SERVICES)
def test_every_combination(service: str) -> None:
    tried = 0
    for policy, required, devices, allowed in product(POLICIES, *[(False, True)] * 3):
        directory = house(service, policy, required=required, devices=devices, allowed=allowed)
        for network, device, factor, application in product((False, True), repeat=4):
            request = Login(
                "ann@acme.example",
                service,
                client="192.0.2.9" if network else "192.0.3.9",
                trusted_device=device,
                second_factor=factor,
                application_password=application,
            )
            facts = {
                "application": yes(application),
                "allowed": yes(allowed),
                "pages": yes(service in ("webmail", "admin")),
                "asks": yes(service in ("webmail", "admin", "api")),
                "factor": yes(factor),
                "required": yes(required),
                "policy": policy,
                "network": yes(network),
                "device": yes(device and devices),
            }
            expected = OUTCOMES[said_by_table(facts)]
            decision = login(
                directory,
                service,
                client=request.client,
                trusted_device=device,
                second_factor=factor,
                application_password=application,
            )
            assert (*outcome(decision), decision.reply) == expected, (facts, request)
            person = Person(
                "active", "everything", frozenset({*SERVICES}), (), frozenset(), required, devices, allowed,
                False, True, 0, None,
            )  # fmt: skip
            called = {"sieve": "imap", "admin": "webmail"}.get(service, service)
            rules = House((), {called: POLICIES[policy]}, {called: ("192.0.2.0/24",)}, True, True)
            assert slow_login(request, person, person, rules, frozenset(), NOON) == expected[:2]
            tried += 1
    assert tried == 3 * 2**7


def test_every_row_of_the_table_is_met() -> None:
    met = set()
    for cells in product(*[("yes", "no")] * 6, POLICIES, ("yes", "no"), ("yes", "no")):
        facts = dict(zip(COLUMNS, cells, strict=True))
        met.add(
            next(
                place
                for place, row in enumerate(ROWS)
                if all(cell in ("-", facts[name]) for name, cell in zip(COLUMNS, row, strict=False))
            )
        )
    assert met == set(range(len(ROWS)))


@pytest.mark.parametrize("client", ["", "unknown"])
def test_an_unknown_client_is_trusted_nowhere(client: str) -> None:
    directory = own(
        domain={"mpTwoFactorPolicy": "imap trusted_network", "mpTrustedNetworks": "imap 0.0.0.0/0"}
    )
    assert outcome(login(directory, client=client)) == ("reject", "login.second_factor")
    assert outcome(login(directory, client="203.0.113.9")) == IN


def test_networks_and_policies_are_those_of_the_service() -> None:
    directory = own(
        domain={
            "mpTwoFactorPolicy": ["imap trusted_network", "webmail trusted_network"],
            "mpTrustedNetworks": ["imap 192.0.2.0/24", "imap 2001:db8::/32", "webmail 198.51.100.0/24"],
        }
    )
    for client in ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"):
        assert outcome(login(directory, client=client)) == IN
        assert login(directory, "webmail", client=client).rule == "login.second_factor"
    assert outcome(login(directory, "webmail", client="198.51.100.1")) == IN
    assert outcome(login(directory, "pop3", client="203.0.113.1")) == IN


def test_a_domain_adds_to_what_holds_everywhere() -> None:
    directory = own(
        domain={"mpTwoFactorPolicy": "imap trusted_device"},
        config={"mpTwoFactorPolicy": ["imap disabled", "smtp trusted_device"]},
    )
    assert login(directory).rule == "login.second_factor"
    assert login(directory, "smtp").rule == "login.second_factor"
    assert outcome(login(directory, "pop3")) == IN


@pytest.mark.parametrize(
    ("says", "service", "application", "expected"),
    [
        ({}, "imap", False, IN),
        ({"zimbraFeatureTwoFactorAuthRequired": "TRUE"}, "imap", False, ("reject", "login.second_factor")),
        (
            {"zimbraFeatureTwoFactorAuthRequired": "TRUE"},
            "webmail",
            False,
            ("challenge", "login.second_factor"),
        ),
        ({"zimbraFeatureTwoFactorAuthRequired": "TRUE"}, "imap", True, IN),
        (
            {"zimbraFeatureAppSpecificPasswordsEnabled": "FALSE"},
            "imap",
            True,
            ("reject", "login.application_password"),
        ),
    ],
)
def test_a_deployed_server_says_who_needs_one(
    says: dict[str, str], service: str, application: bool, expected: tuple[str, str | None]
) -> None:
    assert outcome(login(deployed(says), service, application_password=application)) == expected
