"""The lockout machine, against what the deployed server does and against its switches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from mailpolicy.status import (
    LockoutPolicy,
    LockoutState,
    after_failure,
    after_success,
    ends_at,
    is_locked_out,
)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
THREE = LockoutPolicy(enabled=True, max_failures=3)
ACTIVE = LockoutState()

seconds = st.integers(0, 3 * 3600)
policies = st.builds(
    LockoutPolicy,
    enabled=st.booleans(),
    max_failures=st.integers(0, 4),
    duration=st.sampled_from([timedelta(0), timedelta(minutes=10), timedelta(hours=1)]),
    failure_window=st.sampled_from([timedelta(0), timedelta(minutes=10), timedelta(hours=1)]),
    count_in_lockout=st.booleans(),
    lock_without_time=st.booleans(),
    count_repeated=st.booleans(),
    whole_seconds=st.booleans(),
)
events = st.lists(st.tuples(seconds, st.sampled_from(["wrong", "repeated", "right"])), max_size=30).map(
    sorted
)


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


def failures(*moments: datetime, policy: LockoutPolicy = THREE, state: LockoutState = ACTIVE) -> LockoutState:
    for moment in moments:
        state = after_failure(state, moment, policy)
    return state


def run(story: list[tuple[int, str]], policy: LockoutPolicy) -> list[LockoutState]:
    states = [ACTIVE]
    for offset, event in story:
        at = NOON + timedelta(seconds=offset)
        if event == "right":
            states.append(after_success(states[-1], at, policy))
        else:
            states.append(after_failure(states[-1], at, policy, repeated=event == "repeated"))
    return states


def test_the_failure_that_reaches_the_limit_locks() -> None:
    assert failures(minutes(0), minutes(1)) == LockoutState("active", (minutes(0), minutes(1)))
    locked = failures(minutes(0), minutes(1), minutes(2))
    assert locked == LockoutState("lockout", (minutes(0), minutes(1), minutes(2)), minutes(2))
    assert is_locked_out(locked, minutes(2), THREE)
    assert ends_at(locked, THREE) == minutes(62)
    assert is_locked_out(locked, minutes(62), THREE)
    assert not is_locked_out(locked, minutes(62.01), THREE)


def test_failures_older_than_the_window_are_forgotten() -> None:
    assert failures(minutes(0), minutes(1), minutes(60.5)).failures == (minutes(1), minutes(60.5))
    forever = evolve(THREE, failure_window=timedelta(0))
    assert failures(minutes(0), minutes(1), minutes(10**6), policy=forever).status == "lockout"


def test_a_list_already_full_drops_its_oldest() -> None:
    full = LockoutState("active", (minutes(2), minutes(0), minutes(1)))
    assert after_failure(full, minutes(3), THREE).failures == (minutes(1), minutes(2), minutes(3))


def test_a_duration_of_zero_locks_until_reset() -> None:
    until_reset = evolve(THREE, duration=timedelta(0))
    locked = failures(minutes(0), minutes(1), minutes(2))
    assert ends_at(locked, until_reset) is None
    assert is_locked_out(locked, minutes(10**6), until_reset)


def test_the_correct_password_is_refused_during_lockout_and_ends_it_afterwards() -> None:
    locked = failures(minutes(0), minutes(1), minutes(2))
    assert after_success(locked, minutes(30), THREE) == locked
    assert after_success(locked, minutes(63), THREE) == ACTIVE


def test_the_correct_password_forgets_failures() -> None:
    assert after_success(failures(minutes(0)), minutes(1), THREE) == ACTIVE


def test_nothing_counts_while_the_status_is_lockout_unless_switched() -> None:
    locked = failures(minutes(0), minutes(1), minutes(2))
    assert after_failure(locked, minutes(30), THREE) == locked
    assert after_failure(locked, minutes(90), THREE) == locked
    strict = evolve(THREE, count_in_lockout=True)
    assert after_failure(locked, minutes(30), strict) == locked
    again = failures(minutes(90), minutes(91), minutes(92), policy=strict, state=locked)
    assert again.locked_at == minutes(92)
    assert is_locked_out(again, minutes(93), strict)


def test_a_lockout_set_by_hand_locks_nobody_out_unless_switched() -> None:
    by_hand = LockoutState("lockout")
    assert not is_locked_out(by_hand, NOON, THREE)
    assert ends_at(by_hand, THREE) is None
    assert after_success(by_hand, NOON, THREE) == by_hand
    assert is_locked_out(by_hand, NOON, evolve(THREE, lock_without_time=True))


def test_a_repeated_password_does_not_count_unless_switched() -> None:
    assert after_failure(ACTIVE, NOON, THREE, repeated=True) == ACTIVE
    counted = after_failure(ACTIVE, NOON, evolve(THREE, count_repeated=True), repeated=True)
    assert counted.failures == (NOON,)


def test_in_whole_seconds_failures_collapse() -> None:
    within = [NOON + timedelta(milliseconds=each) for each in (1, 2, 3, 4)]
    assert failures(*within[:3]).status == "lockout"
    collapsed = failures(*within, policy=evolve(THREE, whole_seconds=True))
    assert collapsed == LockoutState("active", (NOON,))


def test_in_whole_seconds_the_decision_counts_one_more_than_is_stored() -> None:
    coarse = evolve(THREE, whole_seconds=True)
    state = failures(NOON, NOON + timedelta(seconds=1), NOON + timedelta(seconds=1.5), policy=coarse)
    assert state.status == "lockout"
    assert len(state.failures) == 2


@pytest.mark.parametrize("policy", [evolve(THREE, enabled=False), evolve(THREE, max_failures=0)])
def test_a_policy_that_is_off_changes_nothing(policy: LockoutPolicy) -> None:
    state = LockoutState("active", (NOON,))
    assert after_failure(state, minutes(1), policy) == state
    assert after_success(state, minutes(1), policy) == state


def test_a_policy_switched_off_does_not_lift_the_lockout_it_imposed() -> None:
    locked = failures(minutes(0), minutes(1), minutes(2))
    assert is_locked_out(locked, minutes(3), evolve(THREE, enabled=False))


@pytest.mark.parametrize("status", ["locked", "maintenance", "pending", "closed", "disabled"])
def test_failures_never_change_a_status_that_is_stricter(status: str) -> None:
    state = LockoutState(status, (minutes(0), minutes(0.5)))
    assert after_failure(state, minutes(1), THREE) == state


@given(events, policies)
def test_only_a_lockout_in_force_refuses_and_it_always_names_its_end(story, policy: LockoutPolicy) -> None:
    for (offset, event), before, after in zip(
        story, run(story, policy), run(story, policy)[1:], strict=False
    ):
        at = NOON + timedelta(seconds=offset)
        if is_locked_out(before, at, policy):
            assert after == before
        elif event == "right" and policy.is_on:
            assert after == ACTIVE
        end = ends_at(after, policy)
        assert (end is None) == (after.status != "lockout" or not policy.duration)
        if end is not None:
            assert is_locked_out(after, end, policy)
            assert not is_locked_out(after, end + timedelta(seconds=1), policy)


@given(events, policies)
def test_never_more_failures_are_stored_than_the_limit(story, policy: LockoutPolicy) -> None:
    for state in run(story, policy):
        assert len(state.failures) <= policy.max_failures
        assert state.status in ("active", "lockout")
        assert (state.status == "lockout") == (state.locked_at is not None)


@given(events, policies)
def test_a_shorter_window_never_locks_what_a_longer_one_does_not(story, policy: LockoutPolicy) -> None:
    forever, brief = (evolve(policy, failure_window=timedelta(minutes=each)) for each in (0, 5))
    first_lock = [
        next(
            (place for place, state in enumerate(run(story, each)) if state.status == "lockout"),
            len(story) + 1,
        )
        for each in (forever, brief)
    ]
    assert first_lock[0] <= first_lock[1]
