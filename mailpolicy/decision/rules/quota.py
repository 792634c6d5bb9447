"""Quotas: what a mailbox holds, and all mailboxes of a domain together; in bytes.

The counts are gauges that somebody else keeps. Where nobody knows one, nobody is refused for it; only what
would not fit into an empty mailbox is too much whatever lies there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...model import Account, Directory
from ...schema.catalog.mailbox import AggregateQuotaPolicy, OverQuotaVerdict
from ...values import Size
from ..context import Context
from ..opinion import Opinion
from ..replies import MAILBOX_FULL, MAILBOX_FULL_FOR_NOW, SENDER_FULL, SENDERS_DOMAIN_FULL
from ..requests import Delivery, Post, Submission
from ..usage import Counter
from ..verdict import Verdict
from .delivery import keeps_copy
from .recipient import domain_in

__all__ = [
    "aggregate_counter",
    "count_of_recipient",
    "count_of_recipients_domain",
    "count_of_sender",
    "count_of_senders_domain",
    "domain",
    "has_room_for_anything",
    "is_in_open_domain",
    "mailbox",
    "mailbox_counter",
    "sender",
    "senders_domain",
    "sends_from_open_domain",
    "sends_when_full",
]

BLOCKS_ALL: Final = AggregateQuotaPolicy.BLOCK_SEND_AND_RECEIVE
BLOCKS_SENDING: Final = (AggregateQuotaPolicy.BLOCK_SEND, BLOCKS_ALL)


def mailbox(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """A message must fit into the mailbox, to the last byte, unless full mailboxes receive there."""
    found = context.recipients_mailbox
    if found is None or found.settings.receive_over_quota or not keeps_copy(found):
        return None
    counter = mailbox_counter(found)
    if counter is None:
        return None
    used, quota = context.used(counter), found.settings.mailbox_quota
    if used is None and request.size > quota:
        return full(found, f"{counter.of} would get {request.size} bytes, over its whole quota of {quota:d}")
    if used is None:
        return unknown(counter, quota, context)
    if used + request.size <= quota:
        return None
    more = f" and would get {request.size} more" if request.size else ""
    return full(found, f"{counter.of} holds {used} bytes{more}, over its quota of {quota:d}")


def domain(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """A domain over its aggregate quota receives nothing, where its policy says so."""
    found = context.recipients_mailbox
    if found is None or found.settings.aggregate_quota_policy is not BLOCKS_ALL:
        return None
    if not keeps_copy(found):
        return None
    said = over_aggregate(found, context)
    return full(found, said) if isinstance(said, str) else said


def sender(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Whose full mailbox still receives may not send until it has room again."""
    login = context.login
    if login is None or not login.settings.receive_over_quota:
        return None
    counter = mailbox_counter(login)
    if counter is None:
        return None
    used, quota = context.used(counter), login.settings.mailbox_quota
    if used is None:
        return unknown(counter, quota, context)
    if used <= quota:
        return None
    text = f"{counter.of} holds {used} bytes, over its quota of {quota:d}: it receives, but does not send"
    return Opinion(Verdict.REJECT, text, SENDER_FULL)


def senders_domain(request: Submission | Post, directory: Directory, context: Context) -> Opinion | None:
    """Nobody of a domain over its aggregate quota sends, where its policy says so."""
    login = context.login
    if login is None or login.settings.aggregate_quota_policy not in BLOCKS_SENDING:
        return None
    said = over_aggregate(login, context)
    return Opinion(Verdict.REJECT, said, SENDERS_DOMAIN_FULL) if isinstance(said, str) else said


def over_aggregate(found: Account, context: Context) -> str | Opinion | None:
    """In what way the domain of a mailbox is over its quota; None where it is not, or nobody knows."""
    counter = aggregate_counter(found)
    if counter is None:
        return None
    used, quota = context.used(counter), found.settings.aggregate_quota
    if used is None:
        return unknown(counter, quota, context)
    if used <= quota:
        return None
    return f"the mailboxes of {counter.of} hold {used} bytes, over their quota of {quota:d}"


def full(found: Account, text: str) -> Opinion:
    """No room: for good or for now, as the domain wants senders to be told."""
    if found.settings.over_quota_verdict is OverQuotaVerdict.REJECT:
        return Opinion(Verdict.REJECT, text, MAILBOX_FULL)
    return Opinion(Verdict.DEFER, text, MAILBOX_FULL_FOR_NOW)


def unknown(counter: Counter, quota: Size, context: Context) -> Opinion | None:
    """Nobody is refused for a count that nobody knows, and who reads on is told so."""
    if not context.is_told:
        return None
    text = f"nobody knows how much {counter.of} holds: its quota of {quota} stops nothing"
    return Opinion(Verdict.NO_OPINION, text)


# Which counts these are


def mailbox_counter(found: Account) -> Counter | None:
    """What a mailbox holds; by its primary address, whatever mail for it was addressed to.

    None where the mailbox may hold anything, or has no address that can be read. Several rules ask, so it is
    kept with the account: one whose reading is written down is not the same account.
    """
    known = found.__dict__
    if "_mailbox_counter" not in known:
        is_limited = found.settings.mailbox_quota != Size.UNLIMITED
        address = found.address if is_limited else None
        known["_mailbox_counter"] = None if address is None else Counter("mailbox", str(address))
    counter: Counter | None = known["_mailbox_counter"]
    return counter


def aggregate_counter(found: Account) -> Counter | None:
    """What all mailboxes of its domain hold together; None where they may hold anything."""
    if found.settings.aggregate_quota == Size.UNLIMITED:
        return None
    address = found.address
    return None if address is None else Counter("aggregate", domain_in(address))


def count_of_recipient(
    request: Delivery | Submission, directory: Directory, context: Context
) -> Iterator[Counter]:
    """What the mailbox of the recipient holds."""
    found = context.recipients_mailbox
    if found is not None:
        yield from known(mailbox_counter(found))


def count_of_recipients_domain(
    request: Delivery | Submission, directory: Directory, context: Context
) -> Iterator[Counter]:
    """What all of the recipient's domain hold, where it stops mail or is to be told to somebody."""
    found = context.recipients_mailbox
    if found is None:
        return
    settings = found.settings
    if settings.aggregate_quota_policy is BLOCKS_ALL or settings.aggregate_quota_warning_recipients:
        yield from known(aggregate_counter(found))


def count_of_sender(request: Submission | Post, directory: Directory, context: Context) -> Iterator[Counter]:
    """What the mailbox of the sender holds, where that keeps her from sending."""
    login = context.login
    if login is not None and login.settings.receive_over_quota:
        yield from known(mailbox_counter(login))


def count_of_senders_domain(
    request: Submission | Post, directory: Directory, context: Context
) -> Iterator[Counter]:
    """What all of her domain hold, likewise."""
    login = context.login
    if login is not None and login.settings.aggregate_quota_policy in BLOCKS_SENDING:
        yield from known(aggregate_counter(login))


def known(counter: Counter | None) -> tuple[Counter, ...]:
    return () if counter is None else (counter,)


# Where these have nothing to say, whatever is used


def has_room_for_anything(found: object | None, context: Context) -> bool:
    """Nothing that is stored here could be too much."""
    if not isinstance(found, Account) or found.settings.receive_over_quota:
        return True
    return not keeps_copy(found) or mailbox_counter(found) is None


def is_in_open_domain(found: object | None, context: Context) -> bool:
    """No aggregate quota stops mail for it."""
    if not isinstance(found, Account) or found.settings.aggregate_quota_policy is not BLOCKS_ALL:
        return True
    return not keeps_copy(found) or aggregate_counter(found) is None


def sends_when_full(found: object | None, context: Context) -> bool:
    """No quota of her own keeps her from sending."""
    if not isinstance(found, Account) or not found.settings.receive_over_quota:
        return True
    return mailbox_counter(found) is None


def sends_from_open_domain(found: object | None, context: Context) -> bool:
    """No aggregate quota keeps her from sending."""
    if not isinstance(found, Account) or found.settings.aggregate_quota_policy not in BLOCKS_SENDING:
        return True
    return aggregate_counter(found) is None
