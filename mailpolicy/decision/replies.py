"""Every reply there is, in one place; docs/reference/replies.md is made from it.

A text names no class of service, no DN and no owner: it is for the other side. The statuses are those of
RFC 3463, the codes those of RFC 5321 and, for logins, RFC 4954.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .reply import Reply

__all__ = ["REPLIES"]

# Nobody can tell

UNKNOWN: Final = Reply(451, "4.3.0", "The directory cannot tell at the moment, please try again later")

# Addresses and mailboxes

BAD_ADDRESS: Final = Reply(553, "5.1.3", "That is not an address")
ROUTED_ADDRESS: Final = Reply(553, "5.7.1", "Please write to the address itself, without a way to it")
NO_SUCH_ADDRESS: Final = Reply(550, "5.1.1", "There is no such address here")
ADDRESS_AMBIGUOUS: Final = Reply(451, "4.1.4", "The address belongs to more than one mailbox")
MAILBOX_DISABLED: Final = Reply(550, "5.2.1", "The mailbox is disabled and takes no messages")
MAILBOX_SUSPENDED: Final = Reply(450, "4.2.1", "The mailbox takes no messages at the moment")
DOMAIN_DISABLED: Final = Reply(550, "5.1.2", "The domain takes no messages")
DOMAIN_UNVERIFIED: Final = Reply(550, "5.1.2", "The domain is not set up for mail yet")
MAILBOX_FULL: Final = Reply(552, "5.2.2", "The mailbox is full")
MAILBOX_FULL_FOR_NOW: Final = Reply(452, "4.2.2", "The mailbox is full at the moment")
MESSAGE_TOO_LARGE: Final = Reply(552, "5.2.3", "The message is too large for the mailbox")
REFUSES_ALL: Final = Reply(550, "5.7.1", "The recipient takes no messages")

# Senders

LOGIN_NEEDED: Final = Reply(530, "5.7.0", "Please log in to send as this address")
NOT_YOUR_ADDRESS: Final = Reply(553, "5.7.1", "You may not send as this address")
NOT_YOUR_HEADER: Final = Reply(550, "5.7.1", "You may not put this address in From:")
MAY_NOT_SEND: Final = Reply(550, "5.7.1", "The account may not send at the moment")
MAY_NOT_SEND_NOW: Final = Reply(450, "4.7.1", "The account may not send for now, please try again later")
SENDER_UNVERIFIED: Final = Reply(550, "5.1.8", "The domain of the sender is not set up for mail yet")
SENDERS_DOMAIN_DISABLED: Final = Reply(550, "5.1.8", "The domain of the sender is not open for mail")
SENDERS_DOMAIN_SUSPENDED: Final = Reply(
    450, "4.1.8", "The domain of the sender is not open for mail at the moment"
)
SENDING_TOO_LARGE: Final = Reply(552, "5.3.4", "The message is larger than you may send")
SENDER_FULL: Final = Reply(552, "5.2.2", "Your mailbox is full: make room before you send")
SENDERS_DOMAIN_FULL: Final = Reply(
    552, "5.2.2", "The mailboxes of your domain are full: nobody there may send"
)

# Lists

NO_SUCH_LIST: Final = Reply(550, "5.1.1", "There is no such list here")
MAY_NOT_POST: Final = Reply(550, "5.7.2", "You may not write to this list")

# Limits

TOO_MANY_RECIPIENTS: Final = Reply(452, "4.5.3", "Too many recipients for one message")
LIMIT_REACHED: Final = Reply(450, "4.7.1", "You have sent as much as you may for now, please try again later")

# Logins

LOGIN_REFUSED: Final = Reply(535, "5.7.8", "Login refused")
ACCOUNT_CLOSED: Final = Reply(535, "5.7.8", "The account is not open for logins")
ACCOUNT_LOCKED_OUT: Final = Reply(535, "5.7.8", "Too many wrong passwords: please try again later")
IN_MAINTENANCE: Final = Reply(454, "4.7.0", "The account is under maintenance, please try again later")
SERVICE_OFF: Final = Reply(535, "5.7.8", "This service is not switched on for the account")
NETWORK_REFUSED: Final = Reply(535, "5.7.8", "The account may not log in from where you are")
TLS_NEEDED: Final = Reply(538, "5.7.11", "Please use an encrypted connection")
SECOND_FACTOR_NEEDED: Final = Reply(534, "5.7.9", "A second factor is needed")
APPLICATION_PASSWORD_NEEDED: Final = Reply(534, "5.7.9", "Please use an application password here")
PASSWORD_EXPIRED: Final = Reply(535, "5.7.8", "The password has expired: please change it in webmail")
PASSWORD_MUST_CHANGE: Final = Reply(535, "5.7.8", "Please change the password in webmail first")
NOT_AN_ADMINISTRATOR: Final = Reply(535, "5.7.8", "The account administers nothing")

# Recovery

RECOVERY_REFUSED: Final = Reply(
    450,
    "4.7.1",
    "The password cannot be recovered so: please ask for another code later, or an administrator",
)

# Devices, bookings, edits

DEVICE_BLOCKED: Final = Reply(550, "5.7.1", "The device may not be used")
DEVICE_QUARANTINED: Final = Reply(450, "4.7.1", "The device waits for an administrator to let it in")
DEVICE_SUSPENDED: Final = Reply(450, "4.7.1", "The device may not synchronise at the moment")
BOOKING_DECLINED: Final = Reply(550, "5.7.1", "The booking is declined")
EDIT_REFUSED: Final = Reply(550, "5.7.1", "You may not change that")
TARGET_FROZEN: Final = Reply(450, "4.2.1", "Nothing there can be changed at the moment")

REPLIES: Final[Mapping[str, Reply]] = MappingProxyType(
    {name.lower(): each for name, each in globals().items() if isinstance(each, Reply)}
)
"""By name."""
