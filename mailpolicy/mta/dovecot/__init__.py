"""Dovecot: its authentication policy, asked over HTTP.

What its quota-status service answers, the policy protocol of Postfix does (`mailpolicy.mta.postfix`): the
rules about quotas are asked at RCPT like all others, and a mail server needs no second service for them.
"""

from __future__ import annotations

from ..session import Outlet
from .auth_policy import AuthPolicy, Seen
from .http import HttpSession

__all__ = ["AuthPolicy", "HttpSession", "Seen", "auth_policy_session"]


def auth_policy_session(outlet: Outlet, policy: AuthPolicy) -> HttpSession:
    """A connection of Dovecot's."""
    return HttpSession(outlet, policy)
