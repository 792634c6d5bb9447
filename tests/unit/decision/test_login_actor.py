"""Opening the mailbox of somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.decision import Decision, replies
from mailpolicy.model import Directory
from tests.logins import BOB, BOB_ID, IN, bob, deployed, deployed_bob, login, outcome, own
from tests.trees import ANN, ANN_ID, DOMAIN_ID, record

ROOM = record("cn=room,o=mail", "mpResource", cn="room", mail="room@acme.example")


def house(*grants: str, ann: dict[str, Any] | None = None, **of_bob: Any) -> Directory:
    return own(
        {"mpGrants": [f"{BOB} usr {each}" for each in grants], **(ann or {})}, {}, {}, {}, bob(**of_bob)
    )


def opened(directory: Directory, service: str = "imap", **more: Any) -> Decision:
    return login(directory, service, actor=BOB, **more)


@pytest.mark.parametrize(
    ("grant", "services"),
    [
        (None, ()),
        ("sendAs", ()),
        ("sendOnBehalfOf", ()),
        ("read", ("imap", "sieve", "webmail", "dav")),
        ("readWrite", ("imap", "sieve", "webmail", "dav")),
        ("loginAs", ("imap", "sieve", "webmail", "dav", "pop3", "smtp")),
    ],
)
def test_rights_open_mailboxes(grant: str | None, services: tuple[str, ...]) -> None:
    directory = house(*([grant] if grant else []))
    for service in ("imap", "sieve", "webmail", "dav", "pop3", "smtp"):
        decision = opened(directory, service)
        assert outcome(decision) == (IN if service in services else ("reject", "login.actor")), service
        assert decision.reply == (None if service in services else replies.LOGIN_REFUSED)
    assert any(each.id.startswith("right.") for each in opened(house()).reasons)


def test_the_own_mailbox_needs_no_right() -> None:
    directory = own({"mpAliases": "a@acme.example"})
    assert outcome(login(directory, actor=ANN)) == IN
    assert outcome(login(directory, actor="A@acme.example")) == IN


@pytest.mark.parametrize("actor", ["nobody@acme.example", "bob", "@"])
def test_an_unknown_actor_is_refused(actor: str) -> None:
    decision = login(house("loginAs"), actor=actor)
    assert outcome(decision) == ("reject", "login.account")
    assert decision.reply == replies.LOGIN_REFUSED


def test_an_actor_goes_by_a_user_name_too() -> None:
    directory = own(
        {"mpGrants": f"{BOB} usr loginAs"}, {}, {"mpVirtualHostnames": "mail.acme.example"}, {}, bob()
    )
    assert outcome(login(directory, account="ann", actor="bob", host="mail.acme.example")) == IN


@pytest.mark.parametrize("status", ["active", "locked", "pending", "closed", "disabled", "maintenance"])
def test_in_which_status_a_mailbox_can_be_opened(status: str) -> None:
    """A user needs one that is open; an administrator opens any but those under maintenance."""
    ann = {"mpAccountStatus": status}
    by_user = opened(house("loginAs", ann=ann))
    by_office = opened(house(ann=ann, mpIsGlobalAdmin="TRUE"))
    waits = status == "maintenance"
    refused = ("defer" if waits else "reject", "login.actor")
    assert outcome(by_user) == (IN if status == "active" else refused)
    assert outcome(by_office) == (refused if waits else IN)
    # Who may not open it learns nothing of its status.
    assert opened(house(ann=ann)).reply == replies.LOGIN_REFUSED


def test_the_own_status_of_the_actor_counts() -> None:
    decision = opened(house("loginAs", mpAccountStatus="locked"))
    assert outcome(decision) == ("reject", "login.status")
    assert BOB in decision.reasons[2].text


@pytest.mark.parametrize("service", ["imap", "dav", "webmail", "admin", "telnet"])
@pytest.mark.parametrize(
    "ann",
    [
        {"mpAccountStatus": "closed"},
        {"mpAccountStatus": "maintenance"},
        {f"mp{each}Enabled": "FALSE" for each in ("Imap", "Dav", "Webmail")},
        {"mpAllowedNetworks": "192.0.2.0/24"},
        {"mpIsGlobalAdmin": "TRUE"},
    ],
)
def test_without_a_right_no_mailbox_is_different_from_one_that_is_not_there(
    ann: dict[str, str], service: str
) -> None:
    for own_ones in ({}, {"mpTwoFactorRequired": "TRUE"}, {"mpPasswordMustChange": "TRUE"}):
        directory = house(ann=ann, **own_ones)
        there = opened(directory, service, client="203.0.113.1")
        nowhere = opened(directory, service, client="203.0.113.1", account="nobody@acme.example")
        assert outcome(there) == outcome(nowhere) == ("reject", "login.actor")
        assert there.reply == nowhere.reply == replies.LOGIN_REFUSED


def test_the_password_is_that_of_the_actor() -> None:
    hers = {"mpPasswordMustChange": "TRUE", "mpTwoFactorRequired": "TRUE"}
    assert outcome(opened(house("loginAs", ann=hers))) == IN
    assert opened(house("loginAs", **hers)).rule == "login.second_factor"
    assert opened(house("loginAs", **hers), second_factor=True).rule == "login.password_must_change"


@pytest.mark.parametrize("says", [{"mpImapEnabled": "FALSE"}, {"mpAllowedNetworks": "192.0.2.0/24"}])
def test_services_and_networks_are_right_for_both(says: dict[str, str]) -> None:
    assert opened(house("loginAs", ann=says), client="203.0.113.1").rule in ("login.service", "login.network")
    assert opened(house("loginAs", **says), client="203.0.113.1").rule in ("login.service", "login.network")
    assert outcome(opened(house("loginAs"), client="203.0.113.1")) == IN


def test_nobody_administers_as_somebody_without_being_one() -> None:
    directory = house("loginAs", ann={"mpIsGlobalAdmin": "TRUE"})
    assert opened(directory, "admin").reply == replies.NOT_AN_ADMINISTRATOR


def test_a_delegated_administrator_needs_the_right_and_never_gets_above() -> None:
    def administered(ann: dict[str, Any], *grants: str) -> Directory:
        domain = {"mpGrants": [f"{BOB} usr {each}" for each in grants]}
        return own(ann, {}, domain, {}, bob(mpIsDelegatedAdmin="TRUE"))

    assert opened(administered({})).reply == replies.LOGIN_REFUSED
    assert outcome(opened(administered({}, "adminLoginAs"))) == IN
    assert outcome(opened(administered({"mpAccountStatus": "locked"}, "adminLoginAs"))) == IN
    above = administered({"mpIsGlobalAdmin": "TRUE"}, "adminLoginAs")
    assert opened(above).reply == replies.LOGIN_REFUSED


@pytest.mark.parametrize(
    ("grant", "service", "expected"),
    [
        (None, "imap", ("reject", "login.actor")),
        (f"{BOB_ID} usr loginAs", "imap", IN),
        (f"{BOB_ID} usr loginAs", "smtp", IN),
        (f"{DOMAIN_ID} dom loginAs", "imap", IN),
        (f"{ANN_ID} usr loginAs", "imap", ("reject", "login.actor")),
        (f"{BOB_ID} usr read", "imap", ("reject", "login.actor")),
    ],
)
def test_on_a_deployed_server_folders_open_nothing(
    grant: str | None, service: str, expected: tuple[str, str | None]
) -> None:
    directory = deployed({"zimbraACE": [grant] if grant else []}, {}, {}, {}, deployed_bob())
    assert outcome(opened(directory, service)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("closed", IN), ("locked", IN), ("maintenance", ("defer", "login.actor"))],
)
def test_administrators_of_a_deployed_server(status: str, expected: tuple[str, str | None]) -> None:
    admin = deployed_bob(zimbraIsAdminAccount="TRUE")
    directory = deployed({"zimbraAccountStatus": status}, {}, {}, {}, admin)
    assert outcome(opened(directory)) == expected


def test_resources_are_opened_by_a_right_of_their_own() -> None:
    def administered(right: str) -> Directory:
        domain = {"mpGrants": f"{BOB} usr {right}"}
        return own({}, {}, domain, {}, bob(mpIsDelegatedAdmin="TRUE"), ROOM)

    for right, expected in (
        ("adminLoginCalendarResourceAs", IN),
        ("adminLoginAs", ("reject", "login.actor")),
    ):
        assert outcome(opened(administered(right), account="room@acme.example")) == expected


def test_what_nobody_can_tell_waits() -> None:
    """A grant to a list that may hold somebody who could not be read."""
    lost = "dn: uid=lost,o=mail\nobjectClass: mpAccount\nmail:: ===\n\n"
    gap = record(
        "cn=gap,o=mail", "groupOfURLs", "mpList", cn="gap", mail="gap@acme.example",
        mpMemberAddresses="lost@acme.example",
    )  # fmt: skip
    directory = own({"mpGrants": "gap@acme.example grp loginAs"}, {}, {}, {}, bob(), gap, lost)
    decision = opened(directory)
    assert outcome(decision) == ("defer", "login.actor")
    assert decision.reply == replies.UNKNOWN
    whole = own({"mpGrants": "gap@acme.example grp loginAs"}, {}, {}, {}, bob(), gap)
    assert outcome(opened(whole)) == ("reject", "login.actor")


def test_that_two_mailboxes_have_the_address_is_not_told() -> None:
    def two(address: str) -> str:
        return record("uid=two,o=mail", "inetOrgPerson", "mpAccount", uid="two", cn="T", sn="T", mail=address)

    for mail, rule, asked in (
        (ANN, "login.account", {}),
        (ANN, "login.actor", {"actor": BOB}),
        (BOB, "login.account", {"actor": BOB}),
    ):
        decision = login(own({}, {}, {}, {}, bob(), two(mail)), **asked)
        assert outcome(decision) == ("defer", rule)
        assert decision.reply == replies.UNKNOWN
