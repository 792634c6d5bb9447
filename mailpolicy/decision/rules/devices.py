"""Which mobile devices may synchronise, and what is still to be done with them."""

from __future__ import annotations

from typing import Final

from ...model import Directory
from ...schema.catalog.services import DeviceAccess
from ...status import Status
from ...status.table import Receive
from ..context import Context
from ..effects import DeviceOrder, Order
from ..opinion import Opinion
from ..replies import (
    ACCOUNT_CLOSED,
    ACCOUNT_LOCKED_OUT,
    DEVICE_BLOCKED,
    DEVICE_QUARANTINED,
    DEVICE_SUSPENDED,
    IN_MAINTENANCE,
    LOGIN_REFUSED,
    SERVICE_OFF,
)
from ..reply import Reply
from ..requests import Device
from ..verdict import Verdict

__all__ = ["access", "account", "order", "service", "state", "status"]

WIPE: Final = Opinion(
    Verdict.DISCARD,
    "the device is to be wiped: that is all it is told",
    DEVICE_BLOCKED,
    effects=(DeviceOrder(Order.WIPE),),
)
RESET: Final = Opinion(
    Verdict.ACCEPT, "the device is to start from the beginning", effects=(DeviceOrder(Order.RESET),)
)
SUSPENDED: Final = Opinion(Verdict.DEFER, "the device is suspended", DEVICE_SUSPENDED)
BLOCKED: Final = Opinion(Verdict.REJECT, "the device is blocked", DEVICE_BLOCKED)
QUARANTINED: Final = Opinion(Verdict.HOLD, "the device is in quarantine", DEVICE_QUARANTINED)
LET_IN: Final = Opinion(Verdict.ACCEPT, "the device was let in by an administrator")

SEEN: Final = {
    "suspended": SUSPENDED,
    "blocked": BLOCKED,
    "quarantined": QUARANTINED,
    "allowed": LET_IN,
}
"""What the store of devices says of one, and what follows. A reset device is as good as a new one."""
UNHEEDED: Final = frozenset({"", "wipe", "reset"})


def order(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """A device that is to be wiped is told so whatever has become of its account."""
    return {"wipe": WIPE, "reset": RESET}.get(request.state)


def account(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """The account must be there."""
    if context.login is not None:
        return None
    return Opinion(Verdict.REJECT, f"no account has the name {request.account}", LOGIN_REFUSED)


def status(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """Its status must let it log in."""
    owner = context.login
    if owner is None:
        return None
    standing = context.status(owner)
    if standing.login:
        return None
    verdict, reply = closed(standing)
    text = f"{owner.name} may not log in: the status is {standing.name}"
    return Opinion(verdict, text, reply, standing.reasons)


def closed(standing: Status) -> tuple[Verdict, Reply]:
    if standing.receive is Receive.DEFER:
        return Verdict.DEFER, IN_MAINTENANCE
    return Verdict.REJECT, ACCOUNT_LOCKED_OUT if standing.name == "lockout" else ACCOUNT_CLOSED


def service(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """Synchronising must be switched on for the account."""
    owner = context.login
    if owner is None or owner.settings.activesync_enabled:
        return None
    return Opinion(Verdict.REJECT, f"{owner.name} may not use activesync", SERVICE_OFF)


def state(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """What an administrator has said of this very device counts before what is said of its kind."""
    if request.state in UNHEEDED:
        return None
    known = SEEN.get(request.state)
    if known is not None:
        return known
    text = f"nobody knows what the state {request.state!r} means: the device waits"
    return Opinion(Verdict.HOLD, text, DEVICE_QUARANTINED)


def access(request: Device, directory: Directory, context: Context) -> Opinion | None:
    """The first rule about devices that fits; where none does, what the account is set to."""
    owner = context.login
    if owner is None or SEEN.get(request.state) is LET_IN:
        return None
    cos = owner.cos
    for place, rule in enumerate(context.policy.devices, start=1):
        if rule.fits(
            model=request.model,
            user_agent=request.user_agent,
            account=owner.name,
            cos="" if cos is None else cos.name,
        ):
            return answer(rule.access, f"rule {place} about devices")
    return answer(owner.settings.default_device_access, "default_device_access")


def answer(said: DeviceAccess, by: str) -> Opinion:
    match said:
        case DeviceAccess.ALLOW:
            return Opinion(Verdict.ACCEPT, f"{by} lets the device in")
        case DeviceAccess.BLOCK:
            return Opinion(Verdict.REJECT, f"{by} blocks the device", DEVICE_BLOCKED)
        case DeviceAccess.QUARANTINE:
            return Opinion(Verdict.HOLD, f"{by} puts the device in quarantine", DEVICE_QUARANTINED)
