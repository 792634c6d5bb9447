"""Whether the sender may send, and as who she says she is."""

from __future__ import annotations

from typing import Final

from ...ldap.entry import Entry
from ...model import Account, Directory, Object
from ...rights.chain import is_deployed
from ...schema.catalog.status import MailStatus
from ...snapshot.remembering import remember
from ...status import Status
from ...status.table import CAPABILITIES, Receive
from ...values import Size
from ..context import Context
from ..effects import Header
from ..opinion import Opinion
from ..replies import (
    LOGIN_NEEDED,
    MAY_NOT_SEND,
    MAY_NOT_SEND_NOW,
    NOT_YOUR_ADDRESS,
    NOT_YOUR_HEADER,
    SENDER_UNVERIFIED,
    SENDERS_DOMAIN_DISABLED,
    SENDERS_DOMAIN_SUSPENDED,
    SENDING_TOO_LARGE,
)
from ..reply import Reply
from ..requests import Delivery, Post, Submission
from ..verdict import Verdict
from .identity import Identity, Manner, identity
from .recipient import is_delivered_elsewhere, lives_in

__all__ = [
    "account",
    "address",
    "domain",
    "header_from",
    "is_there",
    "login_needed",
    "may_send",
    "sends_any_size",
    "service",
    "size",
    "status",
    "uses_smtp",
]

NULL_SENDERS: Final = frozenset({"", "<>"})
OWN: Final = Opinion(Verdict.ACCEPT, "the address is her own")
MOST_OTHERS: Final = 4_096

UNPROVED: Final = "status.ownership"
"""The reason of a status for which a domain that must prove its ownership has not."""


def account(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Whoever has logged in must still be there: she may have been deleted since."""
    if context.login is not None or is_from_outside(request):
        return None
    return Opinion(Verdict.REJECT, f"no account has the name {request.login}", MAY_NOT_SEND)


def is_from_outside(request: Submission | Post) -> bool:
    """Whether nobody has logged in: one writes to a list without, and submits nothing."""
    return not request.login and isinstance(request, Post)


def status(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Her status must let her send."""
    login = context.login
    if login is None:
        return None
    standing = context.status(login)
    if standing.send:
        return None
    if is_unproved(standing) and CAPABILITIES[standing.name].send:
        text = f"the domain of {login.name} has not proved its ownership"
        return Opinion(Verdict.REJECT, text, SENDER_UNVERIFIED, standing.reasons)
    text = f"{login.name} may not send: the status is {standing.name}"
    if standing.receive is Receive.DEFER:  # it passes, and a printer that is refused for good sends no more
        return Opinion(Verdict.DEFER, text, MAY_NOT_SEND_NOW, standing.reasons)
    return Opinion(Verdict.REJECT, text, MAY_NOT_SEND, standing.reasons)


def service(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Sending by a mail program must be switched on: she may have come in by another way."""
    login = context.login
    if login is None or login.settings.smtp_enabled:
        return None
    return Opinion(Verdict.REJECT, f"{login.name} may not use smtp", MAY_NOT_SEND)


def domain(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """The domain of an address that she sends as must take the answers, in From: as well.

    That is what `recipient.domain` says of them. Where she lives in it, her own status has been asked
    already; and as what has not proved its ownership nobody sends.
    """
    if is_from_outside(request):
        return None
    said = None if request.sender in NULL_SENDERS else judged_by_domain(context, request.sender)
    if said is None and request.header_from and request.header_from != request.sender:
        said = judged_by_domain(context, request.header_from)
    return said


def judged_by_domain(context: Context, address: str) -> Opinion | None:
    """What the domain of an address says against sending as it."""
    named = context.domain(domain_of(address))
    if named is None:
        return None
    standing = context.status(named)
    if standing.receive is Receive.DELIVER or is_delivered_elsewhere(standing):
        return None
    if is_unproved(standing):
        text = f"the domain {named.name} has not proved its ownership"
        return Opinion(Verdict.REJECT, text, SENDER_UNVERIFIED, standing.reasons)
    if context.login is not None and lives_in(context.login, named):
        return None
    is_unknown = named.settings.mail_status is MailStatus.DISABLED
    why = "is unknown to mail by its mail_status" if is_unknown else f"is {standing.name}"
    text = f"nobody from elsewhere sends as {address}: the domain {named.name} {why}"
    if standing.receive is Receive.DEFER:
        return Opinion(Verdict.DEFER, text, SENDERS_DOMAIN_SUSPENDED, standing.reasons)
    return Opinion(Verdict.REJECT, text, SENDERS_DOMAIN_DISABLED, standing.reasons)


def is_unproved(standing: Status) -> bool:
    return any(each.id == UNPROVED and each.matched for each in standing.reasons)


def address(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """The envelope sender must be hers, or granted to her; the null sender is everybody's.

    Answers of programs, reports of reading and of delivery have no sender.
    """
    login = context.login
    if login is None or request.sender in NULL_SENDERS:
        return None
    # Where From: was seen, it is what Sender: is about.
    says_so = not request.header_from or request.header_from == request.sender
    return judged(context, login, request.sender, NOT_YOUR_ADDRESS, says_so)


def header_from(request: Submission, directory: Directory, context: Context) -> Opinion | None:
    """The address of From: must be hers as well, or granted to her."""
    login = context.login
    if login is None or not request.header_from or request.header_from == request.sender:
        return None
    return judged(context, login, request.header_from, NOT_YOUR_HEADER, True)


def judged(context: Context, login: Account, wanted: str, reply: Reply, says_so: bool) -> Opinion | None:
    found = identity(context, login, wanted)
    if found.manner is Manner.OWN:
        return Opinion(Verdict.ACCEPT, f"{wanted}: {found.text}") if context.is_told else OWN
    if not found:
        text = f"{login.name} may not send as {wanted}: {found.text}"
        return Opinion(Verdict.REJECT, text, reply, found.because)
    if (why := gone(context, found)) is not None:
        text = f"{login.name} may not send as {wanted}: {why}"
        return Opinion(Verdict.REJECT, text, reply, found.because)
    text = f"{login.name} sends as {wanted} by {found.text}" if context.is_told else found.text
    shown: tuple[Header, ...] = ()
    if found.manner is Manner.ON_BEHALF_OF and says_so:
        shown = (Header("Sender", str(login.address or login.name)),)
    return Opinion(Verdict.ACCEPT, text, None, found.because, effects=shown)


def gone(context: Context, found: Identity) -> str | None:
    """Why nobody sends as somebody else any more: she is not there herself.

    A deployed server lets delegates send for active accounts alone; elsewhere one who only may not log in,
    as nobody may to a shared mailbox, can be sent for.
    """
    if found.of is None:
        return None
    other = whom(context, found.of)
    if not isinstance(other, Account):
        return None
    standing = context.status(other)
    is_there = (
        standing.name == "active"
        if is_deployed(context.directory.snapshot)
        else standing.receive is not Receive.REJECT
    )
    return None if is_there else f"the status of {other.name} is {standing.name}"


def whom(context: Context, entry: Entry) -> Object:
    """The object of an entry, kept with the snapshot, for it knows its status."""
    directory = context.directory
    memory = directory.snapshot.memory(("senders", directory.statuses))
    known: Object | None = memory.get(entry.dn)
    return known or remember(memory, entry.dn, directory.object(entry), MOST_OTHERS)


def login_needed(request: Delivery | Post, directory: Directory, context: Context) -> Opinion | None:
    """Who sends as an address of ours ought to have logged in; forwarders and lists of others have not."""
    if request.sender in NULL_SENDERS or (isinstance(request, Post) and request.login):
        return None
    domain = context.domain(domain_of(request.sender))
    if domain is None:
        return None
    text = f"{request.sender} is an address of {domain.name}, and nobody has logged in"
    return Opinion(Verdict.REJECT, text, LOGIN_NEEDED)


def size(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """A message may be as large as the limit of who sends it."""
    login = context.login
    if login is None or not request.size:
        return None
    limit = login.settings.max_message_size
    if request.size <= limit:
        return None
    text = f"the message has {request.size} bytes, and {login.name} may send {limit}"
    return Opinion(Verdict.REJECT, text, SENDING_TOO_LARGE)


def domain_of(sender: str) -> str:
    return sender.rpartition("@")[2]


# Where these have nothing to say, whatever she sends


def is_there(login: object | None, context: Context) -> bool:
    """Whoever has logged in has an account."""
    return login is not None


def may_send(login: object | None, context: Context) -> bool:
    """Nothing stands against it now, and no lockout has ended meanwhile."""
    if not isinstance(login, Account):
        return True
    standing = context.status(login)
    return standing.send and login.status.name == "active"


def uses_smtp(login: object | None, context: Context) -> bool:
    """Mail programs may send."""
    return not isinstance(login, Account) or login.settings.smtp_enabled


def sends_any_size(login: object | None, context: Context) -> bool:
    """A message of hers may have any size."""
    return not isinstance(login, Account) or login.settings.max_message_size == Size.UNLIMITED
