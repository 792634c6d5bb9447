"""The milter protocol, version 6: a mail server shows us the whole message, headers included.

Beside refusing a recipient in our own words, it lets us look at From: and add headers, which the policy
protocol of Postfix cannot.
"""

from __future__ import annotations

from .session import MilterSession

__all__ = ["MilterSession"]
