"""What happens to arriving mail besides being stored: forwarded, refused, answered, filed as spam."""

from __future__ import annotations

from ...reasons import Level
from ...values import Duration
from ..kinds import ADDRESS, BOOLEAN, DURATION, MOMENT, STRING, string, whole
from ..setting import LAYERED, SHARED, Topic, setting
from ..several import Joined, Many
from ..stored import NAMED_ADDRESS, inverse, stored

ACCOUNT = (Level.ACCOUNT,)


# A table: one paragraph per setting.
# fmt: off


class Forwarding(Topic, title="forwarding, refusal, automatic reply, spam"):
    """Forwarding, refusal, automatic replies and spam."""

    forwarding_enabled = setting(
        BOOLEAN, "The user may forward mail; a forward that exists keeps working.", path=LAYERED,
        default=True, carbonio="zimbraFeatureMailForwardingEnabled",
    )
    forwarding_addresses = setting(
        Many(ADDRESS), "Where arriving mail is sent as well.", own=ACCOUNT,
        constraint="at most max_forwarding_addresses; not the own address",
        carbonio=stored("zimbraPrefMailForwardingAddress", Joined(NAMED_ADDRESS)),
    )
    max_forwarding_addresses = setting(
        whole(), "How many forwarding addresses a user may set.", path=LAYERED, default=20,
        carbonio="zimbraMailForwardingAddressMaxNumAddrs",
    )
    max_forwarding_length = setting(
        whole(unit="characters"), "How long the forwarding addresses may be together.", path=LAYERED,
        default=4096, carbonio="zimbraMailForwardingAddressMaxLength",
    )
    local_delivery_enabled = setting(
        BOOLEAN, "Arriving mail is also stored in the mailbox.", own=ACCOUNT, default=True,
        carbonio=inverse("zimbraPrefMailLocalDeliveryDisabled"),
        constraint="without it and without a forwarding address mail is lost",
    )
    reject_all = setting(BOOLEAN, "Refuse all arriving mail.", own=ACCOUNT, default=False)
    reject_reply_text = setting(STRING, "What senders of refused mail are told.", own=ACCOUNT)
    auto_reply_enabled = setting(
        BOOLEAN, "Arriving mail is answered automatically.", own=ACCOUNT, default=False,
        carbonio="zimbraPrefOutOfOfficeReplyEnabled",
    )
    auto_reply_text = setting(
        string(at_most=8192), "The automatic answer.", own=ACCOUNT, constraint="at most 8192 characters",
        carbonio="zimbraPrefOutOfOfficeReply",
    )
    auto_reply_starts_at = setting(
        MOMENT, "The first moment of automatic answers; open if unset.", own=ACCOUNT, constraint="inclusive",
        carbonio="zimbraPrefOutOfOfficeFromDate",
    )
    auto_reply_ends_at = setting(
        MOMENT, "The last moment of automatic answers; open if unset.", own=ACCOUNT, constraint="inclusive",
        carbonio="zimbraPrefOutOfOfficeUntilDate",
    )
    auto_reply_interval = setting(
        DURATION, "A sender gets one automatic answer in this time.", path=LAYERED, default=Duration("7d"),
        carbonio="zimbraPrefOutOfOfficeCacheDuration",
    )
    spam_to_inbox = setting(
        BOOLEAN, "Spam is delivered to the inbox.", path=LAYERED, default=False,
        ceiling="spam_to_inbox_allowed",
    )
    spam_to_inbox_allowed = setting(
        BOOLEAN, "Accounts may have spam delivered to the inbox.", path=SHARED, default=True,
    )
