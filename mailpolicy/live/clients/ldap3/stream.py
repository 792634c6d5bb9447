"""A connection as a stream of whole LDAP messages, with TLS that verifies and waits that end."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from typing import TYPE_CHECKING, Final, NoReturn

from ....errors import Unavailable
from ....ldap.url import LdapUrl
from ...places import LOCAL_SOCKET, PORTS

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["Stream"]

CHUNK = 1 << 18
"""Bytes to ask the kernel for at a time."""
INSTANT = 0.001
"""Seconds to look for what is there already."""
SEQUENCE = 0x30

LONGEST_FROM_STRANGERS: Final = 1 << 20
"""Bytes of one message from a server that is not yet known to be ours: it says little until we are bound."""
LONGEST: Final = 1 << 28
"""Bytes of one message after that, which may be an entry with hundreds of thousands of members."""


class Stream:
    """A socket to `url` that is connected; messages go in and come out as bytes.

    One thread at a time may send or receive, and any may `cut`. All errors are `Unavailable`.
    """

    def __init__(self, url: str, servers: Servers) -> None:
        self.url = url
        self._servers = servers
        self._address = LdapUrl.parse(url)
        self._host = self._address.host or "localhost"
        self._received = bytearray()
        self._longest = LONGEST_FROM_STRANGERS
        self._cut = False
        self._socket = self._connected()
        if self._address.scheme == "ldaps":
            self.encrypt()

    def _connected(self) -> socket.socket:
        timeout = self._servers.network_timeout
        try:
            if self._address.scheme != "ldapi":
                port = self._address.port or PORTS[self._address.scheme]
                return without_delay(socket.create_connection((self._host, port), timeout))
            local = socket.socket(socket.AF_UNIX)
        except OSError as error:
            self._fail(error, "cannot be reached")
        try:
            local.settimeout(timeout)
            local.connect(self._address.host or LOCAL_SOCKET)
        except OSError as error:
            local.close()
            self._fail(error, "cannot be reached")
        return local

    def encrypt(self) -> None:
        """Go on in TLS. The certificate must be signed by somebody trusted, and for the host of the URL."""
        if self._received:
            # It would be read as if it had come through TLS, and anybody on the way may have said it.
            self.close()
            raise Unavailable(self.url, why="spoke on in plain after StartTLS")
        try:
            # Verifies chain, dates and name unless told otherwise.
            context = ssl.create_default_context(cafile=self._servers.ca_file)
        except OSError as error:
            self.close()
            raise Unavailable(str(self._servers.ca_file), why=f"cannot be read: {error}") from error
        try:
            self._socket.settimeout(self._servers.network_timeout)
            self._socket = context.wrap_socket(self._socket, server_hostname=self._host)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Unavailable(self.url, why=f"shows a wrong certificate: {error.verify_message}") from error
        except OSError as error:
            self.close()
            self._fail(error, "does not speak TLS")

    def trust(self) -> None:
        """Take long messages from now on."""
        self._longest = LONGEST

    def send(self, message: bytes) -> None:
        """Send a message, within the time for an operation."""
        try:
            self._socket.settimeout(self._servers.operation_timeout)
            self._socket.sendall(message)
        except OSError as error:
            self._fail(error, "takes no requests")

    def receive(self, deadline: float) -> bytes | None:
        """The next message; None where it is not there at `deadline`, a time of `time.monotonic()`.

        What has come of a message until then is kept for the next time.
        """
        while (message := self.received()) is None:
            left = deadline - time.monotonic()
            if not self._fill(max(left, INSTANT)) or left <= 0:
                return self.received()
        return message

    def received(self) -> bytes | None:
        """The next message where it has come already, without a wait."""
        size = self._size_of_next()
        if size is None or len(self._received) < size:
            return None
        message = bytes(self._received[:size])
        del self._received[:size]
        return message

    def _fill(self, seconds: float) -> bool:
        """Take what the network has; False where it has nothing for so long."""
        try:
            self._socket.settimeout(seconds)
            chunk = self._socket.recv(CHUNK)
        except TimeoutError:
            return False
        except OSError as error:
            self._fail(error, "has closed the connection")
        if not chunk:
            self._fail(None, "has closed the connection")
        self._received += chunk
        return True

    def _size_of_next(self) -> int | None:
        """How long the message is that comes next, as far as its first bytes say it already."""
        head = self._received[:6]
        if head and head[0] != SEQUENCE:
            raise Unavailable(self.url, why="does not speak LDAP")
        if len(head) < 2:
            return None
        if head[1] < 128:
            return 2 + head[1]
        octets = head[1] & 127
        if not 0 < octets <= 4:
            raise Unavailable(self.url, why="does not speak LDAP")
        if len(head) < 2 + octets:
            return None
        length = int.from_bytes(head[2 : 2 + octets], "big")
        if length > self._longest:
            self.close()
            raise Unavailable(self.url, why=f"sends a message of {length} bytes; {self._longest} are taken")
        return 2 + octets + length

    def _fail(self, error: OSError | None, why: str) -> NoReturn:
        if self._cut:
            why = "was disconnected by us"
        elif isinstance(error, TimeoutError):
            why = "has not answered in time"
        elif error is not None:
            why = f"{why}: {error.strerror or error}"
        raise Unavailable(self.url, why=why) from error

    def cut(self) -> None:
        """End the connection under whoever waits for it, from any thread."""
        self._cut = True
        with contextlib.suppress(OSError):
            # Not the method of an SSLSocket: that takes the TLS away first, and who reads sees plain text.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back; may be called again."""
        self._cut = True
        self._socket.close()


def without_delay(connected: socket.socket) -> socket.socket:
    # A request is one small packet: waiting for more of them (Nagle) only costs time.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected
