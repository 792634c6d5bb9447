"""Counting here while a store is away, and telling it when it is back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, NamedTuple

from ..decision import Charge, Counter, Usage
from .ledger import Hold, Ledger, added_up

__all__ = ["Call", "StandIn", "charges_of", "tell"]

LOG: Final = logging.getLogger(__name__)

MOST_OWED: Final = 100_000
"""Calls remembered for a store that is away: what comes after them is counted here only."""
MOST_TOLD: Final = 1_000
"""Counters of which is told that something foreign stands in their place."""


class Call(NamedTuple):
    """One thing to do in a store: it can be done again, and then nothing more comes of it.

    `verb` is ``read``, ``reserve``, ``settle``, ``release`` or ``set``; `charges` are what it is done with.
    """

    verb: str
    message: str
    charges: tuple[Charge, ...]
    at: float = 0.0
    token: str = ""


class StandIn:
    """Keeps what this process counts, whether or not the store does, and what the store has yet to be told.

    While the store is there, it is asked and this only follows. While it is away, this answers: the counts
    of other processes are missing then, which `doubt` says.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.ledger = Ledger()
        self.doubt = ""
        self._owed: list[Call] = []
        self._gauges: dict[Counter, int] = {}
        self._told = 0
        self._foreign: set[str] = set()

    # Answers, while the store is away

    def usage(self, message: str, wanted: tuple[Counter, ...], at: float) -> Usage:
        """How much is used, as far as is known here."""
        used = [(counter, self.ledger.used(counter, at, message)) for counter in wanted]
        return Usage({counter: count for counter, count in used if count is not None}, self.doubt)

    # Following the store

    def seen(self, message: str, counts: dict[Counter, int], at: float) -> Usage:
        """Keep what the store says of gauges, which nobody here may have set."""
        for counter, count in counts.items():
            if not counter.window:
                self.ledger.adopt(counter, count, at, message)
        return Usage(counts)

    def held(self, message: str, charges: tuple[Charge, ...], at: float) -> None:
        """The store has let the message hold this."""
        self.ledger.reserve(message, without_limits(charges), at)

    def finds_foreign(self, names: Iterable[object]) -> None:
        """What stands in the store for these is no count, and so they are unknown; said once of each."""
        for name in map(str, names):
            if name not in self._foreign and len(self._foreign) < MOST_TOLD:
                self._foreign.add(name)
                LOG.error("%s holds something foreign in place of %s, which is unknown", self.where, name)

    # Away and back

    def away(self, why: str) -> None:
        """The store does not answer; said once."""
        if not self.doubt:
            LOG.warning("%s does not answer, so this process counts alone: %s", self.where, why)
        self.doubt = f"{self.where} does not answer, and only this process's mail is counted: {why}"

    def owes(self, call: Call) -> None:
        """Remember to tell the store."""
        if call.verb == "set":
            for counter, value, _ in call.charges:
                self._gauges[counter] = value
            return
        if len(self._owed) >= MOST_OWED:  # for hours; those being told now must stay where they are
            return
        self._owed.append(call)

    def to_tell(self) -> list[Call]:
        """All that the store has to be told to be up to date: what has ended, then what is held now."""
        owed = self.first_owed(len(self._owed) + len(self._gauges))
        return [*owed, *(reserving(hold) for hold in self.ledger.holds)]

    def first_owed(self, most: int) -> list[Call]:
        """The oldest of what the store has to be told."""
        owed = self._owed[:most]
        gauges = islice(self._gauges.items(), most - len(owed))
        return [*owed, *(Call("set", "", (Charge(counter, value),)) for counter, value in gauges)]

    def told_first(self, calls: Iterable[Call]) -> None:
        """The store has been told these; what came since is still owed."""
        ended = 0
        for call in calls:
            if call.verb == "set":
                for counter, value, _ in call.charges:
                    if self._gauges.get(counter) == value:
                        del self._gauges[counter]
                        self._told += 1
            elif call.verb != "reserve":
                ended += 1
        del self._owed[:ended]
        self._told += ended

    def told(self, calls: Iterable[Call]) -> None:
        """The store has been told these as the last of all, and is back."""
        self.told_first(calls)
        LOG.warning("%s answers again, and was told of %d changes", self.where, self._told)
        self._told = 0
        self.doubt = ""

    @property
    def is_owing(self) -> bool:
        """Whether there is something to tell the store."""
        return bool(self._owed or self._gauges)


def without_limits(charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
    return tuple(Charge(counter, amount) for counter, amount in added_up(charges).items())


def charges_of(hold: Hold) -> tuple[Charge, ...]:
    """What a message holds, as charges without limits."""
    return tuple(Charge(counter, amount) for counter, amount in hold.amounts.items())


def reserving(hold: Hold) -> Call:
    return Call("reserve", hold.message, charges_of(hold), hold.at, hold.token)


def tell(then: Callable[[Any], None], answer: Any) -> None:
    """Give an answer to who waits for it; what comes of it is no reason to let others wait."""
    try:
        then(answer)
    except Exception:
        LOG.exception("what was to follow from a count failed")
