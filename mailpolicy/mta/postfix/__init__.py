"""The policy delegation protocol of Postfix: a question for each recipient, and for each message at its end.

::

    desk = Desk(acme, counters)
    async with Serving("inet:127.0.0.1:10031", policy_sessions(desk)):
        ...

In main.cf, so that an outage is soft, and who is unknown is refused for good all the same::

    mailpolicy = check_policy_service { inet:127.0.0.1:10031, timeout=5s,
        { default_action = DEFER_IF_PERMIT 4.3.0 policy service is down } }
    smtpd_recipient_restrictions = reject_unlisted_recipient, $mailpolicy
    smtpd_data_restrictions = $mailpolicy
    smtpd_end_of_data_restrictions = $mailpolicy

The second is for headers such as Sender:, of which Postfix takes one; the third for counts, and for sizes
that nobody has announced. What was settled there counts, even if a milter refuses the message after it.
"""

from __future__ import annotations

from .action import rendered
from .session import PolicySession, SettleAt, policy_sessions

__all__ = ["PolicySession", "SettleAt", "policy_sessions", "rendered"]
