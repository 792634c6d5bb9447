"""Passwords that are right, and must be changed all the same.

Services with pages let people do so at once, where they may: that is a challenge. All others refuse. It holds
neither for application passwords nor where the domain has passwords checked elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ....errors import InvalidValue
from ....inherit import text_values
from ....model import Account, Directory, Resource
from ....values import moment
from ...context import Context
from ...opinion import Opinion
from ...replies import PASSWORD_EXPIRED, PASSWORD_MUST_CHANGE
from ...reply import Reply
from ...requests import Login
from ...verdict import Verdict
from .identity import entrant
from .services import DOORS

__all__ = ["changed_at", "must_change", "too_old"]

CHANGED: Final = ("zimbraPasswordModifiedTime", "pwdChangedTime")
"""When a password was last changed, by the deployed server and by slapo-ppolicy."""

INTERNAL: Final = "internal"


def must_change(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Whoever was given a password must choose one of her own first."""
    who = ageing(request, context)
    if who is None or isinstance(who, Resource) or not who.settings.password_must_change:
        return None
    return change_wanted(request, who, f"{who.name} must change the password", PASSWORD_MUST_CHANGE)


def too_old(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """A password is good for so long; one of which nobody knows the age does not grow old."""
    who = ageing(request, context)
    if who is None or not who.settings.password_max_age:
        return None
    changed, longest = changed_at(who), who.settings.password_max_age
    if changed is None or context.at - changed <= longest:
        return None
    text = f"the password of {who.name} is of {changed.isoformat()}, and good for {longest}"
    return change_wanted(request, who, text, PASSWORD_EXPIRED)


def ageing(request: Login, context: Context) -> Account | None:
    """Who gave the password, if it is one that grows old here."""
    who = entrant(request, context)
    if who is None or request.application_password:
        return None
    home = context.domain((who.address or "").rpartition("@")[2])
    elsewhere = home is not None and home.settings.auth_mechanism != INTERNAL
    return None if elsewhere else who


def changed_at(account: Account) -> datetime | None:
    """When the password was last changed; None where nothing that can be read says so."""
    definitions = account.directory.snapshot.definitions
    for attribute in map(definitions.canonical_name, CHANGED):
        for text in text_values(account.entry, attribute):
            try:
                return moment(text)
            except InvalidValue:
                continue
    return None


def change_wanted(request: Login, account: Account, text: str, reply: Reply) -> Opinion:
    door = DOORS.get(request.service)
    if door is None or not door.has_pages:
        return Opinion(Verdict.REJECT, f"{text}, which {request.service} cannot ask for", reply)
    if not account.settings.password_change_enabled:
        return Opinion(Verdict.REJECT, f"{text}, and may not", reply)
    return Opinion(Verdict.CHALLENGE, text, reply)
