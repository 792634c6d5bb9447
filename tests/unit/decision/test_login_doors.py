"""By which doors, and from where: services, networks, encryption."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.decision import replies
from mailpolicy.values import Service
from tests.logins import IN, deployed, login, outcome, own

# Services


@pytest.mark.parametrize(
    ("service", "attribute"),
    [
        ("imap", "mpImapEnabled"),
        ("sieve", "mpImapEnabled"),
        ("managesieve", "mpImapEnabled"),
        ("pop3", "mpPop3Enabled"),
        ("smtp", "mpSmtpEnabled"),
        ("submission", "mpSmtpEnabled"),
        ("webmail", "mpWebmailEnabled"),
        ("activesync", "mpActivesyncEnabled"),
        ("dav", "mpDavEnabled"),
        ("xmpp", "mpXmppEnabled"),
        ("api", "mpApiEnabled"),
    ],
)
def test_each_service_has_its_switch(service: str, attribute: str) -> None:
    all_on = {f"mp{each.capitalize()}Enabled": "TRUE" for each in Service}
    assert outcome(login(own(all_on), service)) == IN
    decision = login(own({**all_on, attribute: "FALSE"}), service)
    assert outcome(decision) == ("reject", "login.service")
    assert decision.reply == replies.SERVICE_OFF
    only = {**dict.fromkeys(all_on, "FALSE"), attribute: "TRUE"}
    assert outcome(login(own(only), service)) == IN


@pytest.mark.parametrize("service", ["telnet", "IMAP ", "", "ADMIN"])
def test_an_unknown_service_is_off(service: str) -> None:
    decision = login(own(), service)
    assert outcome(decision) == ("reject", "login.service")
    assert repr(service) in decision.reasons[-1].text


def test_the_domain_says_what_there_is_at_most() -> None:
    directory = own({"mpImapEnabled": "TRUE"}, domain={"mpAllowedServices": "webmail"})
    assert outcome(login(directory)) == ("reject", "login.service")
    assert outcome(login(directory, "webmail")) == IN


@pytest.mark.parametrize("attribute", ["zimbraImapEnabled", "zimbraPrefImapEnabled"])
def test_a_deployed_server_has_two_switches(attribute: str) -> None:
    assert outcome(login(deployed())) == IN
    assert outcome(login(deployed({attribute: "FALSE"}))) == ("reject", "login.service")


@pytest.mark.parametrize(
    ("says", "is_in"),
    [({}, False), ({"mpIsGlobalAdmin": "TRUE"}, True), ({"mpIsDelegatedAdmin": "TRUE"}, True)],
)
def test_administration_is_for_administrators(says: dict[str, str], is_in: bool) -> None:
    decision = login(own({**says, "mpWebmailEnabled": "FALSE"}), "admin")
    assert decision.reply == (None if is_in else replies.NOT_AN_ADMINISTRATOR)


# Networks

OFFICE = {"mpAllowedNetworks": ["192.0.2.0/24", "2001:db8::/32"]}


@pytest.mark.parametrize(
    ("client", "is_in"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        (" 192.0.2.1 ", True),
        ("192.0.3.0", False),
        ("::ffff:192.0.2.1", True),
        ("::ffff:192.0.3.1", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("unknown", False),
        ("192.0.2.1, 198.51.100.1", False),
    ],
)
def test_clients_come_from_the_networks_that_are_set(client: str, is_in: bool) -> None:
    decision = login(own(OFFICE), client=client)
    assert outcome(decision) == (IN if is_in else ("reject", "login.network"))
    assert decision.reply == (None if is_in else replies.NETWORK_REFUSED)


@pytest.mark.parametrize("client", ["", "192.0.2.1", "unknown"])
def test_without_networks_clients_come_from_anywhere(client: str) -> None:
    assert outcome(login(own(), client=client)) == IN


def test_a_mapped_network_is_one_of_the_old_addresses() -> None:
    directory = own({"mpAllowedNetworks": "::ffff:192.0.2.0/120"})
    assert outcome(login(directory, client="192.0.2.9")) == IN
    assert outcome(login(directory, client="192.0.3.9")) == ("reject", "login.network")


@pytest.mark.parametrize(
    ("client", "is_in"), [("192.0.2.1", True), ("192.0.2.200", False), ("198.51.100.1", False)]
)
def test_account_and_domain_must_both_agree(client: str, is_in: bool) -> None:
    directory = own(OFFICE, domain={"mpDomainAllowedNetworks": ["192.0.2.0/25", "198.51.100.0/24"]})
    assert outcome(login(directory, client=client)) == (IN if is_in else ("reject", "login.network"))


@pytest.mark.parametrize(
    ("service", "limited"),
    [("imap", True), ("sieve", True), ("webmail", True), ("admin", True), ("smtp", True), ("dav", False)],
)
def test_networks_hold_for_some_services(service: str, limited: bool) -> None:
    directory = own({**OFFICE, "mpIsGlobalAdmin": "TRUE"})
    expected = ("reject", "login.network") if limited else IN
    assert outcome(login(directory, service, client="203.0.113.1")) == expected
    only_dav = own({**OFFICE, "mpIsGlobalAdmin": "TRUE", "mpAllowedNetworkServices": "dav"})
    expected = IN if limited else ("reject", "login.network")
    assert outcome(login(only_dav, service, client="203.0.113.1")) == expected


@pytest.mark.parametrize(
    ("network", "client", "is_in"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7/32", "192.0.2.7", True),
        ("192.0.2.6/31", "192.0.2.7", True),
        ("192.0.2.0/24", "192.0.2.0", True),
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.0/24", "192.0.3.0", False),
    ],
)
def test_networks_of_a_deployed_server_are_what_they_say(network: str, client: str, is_in: bool) -> None:
    directory = deployed(domain={"zimbraDomainAllowedIPs": network})
    assert outcome(login(directory, client=client)) == (IN if is_in else ("reject", "login.network"))


# Encryption


@pytest.mark.parametrize("service", ["webmail", "admin"])
def test_pages_are_encrypted(service: str) -> None:
    admin = {"mpIsGlobalAdmin": "TRUE"}
    decision = login(own(admin), service, secure=False)
    assert outcome(decision) == ("reject", "login.encryption")
    assert decision.reply == replies.TLS_NEEDED
    assert outcome(login(own(admin), service, secure=True)) == IN
    http = own(admin, domain={"mpPublicServiceProtocol": "http"})
    assert outcome(login(http, service, secure=False)) == IN


@pytest.mark.parametrize("service", ["imap", "pop3", "smtp", "dav", "api"])
def test_other_services_see_to_encryption_themselves(service: str) -> None:
    assert outcome(login(own({"mpApiEnabled": "TRUE"}), service, secure=False)) == IN


def test_a_deployed_server_makes_links_of_the_protocol_and_nothing_else() -> None:
    directory = deployed(domain={"zimbraPublicServiceProtocol": "https"})
    assert outcome(login(directory, "webmail", secure=False)) == IN


@pytest.mark.parametrize("service", ["admin", "imap", "webmail", "smtp"])
@pytest.mark.parametrize("application_password", [False, True])
def test_a_resource_has_no_setting_that_a_rule_fails_of(service: str, application_password: bool) -> None:
    request = mp.Login("everest@acme.example", service, application_password=application_password)
    decision = mp.decide(mp.open("ldif/examples/acme.ldif"), request)
    assert not decision.errors
    assert not decision.unknown
    assert service != "admin" or decision.rule == "login.service"
