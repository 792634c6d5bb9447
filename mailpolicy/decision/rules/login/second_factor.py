"""When a password alone is not enough.

A second factor is wanted where the account needs one everywhere (`two_factor_required`), and at each service
whose policy names what it trusts instead: the client's network, or the device. A service without a policy
trusts nothing: who needs a second factor everywhere needs it there.
"""

from __future__ import annotations

from typing import Final

from ....model import Account, Directory
from ....schema.catalog.second_factor import TwoFactorPolicy
from ....values import Service
from ...context import Context
from ...opinion import Opinion
from ...replies import APPLICATION_PASSWORD_NEEDED, LOGIN_REFUSED, SECOND_FACTOR_NEEDED
from ...requests import Login
from ...verdict import Verdict
from .identity import entrant
from .networks import among, forms
from .services import DOORS

__all__ = ["application_password", "given"]

DISABLED: Final = TwoFactorPolicy.DISABLED


def application_password(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """A password for one application is good while there may be such, and opens no pages for people.

    Whoever steals one from a phone must not find the settings, or the administration, behind it.
    """
    who = entrant(request, context)
    if who is None or not request.application_password:
        return None
    if not who.settings.application_passwords_enabled:
        return Opinion(Verdict.REJECT, f"{who.name} may have no application passwords", LOGIN_REFUSED)
    door = DOORS.get(request.service)
    if door is not None and door.has_pages:
        return Opinion(Verdict.REJECT, f"an application password opens no {request.service}", LOGIN_REFUSED)
    return None


def given(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Ask for a second factor where one is wanted, and refuse where the service cannot ask."""
    who, door = entrant(request, context), DOORS.get(request.service)
    if who is None or door is None or request.second_factor or request.application_password:
        return None
    wanted = why_wanted(request, who, door.service)
    if wanted is None:
        return None
    if door.asks:
        return Opinion(Verdict.CHALLENGE, wanted, SECOND_FACTOR_NEEDED)
    text = f"{wanted}, and {request.service} cannot ask for it"
    if who.settings.application_passwords_enabled:
        return Opinion(Verdict.REJECT, text, APPLICATION_PASSWORD_NEEDED)
    return Opinion(
        Verdict.REJECT, f"{text}; application passwords are switched off, too", SECOND_FACTOR_NEEDED
    )


def why_wanted(request: Login, account: Account, service: Service) -> str | None:
    """Why a second factor is wanted of her; None where it is not, or she is trusted without."""
    settings = account.settings
    policy = settings.two_factor_policy.get(service, DISABLED)
    if policy is DISABLED:
        return f"{account.name} needs a second factor everywhere" if settings.two_factor_required else None
    if policy is TwoFactorPolicy.TRUSTED_NETWORK:
        if among(forms(request.client), settings.trusted_networks.get(service, ())):
            return None
        return f"{service} trusts networks, and {request.client or 'an unknown client'} is in none of them"
    if request.trusted_device and settings.trusted_devices_enabled:
        return None
    switched_off = "" if settings.trusted_devices_enabled else ", which are switched off"
    return f"{service} trusts devices{switched_off}, and this is none"
