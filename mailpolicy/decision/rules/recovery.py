"""Whether a forgotten password may be recovered: by a code that is sent somewhere else.

Whoever asks has shown nothing yet. So all that can be wrong has one reply, whether it is for good or passes,
and a page should say the same in every case: that a code is on its way if there is such an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from ...model import Account, Directory
from ...schema.catalog.password import RecoveryStatus
from ..context import Context
from ..opinion import Opinion
from ..replies import RECOVERY_REFUSED
from ..requests import Recovery
from ..usage import Charge, Counter
from ..verdict import Verdict

__all__ = ["attempts", "code", "counted", "destination", "known", "standing", "switched_on"]

WEBMAIL: Final = "webmail"

VERIFIED: Final = "zimbraPrefPasswordRecoveryAddressStatus"
SUSPENSION: Final = "zimbraFeatureResetPasswordSuspensionTime"
A_DAY: Final = timedelta(days=1)

WAITING: Final = frozenset({"maintenance", "suspended", "shutdown"})

CLOSED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"documented": frozenset({"locked", "pending", "closed", "disabled"}), "server": frozenset()}
)
"""By the status table: in which statuses a code is of no use. The deployed server lets its owner in by a code
whatever the status, but under maintenance."""

GOOD: Final = Opinion(Verdict.ACCEPT, "a code may be sent, or taken")


def refused(text: str) -> Opinion:
    return Opinion(Verdict.REJECT, text, RECOVERY_REFUSED)


def known(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """There must be such an account; who asks does not learn whether there is."""
    return None if context.login is not None else refused(f"no account goes by {request.account!r}")


def switched_on(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """In webmail, where it is switched on."""
    account = context.login
    if request.service != WEBMAIL:
        return refused(f"a password is recovered in webmail, not by {request.service}")
    if account is None:
        return None
    status = account.settings.password_recovery_status
    if status is RecoveryStatus.SUSPENDED:
        return Opinion(Verdict.DEFER, f"recovery is suspended for {account.name}", RECOVERY_REFUSED)
    return (
        refused(f"recovery is {status} for {account.name}") if status is not RecoveryStatus.ENABLED else None
    )


def destination(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """There must be an address to send the code to, proven where that is kept, and not her own."""
    account = context.login
    if account is None:
        return None
    address = account.settings.recovery_address
    if address is None:
        return refused(f"{account.name} has no address for recovery")
    if VERIFIED in account.settings and account.settings[VERIFIED] != "verified":
        return refused(f"the address for recovery of {account.name} is not verified")
    found = context.having(str(address))
    if found is not None and found.dn == account.dn:
        return refused(f"the address for recovery of {account.name} is an own one")
    return None


def standing(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """Whom a code can still help: by one table whoever is active or locked out, by the other nearly all."""
    account = context.login
    if account is None:
        return None
    status = context.status(account)
    text = f"{account.name} is {status.name}"
    if status.name in WAITING:
        return Opinion(Verdict.DEFER, text, RECOVERY_REFUSED, status.reasons)
    if status.name in CLOSED[directory.statuses]:
        return Opinion(Verdict.REJECT, text, RECOVERY_REFUSED, status.reasons)
    return None


def counter_of(account: Account) -> Counter:
    """Attempts of an account, in as long as recovery is suspended after too many."""
    window = A_DAY
    if SUSPENSION in account.settings:
        window = account.settings[SUSPENSION] or A_DAY
    return Counter("recovery", str(account.address or account.dn).lower(), int(window.total_seconds()))


def counted(request: Recovery, directory: Directory, context: Context) -> Iterable[Counter]:
    """What `attempts` looks at."""
    account = context.login
    return () if account is None else (counter_of(account),)


def attempts(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """So many times a code is sent or tried; then there is a pause."""
    account = context.login
    if account is None:
        return None
    counter, most = counter_of(account), account.settings.max_recovery_attempts
    used = context.used(counter)
    if used is None:
        text = f"nobody knows how often the password of {account.name} was to be recovered"
        return Opinion(Verdict.DEFER, text, RECOVERY_REFUSED)
    if used >= most:
        text = f"{used} attempts to recover the password of {account.name}, of {most}"
        return Opinion(Verdict.DEFER, text, RECOVERY_REFUSED)
    return Opinion(Verdict.ACCEPT, f"attempt {used + 1} of {most}", charges=(Charge(counter, 1, most),))


def code(request: Recovery, directory: Directory, context: Context) -> Opinion | None:
    """A code is good for some time."""
    account = context.login
    if account is None:
        return None
    if request.code_age is None:
        return GOOD
    lifetime = account.settings.recovery_code_lifetime.total_seconds()
    if request.code_age > lifetime:
        text = f"the code is {request.code_age:.0f} s old, and good for {lifetime:.0f}"
        return Opinion(Verdict.REJECT, text, RECOVERY_REFUSED)
    return GOOD
