"""Mailboxes that want their spam in different places, and where a message to some of them is filed: the same
for the session and for a real Postfix."""

from __future__ import annotations

from typing import Any, Final

import pytest
from attrs import frozen

import mailpolicy as mp
from mailpolicy.decision import Delivery, Opinion, Rule, Verdict
from mailpolicy.mta.transaction import SpamHeader
from tests import milters
from tests.mail_directories import native, native_account

WILE: Final = "wile.e@customer.example"
FLAG: Final = "X-Spam-Flag: YES"
SPAM_HEADER: Final = SpamHeader.parse(FLAG)
INBOX: Final = "mpSpamToInbox: TRUE"


def address(name: str) -> str:
    return f"{name}@acme.example"


def filing() -> mp.Directory:
    """ann and bob, whose spam goes to Junk, eve and ed, who want it in the inbox, and some who forward."""
    away = "mpForwardingAddresses: x@x.example"
    return native(
        more=[
            native_account("eve", INBOX, "mpAliases: e.v@acme.example"),
            native_account("ed", INBOX),
            native_account("copy", INBOX, away),
            native_account("away", INBOX, away, "mpLocalDeliveryEnabled: FALSE"),
            native_account("keeps", INBOX, "mpLocalDeliveryEnabled: FALSE"),
        ]
    )


def at_end(request: Delivery, directory: mp.Directory, context: Any) -> Opinion | None:
    """Verdicts that come when the message is known for spam, by the first words of sender and recipient."""
    if not request.spam:
        return None
    match request.sender.partition("@")[0], request.recipient.partition("@")[0]:
        case ("noeve", "eve"):
            return Opinion(Verdict.DISCARD, "thrown away")
        case ("movedeve", "eve"):
            return Opinion(Verdict.REDIRECT, "elsewhere", redirect_to=address("bob"))
        case ("lateeve", "eve"):
            return Opinion(Verdict.REJECT, "no spam")
        case ("heldeve", "eve"):
            return Opinion(Verdict.HOLD, "to be looked at")
    return None


POLICY: Final = milters.POLICY.with_rules(
    Rule("site.at_end", at_end, (Delivery,), "what tests need", "nothing of the kind"),
    before="recipient.syntax",
)


@frozen
class Filed:
    """A message to somebody, and the folder that is said."""

    recipients: tuple[str, ...]
    folder: str
    headers: tuple[str, ...] = (FLAG,)
    sender: str = WILE


def filed(recipients: str, folder: str, *headers: str, sender: str = "wile.e") -> Filed:
    said = headers or (FLAG,)
    return Filed(tuple(map(address, recipients.split())), folder, said, f"{sender}@customer.example")


CASES: Final = {
    "by default": filed("ann", "Junk"),
    "as she wants": filed("eve", "Inbox"),
    "by an alias": filed("e.v", "Inbox"),
    "several for Junk": filed("ann bob", "Junk"),
    "several for the inbox": filed("eve ed e.v", "Inbox"),
    "who differ": filed("ann eve", ""),
    "a list": filed("all", ""),
    "a list and a mailbox": filed("eve all", ""),
    "no copy": filed("away", ""),
    "no copy, and a mailbox": filed("eve away", ""),
    "a copy": filed("copy", ""),
    "a copy, and a mailbox": filed("copy eve", ""),
    "a forward to nobody": filed("keeps", "Inbox"),
    "no spam": filed("eve", "", "Subject: x"),
    "a filter found none": filed("eve", "", "X-Spam-Flag: NO"),
    "another header": filed("eve", "", "X-Spam: YES"),
    "a longer value": filed("eve", "", "X-Spam-Flag: YES, score 9"),
    "in capitals": filed("eve", "Inbox", "X-SPAM-FLAG: yes"),
    "with blanks": filed("eve", "Inbox", "X-Spam-Flag:   Yes \t"),
    "on its next line": filed("eve", "Inbox", "X-Spam-Flag:\r\n YES"),
    "before what the sender says": filed("eve", "Inbox", FLAG, "X-Spam-Flag: NO"),
    "after what the sender says": filed("eve", "Inbox", "X-Spam-Flag: NO", FLAG),
    "thrown away for who differs": filed("ann eve", "Junk", sender="noeve"),
    "thrown away for one of several": filed("eve ed", "Inbox", sender="noeve"),
    "redirected for one": filed("eve ed", "", sender="movedeve"),
    "refused too late": filed("eve ed", "", sender="lateeve"),
}

cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)

FORGED: Final = (
    "X-Mailpolicy-Folder: Inbox",
    "x-mailpolicy-folder: Inbox",
    "X-MAILPOLICY-FOLDER:\r\n Inbox",
    "X-Mailpolicy-Folder : Inbox",
    "X-Mailpolicy-Folder:",
)
"""What a sender may have written herself."""
