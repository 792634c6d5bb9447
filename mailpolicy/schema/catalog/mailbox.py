"""How much a mailbox holds, and how its owner works with it."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ...values import Duration, Size
from ..kinds import ADDRESS, BOOLEAN, DURATION, LIMIT, PERCENT, WHOLE
from ..setting import LAYERED, SHARED, Topic, setting
from ..several import Many
from ..stored import only, spelled
from ..words import one_of, spelling


class AggregateQuotaPolicy(StrEnum):
    """What stops when the mailboxes of a domain together are over their quota."""

    ALLOW = "allow"
    BLOCK_SEND = "block_send"
    BLOCK_SEND_AND_RECEIVE = "block_send_and_receive"


class OverQuotaVerdict(StrEnum):
    """What a sender is told when the mailbox is full."""

    REJECT = "reject"
    DEFER = "defer"


class ReadReceipts(StrEnum):
    """Whether a request for a receipt is answered."""

    ALWAYS = "always"
    NEVER = "never"
    PROMPT = "prompt"


class SignatureStyle(StrEnum):
    """Where the signature stands in a reply: above the quoted text, or below it."""

    OUTLOOK = "outlook"
    INTERNET = "internet"


class SaveTarget(StrEnum):
    """Whose sent folder keeps what a delegate sends."""

    OWNER = "owner"
    SENDER = "sender"
    BOTH = "both"
    NONE = "none"


# A table: one paragraph per setting.
# fmt: off


class Mailbox(Topic, title="mailbox"):
    """Quotas, and the habits of webmail."""

    mailbox_quota = setting(
        LIMIT, "Largest size of the mailbox.", path=LAYERED, default=Size.UNLIMITED,
        ceiling="max_mailbox_quota", constraint="0 = unlimited", carbonio="zimbraMailQuota",
    )
    max_mailbox_quota = setting(
        LIMIT, "What a mailbox of the domain can have at most.", path=SHARED, default=Size.UNLIMITED,
        constraint="0 = no cap", carbonio="zimbraMailDomainQuota",
    )
    quota_warning_percent = setting(
        PERCENT, "How full the mailbox is when its owner is warned.", path=LAYERED, default=90,
        constraint="0 to 100", carbonio="zimbraQuotaWarnPercent",
    )
    aggregate_quota = setting(
        LIMIT, "Largest size of all mailboxes of the domain together.", path=SHARED, default=Size.UNLIMITED,
        constraint="0 = none", carbonio="zimbraDomainAggregateQuota",
    )
    aggregate_quota_policy = setting(
        one_of(AggregateQuotaPolicy), "What stops when the domain is over its aggregate quota.", path=SHARED,
        default=AggregateQuotaPolicy.ALLOW,
        carbonio=spelled(
            "zimbraDomainAggregateQuotaPolicy",
            {
                "ALLOWSENDRECEIVE": AggregateQuotaPolicy.ALLOW,
                "BLOCKSEND": AggregateQuotaPolicy.BLOCK_SEND,
                "BLOCKSENDRECEIVE": AggregateQuotaPolicy.BLOCK_SEND_AND_RECEIVE,
            },
        ),
    )
    aggregate_quota_warning_percent = setting(
        PERCENT, "How full the domain is when its administrators are warned.", path=SHARED, default=80,
        constraint="0 to 100", carbonio="zimbraDomainAggregateQuotaWarnPercent",
    )
    aggregate_quota_warning_recipients = setting(
        Many(ADDRESS), "Who is warned that the domain is filling up.", path=SHARED,
        carbonio="zimbraDomainAggregateQuotaWarnEmailRecipient",
    )
    receive_over_quota = setting(
        BOOLEAN, "A full mailbox still receives, but does not send.", path=LAYERED, default=False,
        carbonio="zimbraMailAllowReceiveButNotSendWhenOverQuota",
    )
    over_quota_verdict = setting(
        one_of(OverQuotaVerdict), "What the sender of mail to a full mailbox is told.", path=SHARED,
        default=OverQuotaVerdict.DEFER,
        carbonio=only(
            "zimbraLmtpPermanentFailureWhenOverQuota",
            Level.GLOBAL,
            codec=spelling(
                {
                    "TRUE": OverQuotaVerdict.REJECT,
                    "FALSE": OverQuotaVerdict.DEFER,
                }
            ),
        ),
    )
    max_message_size = setting(
        LIMIT, "Largest message sent or received.", path=LAYERED, default=Size.UNLIMITED,
        constraint="0 = unlimited", carbonio=only("zimbraMtaMaxMessageSize", Level.GLOBAL),
    )
    save_to_sent = setting(
        BOOLEAN, "Sent messages are kept.", path=LAYERED, default=True, carbonio="zimbraPrefSaveToSent",
    )
    polling_interval = setting(
        DURATION, "How often webmail looks for new mail.", path=LAYERED, default=Duration("5m"),
        carbonio="zimbraPrefMailPollingInterval",
    )
    messages_per_page = setting(
        WHOLE, "Messages on one page of webmail.", path=LAYERED, default=100,
        carbonio="zimbraPrefMailItemsPerPage",
    )
    send_read_receipts = setting(
        one_of(ReadReceipts), "Whether requests for a read receipt are answered.", path=LAYERED,
        default=ReadReceipts.PROMPT, carbonio="zimbraPrefMailSendReadReceipts",
    )
    signature_style = setting(
        one_of(SignatureStyle), "Where the signature stands in a reply.", path=LAYERED,
        default=SignatureStyle.OUTLOOK, carbonio="zimbraPrefMailSignatureStyle",
    )
    delegated_send_save_target = setting(
        one_of(SaveTarget), "Whose sent folder keeps what a delegate sends.", path=LAYERED,
        default=SaveTarget.OWNER, carbonio="zimbraPrefDelegatedSendSaveTarget",
    )
