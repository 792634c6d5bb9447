"""Packets of the milter protocol: a length, a letter, and what the letter is about."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntFlag
from typing import Final, NamedTuple

from ...decision import Header, Reply
from ..session import ProtocolError
from ..transaction import written

__all__ = [
    "VERSION",
    "Actions",
    "Packet",
    "Packets",
    "Steps",
    "add_recipient",
    "insert_header",
    "negotiated",
    "packet",
    "pairs",
    "quarantine",
    "remove_header",
    "remove_recipient",
    "replied",
    "texts",
]

VERSION: Final = 6
LONGEST: Final = 1_048_576
"""Bytes of a packet. Chunks of a body have 64 kB, and Postfix cuts headers at 100 kB."""

LENGTH: Final = struct.Struct("!I")
OPTIONS: Final = struct.Struct("!III")


class Actions(IntFlag):
    """What a milter may do with a message."""

    ADD_HEADERS = 0x01
    ADD_RECIPIENTS = 0x04
    REMOVE_RECIPIENTS = 0x08
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20
    NAME_MACROS = 0x100


class Steps(IntFlag):
    """What need not be shown to a milter, and how headers are shown."""

    NO_HELO = 0x02
    NO_BODY = 0x10
    NO_END_OF_HEADERS = 0x40
    NO_UNKNOWN = 0x100


class Packet(NamedTuple):
    """A packet: its letter, and the rest."""

    command: bytes
    content: bytes


class Packets:
    """Packets out of what arrives, in pieces of any size.

    >>> packets = Packets()
    >>> packets.add(b"\\0\\0\\0\\3Mab\\0\\0"); list(packets)
    [Packet(command=b'M', content=b'ab')]
    >>> packets.add(b"\\0\\1Q"); list(packets)
    [Packet(command=b'Q', content=b'')]
    """

    def __init__(self) -> None:
        self._arrived = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take in what has arrived; ProtocolError where more waits than any packet has."""
        self._arrived += chunk
        if len(self._arrived) > 2 * LONGEST:
            raise ProtocolError("too much arrives before it is asked for")

    def __iter__(self) -> Iterator[Packet]:
        """Take out what is complete; ProtocolError for a packet that is too long, or none."""
        while len(self._arrived) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._arrived)
            if not 1 <= length <= LONGEST:
                raise ProtocolError(f"a packet of {length} bytes")
            end = LENGTH.size + length
            if len(self._arrived) < end:
                return
            found = Packet(bytes(self._arrived[4:5]), bytes(self._arrived[5:end]))
            del self._arrived[:end]
            yield found


def packet(command: bytes, content: bytes = b"") -> bytes:
    """A packet as it is sent."""
    return LENGTH.pack(1 + len(content)) + command + content


def texts(content: bytes) -> list[str]:
    """The texts of a packet, each with a NUL behind it.

    Bytes that are no UTF-8 come out as surrogates, which no address has.
    """
    return [each.decode("utf-8", "surrogateescape") for each in content.removesuffix(b"\0").split(b"\0")]


def pairs(content: bytes) -> dict[str, str]:
    """The macros of a packet by their names, without braces."""
    found = texts(content)
    return {name.strip("{}"): value for name, value in zip(found[::2], found[1::2], strict=False)}


def negotiated(content: bytes, wanted: Actions, skipped: Steps, macros: tuple[tuple[int, str], ...]) -> bytes:
    """Answer what the mail server offers with what we want of it.

    ProtocolError where it does not let us do what decisions may ask for. `macros` names those we want to be
    told at each stage, for servers that let us choose.
    """
    if len(content) < OPTIONS.size:
        raise ProtocolError("an offer that is cut short")
    version, actions, steps = OPTIONS.unpack_from(content)
    if version < 2:
        raise ProtocolError(f"version {version} of the protocol")
    if missing := wanted & ~actions:
        raise ProtocolError(f"the mail server does not let us {missing!r}")
    taken = wanted
    asked = b""
    if actions & Actions.NAME_MACROS:
        taken |= Actions.NAME_MACROS
        asked = b"".join(LENGTH.pack(stage) + names.encode() + b"\0" for stage, names in macros)
    return packet(b"O", OPTIONS.pack(min(version, VERSION), taken, skipped & steps) + asked)


def replied(reply: Reply) -> bytes:
    """Refuse with a reply. The mail server formats the text, so that a percent sign is doubled.

    >>> replied(Reply(550, "5.7.1", "100% refused"))
    b'\\x00\\x00\\x00\\x19y550 5.7.1 100%% refused\\x00'
    """
    return packet(b"y", str(reply).replace("%", "%%").encode() + b"\0")


def insert_header(header: Header) -> bytes:
    """Insert a header before all others."""
    name, value = written(header)
    return packet(b"i", LENGTH.pack(0) + name + b"\0" + value + b"\0")


def remove_header(name: str, place: int) -> bytes:
    """Take away a header: the first of that name, the second, …"""
    return packet(b"m", LENGTH.pack(place) + name.encode("ascii", "replace") + b"\0\0")


def add_recipient(address: str) -> bytes:
    """Let the message go to somebody else too."""
    return packet(b"+", path(address))


def remove_recipient(address: str) -> bytes:
    """Let it not go to somebody."""
    return packet(b"-", path(address))


def path(address: str) -> bytes:
    # Bytes that were no UTF-8 go out as they came in.
    plain = address.replace("\0", "").encode("utf-8", "surrogateescape")
    return b"<" + plain + b">\0"


def quarantine(why: str) -> bytes:
    """Keep the message in the queue until an administrator lets it go."""
    return packet(b"q", why.replace("\0", " ").encode("utf-8", "replace") + b"\0")
