"""Who may do what to an entry: rights, and what follows from them for lists and accounts.

A right is given by grants, which stand on the entry it is about or on one above. `holds` weighs them and
says why. Owners, delegates, senders and administrators are views of the same grants; whether somebody
may write to a list, join it or change it is worked out from them and from what the list itself states.
"""

from __future__ import annotations

from .delegates import Delegate, Delegation, Mode, delegates, delegation_grants, mode_of
from .editing import may_edit
from .holding import Holding
from .holds import holds
from .posting import Posting, may_post
from .subscription import Notice, Subscription, may_subscribe, may_unsubscribe, notices, reply_to
from .table import RIGHTS, Right
from .views import Granted, administrators, allowed_senders, owned_lists, owners

__all__ = [
    "RIGHTS",
    "Delegate",
    "Delegation",
    "Granted",
    "Holding",
    "Mode",
    "Notice",
    "Posting",
    "Right",
    "Subscription",
    "administrators",
    "allowed_senders",
    "delegates",
    "delegation_grants",
    "holds",
    "may_edit",
    "may_post",
    "may_subscribe",
    "may_unsubscribe",
    "mode_of",
    "notices",
    "owned_lists",
    "owners",
    "reply_to",
]
