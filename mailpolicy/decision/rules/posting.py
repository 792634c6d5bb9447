"""Who may write to a list, and the headers that mail through it has.

Whoever has logged in is judged by that, not by the envelope. Only the list that is written to is asked:
who puts a list on another lets what the outer one takes in. That somebody is on a list counts at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...model import Directory, MailingList
from ...rights import may_post, reply_to
from ...rights.chain import is_deployed
from ...snapshot.remembering import remember
from ..context import Context
from ..effects import Header
from ..opinion import Opinion
from ..replies import MAY_NOT_POST, NO_SUCH_LIST
from ..requests import Mail, Post
from ..verdict import Verdict

__all__ = ["exists", "is_list", "is_no_list", "posting"]

MOST_WRITERS: Final = 16_384
MOST_LISTS: Final = 4_096

LABEL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""What stands in List-Id: without quotes (RFC 2919)."""


def exists(request: Post, directory: Directory, context: Context) -> Opinion | None:
    """What is posted goes to a list; mail for somebody else is asked about as mail, by its own rules."""
    found = context.recipient
    if found is None:
        found = context.having(request.list)  # asks once more where the directory may have missed it
    if isinstance(found, MailingList):
        return None
    text = "nobody of ours" if found is None else f"{found.kind} {found.name}"
    return Opinion(Verdict.REJECT, f"{request.list} leads to {text}, and to no list", NO_SUCH_LIST)


def posting(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """A list takes mail from whom its policy and its grants let write."""
    to = context.recipients_list
    if to is None:
        return None
    name = getattr(request, "login", "")
    login = context.login if name else None
    # A login that is no account of ours is somebody outside, whatever the envelope says.
    sender = "" if login is not None else name or request.sender
    if context.is_told:
        return asked(context, to, sender)
    memory = directory.snapshot.memory("writers")
    key = (to.entry.dn, sender if login is None else login.entry.dn, login is None)
    if key in memory:
        return accepted(to)
    opinion = asked(context, to, sender)
    if opinion.verdict is Verdict.ACCEPT:
        remember(memory, key, True, MOST_WRITERS)
    return opinion


def asked(context: Context, to: MailingList, sender: str) -> Opinion:
    """What the list says; Unavailable where nobody can tell."""
    name = getattr(context.request, "login", "")
    login = context.login if name else None
    snapshot = context.directory.snapshot
    found = may_post(snapshot, to.entry, login=None if login is None else login.entry, sender=sender)
    who = login.name if login is not None else sender or "the null sender"
    if not found:
        return Opinion(
            Verdict.REJECT, f"{who} may not write to {to.name}", MAY_NOT_POST, because=found.reasons
        )
    if context.is_told:
        text = f"{who} may write to {to.name}"
        return Opinion(Verdict.ACCEPT, text, because=found.reasons, effects=tuple(headers(to)))
    return accepted(to)


def accepted(to: MailingList) -> Opinion:
    """The opinion of a list about mail that it takes, the same for all of it."""
    memory = to.directory.snapshot.memory("posted")
    known: Opinion | None = memory.get(to.entry.dn)
    if known is None:
        opinion = Opinion(Verdict.ACCEPT, "the sender may write to the list", effects=tuple(headers(to)))
        known = remember(memory, to.entry.dn, opinion, MOST_LISTS)
    return known


def headers(to: MailingList) -> Iterator[Header]:
    """What mail through a list says of it: of which it is, and where answers go."""
    snapshot = to.directory.snapshot
    if to.address is not None:
        local = to.address.local
        if is_deployed(snapshot):
            yield Header("X-Zimbra-DL", str(to.address))
        elif LABEL.fullmatch(local):
            yield Header("List-Id", f"<{local}.{to.address.domain}>")
    replies = reply_to(snapshot, to.entry)
    if replies is not None:
        yield Header("Reply-To", replies)


def is_list(found: object | None, context: Context) -> bool:
    """Whom mail reaches is one."""
    return isinstance(found, MailingList)


def is_no_list(found: object | None, context: Context) -> bool:
    """Whom mail reaches is no list."""
    return not isinstance(found, MailingList)
