"""Warnings that a mailbox, or a domain, is filling up: by the message that makes it so, and no other."""

from __future__ import annotations

from ...model import Account, Directory
from ..context import Context
from ..effects import Notice
from ..opinion import Opinion
from ..requests import Delivery, Submission
from ..usage import Counter
from ..verdict import Verdict
from .delivery import keeps_copy
from .quota import aggregate_counter, mailbox_counter

__all__ = ["domain", "has_no_mark", "has_nobody_to_warn", "mailbox"]


def mailbox(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """Its owner is warned when the mailbox reaches the percentage of its quota."""
    found = context.recipients_mailbox
    counter = None if found is None or not keeps_copy(found) else mailbox_counter(found)
    used = None if counter is None else context.used(counter)
    if found is None or counter is None or used is None:
        return None
    mark = found.settings.quota_warning_percent * found.settings.mailbox_quota
    if not used * 100 < mark <= (used + request.size) * 100:
        return None
    percent = found.settings.quota_warning_percent
    text = f"the mailbox {counter.of} is {percent} % full: it can hold {found.settings.mailbox_quota}"
    return warning("quota.warning", (counter.of,), counter, text)


def domain(request: Delivery | Submission, directory: Directory, context: Context) -> Opinion | None:
    """Those who are named for it are warned when the domain passes the percentage of its quota."""
    found = context.recipients_mailbox
    counter = None if found is None or not keeps_copy(found) else aggregate_counter(found)
    used = None if counter is None else context.used(counter)
    if found is None or counter is None or used is None:
        return None
    percent, quota = found.settings.aggregate_quota_warning_percent, found.settings.aggregate_quota
    if not used * 100 <= percent * quota < (used + request.size) * 100:
        return None
    recipients = found.settings.aggregate_quota_warning_recipients
    if not recipients:
        return None
    text = f"the mailboxes of {counter.of} are more than {percent} % full: they can hold {quota} together"
    return warning("quota.domain_warning", recipients, counter, text)


def warning(kind: str, recipients: tuple[str, ...], counter: Counter, text: str) -> Opinion:
    return Opinion(Verdict.NO_OPINION, text, notices=(Notice(kind, recipients, counter.of, text),))


def has_no_mark(found: object | None, context: Context) -> bool:
    """There is no quota of which a part could be reached, or nothing is stored."""
    return not isinstance(found, Account) or not keeps_copy(found) or mailbox_counter(found) is None


def has_nobody_to_warn(found: object | None, context: Context) -> bool:
    """Likewise of the domain, or nobody is named for it."""
    if not isinstance(found, Account) or not found.settings.aggregate_quota_warning_recipients:
        return True
    return not keeps_copy(found) or aggregate_counter(found) is None
