"""The values of RFC 4533 are read as python-ldap's classes write them, and nothing else is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mailpolicy.live.backend import SyncCookie, SyncIds, SyncPhase

syncrepl = pytest.importorskip("ldap.syncrepl")

from pyasn1.codec.ber import decoder, encoder  # noqa: E402  # python-ldap brings it along

from mailpolicy.live.clients.ber import MalformedControl  # noqa: E402
from mailpolicy.live.clients.sync_controls import (  # noqa: E402
    sync_done,
    sync_message,
    sync_request,
    sync_state,
)

UUIDS = st.binary(min_size=16, max_size=16)
COOKIES = st.none() | st.binary(max_size=300)
STATES = ("present", "add", "modify", "delete")
LONG = 0x81


def written(value: Any, **fields: Any) -> bytes:
    for name, content in fields.items():
        if content is not None:
            value.setComponentByName(name, content)
    return bytes(encoder.encode(value))


def chosen(name: str, **fields: Any) -> bytes:
    """A Sync Info value that is of this kind."""
    value = syncrepl.SyncInfoValue()
    inner = value.setComponentByName(name).getComponentByName(name)
    for each, content in fields.items():
        if content is not None:
            inner.setComponentByName(each, content)
    return bytes(encoder.encode(value))


@given(state=st.integers(0, 3), uuid=UUIDS, cookie=COOKIES)
def test_states(state: int, uuid: bytes, cookie: bytes | None) -> None:
    value = written(syncrepl.SyncStateValue(), state=state, entryUUID=uuid, cookie=cookie)
    assert sync_state(value) == (STATES[state], uuid, cookie)


@given(cookie=COOKIES, deletes=st.none() | st.booleans())
def test_the_end_of_a_refresh(cookie: bytes | None, deletes: bool | None) -> None:
    value = written(syncrepl.SyncDoneValue(), cookie=cookie, refreshDeletes=deletes)
    assert sync_done(value) == SyncPhase(bool(deletes), True, cookie)


@given(cookie=COOKIES, done=st.none() | st.booleans(), deletes=st.booleans())
def test_the_end_of_a_phase(cookie: bytes | None, done: bool | None, deletes: bool) -> None:
    value = chosen("refreshDelete" if deletes else "refreshPresent", cookie=cookie, refreshDone=done)
    assert sync_message(value) == SyncPhase(deletes, done is not False, cookie)


@given(cookie=st.binary(max_size=300))
def test_new_cookies(cookie: bytes) -> None:
    value = syncrepl.SyncInfoValue()
    value.setComponentByName("newcookie", cookie)
    assert sync_message(bytes(encoder.encode(value))) == SyncCookie(cookie)


@given(cookie=COOKIES, deletes=st.none() | st.booleans(), uuids=st.lists(UUIDS, max_size=20))
def test_sets_of_uuids(cookie: bytes | None, deletes: bool | None, uuids: list[bytes]) -> None:
    members = syncrepl.SyncUUIDs()
    members.extend(uuids)
    value = chosen("syncIdSet", cookie=cookie, refreshDeletes=deletes, syncUUIDs=members)
    read = sync_message(value)
    assert isinstance(read, SyncIds)
    # The elements of a set stand in any order.
    assert (sorted(read.uuids), read.deleted, read.cookie) == (sorted(uuids), bool(deletes), cookie)


@given(cookie=COOKIES, persist=st.booleans())
def test_what_we_ask_is_what_python_ldap_reads(cookie: bytes | None, persist: bool) -> None:
    read, rest = decoder.decode(sync_request(cookie, persist=persist), asn1Spec=syncrepl.SyncRequestValue())
    there = read.getComponentByName("cookie")
    assert not rest
    assert int(read.getComponentByName("mode")) == (3 if persist else 1)
    assert (bytes(there) if there.hasValue() else None) == cookie


STATE = bytes.fromhex("3015 0a0101 0410") + bytes(range(16))


@pytest.mark.parametrize("cut", range(len(STATE)))
def test_a_state_that_is_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(MalformedControl):
        sync_state(STATE[:cut])


@pytest.mark.parametrize(
    "wrong",
    [
        STATE + b"\0",  # something after it
        STATE.replace(b"\x0a\x01\x01", b"\x0a\x01\x04"),  # a state there is not
        STATE.replace(b"\x0a\x01\x01", b"\x02\x01\x01"),  # an integer
        bytes.fromhex("3014 0a0101 040f") + bytes(15),  # a UUID too short
        bytes.fromhex("3080 0a0101 0410") + bytes(18),  # of no known length
        bytes.fromhex("3017 0a0101 0410") + bytes(16) + b"\x05\0",  # a field there is not
    ],
)
def test_a_wrong_state_is_refused(wrong: bytes) -> None:
    with pytest.raises(MalformedControl, match="expected"):
        sync_state(wrong)


def test_lengths_may_be_long() -> None:
    assert sync_state(bytes((0x30, LONG)) + STATE[1:]) == ("add", bytes(range(16)), None)


@given(st.binary(max_size=60))
def test_other_bytes_are_read_or_refused_and_nothing_else(value: bytes) -> None:
    for read in (sync_state, sync_done, sync_message):
        with suppress(MalformedControl):
            read(value)
