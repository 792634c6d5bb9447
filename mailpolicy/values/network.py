"""IP addresses and networks."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address as parse_address,
    ip_network as parse_network,
)

from ..errors import InvalidValue

__all__ = ["IPAddress", "Network", "ip_address", "network"]

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def network(text: str) -> Network:
    """An IPv4 or IPv6 network; a single address is the network of itself.

    Bits beyond the prefix are refused, because either the address or the prefix is a mistake
    and guessing which would open a door.

    >>> network("192.0.2.0/24")
    IPv4Network('192.0.2.0/24')
    >>> network("2001:db8::1")
    IPv6Network('2001:db8::1/128')
    >>> network("192.0.2.7/24")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '192.0.2.7/24': expected a network without host bits: 192.0.2.0/24, ...
    """
    bare = text.strip()
    try:
        nearest = parse_network(bare, strict=False)
    except ValueError:
        raise InvalidValue(text, "an IP address or a network such as 192.0.2.0/24") from None
    address = parse_address(bare.partition("/")[0])
    if nearest.network_address != address:
        raise InvalidValue(text, f"a network without host bits: {nearest}, or {address} alone")
    return nearest


def ip_address(text: str) -> IPAddress:
    """An IPv4 or IPv6 address.

    >>> ip_address("2001:DB8::1")
    IPv6Address('2001:db8::1')
    """
    try:
        return parse_address(text.strip())
    except ValueError:
        raise InvalidValue(text, "an IP address such as 192.0.2.7 or 2001:db8::7") from None
