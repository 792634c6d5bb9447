"""From where somebody comes in.

A network is what it says, here as everywhere: `/32` is one address, and the first and last address of a
network belong to it. The proxy of a deployed server leaves those two out, so that `/31` and `/32` match
nobody there; whom this lets in it may still turn away.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, TypeAlias

from ....model import Directory
from ....values import Network
from ...context import Context
from ...opinion import Opinion
from ...replies import NETWORK_REFUSED
from ...requests import Login
from ...verdict import Verdict
from .identity import both
from .services import DOORS

__all__ = ["allowed", "among", "forms"]

Forms: TypeAlias = tuple[IPv4Address | IPv6Address, ...]

MAPPED: Final = 0xFFFF << 32
"""Where IPv4 lies within IPv6."""


def forms(client: str) -> Forms:
    """The address in both families, where it has two; none where it is unknown or no address.

    >>> [each.version for each in forms("::ffff:192.0.2.1")]
    [6, 4]
    >>> forms("somewhere")
    ()
    """
    try:
        address = ip_address(client.strip())
    except ValueError:
        return ()
    if isinstance(address, IPv4Address):
        return address, IPv6Address(MAPPED | int(address))
    inner = address.ipv4_mapped
    return (address,) if inner is None else (address, inner)


def among(client: Forms, networks: Iterable[Network]) -> bool:
    """Whether the client is in one of these networks; one that is not known is in none."""
    return any(address in network for network in networks for address in client)


def allowed(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Where networks are set, the client must be in one; unset is anywhere.

    Those of the account, or its class of service, and those of the domain count each for itself. A client
    of whom nobody said where she is does not come from any of them.
    """
    door = DOORS.get(request.service)
    if door is None:
        return None
    for each in both(request, context):
        settings = each.settings
        if door.service not in settings.allowed_network_services:
            continue
        for whose, networks in (
            ("the account", settings.allowed_networks),
            ("the domain", settings.domain_allowed_networks),
        ):
            if networks and not among(forms(request.client), networks):
                where = request.client or "a client that nobody knows"
                text = f"{where} is in none of the networks that {whose} of {each.name} allows"
                return Opinion(Verdict.REJECT, text, NETWORK_REFUSED)
    return None
