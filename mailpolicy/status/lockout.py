"""Lockout: what failed logins do to an account, as a state machine without a clock or a store.

::

    active ── failures reach the limit ──► lockout ── its period is over ──► lockout, but open
      ▲                                                                          │
      └──────────────────────────── correct password ────────────────────────────┘

The stored status outlives the period: nobody is there to change it until the next good login.
Time is an argument, so that tests and simulations need no patience; the caller stores the new
state. The defaults do what the deployed server does. Where that is questionable, a flag of
`LockoutPolicy` names the point and the other choice:

`count_in_lockout`
    The server counts no failure while the status is lockout, even when its period is over: from
    then on anybody may guess without limit, until one correct login re-arms the counter.
`lock_without_time`
    An administrator may set lockout by hand. No moment is stored then, so the server's test finds
    nobody locked out and checks the password as usual.
`count_repeated`
    The server does not count a wrong password it has just seen for the same account, for chosen
    protocols: a device that keeps trying an old password locks nobody out, and neither does an
    attacker who repeats himself.
`whole_seconds`
    With moments stored in whole seconds, failures within one second collapse into one, so the
    limit is reached later than it says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, frozen

__all__ = [
    "LockoutPolicy",
    "LockoutState",
    "after_failure",
    "after_success",
    "ends_at",
    "is_locked_out",
]


@frozen
class LockoutPolicy:
    """When too many failures lock an account, and for how long.

    It is on only if `enabled` and `max_failures` is more than zero. A `duration` of zero locks until
    an administrator sets the account active; a `failure_window` of zero never forgets a failure.
    """

    enabled: bool = False
    max_failures: int = 10
    duration: timedelta = timedelta(hours=1)
    failure_window: timedelta = timedelta(hours=1)
    count_in_lockout: bool = False
    lock_without_time: bool = False
    count_repeated: bool = False
    whole_seconds: bool = False

    @property
    def is_on(self) -> bool:
        return self.enabled and self.max_failures > 0


@frozen
class LockoutState:
    """What is stored on the account: its status, the moments of failures, the moment it was locked.

    Setting an account active by hand gives it the state of a new one: `LockoutState()`.
    """

    status: str = "active"
    failures: tuple[datetime, ...] = ()
    locked_at: datetime | None = None


def ends_at(state: LockoutState, policy: LockoutPolicy) -> datetime | None:
    """The last moment of the lockout; None if there is no lockout, or none that ends by itself."""
    if state.status != "lockout" or state.locked_at is None or not policy.duration:
        return None
    return state.locked_at + policy.duration


def is_locked_out(state: LockoutState, at: datetime, policy: LockoutPolicy) -> bool:
    """Whether a lockout refuses the login, correct password or not.

    A policy that was switched off since does not lift a lockout it has imposed.

    >>> from datetime import timezone
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
    >>> locked = LockoutState("lockout", locked_at=noon)
    >>> is_locked_out(locked, noon + timedelta(hours=1), LockoutPolicy())
    True
    >>> is_locked_out(locked, noon + timedelta(hours=1, seconds=1), LockoutPolicy())
    False
    """
    if state.status != "lockout":
        return False
    if state.locked_at is None:
        return policy.lock_without_time
    end = ends_at(state, policy)
    return end is None or at <= end


def after_failure(
    state: LockoutState, at: datetime, policy: LockoutPolicy, *, repeated: bool = False
) -> LockoutState:
    """The state after a wrong password; `repeated` if this very password was wrong just before.

    >>> from datetime import timezone
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
    >>> twice = LockoutPolicy(enabled=True, max_failures=2)
    >>> once_wrong = after_failure(LockoutState(), noon, twice)
    >>> after_failure(once_wrong, noon + timedelta(minutes=1), twice).status
    'lockout'
    >>> after_failure(once_wrong, noon + timedelta(hours=2), twice).status
    'active'

    An account that is neither active nor in lockout is refused before its password is looked at, so
    nothing is counted there: a lockout would even widen what a closed account may do.
    """
    if not counts(state, at, policy, repeated):
        return state
    moment = at.replace(microsecond=0) if policy.whole_seconds else at
    recent = [
        each for each in state.failures if not policy.failure_window or at - each <= policy.failure_window
    ]
    if len(recent) == len(state.failures) >= policy.max_failures:
        recent = sorted(recent)[1:]
    failures = tuple(dict.fromkeys([*recent, moment]))
    if len(recent) + 1 < policy.max_failures:
        return evolve(state, failures=failures)
    return LockoutState("lockout", failures, locked_at=moment)


def counts(state: LockoutState, at: datetime, policy: LockoutPolicy, repeated: bool) -> bool:
    if not policy.is_on or (repeated and not policy.count_repeated):
        return False
    if state.status == "lockout":
        return policy.count_in_lockout and not is_locked_out(state, at, policy)
    return state.status == "active"


def after_success(state: LockoutState, at: datetime, policy: LockoutPolicy) -> LockoutState:
    """The state after the correct password, which a lockout that is not over refuses all the same.

    >>> from datetime import timezone
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
    >>> locked = LockoutState("lockout", (noon,), locked_at=noon)
    >>> policy = LockoutPolicy(enabled=True)
    >>> after_success(locked, noon, policy) == locked
    True
    >>> after_success(locked, noon + timedelta(hours=2), policy)
    LockoutState(status='active', failures=(), locked_at=None)
    """
    if not policy.is_on or is_locked_out(state, at, policy):
        return state
    if state.status == "lockout" and state.locked_at is not None:
        return LockoutState()
    return evolve(state, failures=())
