"""The policy, as a table: every rule there is, in the order in which they are asked.

docs/reference/rules.md is made from it. The first rule that refuses decides, so what is said earlier in a
session of SMTP, and what costs less to find out, comes first.
"""

from __future__ import annotations

from typing import Final

from .policy import Policy, Rule
from .requests import Delivery, Post, Submission
from .rules import recipient

__all__ = ["DEFAULT_POLICY"]

MAIL: Final = (Delivery, Submission, Post)

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
        # Whether the sender may send as who she says she is
        # Whether the recipient takes mail, and from whom
        # Size, quotas
        # How much may be sent
        # What becomes of the message
        # Recovery, edits, devices, bookings
    )
)
"""What applies where a site says nothing else."""
