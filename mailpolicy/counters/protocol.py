"""What keeps counts: in memory, in a file, in a server that several hosts share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ..decision import Charge, Counter, Usage

__all__ = ["HELD_SECONDS", "MOST", "Counters", "Reserved", "Told"]

Told = Callable[[Usage], None]
Reserved = Callable[[Charge | None], None]
Glance = Callable[[Counter], int | None]

HELD_SECONDS: Final = 600.0
"""How long a message may be on its way between two requests: what it holds ends then."""

MOST: Final = 2**53
"""What an amount is cut to: the largest whole number that every store keeps exactly."""


class Counters(Protocol):
    """Counts of what was sent in windows of time, and gauges; safe in threads.

    A message holds what is reserved for it while it is on its way. That counts for others, and once it is
    settled for good; what is released was never there. Reserving again sets what the message holds, so that
    a repeated request counts once. A reservation that nobody settles or releases ends after `HELD_SECONDS`.

    What happened at a moment counts until `window` seconds after it, and no longer at that very moment.
    What lies further ahead than its window, for a clock was wrong and is set back, does not count.
    A gauge that nobody has set is not known; what is held for it counts, and once settled is added to it.

    `at` are seconds since the epoch, by the clock of the caller: hosts that share a store must agree on the
    time as well as on mail, which is within a second. Answers come by a call of `then`: at once where
    nothing has to be waited for, else later from the event loop; always, and within the time budget. Nothing
    here raises: a store that does not answer says so in `Usage.doubt`, and is counted for here until it is
    back.
    """

    def read(self, message: str, wanted: tuple[Counter, ...], at: float, then: Told) -> None:
        """Tell how much is used, apart from what this message holds."""
        ...

    def glance(self, message: str, at: float) -> Glance | None:
        """What tells one count, likewise and at once; None where counts have to be waited for.

        Where there is such a thing, `reserve` answers at once, too.
        """
        ...

    def reserve(self, message: str, charges: tuple[Charge, ...], at: float, then: Reserved) -> None:
        """Let the message hold exactly this; or tell the first charge over its limit, and change nothing.

        All or nothing, in one step: two messages never share what is left for one. Several charges of one
        counter add up.
        """
        ...

    def settle(self, message: str, at: float) -> None:
        """Count what the message holds: it was taken."""
        ...

    def release(self, message: str) -> None:
        """Forget what the message holds: it was not taken. Of no effect where it holds nothing."""
        ...

    def set(self, counter: Counter, value: int) -> None:
        """Say what a gauge shows."""
        ...

    def close(self) -> None:
        """Save what is to be saved, and end."""
        ...
