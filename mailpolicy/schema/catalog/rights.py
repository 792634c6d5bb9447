"""Who may act for others."""

from __future__ import annotations

from ...reasons import Level
from ..kinds import BOOLEAN, GRANT, LIMIT
from ..setting import Topic, setting
from ..several import Many
from ..stored import stored

# A table: one paragraph per setting.
# fmt: off


class Rights(Topic, title="rights"):
    """Administrators and grants."""

    is_global_admin = setting(
        BOOLEAN, "May administer everything.", own=(Level.ACCOUNT,), default=False,
        carbonio="zimbraIsAdminAccount",
    )
    is_delegated_admin = setting(
        BOOLEAN, "May administer what grants allow.", own=(Level.ACCOUNT,), default=False,
        carbonio="zimbraIsDelegatedAdminAccount",
    )
    grants = setting(
        Many(GRANT, line_by_line=True), "Rights that others have on this entry.",
        own=(Level.ACCOUNT, Level.LIST, Level.RESOURCE, Level.COS, Level.DOMAIN, Level.GLOBAL),
        constraint="stored on the target; delegates, owners, senders and admin rights are views of it",
        carbonio=stored("zimbraACE"),
    )
    max_grantable_quota = setting(
        LIMIT, "The largest mailbox quota this administrator may give; none at all if unset.",
        own=(Level.ACCOUNT,), constraint="0 = unlimited", carbonio="zimbraDomainAdminMaxMailQuota",
    )
