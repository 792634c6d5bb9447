"""Passwords that must be changed, or are too old."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailpolicy.decision import replies
from mailpolicy.decision.rules.login.password import changed_at
from mailpolicy.model import Directory
from tests.logins import IN, deployed, login, outcome, own

MUST = {"mpPasswordMustChange": "TRUE"}
DEPLOYED_MUST = {"zimbraPasswordMustChange": "TRUE"}


@pytest.mark.parametrize(
    ("kind", "service", "verdict"),
    [
        ("own", "webmail", "challenge"),
        ("own", "admin", "challenge"),
        ("own", "imap", "reject"),
        ("own", "smtp", "reject"),
        ("own", "api", "reject"),
        ("deployed", "webmail", "challenge"),
        ("deployed", "admin", "challenge"),
        ("deployed", "imap", "reject"),
        ("deployed", "pop3", "reject"),
        ("deployed", "smtp", "reject"),
    ],
)
def test_pages_let_people_change_it(kind: str, service: str, verdict: str) -> None:
    if kind == "own":
        directory = own({"mpIsGlobalAdmin": "TRUE", "mpApiEnabled": "TRUE", **MUST})
    else:
        directory = deployed({"zimbraIsAdminAccount": "TRUE", **DEPLOYED_MUST})
    decision = login(directory, service)
    assert outcome(decision) == (verdict, "login.password_must_change")
    assert decision.reply == replies.PASSWORD_MUST_CHANGE


def test_who_may_not_change_it_is_refused() -> None:
    directory = own({**MUST, "mpPasswordChangeEnabled": "FALSE"})
    assert outcome(login(directory, "webmail")) == ("reject", "login.password_must_change")
    locked = deployed({**DEPLOYED_MUST, "zimbraPasswordLocked": "TRUE"})
    assert outcome(login(locked, "webmail")) == ("reject", "login.password_must_change")


def test_a_second_factor_comes_first() -> None:
    directory = own({**MUST, "mpTwoFactorRequired": "TRUE"})
    assert login(directory, "webmail").rule == "login.second_factor"
    assert login(directory, "webmail", second_factor=True).rule == "login.password_must_change"


@pytest.mark.parametrize(
    ("changed", "is_in"),
    [
        ("20241201120000Z", True),
        ("20241201115959Z", False),
        ("20241201115959.999Z", False),
        ("20260101000000Z", True),
        ("garbage", True),
        (None, True),
    ],
)
@pytest.mark.parametrize("kind", ["own", "deployed"])
def test_a_password_is_good_for_so_many_days(kind: str, changed: str | None, is_in: bool) -> None:
    """Noon of the first of March is ninety days after that of the first of December."""
    if kind == "own":
        directory = own({"mpPasswordMaxAge": "90d", **({"pwdChangedTime": changed} if changed else {})})
    else:
        stored = {"zimbraPasswordModifiedTime": changed} if changed else {}
        directory = deployed({"zimbraPasswordMaxAge": "90", **stored})
    decision = login(directory)
    assert outcome(decision) == (IN if is_in else ("reject", "login.password_age"))
    assert decision.reply == (None if is_in else replies.PASSWORD_EXPIRED)
    pages = login(directory, "webmail")
    assert outcome(pages) == (IN if is_in else ("challenge", "login.password_age"))
    # Not for application passwords.
    assert outcome(login(directory, application_password=True)) == IN


@pytest.mark.parametrize("age", ["0", None])
def test_without_a_limit_a_password_is_good_for_ever(age: str | None) -> None:
    says = {"zimbraPasswordModifiedTime": "20000101000000Z"}
    directory = deployed({**says, **({"zimbraPasswordMaxAge": age} if age else {})})
    assert outcome(login(directory)) == IN


def test_application_passwords_need_not_be_changed() -> None:
    assert outcome(login(own(MUST), application_password=True)) == IN


@pytest.mark.parametrize("mechanism", ["ldap", "ad", "kerberos5", "custom:sso"])
def test_passwords_that_are_kept_elsewhere_do_not_grow_old_here(mechanism: str) -> None:
    old = {"zimbraPasswordModifiedTime": "20000101000000Z", "zimbraPasswordMaxAge": "90", **DEPLOYED_MUST}
    assert login(deployed(old)).rule == "login.password_must_change"
    assert outcome(login(deployed(old, domain={"zimbraAuthMech": mechanism}))) == IN
    by_itself = deployed(old, domain={"zimbraAuthMech": "zimbra"})
    assert login(by_itself).rule == "login.password_must_change"


def test_the_first_moment_that_can_be_read_counts() -> None:
    directory: Directory = deployed({"zimbraPasswordModifiedTime": "20240305101500.000Z"})
    assert changed_at(directory.account("ann@acme.example")) == datetime(2024, 3, 5, 10, 15, tzinfo=UTC)
    both = own({"zimbraPasswordModifiedTime": "garbage", "pwdChangedTime": "20240305101500Z"})
    assert changed_at(both.account("ann@acme.example")) == datetime(2024, 3, 5, 10, 15, tzinfo=UTC)
    assert changed_at(own().account("ann@acme.example")) is None
