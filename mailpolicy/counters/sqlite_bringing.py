"""What this process has counted, brought into a file that has taken the place of another."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, Self

from attrs import frozen

from ..decision import Counter
from . import sqlite_tables as tables
from .ledger import Hold
from .sqlite_opening import PATIENCE_APART, transaction
from .standing_in import StandIn, charges_of

__all__ = ["Known"]

LOG: Final = logging.getLogger(__name__)

AT_ONCE: Final = 500
"""Events or gauges brought in one go: some milliseconds, for which others wait."""
PAUSE: Final = 0.02
"""Seconds between two goes: SQLite lets nobody in by turns, and who waits looks only now and then."""

Counted = tuple[Counter, dict[float, int]]


@frozen
class Known:
    """What a process has counted, and what its messages hold; others bring their own."""

    counted: tuple[Counted, ...]
    gauges: tuple[tuple[Counter, int], ...]
    holds: tuple[Hold, ...]

    @classmethod
    def of(cls, stand_in: StandIn) -> Self:
        """All that is known now; among it what the other file was still to be told."""
        ledger = stand_in.ledger
        if stand_in.doubt:
            stand_in.told(stand_in.to_tell())
        counted = tuple((counter, at_moments(events)) for counter, events in ledger.counted())
        return cls(counted, tuple(ledger.gauges()), ledger.holds)

    def hold_in(self, file: sqlite3.Connection, owner: str) -> None:
        """Let messages hold there what they hold; before any of them ends, or nobody would let go of it."""
        with transaction(file):
            for hold in self.holds:
                tables.hold(file, hold.message, charges_of(hold), hold.at, owner)

    def bring_to(self, path: Path) -> None:
        """Write there what was counted, in portions, while all goes on."""
        try:
            with closing(sqlite3.connect(path, timeout=PATIENCE_APART, isolation_level=None)) as file:
                for portion in portions(self.counted):
                    with transaction(file):
                        for counter, moments in portion:
                            tables.bring(file, counter, moments.items())
                    time.sleep(PAUSE)
                for begin in range(0, len(self.gauges), AT_ONCE):
                    with transaction(file):
                        for counter, value in self.gauges[begin : begin + AT_ONCE]:
                            tables.bring_gauge(file, counter, value)
                    time.sleep(PAUSE)
        except sqlite3.Error as problem:
            LOG.error("%s was not told of all that was counted before: %s", path, problem)


def at_moments(events: Iterable[tuple[float, int]]) -> dict[float, int]:
    """Events, those of one moment together, as the tables have them."""
    moments: dict[float, int] = {}
    for at, amount in events:
        moments[at] = moments.get(at, 0) + amount
    return moments


def portions(counted: tuple[Counted, ...]) -> Iterator[list[Counted]]:
    """Counters with their events, so many at once."""
    portion: list[Counted] = []
    size = 0
    for each in counted:
        portion.append(each)
        size += len(each[1])
        if size >= AT_ONCE:
            yield portion
            portion, size = [], 0
    yield portion
