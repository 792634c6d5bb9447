"""Whether the status of an account lets its owner in."""

from __future__ import annotations

from typing import Final

from ....model import Account, Directory
from ....status import Status
from ...context import Context
from ...opinion import Opinion
from ...replies import ACCOUNT_CLOSED, ACCOUNT_LOCKED_OUT, IN_MAINTENANCE
from ...requests import Login
from ...verdict import Verdict
from .identity import entrant

__all__ = ["LOCKOUT", "PASSING", "lets_in", "refused"]

PASSING: Final = frozenset({"maintenance", "suspended", "shutdown"})
"""The statuses that are meant to be over some time."""

LOCKOUT: Final = "lockout"


def lets_in(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Whoever comes in must be able to log in; of a mailbox that she opens for another the last rule speaks.

    A login by a recovery code is another thing: see `mailpolicy.decision.rules.recovery`. An edge that
    looks at passwords itself must refuse during a lockout whether the password is right or not, and in the
    same words, or it tells those who guess when they have guessed it.
    """
    who = entrant(request, context)
    if who is None:
        return None
    status = context.status(who)
    return None if status.login else refused(who, status)


def refused(account: Account, status: Status) -> Opinion:
    """What is said of an account whose status lets nobody in."""
    text = f"{account.name} is {status.name}"
    if status.name in PASSING:
        return Opinion(Verdict.DEFER, text, IN_MAINTENANCE, status.reasons)
    if status.name == LOCKOUT:
        until = f" until {status.until.isoformat()}" if status.until else ""
        return Opinion(Verdict.REJECT, text + until, ACCOUNT_LOCKED_OUT, status.reasons)
    return Opinion(Verdict.REJECT, text, ACCOUNT_CLOSED, status.reasons)
