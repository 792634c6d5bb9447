"""What the rules about mail go by, beside the state of the directory and the people they concern.

First the looks at a request, then, by name in the table, which of them a rule takes where its party is this
one. To heed too much costs time, for fewer requests are alike. To heed too little would be wrong: requests
would be alike that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeAlias

from ...model import Account
from ...values.address import is_plain
from ..context import Context
from ..requests import Delivery
from ..selection import Heeded, Look, OfName
from ..usage import Counter
from .limits import Limit, Reading, amount_of, limits, messages_of, pools_of, recipients_of
from .quota import mailbox_counter

__all__ = [
    "address",
    "details",
    "domain",
    "existence",
    "messages",
    "pools",
    "recipients",
    "recipients_at_once",
    "room",
    "sender",
    "senders_domain",
    "size",
    "spam",
    "way",
    "writer",
]

Used: TypeAlias = Callable[[Counter], int | None]
Looks: TypeAlias = tuple[Heeded, ...]

NOTHING: Final[Looks] = ()


# Looks


def from_at(address: str) -> str:
    """The domain, with the sign before it; all of what has none."""
    return address[max(address.rfind("@"), 0) :]


@OfName
def whole_recipient(name: str) -> str:
    return name


@OfName
def odd_recipient(name: str) -> str:
    """The recipient where it is no address, or may be none: all that are plain are alike."""
    return "" if is_plain(name) else name


@OfName
def recipients_domain(name: str) -> str:
    return from_at(name)


def domain_of_sender(request: Any, used: Used) -> Any:
    return from_at(request.sender)


def whole_sender(request: Any, used: Used) -> Any:
    return request.sender


def author(request: Any, used: Used) -> Any:
    return request.header_from


def login_name(request: Any, used: Used) -> Any:
    return request.login


def is_spam(request: Any, used: Used) -> Any:
    return request.spam


def recipients_so_far(request: Any, used: Used) -> Any:
    return request.recipients


# Of the recipient


def address(found: object | None, context: Context) -> Looks:
    """What leads to somebody is an address."""
    return (odd_recipient,) if found is None else NOTHING


def way(found: object | None, context: Context) -> Looks:
    """In plain addresses there is none to follow."""
    return (odd_recipient,)


def existence(found: object | None, context: Context) -> Looks:
    """Whoever is there is there; of nobody it matters whose the domain is."""
    return (odd_recipient, recipients_domain) if found is None else NOTHING


def domain(found: object | None, context: Context) -> Looks:
    """Somebody may be reached in several domains."""
    return NOTHING if found is None else (recipients_domain,)


def senders_domain(found: object | None, context: Context) -> Looks:
    """Whether it is one of ours, and whether anybody has logged in where one may."""
    return with_login(domain_of_sender, context)


def writer(found: object | None, context: Context) -> Looks:
    """Who posts."""
    return with_login(whole_sender, context)


def details(found: object | None, context: Context) -> Looks:
    """Mail that goes somewhere takes the detail of the address along."""
    return (whole_recipient,)


def spam(found: object | None, context: Context) -> Looks:
    """What a filter said."""
    return (is_spam,)


def room(found: object | None, context: Context) -> Looks:
    """Whether a message fits into the mailbox and does not make it nearly full, as far as that is known."""
    counter = mailbox_counter(found) if isinstance(found, Account) else None
    if counter is None or not isinstance(found, Account):
        return NOTHING
    # Two rules take the same look, which is then taken once: so it is kept with the account.
    known = found.__dict__
    if "_room" not in known:
        quota = found.settings.mailbox_quota
        known["_room"] = fitting(counter, quota, found.settings.quota_warning_percent * quota)
    return (known["_room"],)


def fitting(counter: Counter, quota: int, mark: int) -> Look:
    """A look at whether a message fits, and whether it passes the mark, in hundredths of bytes."""

    def fits(request: Any, used: Used) -> Hashable:
        already = used(counter)
        if already is None:
            return bool(request.size <= quota)
        after = already + request.size
        # Each for itself: who receives over quota is warned, or not, of a message that does not fit.
        return after <= quota, already * 100 < mark <= after * 100

    return fits


def with_login(look: Look, context: Context) -> Looks:
    """The same where nobody logs in, for requests of one type are alike only among themselves."""
    return (look,) if isinstance(context.request, Delivery) else (look, login_name)


# Of the login


def sender(found: object | None, context: Context) -> Looks:
    """As who she sends; where there is nobody, also whether anybody has logged in."""
    return (whole_sender, author) if found is not None else (whole_sender, author, login_name)


def recipients_at_once(found: object | None, context: Context) -> Looks:
    """How many there are by now."""
    return (recipients_so_far,)


def messages(found: object | None, context: Context) -> Looks:
    """Whether one more is within the limits."""
    return within(messages_of, found)


def recipients(found: object | None, context: Context) -> Looks:
    """How many there are by now, and whether these are within the limits."""
    return (recipients_so_far, *within(recipients_of, found))


def pools(found: object | None, context: Context) -> Looks:
    """Likewise of what her domain shares."""
    return (recipients_so_far, *within(pools_of, found))


def within(reading: Reading, found: object | None) -> Looks:
    in_force = limits(reading, found).in_force if isinstance(found, Account) else ()
    if not in_force:
        return NOTHING

    def standing(request: Any, used: Used) -> Hashable:
        return tuple([stands(each, request, used) for each in in_force])

    return (standing,)


def stands(limit: Limit, request: Any, used: Used) -> Hashable:
    """Whether a limit holds, and whether somebody has to be warned of it; None where nobody knows.

    These are not alike: what is not known may be let pass, by the word of a site, where what is too much
    is not.
    """
    already = used(limit.counter)
    if already is None:
        return None
    after = already + amount_of(limit, request.recipients)
    return after <= limit.most, already < limit.warn_at <= after


# Of either


def size(found: object | None, context: Context) -> Looks:
    """Whether the message is too large for whose limit it is."""
    if not isinstance(found, Account):
        return NOTHING
    most = found.settings.max_message_size
    return (lambda request, used: request.size <= most,)
