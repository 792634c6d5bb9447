"""Mail: whether there is room for it, how much may be sent, and what becomes of it."""

from __future__ import annotations

from typing import Final

from ..policy import OnUnknown, Rule
from ..requests import Delivery, Post, Submission
from ..rules import automatic_reply, delivery, limits, quota, quota_warning, recipient, sender

__all__ = ["AMOUNTS"]

TO_MAILBOXES: Final = (Delivery, Submission)
FROM_LOGINS: Final = (Submission, Post)

AMOUNTS: Final[tuple[Rule, ...]] = (
    # Size, quotas
    Rule(
        "sender.size",
        sender.size,
        FROM_LOGINS,
        "a message is at most as large as its sender may send",
        "the message is not too large, or nobody knows how large it is",
        whose="login",
        idle=sender.sends_any_size,
    ),
    Rule(
        "recipient.size",
        recipient.size,
        TO_MAILBOXES,
        "a message is at most as large as its recipient takes",
        "the message is not too large, or nobody knows how large it is",
        idle=recipient.takes_any_size,
    ),
    Rule(
        "quota.sender",
        quota.sender,
        FROM_LOGINS,
        "who receives over quota does not send over it",
        "the mailbox of the sender has room, or need not have any to send",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_sender,
        whose="login",
        idle=quota.sends_when_full,
    ),
    Rule(
        "quota.senders_domain",
        quota.senders_domain,
        FROM_LOGINS,
        "nobody sends from a domain over its aggregate quota, where its policy says so",
        "the domain of the sender is not over its aggregate quota, or may be",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_senders_domain,
        whose="login",
        idle=quota.sends_from_open_domain,
    ),
    Rule(
        "quota.mailbox",
        quota.mailbox,
        TO_MAILBOXES,
        "a message must fit into the mailbox",
        "the message fits, nothing of it is stored here, or a full mailbox receives all the same",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_recipient,
        idle=quota.has_room_for_anything,
    ),
    Rule(
        "quota.domain",
        quota.domain,
        TO_MAILBOXES,
        "a domain over its aggregate quota receives nothing, where its policy says so",
        "the domain is not over its aggregate quota, or may receive all the same",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_recipients_domain,
        idle=quota.is_in_open_domain,
    ),
    # How much may be sent
    Rule(
        "limits.recipients_per_message",
        limits.per_message,
        (Submission,),
        "a message has only so many recipients",
        "the message has not too many recipients, or nobody has logged in",
        whose="login",
        idle=limits.has_no_limit_per_message,
    ),
    Rule(
        "limits.messages",
        limits.messages,
        FROM_LOGINS,
        "an account sends only so many messages in any minute, hour and 24 hours",
        "no account has logged in whose messages could be counted",
        counters=limits.counts_of_messages,
    ),
    Rule(
        "limits.recipients",
        limits.recipients,
        FROM_LOGINS,
        "an account writes to only so many recipients in any 24 hours",
        "the account has no limit on recipients",
        counters=limits.counts_of_recipients,
        whose="login",
        idle=limits.writes_to_anybody,
    ),
    Rule(
        "limits.bytes",
        limits.bytes_sent,
        FROM_LOGINS,
        "an account sends only so much in any 24 hours",
        "the account has no limit on how much it sends",
        counters=limits.counts_of_bytes,
        whose="login",
        idle=limits.writes_any_amount,
    ),
    Rule(
        "limits.domain",
        limits.domain,
        FROM_LOGINS,
        "all accounts of a domain together send only so much in any 24 hours",
        "the domain has no limits",
        counters=limits.counts_of_domain,
        whose="login",
        idle=limits.shares_no_pool,
    ),
    # What becomes of the message
    Rule(
        "delivery.addresses",
        delivery.addresses,
        TO_MAILBOXES,
        "mail goes to the forwards too, and without a local copy to them only",
        "mail goes to the mailbox and nowhere else, or to none of ours",
        on_unknown=OnUnknown.PASS,
        idle=delivery.goes_nowhere_else,
    ),
    Rule(
        "delivery.folder",
        delivery.folder,
        (Delivery,),
        "spam is filed into Junk, or into the inbox where that is wanted and allowed",
        "the message is no spam, or is not stored here",
        on_unknown=OnUnknown.PASS,
        idle=delivery.stores_nothing,
    ),
    Rule(
        "automatic_reply.due",
        automatic_reply.due,
        TO_MAILBOXES,
        "a sender is answered once in a while where the recipient answers automatically",
        "the recipient does not answer automatically",
        on_unknown=OnUnknown.PASS,
        counters=automatic_reply.counters,
        idle=automatic_reply.answers_nobody,
    ),
    Rule(
        "quota.warning",
        quota_warning.mailbox,
        TO_MAILBOXES,
        "the owner is warned when the mailbox is nearly full",
        "the message does not make the mailbox nearly full, or nobody knows",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_recipient,
        idle=quota_warning.has_no_mark,
    ),
    Rule(
        "quota.domain_warning",
        quota_warning.domain,
        TO_MAILBOXES,
        "administrators are warned when the domain is nearly full",
        "the message does not make the domain nearly full, nobody is to be warned, or nobody knows",
        on_unknown=OnUnknown.PASS,
        counters=quota.count_of_recipients_domain,
        idle=quota_warning.has_nobody_to_warn,
    ),
)
