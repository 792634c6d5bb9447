"""Whether a forgotten password may be recovered."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Counter, Login, Recovery, Usage, counters_for, replies
from mailpolicy.model import Directory
from tests.logins import IN, NOON, deployed, outcome, own, recovery
from tests.trees import ANN, record

DAY = 86_400
OWN = {"mpPasswordRecoveryStatus": "enabled", "mpRecoveryAddress": "ann@private.example"}
DEPLOYED = {
    "zimbraFeatureResetPasswordStatus": "enabled",
    "zimbraPrefPasswordRecoveryAddress": "ann@private.example",
    "zimbraPrefPasswordRecoveryAddressStatus": "verified",
}


def house(**says: Any) -> Directory:
    return own({**OWN, "mpAliases": "a@acme.example", **says})


def server(**says: Any) -> Directory:
    return deployed({**DEPLOYED, **says})


@pytest.mark.parametrize("directory", [house(), server()], ids=["own", "deployed"])
@pytest.mark.parametrize("age", [None, 0, 600])
def test_a_code_is_sent_and_taken(directory: Directory, age: float | None) -> None:
    assert outcome(recovery(directory, code_age=age)) == IN


@pytest.mark.parametrize(
    ("directory", "more", "rule"),
    [
        (house(), {"account": "nobody@acme.example"}, "account"),
        (house(), {"account": "no address"}, "account"),
        (house(), {"service": "imap"}, "enabled"),
        (house(), {"service": "api"}, "enabled"),
        (own({"mpRecoveryAddress": "ann@private.example"}), {}, "enabled"),
        (house(mpPasswordRecoveryStatus="disabled"), {}, "enabled"),
        (own({"mpPasswordRecoveryStatus": "enabled"}), {}, "address"),
        (house(mpRecoveryAddress=ANN), {}, "address"),
        (house(mpRecoveryAddress="A@acme.example"), {}, "address"),
        (house(mpAccountStatus="locked"), {}, "status"),
        (house(mpAccountStatus="closed"), {}, "status"),
        (house(mpAccountStatus="pending"), {}, "status"),
        (house(mpAccountStatus="disabled"), {}, "status"),
        (server(zimbraFeatureResetPasswordStatus="disabled"), {}, "enabled"),
        (server(zimbraPrefPasswordRecoveryAddressStatus="pending"), {}, "address"),
        (server(zimbraPrefPasswordRecoveryAddressStatus=[]), {}, "address"),
    ],
)
def test_who_may_not_recover_learns_nothing(directory: Directory, more: dict[str, Any], rule: str) -> None:
    """All these have the same reply, and none of them is counted."""
    decision = recovery(directory, **more)
    assert outcome(decision) == ("reject", f"recovery.{rule}")
    assert decision.reply == replies.RECOVERY_REFUSED
    assert not decision.charges


def test_an_own_address_by_an_alias_domain_is_an_own_one() -> None:
    alias = record(
        "dc=alias,o=mail", "domain", "mpDomain", dc="alias", associatedDomain="alias.example",
        mpDomainKind="alias", mpAliasTarget="dc=acme,o=mail",
    )  # fmt: skip
    directory = own({**OWN, "mpRecoveryAddress": "ann@alias.example"}, {}, {}, {}, alias)
    assert recovery(directory).rule == "recovery.address"


def test_the_address_of_somebody_else_here_is_none_of_hers() -> None:
    bob = record(
        "uid=bob,o=mail", "inetOrgPerson", "mpAccount", uid="bob", cn="B", sn="B", mail="bob@acme.example"
    )
    directory = own({**OWN, "mpRecoveryAddress": "bob@acme.example"}, {}, {}, {}, bob)
    assert outcome(recovery(directory)) == IN


@pytest.mark.parametrize(
    "directory",
    [house(mpPasswordRecoveryStatus="suspended"), server(zimbraFeatureResetPasswordStatus="suspended")],
)
def test_recovery_is_suspended(directory: Directory) -> None:
    decision = recovery(directory)
    assert outcome(decision) == ("defer", "recovery.enabled")
    assert decision.reply == replies.RECOVERY_REFUSED


@pytest.mark.parametrize("status", ["active", "lockout", "locked", "pending", "closed", "maintenance"])
def test_by_the_table_of_the_server_nearly_every_status_lets_a_code_in(status: str) -> None:
    decision = recovery(server(zimbraAccountStatus=status))
    if status == "maintenance":
        assert outcome(decision) == ("defer", "recovery.status")
        assert decision.reply == replies.RECOVERY_REFUSED
    else:
        assert outcome(decision) == IN


@pytest.mark.parametrize(
    ("status", "expected"),
    [("active", IN), ("lockout", IN), ("maintenance", ("defer", "recovery.status"))],
)
def test_by_the_documented_table_only_who_is_open_or_locked_out(
    status: str, expected: tuple[str, str | None]
) -> None:
    assert outcome(recovery(house(mpAccountStatus=status))) == expected


def test_a_suspended_domain_waits_by_both_tables() -> None:
    directory = own(OWN, domain={"mpDomainStatus": "suspended"})
    for table in ("documented", "server"):
        assert outcome(recovery(Directory(directory.snapshot, table))) == ("defer", "recovery.status")


# Attempts


@pytest.mark.parametrize(
    ("used", "expected"),
    [(0, IN), (2, IN), (3, ("defer", "recovery.attempts")), (4, ("defer", "recovery.attempts"))],
)
def test_so_many_attempts_then_a_pause(used: int, expected: tuple[str, str | None]) -> None:
    directory = house(mpMaxRecoveryAttempts="3")
    counter = Counter("recovery", ANN, DAY)
    decision = recovery(directory, usage=Usage({counter: used}))
    assert outcome(decision) == expected
    if expected == IN:
        ((charged, amount, limit),) = decision.charges
        assert (charged, amount, limit) == (counter, 1, 3)
    else:
        assert decision.reply == replies.RECOVERY_REFUSED
        assert not decision.charges


def test_no_attempt_is_allowed_where_none_are() -> None:
    assert outcome(recovery(house(mpMaxRecoveryAttempts="0"))) == ("defer", "recovery.attempts")


def test_attempts_that_nobody_has_counted_wait() -> None:
    decision = recovery(house(), usage=Usage())
    assert outcome(decision) == ("defer", "recovery.attempts")
    assert decision.reply == replies.RECOVERY_REFUSED


@pytest.mark.parametrize(
    ("directory", "window"),
    [
        (house(), DAY),
        (server(), DAY),
        (server(zimbraFeatureResetPasswordSuspensionTime="2h"), 7200),
        (server(zimbraFeatureResetPasswordSuspensionTime="0"), DAY),
    ],
)
@pytest.mark.parametrize("name", [ANN, "Ann@ACME.example"])
def test_the_counts_are_named_beforehand(directory: Directory, window: int, name: str) -> None:
    assert counters_for(directory, Recovery(name), at=NOON) == (Counter("recovery", ANN, window),)
    assert counters_for(directory, Recovery("nobody@acme.example"), at=NOON) == ()
    assert counters_for(directory, Login(name), at=NOON) == ()


@pytest.mark.parametrize(
    "policy", [mp.DEFAULT_POLICY, mp.DEFAULT_POLICY.with_on_unknown({"recovery.account": "reject"})]
)
def test_two_with_the_address_are_told_as_none_is(policy: mp.Policy) -> None:
    twice = record("uid=two,o=mail", "inetOrgPerson", "mpAccount", uid="two", cn="T", sn="T", mail=ANN)
    decision = mp.decide(own(OWN, {}, {}, {}, twice), Recovery(ANN), at=NOON, policy=policy)
    assert decision.rule == "recovery.account"
    assert decision.reply == replies.RECOVERY_REFUSED


def test_a_record_that_was_lost_tells_nothing_either() -> None:
    directory = own(OWN, {}, {}, {}, "dn: uid=lost,o=mail\nobjectClass: mpAccount\nmail:: ===\n\n")
    decision = recovery(directory, account="nobody@acme.example")
    assert outcome(decision) == ("defer", "recovery.account")
    assert decision.unknown
    assert decision.reply == replies.RECOVERY_REFUSED


# Codes


@pytest.mark.parametrize(
    ("directory", "lifetime"),
    [
        (house(), 600),
        (house(mpRecoveryCodeLifetime="1m"), 60),
        (server(zimbraResetPasswordRecoveryCodeExpiry="5m"), 300),
    ],
)
def test_a_code_is_good_for_some_time(directory: Directory, lifetime: int) -> None:
    assert outcome(recovery(directory, code_age=lifetime)) == IN
    decision = recovery(directory, code_age=lifetime + 0.1)
    assert outcome(decision) == ("reject", "recovery.code")
    assert decision.reply == replies.RECOVERY_REFUSED
