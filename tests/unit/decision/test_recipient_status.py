"""Whether the recipient, and the domain after the @, are in a state to receive."""

from __future__ import annotations

import pytest

from mailpolicy.decision.replies import (
    DOMAIN_DISABLED,
    DOMAIN_UNVERIFIED,
    MAILBOX_DISABLED,
    MAILBOX_SUSPENDED,
    MESSAGE_TOO_LARGE,
    REFUSES_ALL,
)
from mailpolicy.status.table import CAPABILITIES, TABLES
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    BOB,
    OUTSIDER,
    carbonio,
    deliver,
    native,
    outcome,
    said,
    submit,
)
from tests.small_directories import record

BY_STATUS = {
    "deliver": ("accept", None),
    "defer": ("defer recipient.status", MAILBOX_SUSPENDED),
    "reject": ("reject recipient.status", MAILBOX_DISABLED),
}
CELLS = [(table, *cell) for table, cells in TABLES.items() for cell in cells]


@pytest.mark.parametrize(("table", "domain", "account"), CELLS)
def test_every_cell_of_both_tables(table: str, domain: str, account: str | None) -> None:
    own = [] if account is None else [f"mpAccountStatus: {account}"]
    directory = native(ann=own, acme=[f"mpDomainStatus: {domain}"], statuses=table)
    expected = BY_STATUS[CAPABILITIES[TABLES[table][domain, account]].receive]
    for decision in (deliver(directory), submit(directory, "ann@globex.example", ANN)):
        if decision.rule is None or decision.rule.startswith("recipient."):  # ann herself may not send
            assert (outcome(decision), decision.reply) == expected


@pytest.mark.parametrize(
    ("account", "domain", "admin", "expected"),
    [
        ("active", "active", False, "accept"),
        ("locked", "locked", False, "accept"),
        ("active", "maintenance", False, "defer recipient.status"),
        ("active", "suspended", False, "defer recipient.status"),
        ("maintenance", "active", False, "defer recipient.status"),
        ("pending", "active", False, "reject recipient.status"),
        ("closed", "suspended", False, "reject recipient.status"),
        ("active", "closed", False, "reject recipient.status"),
        ("active", "suspended", True, "accept"),
        ("active", "closed", True, "reject recipient.status"),
    ],
)
def test_as_deployed_servers_deliver(account: str, domain: str, admin: bool, expected: str) -> None:
    own = [f"zimbraAccountStatus: {account}", f"zimbraIsAdminAccount: {str(admin).upper()}"]
    assert outcome(deliver(carbonio(ann=own, acme=[f"zimbraDomainStatus: {domain}"]))) == expected


def test_the_reasons_of_the_status_are_told_and_the_remote_side_learns_nothing() -> None:
    decision = deliver(native(acme=["mpDomainStatus: closed"]))
    assert said(decision, "recipient.status") == "account ann@acme.example is closed: mail is rejected"
    assert "the domain is closed" in said(decision, "status.domain")
    (why,) = (each for each in decision.reasons if each.id == "status.domain")
    assert why.origins[0].dn == f"dc={ACME},o=mail"
    assert "closed" not in str(decision.reply)
    waiting = deliver(native(acme=["mpDomainStatus: suspended"]))
    assert "the domain is suspended" in said(waiting, "status.domain")


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("active", "accept"),
        ("locked", "accept"),
        ("maintenance", "defer recipient.status"),
        ("suspended", "defer recipient.status"),
        ("closed", "reject recipient.status"),
    ],
)
def test_a_list_stands_as_its_domain_does(domain: str, expected: str) -> None:
    directory = native(acme=[f"mpDomainStatus: {domain}"])
    assert outcome(deliver(directory, "all@acme.example")) == expected


def test_a_room_has_a_status_of_its_own() -> None:
    room = record(
        f"uid=k2,dc={ACME},o=mail", "inetOrgPerson mpResource", "uid: k2", "cn: k2", "sn: k2",
        "mail: k2@acme.example", "mpAccountStatus: closed",
    )  # fmt: skip
    assert outcome(deliver(native(more=[room]), "k2@acme.example")) == "reject recipient.status"


# The domain after the @


UNPROVEN = ["mpOwnershipRequired: TRUE"]


def test_a_domain_that_nobody_proved_to_own_takes_no_mail() -> None:
    directory = native(acme=UNPROVEN)
    for address in (ANN, "all@acme.example", f"ann@{ALIAS}"):
        decision = deliver(directory, address)
        assert (outcome(decision), decision.reply) == ("reject recipient.status", DOMAIN_UNVERIFIED)
        assert "proved" in said(decision, "status.ownership")
    assert outcome(deliver(native(acme=[*UNPROVEN, "mpOwnershipVerified: TRUE"]))) == "accept"


def test_nor_does_an_alias_domain_that_nobody_proved_to_own() -> None:
    directory = native(alias=UNPROVEN)
    decision = deliver(directory, f"ann@{ALIAS}")
    assert (outcome(decision), decision.reply) == ("reject recipient.domain", DOMAIN_UNVERIFIED)
    assert outcome(deliver(directory)) == "accept"


@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_mail_does_not_know_a_domain_whose_mail_status_is_disabled(dialect: str) -> None:
    make, off = (
        (native, ["mpMailStatus: disabled"])
        if dialect == "native"
        else (carbonio, ["zimbraMailStatus: disabled"])
    )
    decision = deliver(make(acme=off))
    assert (outcome(decision), decision.reply) == ("reject recipient.domain", DOMAIN_DISABLED)
    assert "mail_status of acme.example is disabled" in said(decision, "recipient.domain")
    assert outcome(submit(make(acme=off), BOB, ANN)) != "accept"
    # The domain that the sender wrote counts, as in the maps of mail servers; not the one ann lives in.
    assert outcome(deliver(make(acme=off), "ann@globex.example")) == "accept"
    assert outcome(deliver(make(acme=off), f"ann@{ALIAS}")) == "accept"
    assert outcome(deliver(make(alias=off), f"ann@{ALIAS}")) == "reject recipient.domain"
    assert outcome(deliver(make(globex=off), "ann@globex.example")) == "reject recipient.domain"
    assert outcome(deliver(make(globex=off))) == "accept"


@pytest.mark.parametrize(
    ("status", "table", "expected"),
    [
        ("locked", "documented", "accept"),
        ("maintenance", "documented", "defer recipient.domain"),
        ("closed", "documented", "reject recipient.domain"),
        ("maintenance", "server", "accept"),
        ("closed", "server", "reject recipient.domain"),
    ],
)
def test_the_status_of_another_domain_after_the_at(status: str, table: str, expected: str) -> None:
    said_of = [f"mpDomainStatus: {status}"]
    assert outcome(deliver(native(alias=said_of, statuses=table), f"ann@{ALIAS}")) == expected
    assert outcome(deliver(native(globex=said_of, statuses=table), "ann@globex.example")) == expected
    assert outcome(deliver(native(globex=said_of, statuses=table))) == "accept"


def test_an_account_may_stand_higher_than_its_own_domain() -> None:
    """Her own domain counts in her status and not once more: a global administrator is exempt from it."""
    admin = ["zimbraIsAdminAccount: TRUE"]
    assert outcome(deliver(carbonio(ann=admin, acme=["zimbraDomainStatus: maintenance"]))) == "accept"


# Refusing all mail, and large messages


def test_who_refuses_all_mail_says_so_in_words_of_her_own() -> None:
    directory = native(ann=["mpRejectAll: TRUE", "mpRejectReplyText: I have left; write to bob"])
    for decision in (deliver(directory), submit(directory, BOB, ANN)):
        assert outcome(decision) == "reject recipient.refuses_all"
        assert str(decision.reply) == "550 5.7.1 I have left; write to bob"
    assert deliver(native(ann=["mpRejectAll: TRUE"])).reply == REFUSES_ALL
    odd = native(ann=["mpRejectAll: TRUE", "mpRejectReplyText:: " + "R29uZQ0KMjUwIE9L"])
    assert str(deliver(odd).reply) == "550 5.7.1 Gone 250 OK"
    assert outcome(deliver(native(ann=["mpRejectReplyText: no"]))) == "accept"


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, "accept"), (1000, "accept"), (1001, "reject recipient.size")],
)
def test_a_message_is_at_most_as_large_as_the_mailbox_takes(size: int, expected: str) -> None:
    directory = native(ann=["mpMaxMessageSize: 1000"])
    decision = deliver(directory, size=size)
    assert outcome(decision) == expected
    assert (decision.reply == MESSAGE_TOO_LARGE) == (size > 1000)
    assert outcome(deliver(directory, BOB, size=size)) == "accept"
    assert outcome(deliver(directory, f"a@{ALIAS}", size=size)) == expected


def test_a_size_of_zero_is_no_limit() -> None:
    directory = native(config=["mpMaxMessageSize: 10"], ann=["mpMaxMessageSize: 0"])
    assert outcome(deliver(directory, size=10**9)) == "accept"
    assert outcome(deliver(directory, BOB, size=11)) == "reject recipient.size"


def test_deployed_servers_have_one_size_for_everybody() -> None:
    directory = carbonio(config=["zimbraMtaMaxMessageSize: 1000"])
    assert outcome(deliver(directory, size=1000, sender=OUTSIDER)) == "accept"
    assert outcome(deliver(directory, size=1001)) == "reject recipient.size"
