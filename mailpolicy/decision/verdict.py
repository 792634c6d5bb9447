"""What is to become of a message, a login, a booking: nine outcomes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["REFUSING", "TAKEN", "Verdict"]


class Verdict(StrEnum):
    """The outcome of a decision.

    >>> import mailpolicy as mp
    >>> [str(verdict) for verdict in mp.Verdict]
    ['accept', 'reject', 'defer', 'discard', 'redirect', 'hold', 'challenge', 'ask_human', 'no_opinion']

    `NO_OPINION` is not `ACCEPT`: nothing here knows about it, so whoever asked goes by its own rules.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    """No, for good: a message goes back to its sender."""
    DEFER = "defer"
    """Not now: the same request may be accepted later. What is unknown is deferred."""
    DISCARD = "discard"
    """Taken, and thrown away without a word."""
    REDIRECT = "redirect"
    """Taken for somebody else."""
    HOLD = "hold"
    """Taken, and kept until an administrator lets it go."""
    CHALLENGE = "challenge"
    """Something is missing, a second factor or a new password: ask for it, and ask again."""
    ASK_HUMAN = "ask_human"
    """A person decides."""
    NO_OPINION = "no_opinion"


REFUSING: Final = frozenset({Verdict.REJECT, Verdict.DEFER, Verdict.CHALLENGE})
"""After these nothing has happened: nothing is counted, nothing is delivered."""

TAKEN: Final = (Verdict.ACCEPT, Verdict.NO_OPINION)
"""After these a message goes on its way."""
