"""Who wants to come in: the account, and who acts for it."""

from __future__ import annotations

from typing import Final

from ....model import Account, Directory
from ...context import Context
from ...opinion import Opinion
from ...replies import LOGIN_REFUSED
from ...requests import Login
from ...verdict import Verdict

__all__ = ["RIGHT", "both", "entrant", "known", "unknown", "welcome"]

RIGHT: Final = "right"

WELCOME: Final = Opinion(Verdict.ACCEPT, "nothing speaks against it")


def entrant(request: Login, context: Context) -> Account | None:
    """Whose password it was: the account's own, or that of who acts for it."""
    return context.mailbox(request.actor, request.host) if request.actor else context.login


def both(request: Login, context: Context) -> tuple[Account, ...]:
    """Who comes in, and whose mailbox it is; one of them where they are the same."""
    who, mailbox = entrant(request, context), context.login
    return tuple(dict.fromkeys(each for each in (who, mailbox) if each is not None))


def known(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """An account goes by any of its addresses, or by a user name at a host of its domain.

    Nobody is told that there is no such account: the reply is the one to a wrong password. Whether the
    mailbox of another is there is asked with the right to open it.
    """
    if entrant(request, context) is not None:
        return None
    if request.actor:
        return Opinion(Verdict.REJECT, f"the actor: {unknown(request.actor, request.host)}", LOGIN_REFUSED)
    return Opinion(Verdict.REJECT, unknown(request.account, request.host), LOGIN_REFUSED)


def unknown(name: str, host: str) -> str:
    """For the operator: under which name nobody was found."""
    at = f" at {host}" if host and "@" not in name else ""
    return f"no account goes by {name!r}{at}"


def welcome(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """After all that could be said against it; where that is only watched, the password still counts."""
    if request.password_is != RIGHT or entrant(request, context) is None or context.login is None:
        return None
    return WELCOME
