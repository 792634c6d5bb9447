"""How a resource answers: slow, obvious, and from the description alone.

Each step is a sentence of it; nothing of the code that it judges is used.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

Times = tuple[datetime, datetime]


@frozen
class Room:
    """What a resource is set to."""

    accepts: bool
    minds_busy: bool
    refuses_series: bool
    conflicts: int
    percent: int


def overlap(one: Times, other: Times) -> bool:
    """Two times overlap where each begins before the other ends."""
    return one[0] < other[1] and other[0] < one[1]


def answer(
    room: Room, wanted: tuple[Times, ...], busy: tuple[Times, ...], *, series: bool, now: datetime
) -> tuple[str, tuple[Times, ...]]:
    """The answer, and the dates that are declined though it is accepted."""
    # All three switched off: always left for a human.
    if not (room.accepts or room.minds_busy or room.refuses_series):
        return "ask_human", ()
    # 1. The start: accepted if it accepts by itself, else unanswered.
    start = "accept" if room.accepts else "ask_human"
    # 2. A series where series are refused: declined, also where it does not accept by itself.
    if series and room.refuses_series:
        return "reject", ()
    # 3. Conflicts are counted from now on; what is past is ignored.
    if not room.minds_busy:
        return start, ()
    future = [each for each in wanted if not each[1] <= now]
    conflicts = tuple(each for each in future if any(overlap(each, taken) for taken in busy))
    if not conflicts:
        return start, ()
    if not series:
        return "reject", ()
    share = int(room.percent * len(future) / 100)  # rounded down
    if len(conflicts) > room.conflicts or len(conflicts) > share:
        return "reject", ()
    return (start, conflicts) if room.accepts else (start, ())
