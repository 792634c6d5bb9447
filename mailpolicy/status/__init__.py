"""What an account may do now: its own status and its domain's, combined."""

from .effective import Status, domain_status, list_status, resolve_status
from .lockout import (
    LockoutPolicy,
    LockoutState,
    after_failure,
    after_success,
    ends_at,
    is_locked_out,
)
from .stored import lockout_policy, lockout_state, status_of
from .table import Capabilities, Receive, differences

__all__ = [
    "Capabilities",
    "LockoutPolicy",
    "LockoutState",
    "Receive",
    "Status",
    "after_failure",
    "after_success",
    "differences",
    "domain_status",
    "ends_at",
    "is_locked_out",
    "list_status",
    "lockout_policy",
    "lockout_state",
    "resolve_status",
    "status_of",
]
