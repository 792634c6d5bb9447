"""Until when the certificate of a server is valid, which no client of LDAP says."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Final

from ...ldap.url import LdapUrl
from ..places import PORTS
from ..servers import Servers
from .item import Item, ok, unseen, warning

__all__ = ["certificate"]

SOON: Final = timedelta(days=14)

START_TLS: Final = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
"""The extended request of RFC 4511 section 4.14, as message 1."""
SUCCESS: Final = b"\x0a\x01\x00"


def certificate(url: str, servers: Servers) -> Item:
    """Look at the certificate of a server that can be connected to with TLS."""
    name = f"certificate of {url}"
    try:
        until = valid_until(LdapUrl.parse(url), servers)
    except OSError as problem:
        return unseen(name, f"could not be looked at: {problem.strerror or problem}", "")
    left = until - datetime.now(UTC)
    if left < SOON:
        return warning(name, f"is valid until {until:%Y-%m-%d} only", "renew it")
    return ok(name, f"valid until {until:%Y-%m-%d}")


def valid_until(url: LdapUrl, servers: Servers) -> datetime:
    """The end of its time. Raises OSError, also where there is no trust in it."""
    host = url.host or "localhost"
    context = ssl.create_default_context(cafile=servers.ca_file)
    address = host, url.port or PORTS[url.scheme]
    with socket.create_connection(address, servers.network_timeout) as plain:
        if url.scheme == "ldap":
            plain.sendall(START_TLS)
            if SUCCESS not in plain.recv(1024):
                raise OSError("it does not speak TLS")
        with context.wrap_socket(plain, server_hostname=host) as encrypted:
            shown = encrypted.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
