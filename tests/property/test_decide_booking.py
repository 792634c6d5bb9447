"""Bookings against a slow reference, over drawn rooms, dates and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.decision import DeclineInstances
from tests.examples import ACME, CARBONIO
from tests.reference.booking import Room, answer

EVEREST = "everest@acme.example"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

# Few moments, so that much of it touches, overlaps and is just over.
moments = st.integers(-4, 8).map(lambda hours: NOON + timedelta(hours=hours))
times = st.tuples(moments, moments).map(lambda two: (min(two), max(two)))
dates = st.lists(times, max_size=8).map(tuple)
rooms = st.builds(
    Room,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 5),
    st.sampled_from([0, 10, 20, 33, 34, 50, 99, 100]),
)


@given(rooms, dates, dates, st.booleans(), st.sampled_from([ACME, CARBONIO]))
def test_as_the_reference_answers(
    room: Room,
    wanted: tuple[tuple[datetime, datetime], ...],
    busy: tuple[tuple[datetime, datetime], ...],
    series: bool,
    directory: mp.Directory,
) -> None:
    everest = directory.with_changes(
        mp.set(
            EVEREST,
            auto_accept_bookings=room.accepts,
            decline_when_busy=room.minds_busy,
            decline_recurring=room.refuses_series,
            max_conflicts=room.conflicts,
            max_conflict_percent=room.percent,
        )
    )
    request = mp.Booking(EVEREST, "john@acme.example", wanted, busy=busy, recurring=series)
    decision = mp.decide(everest, request, at=NOON)
    declined = tuple(
        each
        for effect in decision.effects
        if isinstance(effect, DeclineInstances)
        for each in effect.instances
    )
    assert decision.errors == ()
    assert (decision.verdict, declined) == answer(room, wanted, busy, series=series, now=NOON)
