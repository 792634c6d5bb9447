"""How much may be sent; 0 is no limit everywhere."""

from __future__ import annotations

from ...values import Size
from ..kinds import LIMIT, PERCENT, WHOLE
from ..setting import LAYERED, SHARED, Topic, setting

# A table: one paragraph per setting.
# fmt: off


class SendingLimits(Topic, title="sending limits"):
    """Limits of an account, and two pools that a domain shares."""

    max_messages_per_minute = setting(
        WHOLE, "Messages in any minute.", path=LAYERED, default=0, constraint="0 = unlimited",
    )
    max_messages_per_hour = setting(
        WHOLE, "Messages in any hour.", path=LAYERED, default=0, constraint="0 = unlimited",
    )
    max_messages_per_day = setting(
        WHOLE, "Messages in any 24 hours.", path=LAYERED, default=0, constraint="0 = unlimited",
    )
    max_recipients_per_message = setting(
        WHOLE, "Recipients of one message.", path=LAYERED, default=0, constraint="0 = unlimited",
    )
    max_recipients_per_day = setting(
        WHOLE, "Recipients in any 24 hours.", path=LAYERED, default=0, constraint="0 = unlimited",
    )
    max_bytes_per_day = setting(
        LIMIT, "Amount sent in any 24 hours.", path=LAYERED, default=Size.UNLIMITED,
        constraint="0 = unlimited",
    )
    sending_warning_percent = setting(
        PERCENT, "How much of a limit is used when a warning is given.", path=LAYERED, default=90,
    )
    domain_max_messages_per_day = setting(
        WHOLE, "Messages of all accounts of the domain in any 24 hours.", path=SHARED, default=0,
        constraint="0 = unlimited; a pool",
    )
    domain_max_recipients_per_day = setting(
        WHOLE, "Recipients of all accounts of the domain in any 24 hours.", path=SHARED, default=0,
        constraint="0 = unlimited; a pool",
    )
