"""The doors: by which name a client asks for each, what opens it, and what can be asked there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ....model import Account, Directory, Resource
from ....values import Service
from ...context import Context
from ...opinion import Opinion
from ...replies import NOT_AN_ADMINISTRATOR, SERVICE_OFF
from ...requests import Login
from ...verdict import Verdict
from .identity import both

__all__ = ["ADMIN", "DOORS", "Door", "switched_on"]

ADMIN: Final = "admin"


@frozen
class Door:
    """A way in: whose networks and policies hold there, and what the other side can do."""

    service: Service
    asks: bool = False
    """It can ask for a second factor."""
    has_pages: bool = False
    """It shows pages to a person, who can change a password there."""
    shows_folders: bool = False
    """Whoever may read folders may come in: no mail leaves by it in the owner's name, none is taken away."""


IMAP: Final = Door(Service.IMAP, shows_folders=True)
SMTP: Final = Door(Service.SMTP)

DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "imap": IMAP,
        "sieve": IMAP,
        "managesieve": IMAP,
        "pop3": Door(Service.POP3),
        "smtp": SMTP,
        "submission": SMTP,
        "webmail": Door(Service.WEBMAIL, asks=True, has_pages=True, shows_folders=True),
        ADMIN: Door(Service.WEBMAIL, asks=True, has_pages=True),
        "activesync": Door(Service.ACTIVESYNC),
        "dav": Door(Service.DAV, shows_folders=True),
        "xmpp": Door(Service.XMPP),
        "api": Door(Service.API, asks=True),
    }
)
"""By the name of the service. Sieve scripts are kept over the door of IMAP. The pages of administrators are
behind the networks and the second factor of webmail, but no switch of a user shuts them."""

SWITCHES: Final = {each: f"{each}_enabled" for each in Service}


def switched_on(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """A service must be on for the account, under what its domain allows; administration is for some."""
    door = DOORS.get(request.service)
    if door is None:
        return Opinion(Verdict.REJECT, f"no service is called {request.service!r}", SERVICE_OFF)
    for each in both(request, context):
        if request.service == ADMIN:
            if not administers(each):
                return Opinion(Verdict.REJECT, f"{each.name} is no administrator", NOT_AN_ADMINISTRATOR)
        elif not getattr(each.settings, SWITCHES[door.service]):
            return Opinion(Verdict.REJECT, f"{door.service} is not on for {each.name}", SERVICE_OFF)
    return None


def administers(account: Account) -> bool:
    if isinstance(account, Resource):
        return False  # no room administers anything
    return account.settings.is_global_admin or account.settings.is_delegated_admin
