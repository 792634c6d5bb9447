"""Mail: whether its recipient is there, its sender may send, and the one takes it from the other."""

from __future__ import annotations

from typing import Final

from ..policy import Mode, OnUnknown, Rule
from ..requests import Delivery, Post, Submission
from ..rules import heeding, posting, recipient, sender

__all__ = ["PEOPLE"]

MAIL: Final = (Delivery, Submission, Post)
TO_MAILBOXES: Final = (Delivery, Submission)
FROM_LOGINS: Final = (Submission, Post)

PEOPLE: Final[tuple[Rule, ...]] = (
    Rule(
        "recipient.syntax",
        recipient.syntax,
        MAIL,
        "the recipient must be an address",
        "the recipient is an address",
        idle=recipient.is_found,
        heeds=heeding.address,
    ),
    Rule(
        "recipient.routed",
        recipient.routed,
        TO_MAILBOXES,
        "an address that leads on to another must not do so into one of our domains",
        "the address leads on to nobody of ours",
        idle=recipient.is_found_by_name,
        heeds=heeding.way,
    ),
    Rule(
        "recipient.exists",
        recipient.exists,
        MAIL,
        "an address in one of our domains must lead to somebody",
        "no recipient is named",
        heeds=heeding.existence,
    ),
    Rule(
        "list.exists",
        posting.exists,
        (Post,),
        "who posts writes to a list",
        "the recipient is a list",
        idle=posting.is_list,
    ),
    # Whether the sender may send as who she says she is
    Rule(
        "sender.account",
        sender.account,
        FROM_LOGINS,
        "whoever has logged in must have an account",
        "the account that has logged in is there",
        whose="login",
        idle=sender.is_there,
    ),
    Rule(
        "sender.status",
        sender.status,
        FROM_LOGINS,
        "the status of who has logged in must let her send",
        "the status lets her send",
        whose="login",
        idle=sender.may_send,
    ),
    Rule(
        "sender.service",
        sender.service,
        FROM_LOGINS,
        "sending by mail programs must be switched on for who has logged in",
        "smtp is switched on",
        whose="login",
        idle=sender.uses_smtp,
    ),
    Rule(
        "sender.domain",
        sender.domain,
        FROM_LOGINS,
        "nobody sends as an address of a domain that is closed to mail, or has not proved its ownership",
        "the domain of the sender is open, or where she lives, or none of ours",
        whose="login",
        heeds=heeding.sender,
    ),
    Rule(
        "sender.address",
        sender.address,
        FROM_LOGINS,
        "the sender of the envelope must be an address of who has logged in, or granted to her",
        "there is no sender to judge",
        whose="login",
        heeds=heeding.sender,
    ),
    Rule(
        "sender.header_from",
        sender.header_from,
        (Submission,),
        "the address of From: must be one of who has logged in, or granted to her",
        "From: was not seen, or has the sender of the envelope",
        whose="login",
        heeds=heeding.sender,
    ),
    Rule(
        "sender.login_needed",
        sender.login_needed,
        (Delivery, Post),
        "who sends as an address of ours must have logged in",
        "the sender is none of ours, or has logged in",
        mode=Mode.AUDIT,
        on_unknown=OnUnknown.PASS,
        heeds=heeding.senders_domain,
    ),
    # Whether the recipient takes mail, and from whom
    Rule(
        "recipient.domain",
        recipient.domain,
        MAIL,
        "the domain of the address must take mail, alias domains too",
        "the domain of the address takes mail, or is none of ours",
        on_unknown=OnUnknown.PASS,
        heeds=heeding.domain,
    ),
    Rule(
        "recipient.status",
        recipient.status,
        MAIL,
        "whom mail reaches must be in a state to receive it",
        "mail reaches somebody who receives, or nobody of ours",
        idle=recipient.receives,
    ),
    Rule(
        "recipient.refuses_all",
        recipient.refuses_all,
        TO_MAILBOXES,
        "who refuses all mail gets none",
        "the recipient does not refuse all mail",
        idle=recipient.refuses_nothing,
    ),
    Rule(
        "list.posting",
        posting.posting,
        MAIL,
        "a list takes mail from whom its policy and its grants let write",
        "the recipient is no list",
        idle=posting.is_no_list,
        heeds=heeding.writer,
    ),
)
