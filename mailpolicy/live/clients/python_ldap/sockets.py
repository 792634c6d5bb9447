"""The way to a server before LDAP is spoken: a socket, and why its certificate is not trusted.

libldap connects too, but does not say what fails: an unknown host, a refused connection and an expired
certificate are all "Can't contact LDAP server" to it.
"""

from __future__ import annotations

import socket
import ssl
from os import PathLike
from typing import Final

from ....errors import Unavailable
from ....ldap.url import LdapUrl
from ...places import LOCAL_SOCKET, PORTS

__all__ = ["distrust", "opened"]

KEEPALIVE_SECONDS: Final = 60

START_TLS: Final = bytes.fromhex("301d 020101 7718 8016") + b"1.3.6.1.4.1.1466.20037"
"""The message 1: an extended request for StartTLS (RFC 4511 section 4.14.1)."""


def opened(url: str, timeout: float) -> socket.socket:
    """A connection to the server, of which a peer that vanishes without a word is noticed in minutes."""
    place = LdapUrl.parse(url)
    try:
        if place.scheme == "ldapi":
            return _opened_locally(place.host or LOCAL_SOCKET, timeout)
        address = (place.host or "localhost", place.port or PORTS[place.scheme])
        opened = socket.create_connection(address, timeout)
    except TimeoutError:
        raise Unavailable(url, why=f"cannot be reached within {timeout:g} s") from None
    except OSError as problem:
        raise Unavailable(url, why=f"cannot be reached: {problem.strerror or problem}") from None
    keep_alive(opened)
    # As libldap does with its own sockets: else a request waits 40 ms for what comes back of the one before.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _opened_locally(path: str, timeout: float) -> socket.socket:
    opened = socket.socket(socket.AF_UNIX)
    try:
        opened.settimeout(timeout)
        opened.connect(path)
    except OSError:
        opened.close()
        raise
    return opened


def keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in ("TCP_KEEPIDLE", "TCP_KEEPALIVE"):  # the same, on Linux and on macOS
        if option := getattr(socket, name, None):
            connection.setsockopt(socket.IPPROTO_TCP, option, KEEPALIVE_SECONDS)


def distrust(url: str, timeout: float, ca_file: str | PathLike[str] | None, *, start_tls: bool) -> str:
    """Why no TLS came about with this server, found out by trying once more with another library."""
    try:
        with opened(url, timeout) as plain:
            if start_tls:
                plain.sendall(START_TLS)
                if b"\x0a\x01\x00" not in plain.recv(4096):
                    return "does not offer StartTLS"
            context = ssl.create_default_context(cafile=ca_file)
            host = LdapUrl.parse(url).host or "localhost"
            with context.wrap_socket(plain, server_hostname=host):
                return "does not agree with us on TLS"
    except ssl.SSLCertVerificationError as problem:
        return f"shows a certificate that is not trusted: {problem.verify_message}"
    except Unavailable as problem:
        return problem.why
    except TimeoutError:
        return f"does not shake hands for TLS within {timeout:g} s"
    except (ssl.SSLError, OSError) as problem:
        return f"does not speak TLS: {problem.strerror or problem}"
