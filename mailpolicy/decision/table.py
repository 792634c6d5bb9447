"""The policy, as a table: every rule there is, in the order in which they are asked.

docs/reference/rules.md is made from it. The first rule that refuses decides, so what is said earlier in a
session of SMTP, and what costs less to find out, comes first.
"""

from __future__ import annotations

from typing import Final

from .policy import OnUnknown, Policy, Rule
from .requests import Delivery, Login, Post, Recovery, Submission
from .rules import automatic_reply, delivery, limits, login, quota, quota_warning, recipient, recovery

__all__ = ["DEFAULT_POLICY"]

MAIL: Final = (Delivery, Submission, Post)
LOGIN: Final = (Login,)
TO_MAILBOXES: Final = (Delivery, Submission)
FROM_LOGINS: Final = (Submission, Post)

DEFAULT_POLICY: Final = Policy(
    (
        Rule(
            "recipient.syntax",
            recipient.syntax,
            MAIL,
            "the recipient must be an address",
            "the recipient is an address",
        ),
        Rule(
            "recipient.exists",
            recipient.exists,
            MAIL,
            "an address in one of our domains must lead to somebody",
            "no recipient is named",
        ),
        # Who may come in
        Rule(
            "login.account",
            login.identity.known,
            LOGIN,
            "a login must be that of an account, and who acts for another must have one, too",
            "the account exists",
        ),
        Rule(
            "login.status",
            login.status.lets_in,
            LOGIN,
            "the status of the account must let its owner in",
            "the account is open",
        ),
        Rule(
            "login.service",
            login.services.switched_on,
            LOGIN,
            "the service must be on for the account, and administration is for administrators",
            "the service is on",
        ),
        Rule(
            "login.network",
            login.networks.allowed,
            LOGIN,
            "where networks are set for account or domain, the client must be in one of each",
            "the client may come from where it is",
        ),
        Rule(
            "login.encryption",
            login.encryption.used,
            LOGIN,
            "pages whose links are https are used over https",
            "the connection is encrypted, or need not be",
        ),
        Rule(
            "login.application_password",
            login.second_factor.application_password,
            LOGIN,
            "application passwords must be switched on, and open no pages for people",
            "it is no application password, or one that is good here",
        ),
        Rule(
            "login.second_factor",
            login.second_factor.given,
            LOGIN,
            "where a second factor is wanted it must be given, or the network or device be trusted",
            "no second factor is wanted, or it was given",
        ),
        Rule(
            "login.password_must_change",
            login.password.must_change,
            LOGIN,
            "who must change the password does so before anything else",
            "the password need not be changed",
        ),
        Rule(
            "login.password_age",
            login.password.too_old,
            LOGIN,
            "a password is good for so long",
            "the password is not too old, or nobody knows how old it is",
        ),
        Rule(
            "login.actor",
            login.actor.may_open,
            LOGIN,
            "who opens the mailbox of another needs a right to",
            "everybody opens the own mailbox, or has a right to open this one",
        ),
        Rule(
            "login.welcome",
            login.identity.welcome,
            LOGIN,
            "who gets here comes in",
            "nobody is known who could",
        ),
        # Whether the sender may send as who she says she is
        # Whether the recipient takes mail, and from whom
        Rule(
            "recipient.domain",
            recipient.domain,
            MAIL,
            "the domain of the address must take mail, alias domains too",
            "the domain of the address takes mail, or is none of ours",
        ),
        Rule(
            "recipient.status",
            recipient.status,
            MAIL,
            "whom mail reaches must be in a state to receive it",
            "mail reaches somebody who receives, or nobody of ours",
        ),
        Rule(
            "recipient.refuses_all",
            recipient.refuses_all,
            TO_MAILBOXES,
            "who refuses all mail gets none",
            "the recipient does not refuse all mail",
        ),
        # Size, quotas
        Rule(
            "recipient.size",
            recipient.size,
            TO_MAILBOXES,
            "a message is at most as large as its recipient takes",
            "the message is not too large, or nobody knows how large it is",
        ),
        Rule(
            "quota.sender",
            quota.sender,
            FROM_LOGINS,
            "who receives over quota does not send over it",
            "the mailbox of the sender has room, or need not have any to send",
            on_unknown=OnUnknown.PASS,
            counters=quota.senders_counters,
        ),
        Rule(
            "quota.senders_domain",
            quota.senders_domain,
            FROM_LOGINS,
            "nobody sends from a domain over its aggregate quota, where its policy says so",
            "the domain of the sender is not over its aggregate quota, or may be",
            on_unknown=OnUnknown.PASS,
            counters=quota.senders_counters,
        ),
        Rule(
            "quota.mailbox",
            quota.mailbox,
            TO_MAILBOXES,
            "a message must fit into the mailbox",
            "the message fits, nothing of it is stored here, or a full mailbox receives all the same",
            on_unknown=OnUnknown.PASS,
            counters=quota.recipients_counters,
        ),
        Rule(
            "quota.domain",
            quota.domain,
            TO_MAILBOXES,
            "a domain over its aggregate quota receives nothing, where its policy says so",
            "the domain is not over its aggregate quota, or may receive all the same",
            on_unknown=OnUnknown.PASS,
            counters=quota.recipients_counters,
        ),
        # How much may be sent
        Rule(
            "limits.recipients_per_message",
            limits.per_message,
            (Submission,),
            "a message has only so many recipients",
            "the message has not too many recipients, or nobody has logged in",
        ),
        Rule(
            "limits.messages",
            limits.messages,
            (Submission,),
            "an account sends only so many messages in any minute, hour and 24 hours",
            "no account has logged in whose messages could be counted",
            counters=limits.counts_of_messages,
        ),
        Rule(
            "limits.recipients",
            limits.recipients,
            (Submission,),
            "an account writes to only so many recipients in any 24 hours",
            "the account has no limit on recipients",
            counters=limits.counts_of_recipients,
        ),
        Rule(
            "limits.bytes",
            limits.bytes_sent,
            (Submission,),
            "an account sends only so much in any 24 hours",
            "the account has no limit on how much it sends",
            counters=limits.counts_of_bytes,
        ),
        Rule(
            "limits.domain",
            limits.domain,
            (Submission,),
            "all accounts of a domain together send only so much in any 24 hours",
            "the domain has no limits",
            counters=limits.counts_of_domain,
        ),
        # What becomes of the message
        Rule(
            "delivery.addresses",
            delivery.addresses,
            TO_MAILBOXES,
            "mail goes to the forwards too, and without a local copy to them only",
            "mail goes to the mailbox and nowhere else, or to none of ours",
            on_unknown=OnUnknown.PASS,
        ),
        Rule(
            "delivery.folder",
            delivery.folder,
            (Delivery,),
            "spam is filed into Junk, or into the inbox where that is wanted and allowed",
            "the message is no spam, or is not stored here",
            on_unknown=OnUnknown.PASS,
        ),
        Rule(
            "automatic_reply.due",
            automatic_reply.due,
            TO_MAILBOXES,
            "a sender is answered once in a while where the recipient answers automatically",
            "the recipient does not answer automatically",
            on_unknown=OnUnknown.PASS,
            counters=automatic_reply.counters,
        ),
        Rule(
            "quota.warning",
            quota_warning.mailbox,
            TO_MAILBOXES,
            "the owner is warned when the mailbox is nearly full",
            "the message does not make the mailbox nearly full, or nobody knows",
            on_unknown=OnUnknown.PASS,
            counters=quota.recipients_counters,
        ),
        Rule(
            "quota.domain_warning",
            quota_warning.domain,
            TO_MAILBOXES,
            "administrators are warned when the domain is nearly full",
            "the message does not make the domain nearly full, nobody is to be warned, or nobody knows",
            on_unknown=OnUnknown.PASS,
            counters=quota.recipients_counters,
        ),
        # Recovery, edits, devices, bookings
        Rule(
            "recovery.account",
            recovery.known,
            (Recovery,),
            "the account must exist",
            "the account exists",
        ),
        Rule(
            "recovery.enabled",
            recovery.switched_on,
            (Recovery,),
            "recovery must be switched on, and is done in webmail only",
            "recovery is switched on",
        ),
        Rule(
            "recovery.address",
            recovery.destination,
            (Recovery,),
            "there must be a proven address elsewhere to send the code to",
            "there is a proven address elsewhere",
        ),
        Rule(
            "recovery.status",
            recovery.standing,
            (Recovery,),
            "a code must be of use in the status of the account",
            "a code is of use",
        ),
        Rule(
            "recovery.attempts",
            recovery.attempts,
            (Recovery,),
            "after so many attempts there is a pause",
            "no account is known whose attempts count",
            counters=recovery.counted,
        ),
        Rule(
            "recovery.code",
            recovery.code,
            (Recovery,),
            "a code is good for some time",
            "no account is known whose code it could be",
        ),
    )
)
"""What applies where a site says nothing else."""
