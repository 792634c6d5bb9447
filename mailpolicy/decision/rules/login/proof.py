"""Whether the password is right: who checks it says so, and here it is only heeded.

So a wrong password is decided like anything else, and seen by all who want to hear of decisions.
"""

from __future__ import annotations

from typing import Final

from ....model import Account, Directory
from ...context import Context
from ...opinion import Opinion
from ...replies import ACCOUNT_LOCKED_OUT, LOGIN_REFUSED, UNKNOWN
from ...requests import Login
from ...verdict import Verdict
from .identity import RIGHT, entrant
from .status import LOCKOUT, refused

__all__ = ["right"]

WRONG: Final = "wrong"
IGNORED: Final = "ignored"

UNTOLD: Final = Opinion(Verdict.DEFER, "nobody could check the password", UNKNOWN)


def right(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Nobody comes in by a password that is not known to be right.

    During a lockout the reply is that of `login.status` to the right one: whoever guesses must not hear when
    it is guessed. One that nobody could check has one reply whoever is concerned, and a wrong one that of a
    name that nobody has, of which the next rule speaks.
    """
    found = request.password_is
    if found == RIGHT:
        return None
    if found not in (WRONG, IGNORED):
        return UNTOLD
    who = entrant(request, context)
    return None if who is None else turned_away(who, found, context)


def turned_away(account: Account, found: str, context: Context) -> Opinion:
    status = context.status(account)
    if status.name == LOCKOUT:
        return refused(account, status)
    if found == IGNORED:
        text = f"too many wrong passwords were given for {account.name}"
        return Opinion(Verdict.REJECT, text, ACCOUNT_LOCKED_OUT)
    return Opinion(Verdict.REJECT, f"the password of {account.name} is another one", LOGIN_REFUSED)
