"""The controls and the message of content synchronisation (RFC 4533 section 2), to and from BER.

Each entry comes with a control, so reading is written for speed: positions in the bytes and no objects. It is
exact all the same. Lengths may be short or long; the indefinite form is none in LDAP (RFC 4511 section 5.1).
"""

from __future__ import annotations

from typing import Literal

from ..backend import SyncCookie, SyncEvent, SyncIds, SyncPhase
from .ber import OCTETS, SEQUENCE, MalformedControl, check_end, field, whole
from .filters import tagged

__all__ = [
    "SYNC_DONE",
    "SYNC_MESSAGE",
    "SYNC_REQUEST",
    "SYNC_STATE",
    "MalformedControl",
    "sync_done",
    "sync_message",
    "sync_request",
    "sync_state",
]

SYNC_REQUEST = "1.3.6.1.4.1.4203.1.9.1.1"
SYNC_STATE = "1.3.6.1.4.1.4203.1.9.1.2"
SYNC_DONE = "1.3.6.1.4.1.4203.1.9.1.3"
SYNC_MESSAGE = "1.3.6.1.4.1.4203.1.9.1.4"

REFRESH_ONLY, REFRESH_AND_PERSIST = 1, 3

State = Literal["present", "add", "modify", "delete"]

_STATES: tuple[State, ...] = ("present", "add", "modify", "delete")
_BOOLEAN, _ENUMERATED, _SET = 0x01, 0x0A, 0x31
_NEW_COOKIE, _REFRESH_DELETE, _REFRESH_PRESENT, _ID_SET = 0x80, 0xA1, 0xA2, 0xA3

_USUAL_STATES = {bytes((SEQUENCE, 21, _ENUMERATED, 1, n, OCTETS, 16)): s for n, s in enumerate(_STATES)}
"""How the value begins where no cookie comes with it: nearly always."""


def sync_request(cookie: bytes | None, *, persist: bool) -> bytes:
    """The value of a Sync Request control.

    >>> sync_request(b"rid=000", persist=True).hex(" ")
    '30 0c 0a 01 03 04 07 72 69 64 3d 30 30 30'
    """
    mode = tagged(_ENUMERATED, bytes([REFRESH_AND_PERSIST if persist else REFRESH_ONLY]))
    return tagged(SEQUENCE, mode, *([] if cookie is None else [tagged(OCTETS, cookie)]))


def sync_state(value: bytes) -> tuple[State, bytes, bytes | None]:
    """The state of an entry, the 16 bytes of its entryUUID, and a cookie.

    >>> sync_state(bytes.fromhex("3015 0a0101 0410 000102030405060708090a0b0c0d0e0f"))[0]
    'add'
    """
    usual = _USUAL_STATES.get(value[:7])
    if usual is not None and len(value) == 23:
        return usual, value[7:], None
    start, end = whole(value, SEQUENCE)
    start, after = field(value, start, end, _ENUMERATED)
    if after - start != 1 or value[start] >= len(_STATES):
        raise MalformedControl(f"expected a state from 0 to 3 at byte {start}")
    state = _STATES[value[start]]
    uuid, start = _uuid(value, after, end)
    cookie, start = _cookie(value, start, end)
    check_end(start, end)
    return state, uuid, cookie


def sync_done(value: bytes) -> SyncPhase:
    """The end of the refresh.

    >>> sync_done(bytes.fromhex("3000"))
    SyncPhase(deletes=False, done=True, cookie=None)
    """
    start, end = whole(value, SEQUENCE)
    cookie, start = _cookie(value, start, end)
    deletes, start = _boolean(value, start, end, default=False)
    check_end(start, end)
    return SyncPhase(deletes, done=True, cookie=cookie)


def sync_message(value: bytes) -> SyncEvent:
    """What a Sync Info message says.

    >>> sync_message(bytes.fromhex("8003 726964"))
    SyncCookie(cookie=b'rid')
    """
    kind = value[0] if value else None
    if kind not in (_NEW_COOKIE, _REFRESH_DELETE, _REFRESH_PRESENT, _ID_SET):
        raise MalformedControl("expected a Sync Info value: one of the tags 80, a1, a2, a3")
    start, end = whole(value, kind)
    if kind == _NEW_COOKIE:
        return SyncCookie(value[start:end])
    cookie, start = _cookie(value, start, end)
    flag, start = _boolean(value, start, end, default=kind != _ID_SET)
    if kind != _ID_SET:
        check_end(start, end)
        return SyncPhase(kind == _REFRESH_DELETE, done=flag, cookie=cookie)
    start, after = field(value, start, end, _SET)
    check_end(after, end)
    return SyncIds(_uuids(value, start, after), deleted=flag, cookie=cookie)


def _uuid(value: bytes, position: int, end: int) -> tuple[bytes, int]:
    start, after = field(value, position, end, OCTETS)
    if after - start != 16:
        raise MalformedControl(f"expected the 16 bytes of an entryUUID at byte {start}")
    return value[start:after], after


def _uuids(value: bytes, position: int, end: int) -> tuple[bytes, ...]:
    uuids = []
    while position < end:
        uuid, position = _uuid(value, position, end)
        uuids.append(uuid)
    return tuple(uuids)


def _cookie(value: bytes, position: int, end: int) -> tuple[bytes | None, int]:
    if position == end or value[position] != OCTETS:
        return None, position
    start, after = field(value, position, end, OCTETS)
    return value[start:after], after


def _boolean(value: bytes, position: int, end: int, *, default: bool) -> tuple[bool, int]:
    if position == end or value[position] != _BOOLEAN:
        return default, position
    start, after = field(value, position, end, _BOOLEAN)
    if after - start != 1:
        raise MalformedControl(f"expected one byte, true or false, at byte {start}")
    return value[start] != 0, after
