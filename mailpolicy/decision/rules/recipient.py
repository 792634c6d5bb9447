"""Whether mail has somewhere to go: the address of the recipient, and who stands behind it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from ...errors import Ambiguous, InvalidValue
from ...model import Account, Directory, Domain, Resource
from ...model.objects import Addressed, HasStatus
from ...schema.catalog.status import MailStatus
from ...status import Receive, Status
from ...values import Size, folded
from ..context import Context
from ..opinion import Opinion
from ..replies import (
    BAD_ADDRESS,
    DOMAIN_DISABLED,
    DOMAIN_UNVERIFIED,
    MAILBOX_DISABLED,
    MAILBOX_SUSPENDED,
    MESSAGE_TOO_LARGE,
    NO_SUCH_ADDRESS,
    REFUSES_ALL,
    ROUTED_ADDRESS,
)
from ..requests import Delivery, Mail, Submission
from ..verdict import Verdict
from ..ways import way

__all__ = [
    "domain",
    "domain_in",
    "exists",
    "is_delivered_elsewhere",
    "is_found",
    "is_found_by_name",
    "lives_in",
    "person",
    "receives",
    "refuses_all",
    "refuses_nothing",
    "routed",
    "size",
    "status",
    "syntax",
    "takes_any_size",
]


EXISTS: Final = Opinion(Verdict.ACCEPT, "the recipient exists")
SERVERS_OWN: Final = Opinion(Verdict.NO_OPINION, "the address is for the mail server itself to know")

LITERAL: Final = re.compile(r"\[(?P<six>[Ii][Pp][Vv]6:)?(?P<number>[0-9A-Fa-f:.]+)\]")
SOMEWHERE: Final = "host.invalid"
"""A domain that a literal could stand for, to look at what stands before it."""

TURNS: Final = re.compile("[%@!]")
"""What mail servers take an address apart at, if they find its domain to be their own name."""
DOMAINS: Final = re.compile("(?<=[%@])[^%@!:]+|[^%@!:]+(?=!)")
"""What they then go on to. A colon is the end of a source route."""
FILLING: Final = re.compile(r'[\s"\\]')
"""What mail servers read over, there."""


def syntax(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """What is no address is nobody's."""
    if not request.recipient:
        return None
    try:
        folded(request.recipient)
    except InvalidValue as problem:
        if is_servers_own(request.recipient):
            return None
        return Opinion(Verdict.REJECT, str(problem), BAD_ADDRESS)
    return None


def routed(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """An address that mail servers take apart must not lead past the rules of whom it leads to.

    A server by the name of `host` reads `john%acme.example@host`, `acme.example!john@host` and
    `"john@acme.example"@host` as mail for john: without `host` nothing but his address is left. Which names a
    server goes by nobody tells us, and such addresses are of no use any more.
    """
    local = FILLING.sub("", request.recipient.rpartition("@")[0])
    if TURNS.search(local) is None:
        return None
    found = context.recipient
    if found is not None:
        if not local.startswith("@") or is_found_by_name(found, context):
            return None
        # A source route, which servers leave out: it would be judged as the catch-all's, and be another's.
        return Opinion(Verdict.REJECT, f"{request.recipient} has a route before the address", ROUTED_ADDRESS)
    for name in dict.fromkeys(DOMAINS.findall(local)):
        named = context.domain(name)
        if named is not None:
            text = f"{request.recipient} may lead a mail server on to {named.name}, past the rules there"
            return Opinion(Verdict.REJECT, text, ROUTED_ADDRESS)
    return None


def exists(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """An address in a domain of ours must lead somewhere; other domains are others' business."""
    if not request.recipient:
        return None
    found = context.recipient
    if found is not None:
        if not context.is_told:
            return EXISTS
        by = way(found, request.recipient) or "somehow"
        return Opinion(Verdict.ACCEPT, f"{request.recipient} leads to {found.kind} {found.name} {by}")
    if is_servers_own(request.recipient):
        return SERVERS_OWN
    if context.domain(domain_in(request.recipient)) is None:
        return Opinion(Verdict.NO_OPINION, "the domain of the recipient is none of ours")
    return Opinion(Verdict.REJECT, nobody(request.recipient, context), NO_SUCH_ADDRESS)


def is_servers_own(address: str) -> bool:
    """Whether an address names a host: the postmaster of this one, or by a number in brackets.

    Every mail server takes the first (RFC 5321, 4.5.1), and goes by its own tables with the second (4.1.3).
    No directory has either.
    """
    local, at, place = address.rpartition("@")
    if not at:
        return place.lower() == "postmaster"
    literal = LITERAL.fullmatch(place) if place.startswith("[") else None
    if literal is None:
        return False
    try:
        version = IPv6Address if literal["six"] else IPv4Address
        version(literal["number"])
        folded(f"{local}@{SOMEWHERE}")
    except ValueError:
        return False
    return True


def nobody(address: str, context: Context) -> str:
    """Why an address leads nowhere: mail does not know everybody who has one."""
    if not context.is_told:
        return f"{address} leads nowhere"
    try:
        unknown = context.having(address)
    except Ambiguous:  # several have it, and mail knows none of them
        unknown = None
    if unknown is None:
        return f"nobody has the address {address}"
    return f"{unknown.kind} {unknown.name} has the address {address}, but mail_status keeps mail from it"


def domain(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """The domain after the @ must take mail, whoever is behind the address.

    Mail servers ask for the domain first, and look at its `mail_status` alone. Its status holds for those who
    live in it, which is the next rule's business; an alias domain, or one where somebody only has an alias,
    has a status too. Where it rejects, mail is rejected. Where it defers, mail waits by the ``documented``
    table; deployed servers deliver it, for by then the address has been rewritten.
    """
    found = context.recipient
    if found is None:
        return None
    named = context.domain(domain_in(request.recipient))
    if named is None:
        return None
    if named.settings.mail_status is MailStatus.DISABLED:
        because = context.status(named).reasons
        text = f"mail_status of {named.name} is disabled: mail does not know the domain"
        return Opinion(Verdict.REJECT, text, DOMAIN_DISABLED, because)
    standing = context.status(named)
    if standing.receive is Receive.DELIVER or lives_in(found, named):
        return None  # where she lives is the next rule's business
    return None if is_delivered_elsewhere(standing) else refused(named, standing)


def status(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """Whoever the address leads to must be in a state to receive, by the status table in force."""
    found = context.recipient
    if not isinstance(found, Addressed):
        return None
    return refused(found, context.status(found))


def refuses_all(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """Who wants no mail at all gets none, and says so in words of her own."""
    found = person(context)
    if found is None or not found.settings.reject_all:
        return None
    text = f"{found.name} refuses all mail"
    return Opinion(Verdict.REJECT, text, REFUSES_ALL.saying(found.settings.reject_reply_text))


def size(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """A message may be as large as the mailbox takes; one whose size nobody has told is small."""
    found = context.recipients_mailbox
    if found is None or request.size <= found.settings.max_message_size:
        return None
    text = (
        f"{request.size} bytes are more than the {found.settings.max_message_size:d} that {found.name} takes"
    )
    return Opinion(Verdict.REJECT, text, MESSAGE_TOO_LARGE)


def person(context: Context) -> Account | None:
    """The mailbox of the recipient where somebody owns it: rooms neither forward, refuse nor answer."""
    found = context.recipients_mailbox
    return None if isinstance(found, Resource) else found


def domain_in(address: str) -> str:
    """What stands after the @, as it is written."""
    return address.rpartition("@")[2]


def is_delivered_elsewhere(standing: Status) -> bool:
    """Whether a domain that defers mail does so only for those who live in it, as on deployed servers."""
    return standing.receive is Receive.DEFER and standing.table == "server"


def lives_in(found: object, named: Domain) -> bool:
    """Whether the domain is the one whose status counts in that of the object."""
    address = found.address if isinstance(found, Addressed) else None
    return address is not None and address.domain == named.domain_name


def refused(whose: HasStatus, standing: Status) -> Opinion | None:
    """What comes of a status that stops mail; None of one that does not."""
    if standing.receive is Receive.DELIVER:
        return None
    unproven = any(reason.id == "status.ownership" and reason.matched for reason in standing.reasons)
    text = f"{whose.kind} {whose.name} is {standing.name}: mail is {PAST[standing.receive]}"
    if standing.receive is Receive.DEFER:
        return Opinion(Verdict.DEFER, text, MAILBOX_SUSPENDED, standing.reasons)
    if unproven:
        text = f"the domain of {whose.kind} {whose.name} is not proved to be its owner's: mail is rejected"
    reply = DOMAIN_UNVERIFIED if unproven else MAILBOX_DISABLED
    return Opinion(Verdict.REJECT, text, reply, standing.reasons)


PAST: Final = {Receive.DEFER: "deferred", Receive.REJECT: "rejected"}


# Where these have nothing to say, whatever the message


def is_found(found: object | None, context: Context) -> bool:
    """What leads to somebody is an address."""
    return found is not None


def is_found_by_name(found: object | None, context: Context) -> bool:
    """No address leads there that she does not have."""
    if not isinstance(found, Account) or isinstance(found, Resource):
        return found is not None
    return not found.settings.catch_all_addresses


def receives(found: object | None, context: Context) -> bool:
    """Nothing stands against it now, and no lockout ends later."""
    if not isinstance(found, Addressed):
        return True
    standing = context.status(found)
    return standing.receive is Receive.DELIVER and standing.name == "active"


def refuses_nothing(found: object | None, context: Context) -> bool:
    """Nobody is there who could, or she does not."""
    return not isinstance(found, Account) or isinstance(found, Resource) or not found.settings.reject_all


def takes_any_size(found: object | None, context: Context) -> bool:
    """The mailbox has no limit."""
    return not isinstance(found, Account) or found.settings.max_message_size == Size.UNLIMITED
