"""Rules that are left out, being idle or judged before of a like request, would have said the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import evolve
from hypothesis import given, settings, strategies as st

import mailpolicy as mp
from mailpolicy.decision import counters_for
from tests.property.test_replay import ACME, CARBONIO, MOMENTS, drawn

ALL = evolve(
    mp.DEFAULT_POLICY, rules=[evolve(rule, idle=None, heeds=None) for rule in mp.DEFAULT_POLICY.rules]
)
"""The same policy, and every rule is asked each time."""


def same(directory: mp.Directory, request: Any, at: datetime, used: int | None) -> None:
    wanted = counters_for(directory, request, at=at, policy=ALL)
    usage = mp.Usage({} if used is None else dict.fromkeys(wanted, used))
    slow = mp.decide(directory, request, at=at, usage=usage, policy=ALL)
    # Twice: the second time what was found out the first time is known.
    for _ in range(2):
        quick = mp.decide(directory, request, at=at, usage=usage)
        for each in ("verdict", "reply", "rule", "charges", "effects", "notices", "said", "unknown"):
            assert getattr(quick, each) == getattr(slow, each), each
        assert not quick.errors
    assert {**quick.usage.counts, **slow.usage.counts} == slow.usage.counts


USED = st.none() | st.sampled_from([0, 1, 499, 2**31, 10**12])


@settings(max_examples=300, deadline=None)
@given(drawn(ACME), MOMENTS, USED)
def test_of_a_native_directory(request_: Any, at: datetime, used: int | None) -> None:
    same(ACME, request_, at, used)


@settings(max_examples=300, deadline=None)
@given(drawn(CARBONIO), MOMENTS, USED)
def test_of_a_deployed_directory(request_: Any, at: datetime, used: int | None) -> None:
    same(CARBONIO, request_, at, used)


def test_some_rules_are_left_out() -> None:
    request_ = mp.Delivery("wile.e@customer.example", "john@acme.example")
    mp.decide(ACME, request_)
    selection = mp.DEFAULT_POLICY.selection(mp.Delivery)
    assert (
        min(len(each.judging) for each in selection._chosen.values())
        < len(selection.everything().judging) - 5
    )
