"""What wrong and right passwords leave behind: written to the directory, or kept elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailpolicy.decision.failures import (
    Attempts,
    after_recovery,
    after_right_password,
    after_wrong_password,
    is_locked_out,
)
from mailpolicy.model import Account, Directory
from mailpolicy.status import LockoutState
from tests.logins import NOON, deployed, login, outcome, own
from tests.trees import ANN

MINUTE = timedelta(minutes=1)
POLICY = {"mpLockoutEnabled": "TRUE", "mpLockoutMaxFailures": "3", "mpLockoutDuration": "1h"}
DEPLOYED_POLICY = {
    "zimbraPasswordLockoutEnabled": "TRUE",
    "zimbraPasswordLockoutMaxFailures": "3",
    "zimbraPasswordLockoutDuration": "1h",
    "zimbraAccountStatus": "active",
}
KINDS = {"own": lambda: own(POLICY), "deployed": lambda: deployed(DEPLOYED_POLICY)}
each_kind = pytest.mark.parametrize("kind", KINDS)


def ann(directory: Directory) -> Account:
    return directory.account(ANN)


def written(directory: Directory, attempts: Attempts) -> Directory:
    return directory.with_changes(*attempts.changes)


@each_kind
def test_a_story_that_is_written(kind: str) -> None:
    directory = KINDS[kind]()
    for minute in range(3):
        at = NOON + minute * MINUTE
        assert not is_locked_out(ann(directory), at)
        directory = written(directory, after_wrong_password(ann(directory), at))
    assert is_locked_out(ann(directory), NOON + 3 * MINUTE)
    assert ann(directory).status.name == "lockout"
    decision = login(directory)
    assert outcome(decision) == ("reject", "login.status")
    # The right password does not help, and neither is another wrong one counted.
    inside = NOON + 30 * MINUTE
    assert after_right_password(ann(directory), inside).changes == ()
    assert after_wrong_password(ann(directory), inside).changes == ()
    # Afterwards one that is right opens the account, and nothing is left.
    over = NOON + 63 * MINUTE
    assert not is_locked_out(ann(directory), over)
    after = written(directory, after_right_password(ann(directory), over))
    assert after_right_password(ann(after), over).changes == ()
    assert ann(after).status.name == "active"
    left = {name for name in ann(after).entry.raw if "lockout" in name.lower()}
    before = {name for name in ann(KINDS[kind]()).entry.raw if "lockout" in name.lower()}
    assert left == before


def test_after_a_lockout_it_begins_anew() -> None:
    """Though what led to it is not forgotten by then, and the account is still said to be in lockout."""
    directory, over = own({**POLICY, "mpLockoutFailureWindow": "1d"}), NOON
    for lockout in range(3):
        for number in range(3):
            at = over + number * MINUTE
            account = ann(directory)
            assert not is_locked_out(account, at), (lockout, number)
            assert after_wrong_password(account, at, repeated=True).changes == ()
            directory = written(directory, after_wrong_password(account, at))
        assert is_locked_out(ann(directory), at + MINUTE)
        assert after_wrong_password(ann(directory), at + MINUTE).changes == ()
        over = at + timedelta(hours=1, seconds=1)
    assert len(ann(directory).entry.raw["mpLockoutFailureAt"]) == 3
    directory = written(directory, after_wrong_password(ann(directory), over))
    directory = written(directory, after_right_password(ann(directory), over))
    assert ann(directory).status.name == "active"
    assert "mpLockoutFailureAt" not in ann(directory).entry.raw


def test_the_deployed_server_counts_nothing_until_somebody_is_in() -> None:
    directory = KINDS["deployed"]()
    for minute in range(3):
        directory = written(directory, after_wrong_password(ann(directory), NOON + minute * MINUTE))
    assert after_wrong_password(ann(directory), NOON + 63 * MINUTE).changes == ()
    by_the_other = Directory(directory.snapshot, "documented")
    assert after_wrong_password(ann(by_the_other), NOON + 63 * MINUTE).changes


@each_kind
def test_moments_keep_their_milliseconds(kind: str) -> None:
    directory = KINDS[kind]()
    for millisecond in range(3):
        at = NOON + timedelta(milliseconds=millisecond)
        directory = written(directory, after_wrong_password(ann(directory), at))
    assert is_locked_out(ann(directory), NOON + MINUTE)


@each_kind
def test_a_story_that_is_kept_elsewhere(kind: str) -> None:
    account = ann(KINDS[kind]())
    kept = LockoutState()
    for minute in range(3):
        attempts = after_wrong_password(account, NOON + minute * MINUTE, kept=kept)
        assert attempts.changes == ()
        kept = attempts.state
    assert is_locked_out(account, NOON + 3 * MINUTE, kept)
    assert not is_locked_out(account, NOON + 3 * MINUTE)
    assert after_right_password(account, NOON + 3 * MINUTE, kept=kept).state == kept
    assert not is_locked_out(account, NOON + 63 * MINUTE, kept)
    assert after_right_password(account, NOON + 63 * MINUTE, kept=kept).state == LockoutState()


@pytest.mark.parametrize("status", ["locked", "closed", "pending", "maintenance", "disabled"])
def test_what_is_shut_is_not_counted(status: str) -> None:
    account = ann(own({**POLICY, "mpAccountStatus": status}))
    kept = LockoutState()
    for minute in range(5):
        assert after_wrong_password(account, NOON + minute * MINUTE).changes == ()
        kept = after_wrong_password(account, NOON + minute * MINUTE, kept=kept).state
    assert kept == LockoutState()


def test_what_the_domain_shuts_is_not_counted() -> None:
    directory = deployed(DEPLOYED_POLICY, domain={"zimbraDomainStatus": "locked"})
    assert after_wrong_password(ann(directory), NOON).changes == ()


def test_without_a_policy_nothing_is_counted() -> None:
    assert after_wrong_password(ann(own()), NOON) == Attempts(LockoutState())


def test_a_password_that_was_wrong_just_before_is_not_counted() -> None:
    assert after_wrong_password(ann(own(POLICY)), NOON, repeated=True).changes == ()


def test_only_what_changes_is_written() -> None:
    directory = own({**POLICY, "mpLockoutFailureAt": "20250301110000Z"})
    (change,) = after_wrong_password(ann(directory), NOON).changes
    assert dict(change.values) == {"mpLockoutFailureAt": (datetime(2025, 3, 1, 11, tzinfo=UTC), NOON)}
    (change,) = after_right_password(ann(directory), NOON).changes
    assert dict(change.values) == {"mpLockoutFailureAt": None}


@each_kind
def test_a_code_ends_a_lockout_at_once(kind: str) -> None:
    directory = KINDS[kind]()
    for minute in range(3):
        directory = written(directory, after_wrong_password(ann(directory), NOON + minute * MINUTE))
    directory = written(directory, after_recovery(ann(directory), NOON + 4 * MINUTE))
    assert ann(directory).status.name == "active"
    assert not is_locked_out(ann(directory), NOON + 5 * MINUTE)
    assert after_recovery(ann(directory), NOON + 5 * MINUTE).changes == ()


@pytest.mark.parametrize(("table", "holds"), [("documented", True), ("server", False)])
def test_a_lockout_without_a_moment_holds_by_one_table(table: str, holds: bool) -> None:
    directory = Directory(own({**POLICY, "mpAccountStatus": "lockout"}).snapshot, table)
    assert is_locked_out(ann(directory), NOON) is holds
    kept = LockoutState("lockout")
    assert is_locked_out(ann(directory), NOON, kept) is holds
    wrong = {**POLICY, "mpAccountStatus": "lockout", "mpLockoutFailureAt": "20250301110000Z"}
    account = ann(Directory(own(wrong).snapshot, table))
    assert bool(after_right_password(account, NOON).changes) is not holds
