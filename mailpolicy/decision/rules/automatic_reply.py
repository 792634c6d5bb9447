"""Automatic replies: whether one is due, and why not.

Programs that answer programs never end, so more speaks against a reply than for it (RFC 3834). Nothing is
counted here: a reply that is due has not been sent, perhaps nobody will.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

from ...errors import InvalidValue
from ...model import Account, Directory, Resource
from ...values import Address, shown
from ..context import Context
from ..effects import AutoReply
from ..opinion import Opinion
from ..requests import Delivery, Submission
from ..usage import Charge, Counter
from ..verdict import Verdict
from ..ways import Way, way
from .recipient import person

__all__ = ["answers_nobody", "counters", "due"]

SEEN: Final = 10
"""How many of the addresses in the headers count: who is named after so many others is one of a crowd."""
PROGRAMS: Final = frozenset({"mailer-daemon", "majordomo", "listserv"})


def due(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """A sender is answered once in a while, if she is somebody, and wrote to the owner of the mailbox."""
    found = person(context)
    if found is None or not found.settings.auto_reply_enabled:
        return None
    against = against_it(found, request, context)
    if against:
        return Opinion(Verdict.NO_OPINION, f"no automatic reply: {against}") if context.is_told else None
    counter = replied(found, request.sender)
    # As it is written: others may tell upper from lower case.
    reply = AutoReply(
        found.address or request.recipient,
        request.sender.strip(),
        found.settings.auto_reply_text or "",
        None if counter is None else Charge(counter, 1, limit=1),
    )
    return Opinion(
        Verdict.NO_OPINION,
        f"{found.name} answers {request.sender} automatically",
        effects=(reply,),
    )


def against_it(found: Account, request: Delivery | Submission, context: Context) -> str:
    """What speaks against a reply; empty where nothing does. What costs least to see comes first."""
    settings = found.settings
    if settings.auto_reply_starts_at is not None and context.at < settings.auto_reply_starts_at:
        return f"they begin at {shown(settings.auto_reply_starts_at)}"
    if settings.auto_reply_ends_at is not None and context.at > settings.auto_reply_ends_at:
        return f"they ended at {shown(settings.auto_reply_ends_at)}"
    if not settings.auto_reply_text:
        return "there is no text for one"
    return (
        against_sender(request.sender)
        or against_message(found, request)
        or once_only(found, request.sender, context)
    )


def against_sender(sender: str) -> str:
    """Why this sender is none to answer."""
    try:
        local = Address(sender).local.strip('"')
    except InvalidValue:
        return "the sender has no address" if not sender else f"the sender has no valid address: {sender}"
    if local in PROGRAMS or local.startswith("owner-") or local.endswith("-owner") or "-request" in local:
        return f"{sender} is a program"
    return ""


def against_message(found: Account, request: Delivery | Submission) -> str:
    """Why this message is none to answer. Headers that nobody has seen speak against nothing."""
    if way(found, request.recipient) is Way.CATCH_ALL:
        return f"{request.recipient} is nobody's address, and {found.name} only takes its mail"
    if isinstance(request, Submission):
        return ""
    if request.spam:
        return "the message is spam"
    if request.automatic:
        return "a program has written the message"
    named = request.addressed
    if named is None or any(way(found, each) not in (None, Way.CATCH_ALL) for each in named[:SEEN]):
        return ""
    return f"{found.name} is not among the first {SEEN} addresses that the message names"


def once_only(found: Account, sender: str, context: Context) -> str:
    """Whether this sender has been answered; where nobody knows, she may have been."""
    counter = replied(found, sender)
    if counter is None:
        return ""
    interval = found.settings.auto_reply_interval
    already = context.used(counter)
    if already is None:
        return f"nobody knows whether {sender} has been answered in the last {interval}"
    return f"{sender} has been answered in the last {interval}" if already else ""


def replied(found: Account, sender: str) -> Counter | None:
    """The replies that a sender has had of late; None where she gets one each time."""
    interval = found.settings.auto_reply_interval
    if not interval:
        return None
    seconds = ceil(interval.total_seconds())  # a window shorter than a second is still a window
    return Counter("replied", f"{found.address or found.dn} {Address(sender)}", seconds)


def counters(request: Delivery | Submission, directory: Directory, context: Context) -> Iterator[Counter]:
    """The replies to the sender, where she might get one."""
    found = person(context)
    if found is None or not found.settings.auto_reply_enabled or against_sender(request.sender):
        return
    counter = replied(found, request.sender)
    if counter is not None:
        yield counter


def answers_nobody(found: object | None, context: Context) -> bool:
    """Nobody is there who answers automatically."""
    return (
        not isinstance(found, Account) or isinstance(found, Resource) or not found.settings.auto_reply_enabled
    )
