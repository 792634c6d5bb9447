"""From a URL to a connection that is encrypted, verified and bound."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ldap

from ....errors import Unavailable
from ....ldap.url import LdapUrl
from .connection import Connection
from .sockets import distrust, opened

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["connected"]

CONNECTING: Final = -18
"""LDAP_X_CONNECTING, for which python-ldap has no name: the handshake goes on, call again."""
MOMENT: Final = 0.005


def connected(url: str, servers: Servers) -> Connection:
    """Connect, encrypt and bind as `servers` says. Each of these steps ends within the network timeout."""
    place = LdapUrl.parse(url)
    encrypted = place.scheme == "ldaps" or (servers.start_tls and place.scheme == "ldap")
    if encrypted:
        check_readable(servers.ca_file)
    connection = (
        _opened_by_libldap(url, servers) if place.scheme == "ldaps" else _opened(url, servers, encrypted)
    )
    try:
        if encrypted:
            _encrypt(connection, servers, place.scheme)
        _bind(connection, servers)
        connection.timeout = servers.operation_timeout
    except BaseException:
        # Nobody else has it yet, and it may be interrupted.
        connection.close()
        raise
    return connection


def check_readable(ca_file: os.PathLike[str] | str | None) -> None:
    try:
        if ca_file is not None:
            ssl.create_default_context(cafile=ca_file)
    except OSError as problem:
        raise Unavailable(str(ca_file), why=f"cannot be read: {problem.strerror or problem}") from None


def _opened(url: str, servers: Servers, encrypted: bool) -> Connection:
    """Over a socket of ours. libldap takes and closes a copy of its descriptor; ours is to cut it."""
    ours = opened(url, servers.network_timeout)
    # Without blocking, a message that stops in the middle is waited for by libldap's clock, and not forever.
    ours.setblocking(False)
    wire = ldap.initialize(url, fileno=os.dup(ours.fileno()))._l
    try:
        _prepare(wire, servers, encrypted)
    except BaseException:
        ours.close()
        raise
    return Connection(url, wire, servers.network_timeout, ours)


def _opened_by_libldap(url: str, servers: Servers) -> Connection:
    """`ldaps`, which libldap speaks over no socket but its own: over another one it would go on in plain."""
    opened(url, servers.network_timeout).close()  # It says what is wrong, where libldap does not.
    wire = ldap.initialize(url)._l
    _prepare(wire, servers, encrypted=True)
    return Connection(url, wire, servers.network_timeout)


def _prepare(wire: Any, servers: Servers, encrypted: bool) -> None:
    for option, value in (
        (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
        (ldap.OPT_REFERRALS, 0),
        (ldap.OPT_DEREF, ldap.DEREF_NEVER),
        (ldap.OPT_NETWORK_TIMEOUT, servers.network_timeout),
        (ldap.OPT_TIMEOUT, servers.network_timeout),
        # libldap heeds its timeout in a TLS handshake only with this one; else it spins until the end.
        (ldap.OPT_CONNECT_ASYNC, 1),
    ):
        wire.set_option(option, value)
    if not encrypted:
        return
    wire.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    for option, value in authorities(servers.ca_file):
        wire.set_option(option, value)
    try:
        wire.set_option(ldap.OPT_X_TLS_NEWCTX, 0)  # Last: it takes in those before it.
    except ValueError:
        # The library for TLS that libldap has may be another than ours, and more particular.
        raise Unavailable(str(servers.ca_file), why="cannot be read by libldap") from None


def authorities(ca_file: os.PathLike[str] | str | None) -> list[tuple[int, str]]:
    """Whom to trust: who signed `ca_file`, or those that this machine trusts."""
    if ca_file is None and not ldap.get_option(ldap.OPT_X_TLS_CACERTFILE):
        ca_file = ssl.get_default_verify_paths().cafile
    return [] if ca_file is None else [(ldap.OPT_X_TLS_CACERTFILE, str(Path(ca_file)))]


def _encrypt(connection: Connection, servers: Servers, scheme: str) -> None:
    wire = connection.wire
    try:
        if scheme == "ldaps":
            # The first request makes libldap connect. It is one that tells nobody anything.
            _patiently(lambda: wire.search_ext("", ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"]), servers)
            connection.socket = socket.socket(fileno=os.dup(wire.get_option(ldap.OPT_DESC)))
            connection.socket.setblocking(False)
        else:
            wire.start_tls_s()
    except ldap.LDAPError:
        why = distrust(connection.url, servers.network_timeout, servers.ca_file, start_tls=scheme == "ldap")
        raise Unavailable(connection.url, why=why) from None


def _patiently(send: Callable[[], int], servers: Servers) -> int:
    deadline = time.monotonic() + servers.network_timeout
    while True:
        try:
            return send()
        except ldap.LDAPError as error:
            told = error.args[0].get("result") if error.args else None
            if told != CONNECTING or time.monotonic() > deadline:
                raise
        time.sleep(MOMENT)


def _bind(connection: Connection, servers: Servers) -> None:
    bind = servers.bind
    if bind is None:
        return
    if bind.mechanism == "EXTERNAL":
        try:
            connection.wire.sasl_bind_s("", "EXTERNAL", b"", None, None)
        except ldap.LDAPError as error:
            connection.fail(error)
    elif bind.dn:
        connection.answer(connection.wire.simple_bind, bind.dn, bind.secret())
