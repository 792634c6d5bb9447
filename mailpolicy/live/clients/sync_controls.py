"""The controls and the message of RFC 4533, from and to BER: small, for every entry carries one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..backend import Found, SyncCookie, SyncEntry, SyncEvent, SyncIds, SyncPhase
from .filters import tagged

__all__ = [
    "SYNC_DONE",
    "SYNC_INFO",
    "SYNC_REQUEST",
    "SYNC_STATE",
    "done_in",
    "entry_in",
    "info_in",
    "request",
]

SYNC_REQUEST = "1.3.6.1.4.1.4203.1.9.1.1"
SYNC_STATE = "1.3.6.1.4.1.4203.1.9.1.2"
SYNC_DONE = "1.3.6.1.4.1.4203.1.9.1.3"
SYNC_INFO = "1.3.6.1.4.1.4203.1.9.1.4"

REFRESH_ONLY, REFRESH_AND_PERSIST = 1, 3
BOOLEAN, OCTETS, ENUMERATED, SEQUENCE = 0x01, 0x04, 0x0A, 0x30
NEW_COOKIE, REFRESH_DELETE, REFRESH_PRESENT, SYNC_ID_SET = 0x80, 0xA1, 0xA2, 0xA3

STATES: tuple[Literal["present", "add", "modify", "delete"], ...] = ("present", "add", "modify", "delete")


def request(cookie: bytes | None, *, persist: bool) -> bytes:
    """The value of a Sync Request control.

    >>> request(b"rid=000", persist=True).hex(" ")
    '30 0c 0a 01 03 04 07 72 69 64 3d 30 30 30'
    """
    mode = tagged(ENUMERATED, bytes([REFRESH_AND_PERSIST if persist else REFRESH_ONLY]))
    return tagged(SEQUENCE, mode, *([] if cookie is None else [tagged(OCTETS, cookie)]))


def entry_in(value: bytes, found: Found) -> SyncEntry:
    """An entry that came with this Sync State control."""
    fields = _fields(value)
    (_, state), (_, uuid) = next(fields), next(fields)
    dn, attributes = found
    return SyncEntry(STATES[state[0]], uuid, dn, attributes, next((each for _, each in fields), None))


def done_in(value: bytes) -> SyncPhase:
    """The end of a refresh, by its Sync Done control; without one, the value is empty."""
    cookie, deletes, _ = _phase(_fields(value) if value else iter(()))
    return SyncPhase(deletes, done=True, cookie=cookie)


def info_in(value: bytes) -> SyncEvent:
    """What a Sync Info message says."""
    tag, content, _ = _element(value, 0)
    if tag == NEW_COOKIE:
        return SyncCookie(content)
    if tag == SYNC_ID_SET:
        cookie, deleted, uuids = _phase(_elements(content))
        return SyncIds(uuids, deleted, cookie)
    if tag not in (REFRESH_DELETE, REFRESH_PRESENT):
        raise ValueError("not a Sync Info message")
    # Here the boolean is refreshDone, which is true where it is not there.
    cookie, done, _ = _phase(_elements(content), default=True)
    return SyncPhase(deletes=tag == REFRESH_DELETE, done=done, cookie=cookie)


def _phase(
    elements: Iterator[tuple[int, bytes]], *, default: bool = False
) -> tuple[bytes | None, bool, tuple[bytes, ...]]:
    """What all of them are made of: a cookie, a boolean, UUIDs; each may be missing."""
    cookie: bytes | None = None
    flag = default
    uuids: tuple[bytes, ...] = ()
    for tag, content in elements:
        if tag == OCTETS:
            cookie = content
        elif tag == BOOLEAN:
            flag = content != b"\x00"
        else:
            uuids = tuple(uuid for _, uuid in _elements(content))
    return cookie, flag, uuids


def _fields(value: bytes) -> Iterator[tuple[int, bytes]]:
    _, content, _ = _element(value, 0)
    return _elements(content)


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start < len(content):
        tag, value, start = _element(content, start)
        yield tag, value


def _element(data: bytes, start: int) -> tuple[int, bytes, int]:
    """The BER element that begins at `start`: tag, content, and where the next begins. Raises ValueError."""
    try:
        tag, length = data[start], data[start + 1]
    except IndexError as error:
        raise ValueError("BER that is cut short") from error
    start += 2
    if length >= 128:
        octets = length & 127
        length = int.from_bytes(data[start : start + octets], "big")
        start += octets
    if start + length > len(data):
        raise ValueError("BER that is cut short")
    return tag, data[start : start + length], start + length
