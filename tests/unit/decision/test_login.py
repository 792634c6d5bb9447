"""Who may come in: names, statuses, and what is said first."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import replies
from mailpolicy.freshness import Freshness
from mailpolicy.model import Directory
from tests.examples import ACME, CARBONIO, both
from tests.logins import IN, deployed, login, outcome, own
from tests.trees import ANN, record

ALIAS_DOMAIN = record(
    "dc=alias,o=mail", "domain", "mpDomain", dc="alias", associatedDomain="alias.example",
    mpDomainKind="alias", mpAliasTarget="dc=acme,o=mail",
)  # fmt: skip
GLOBEX = record(
    "dc=globex,o=mail", "domain", "mpDomain", dc="globex", associatedDomain="globex.example",
    mpVirtualHostnames="mail.globex.example",
)  # fmt: skip
TEAM = record("cn=team,o=mail", "groupOfURLs", "mpList", cn="team", mail="team@acme.example")


def house(*more: str, **domain: Any) -> Directory:
    return own({"mpAliases": "a@acme.example"}, {}, domain, {}, ALIAS_DOMAIN, TEAM, *more)


# Who


@pytest.mark.parametrize(
    "name", [ANN, "Ann@ACME.Example", "a@acme.example", "ann@alias.example", "a@ALIAS.example"]
)
def test_an_account_goes_by_any_of_its_addresses(name: str) -> None:
    assert outcome(login(house(), account=name)) == IN


@pytest.mark.parametrize(
    "name",
    [
        "nobody@acme.example",
        "team@acme.example",
        "ann@elsewhere.example",
        "ann",
        "",
        "@",
        "ann@",
        "\x00",
        "\udc80",
    ],
)
def test_nobody_is_told_that_there_is_no_such_account(name: str) -> None:
    decision = login(house(), account=name)
    assert outcome(decision) == ("reject", "login.account")
    assert decision.reply == replies.LOGIN_REFUSED
    assert name != "nobody@acme.example" or name in decision.reasons[-1].text


@pytest.mark.parametrize(
    ("name", "host", "known"),
    [
        ("ann", "mail.acme.example", True),
        ("ANN", "Mail.ACME.Example.", True),
        ("a", "mail.acme.example", True),
        ("ann", "mail.globex.example", False),
        ("ann", "acme.example", False),
        ("ann", "", False),
        ("ann", "ma*l.acme.example", False),
        ("ann", "\udc80\x00", False),
        ("bob", "mail.acme.example", False),
        ("", "mail.acme.example", False),
        (ANN, "mail.globex.example", True),
        ("ann@globex.example", "mail.acme.example", False),
    ],
)
def test_a_user_name_is_enough_at_a_host_of_the_domain(name: str, host: str, known: bool) -> None:
    directory = house(GLOBEX, mpVirtualHostnames="mail.acme.example")
    expected = IN if known else ("reject", "login.account")
    assert outcome(login(directory, account=name, host=host)) == expected


def test_a_deployed_server_may_have_a_usual_domain_of_user_names() -> None:
    """The one of the example is acme.example."""
    for name, host in (("bob", ""), ("BOB", ""), ("bob", "nowhere.example"), ("bob", "webmail.acme.example")):
        assert outcome(login(CARBONIO, "smtp", name, host=host)) == IN, (name, host)
    for name in ("nobody", "", "bob@", "bob@nowhere.example"):
        assert outcome(login(CARBONIO, "smtp", name)) == ("reject", "login.account")
    assert outcome(login(ACME, "smtp", "bob")) == ("reject", "login.account")
    sent = mp.Submission("bob", "bob@acme.example", "wile.e@customer.example")
    assert not mp.decide(CARBONIO, sent).is_refused
    assert mp.decide(ACME, sent).rule == "sender.account"
    for actor in ("root", "bob", "nobody"):
        edits = [
            mp.decide(CARBONIO, mp.Edit(name, "bob@acme.example", field="auto_reply_text", value="x"))
            for name in (actor, f"{actor}@acme.example")
        ]
        assert (edits[0].verdict, edits[0].rule) == (edits[1].verdict, edits[1].rule)
        assert (edits[0].rule is None) == (actor == "bob")
    without = CARBONIO.with_changes(mp.unset("config", "zimbraDefaultDomainName"))
    assert outcome(login(without, "smtp", "bob")) == ("reject", "login.account")
    other = CARBONIO.with_changes(mp.set("config", zimbraDefaultDomainName="globex.example"))
    assert outcome(login(other, "smtp", "bob")) == ("reject", "login.account")


def test_a_host_of_two_domains_belongs_to_neither() -> None:
    directory = house(GLOBEX, mpVirtualHostnames="mail.globex.example")
    decision = login(directory, account="ann", host="mail.globex.example")
    assert outcome(decision) == ("defer", "login.account")
    assert "2 entries" in decision.unknown


@both
def test_hosts_are_found_in_both_kinds_of_directory(directory: Directory) -> None:
    assert outcome(login(directory, "smtp", "bob", host="webmail.acme.example")) == IN


def test_a_host_follows_changes() -> None:
    before = house(mpVirtualHostnames="mail.acme.example")
    assert outcome(login(before, account="ann", host="new.acme.example")) == ("reject", "login.account")
    after = before.with_changes(mp.set("domain:acme.example", virtual_hostnames=["new.acme.example"]))
    assert outcome(login(after, account="ann", host="new.acme.example")) == IN
    assert outcome(login(after, account="ann", host="mail.acme.example")) == ("reject", "login.account")


@pytest.mark.parametrize(("name", "host"), [("nobody@acme.example", ""), ("ann", "nowhere.example")])
def test_where_nobody_answers_nobody_is_refused(name: str, host: str) -> None:
    known = house()
    stale = Directory(known.snapshot.as_fresh_as(Freshness(state="stale", source="ldap1")), known.statuses)
    assert outcome(login(stale, account=name, host=host)) == ("defer", "login.account")
    assert outcome(login(stale)) == IN


# Status


@pytest.mark.parametrize(
    ("status", "verdict", "reply"),
    [
        ("maintenance", "defer", replies.IN_MAINTENANCE),
        ("locked", "reject", replies.ACCOUNT_CLOSED),
        ("pending", "reject", replies.ACCOUNT_CLOSED),
        ("closed", "reject", replies.ACCOUNT_CLOSED),
        ("lockout", "reject", replies.ACCOUNT_LOCKED_OUT),
    ],
)
@pytest.mark.parametrize("kind", ["own", "deployed"])
def test_a_status_shuts_out(kind: str, status: str, verdict: str, reply: object) -> None:
    began = "20250301113000Z"
    if kind == "own":
        directory = own({"mpAccountStatus": status, "mpLockoutStartedAt": began})
    else:
        directory = deployed({"zimbraAccountStatus": status, "zimbraPasswordLockoutLockedTime": began})
    decision = login(directory)
    assert outcome(decision) == (verdict, "login.status")
    assert decision.reply == reply
    assert any(each.id.startswith("status.") for each in decision.reasons)


def test_a_disabled_account_is_closed() -> None:
    assert login(own({"mpAccountStatus": "disabled"})).reply == replies.ACCOUNT_CLOSED


@pytest.mark.parametrize(("floor", "reply"), [("suspended", replies.IN_MAINTENANCE), ("locked", None)])
def test_the_domain_counts_by_the_table_in_force(floor: str, reply: object) -> None:
    directory = own({"mpAccountStatus": "active"}, domain={"mpDomainStatus": floor})
    assert login(directory).reply == reply
    by_server = Directory(directory.snapshot, "server")
    assert login(by_server).reply == (reply or replies.ACCOUNT_CLOSED)


@pytest.mark.parametrize(("began", "is_in"), [("20250301110000Z", False), ("20250301105959Z", True)])
def test_a_lockout_ends(began: str, is_in: bool) -> None:
    directory = own({"mpAccountStatus": "lockout", "mpLockoutStartedAt": began})
    assert (outcome(login(directory)) == IN) is is_in


# All together


def test_what_is_said_first_tells_least() -> None:
    """Each thing that is wrong hides those after it."""
    wrong: list[dict[str, Any]] = [
        {"mpAccountStatus": "locked"},
        {"mpWebmailEnabled": "FALSE"},
        {"mpAllowedNetworks": "198.51.100.0/24"},
        {},
        {"mpTwoFactorRequired": "TRUE"},
        {"mpPasswordMustChange": "TRUE"},
        {"mpPasswordMaxAge": "1d", "pwdChangedTime": "20240101000000Z"},
    ]
    rules = []
    for place in range(len(wrong)):
        says = {name: value for each in wrong[place:] for name, value in each.items()}
        rules.append(login(own(says), "webmail", secure=place > 3).rule)
    assert rules == [
        "login.status",
        "login.service",
        "login.network",
        "login.encryption",
        "login.second_factor",
        "login.password_must_change",
        "login.password_age",
    ]


def test_the_trail_says_which_settings_were_read() -> None:
    decision = login(ACME, "webmail", "john", host="webmail.acme.example", client="192.0.2.1")
    assert outcome(decision) == IN
    told = {each.id: {origin.attribute for origin in each.origins} for each in decision.reasons}
    assert "mpAccountStatus" in told["login.status"]
    assert {"mpTwoFactorPolicy", "mpTrustedNetworks"} <= told["login.second_factor"]
    assert decision.reasons[-1].id == "login.welcome"


@pytest.mark.parametrize("directory", [ACME, CARBONIO])
def test_replies_name_nobody(directory: Directory) -> None:
    for account in directory.accounts():
        for service in ("imap", "webmail", "admin"):
            reply = str(login(directory, service, str(account.address), secure=False).reply)
            assert "acme" not in reply
            assert "cn=" not in reply
