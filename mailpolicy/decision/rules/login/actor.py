"""Opening the mailbox of somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ....model import Account, Directory
from ....model.rights import holds
from ....reasons import Reason
from ...context import Context
from ...opinion import Opinion
from ...replies import LOGIN_REFUSED, UNKNOWN
from ...requests import Login
from ...verdict import Verdict
from .identity import entrant, unknown
from .services import DOORS
from .status import PASSING, refused

__all__ = ["may_open"]

BY_OFFICE: Final[Mapping[str, str]] = MappingProxyType(
    {"account": "adminLoginAs", "resource": "adminLoginCalendarResourceAs"}
)
"""The right by which an administrator comes in, by the kind of mailbox."""


def may_open(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """A user needs the right to log in there, or to read where a service shows folders and no more.

    For her the mailbox must be one whose owner could log in herself. Administrators open it in any status
    but under maintenance. Who has no right does not learn whether there is such a mailbox, and is refused
    before anything else is asked of it.
    """
    who, mailbox = entrant(request, context), context.login
    if who is None or (mailbox is not None and who.dn == mailbox.dn):
        return None
    if mailbox is None:
        return Opinion(Verdict.REJECT, unknown(request.account, request.host), LOGIN_REFUSED)
    status = context.status(mailbox)
    may, reasons = holding(directory, who, mailbox, rights_at(request.service, directory), as_admin=False)
    if may and status.login:
        return None
    by_office, more = holding(directory, who, mailbox, (BY_OFFICE[mailbox.kind],), as_admin=True)
    if by_office and status.name not in PASSING:
        return None
    if may or by_office:
        return refused(mailbox, status)
    told = reasons + tuple(each for each in more if each not in reasons)
    if may is None or by_office is None:
        text = f"nobody can tell whether {who.name} may open {mailbox.name}"
        return Opinion(Verdict.DEFER, text, UNKNOWN, told)
    return Opinion(Verdict.REJECT, f"{who.name} may not open {mailbox.name}", LOGIN_REFUSED, told)


def rights_at(service: str, directory: Directory) -> tuple[str, ...]:
    """The rights by which a user comes in; a deployed server keeps those on folders in the mailbox."""
    door = DOORS.get(service)
    is_native = directory.snapshot.dialect.id_attribute is None
    return ("loginAs", "read") if is_native and door is not None and door.shows_folders else ("loginAs",)


def holding(
    directory: Directory, who: Account, mailbox: Account, rights: tuple[str, ...], *, as_admin: bool
) -> tuple[bool | None, tuple[Reason, ...]]:
    """Whether she holds one of these rights, None where nobody can tell, and why."""
    answer: bool | None = False
    reasons: tuple[Reason, ...] = ()
    for right in rights:
        held = holds(directory, who, right, mailbox, as_admin=as_admin)
        if held.answer:
            return True, held.reasons
        answer = None if held.answer is None else answer
        reasons += held.reasons
    return answer, reasons
