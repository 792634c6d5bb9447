"""What has been used so far, and what a decision uses: counts in, charges out.

A decision keeps no counts. Whoever asks reads those that `counters_for` names, gives them as `Usage`, and
charges what the decision says once the message is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from attrs import field, frozen

__all__ = ["NOTHING_USED", "Charge", "Counter", "Counts", "Usage", "over_limit"]


class Counter(NamedTuple):
    """Something that is counted: what, of whom, and in which window of time.

    `what` is ``messages``, ``recipients`` or ``bytes`` sent in any `window` seconds up to now. ``replied``
    and ``recovery`` are events too: automatic replies to one sender, which are counted by whoever sends them,
    and attempts to recover a password. Gauges have the window 0: ``mailbox`` and ``aggregate`` are bytes that
    lie in a mailbox, or in all of a domain. `of` is the address or the domain; of ``replied`` the address,
    and that of the sender after a space.

    >>> print(Counter("messages", "john@acme.example", 86400))
    messages/86400 john@acme.example
    >>> Counter.parse("mailbox john@acme.example")
    Counter(what='mailbox', of='john@acme.example', window=0)
    """

    what: str
    of: str
    window: int = 0

    def __str__(self) -> str:
        window = f"/{self.window}" if self.window else ""
        return f"{self.what}{window} {self.of}"

    @classmethod
    def parse(cls, text: str) -> Counter:
        """Read what `str` gives."""
        head, _, of = text.partition(" ")
        what, _, window = head.partition("/")
        return cls(what, of, int(window or 0))


@frozen
class Usage:
    """Counts as they are: a counter that is not there is unknown.

    `doubt` says why the counts may be too low, such as a store that does not answer.

    >>> import mailpolicy as mp
    >>> today = Counter("messages", "john@acme.example", 86400)
    >>> mp.Usage({today: 12}).of(today), mp.Usage().of(today)
    (12, None)
    """

    counts: Mapping[Counter, int] = field(factory=dict)
    doubt: str = ""
    counts_unseen: bool = False
    """Whether what is not there counts as nothing used instead."""

    def of(self, counter: Counter) -> int | None:
        """How much is used; None where nobody knows."""
        found = self.counts.get(counter)
        return 0 if found is None and self.counts_unseen else found


NOTHING_USED: Final = Usage(counts_unseen=True)
"""For those who ask by hand: nothing has been sent, every mailbox is empty."""


class Counts:
    """The counts that a decision is made by: those that are given, and with `glance` others one by one.

    `usage` has what was given, and what was asked for since.
    """

    __slots__ = ("_glance", "usage")

    def __init__(self, usage: Usage, glance: Callable[[Counter], int | None] | None = None) -> None:
        self.usage = usage
        self._glance = glance

    def used(self, counter: Counter) -> int | None:
        """How much is used; None where nobody knows."""
        usage, glance = self.usage, self._glance
        found = usage.of(counter)
        if found is None and glance is not None:
            found = glance(counter)
            if found is not None:
                self.usage = Usage({**usage.counts, counter: found}, usage.doubt)
        return found


class Charge(NamedTuple):
    """An amount to count where the message is taken; `limit` is what the counter may reach, 0 for anything.

    The amount is that of the whole message so far, not of one recipient: charging it again for the same
    message replaces what was charged before. What several rules charge to one counter adds up. Nothing gets
    past a limit that somebody charges with, whether or not her rule looks at the count.
    """

    counter: Counter
    amount: int
    limit: int = 0

    def unlimited(self) -> Charge:
        """The same, to be counted in any case."""
        return self._replace(limit=0)


def over_limit(charges: Sequence[Charge], used: Callable[[Counter], int | None]) -> Charge | None:
    """The first charge that passes its limit together with the others, as far as the counts are known.

    >>> sent = Counter("messages", "john@acme.example", 86400)
    >>> over_limit((Charge(sent, 2), Charge(sent, 1, limit=5)), {sent: 2}.get)
    >>> over_limit((Charge(sent, 2), Charge(sent, 1, limit=5)), {sent: 3}.get).amount
    1
    """
    limited = [each for each in charges if each.limit]
    if not limited:
        return None
    amounts: dict[Counter, int] = {}
    for counter, amount, _ in charges:
        amounts[counter] = amounts.get(counter, 0) + max(amount, 0)
    for each in limited:
        already = used(each.counter)
        if already is not None and already + amounts[each.counter] > each.limit:
            return each
    return None
