"""The states that are stored; what an account may do follows from them."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ..setting import SHARED, Topic, setting
from ..stored import stored
from ..words import one_of


class AccountStatus(StrEnum):
    """What an administrator, or the lockout policy, made of one account."""

    ACTIVE = "active"
    LOCKOUT = "lockout"
    LOCKED = "locked"
    MAINTENANCE = "maintenance"
    PENDING = "pending"
    CLOSED = "closed"
    DISABLED = "disabled"


class DomainStatus(StrEnum):
    """What holds for a whole domain."""

    ACTIVE = "active"
    LOCKED = "locked"
    MAINTENANCE = "maintenance"
    SUSPENDED = "suspended"
    SHUTDOWN = "shutdown"
    CLOSED = "closed"


class MailStatus(StrEnum):
    """Whether mail knows the address at all."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class ProvisioningState(StrEnum):
    """Whether a change of the account is still under way."""

    READY = "ready"
    UPDATING = "updating"


# A table: one paragraph per setting.
# fmt: off


class StoredStatus(Topic, title="status"):
    """The stored states of accounts and domains."""

    account_status = setting(
        one_of(AccountStatus), "The state of the account; without one it takes its domain's.",
        own=(Level.ACCOUNT, Level.RESOURCE),
        constraint="lockout is set by the lockout policy only; disabled exists in native directories only",
        carbonio=stored(
            "zimbraAccountStatus",
            one_of(AccountStatus, without=frozenset({AccountStatus.DISABLED})),
        ),
    )
    domain_status = setting(
        one_of(DomainStatus), "The state of the domain, a floor under that of its accounts.", path=SHARED,
        default=DomainStatus.ACTIVE, carbonio="zimbraDomainStatus",
        constraint="shutdown is set by the server only",
    )
    mail_status = setting(
        one_of(MailStatus), "Whether mail knows the address: a disabled one is as good as unknown.",
        own=(Level.ACCOUNT, Level.LIST, Level.RESOURCE, Level.DOMAIN), default=MailStatus.ENABLED,
        carbonio="zimbraMailStatus",
    )
    provisioning_state = setting(
        one_of(ProvisioningState), "Whether a change is under way; changes no capability.",
        own=(Level.ACCOUNT,), default=ProvisioningState.READY,
    )
