"""What right and wrong passwords leave behind: for whoever checks them.

A rule only reads what is stored. Whoever checks passwords asks `is_locked_out` before it looks at one, and
tells of the outcome afterwards. With an account that may write it applies the `changes`, and tries again from
a newer directory where somebody else was faster; without one it keeps the `state` of each account itself,
and brings it along the next time as `kept`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from attrs import evolve, frozen

from ..inherit import layers_of
from ..model import Account
from ..snapshot.changes import Change, Set
from ..status import (
    LockoutPolicy,
    LockoutState,
    after_failure,
    after_success,
    is_locked_out as in_lockout,
    lockout_policy,
    lockout_state,
)

__all__ = [
    "Attempts",
    "after_recovery",
    "after_right_password",
    "after_wrong_password",
    "is_locked_out",
]

COUNTED: Final = frozenset({"active", "lockout"})
"""Who is in any other status is refused whatever the password, so none counts: a lockout would even open what
is closed, once it is over."""


@frozen
class Attempts:
    """What the attempts to log in have come to, and what to write where that is stored."""

    state: LockoutState
    changes: tuple[Change, ...] = ()


def is_locked_out(account: Account, at: datetime, kept: LockoutState | None = None) -> bool:
    """Whether a lockout refuses every password now, the right one in the same words as a wrong one.

    >>> import mailpolicy as mp
    >>> from datetime import datetime, timezone
    >>> frank = mp.open("ldif/examples/acme.ldif").account("frank@acme.example")
    >>> is_locked_out(frank, datetime(2025, 3, 1, 12, tzinfo=timezone.utc))
    True
    """
    stored = account.status_at(at).name == "lockout"
    return stored or (kept is not None and in_lockout(kept, at, policy_of(account)))


def after_wrong_password(
    account: Account, at: datetime, *, kept: LockoutState | None = None, repeated: bool = False
) -> Attempts:
    """Count a wrong password; `repeated` if this very one was wrong just before.

    >>> import mailpolicy as mp
    >>> from datetime import datetime, timezone
    >>> john = mp.open("ldif/examples/acme.ldif").account("john@acme.example")
    >>> wrong = after_wrong_password(john, datetime(2025, 3, 1, 12, tzinfo=timezone.utc))
    >>> len(wrong.state.failures), wrong.changes
    (1, (Set(selector='uid=john,ou=people,dc=acme.example,o=mail', values=mpLockoutFailureAt),))
    """
    return attempted(account, at, kept, partial(failed, repeated=repeated))


def after_right_password(account: Account, at: datetime, *, kept: LockoutState | None = None) -> Attempts:
    """Forget the wrong ones; a lockout that is over ends for good, one that is not stays."""
    return attempted(account, at, kept, after_success)


def after_recovery(account: Account, at: datetime, *, kept: LockoutState | None = None) -> Attempts:
    """A code that was right ends a lockout, over or not."""
    return attempted(account, at, kept, reopened)


def failed(state: LockoutState, at: datetime, policy: LockoutPolicy, *, repeated: bool) -> LockoutState:
    """Count from the beginning after a lockout: what led to it would lead to the next at once."""
    locked_at = state.locked_at
    before = state
    if policy.count_in_lockout and locked_at is not None and not in_lockout(state, at, policy):
        before = evolve(state, failures=tuple(each for each in state.failures if each > locked_at))
    after = after_failure(before, at, policy, repeated=repeated)
    return state if after == before else after


def reopened(state: LockoutState, at: datetime, policy: LockoutPolicy) -> LockoutState:
    return LockoutState() if state.status == "lockout" else state


def policy_of(account: Account) -> LockoutPolicy:
    """The policy for an account: by the status table of the deployed server with what is questionable there.

    By the other a lockout that nobody dated holds, and once one is over wrong passwords count again: else
    anybody could guess from then on, until the owner comes.
    """
    snapshot = account.directory.snapshot
    policy = lockout_policy(snapshot, layers_of(snapshot, account.entry))
    ours = account.directory.statuses != "server"
    return evolve(policy, lock_without_time=ours, count_in_lockout=ours)


Step = Callable[[LockoutState, datetime, LockoutPolicy], LockoutState]


def attempted(account: Account, at: datetime, kept: LockoutState | None, step: Step) -> Attempts:
    snapshot = account.directory.snapshot
    stored = lockout_state(snapshot, layers_of(snapshot, account.entry))
    before = stored if kept is None else kept
    if account.status.name not in COUNTED:
        return Attempts(before)
    after = step(before, at, policy_of(account))
    if kept is not None or after == before:
        return Attempts(after)
    return Attempts(after, (Set(account, changed(account, before, after)),))


def changed(account: Account, before: LockoutState, after: LockoutState) -> dict[str, Any]:
    """What to write, by the names of settings and, where there are none, of attributes."""
    dialect = account.directory.snapshot.dialect
    values: dict[str, Any] = {}
    if after.failures != before.failures:
        values[dialect.lockout_failure_attribute] = after.failures or None
    if after.locked_at != before.locked_at:
        values[dialect.lockout_started_attribute] = after.locked_at
    if after.status != before.status:
        values["account_status"] = after.status
    return values
