"""How both clients follow a server: every event of RFC 4533, and afterwards we have what it has."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import UUID

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.ldap.ldif.records import Modification
from mailpolicy.ldap.url import Scope
from mailpolicy.live.backend import Backend, RefreshRequired, SyncEntry, SyncEvent, SyncPhase
from tests.live.backends import Client
from tests.live.copy_by_uuid import Copy
from tests.slapd import Slapd, StartSlapd

BASE = "dc=example"
DATA = """
dn: dc=example
objectClass: domain
dc: example

dn: ou=b,dc=example
objectClass: organizationalUnit
ou: b
"""
COUNT = 40
PEOPLE = "".join(f"\ndn: uid=u{n},dc=example\nobjectClass: account\nuid: u{n}\n" for n in range(COUNT))
SESSION_LOGS = pytest.mark.parametrize("log", [None, 1, 1000], ids=lambda log: f"log={log}")
FUTURE = b"rid=000,csn=20991231235959.000000Z#000000#000#000000"


def refreshed(backend: Backend, copy: Copy) -> Copy:
    """The copy after one refresh that ends."""
    copy.seen.clear()
    last: SyncEvent | None = None
    for events in backend.sync(BASE, cookie=copy.cookie, persist=False):
        copy.apply(events)
        last = events[-1] if events else last
    assert isinstance(last, SyncPhase)
    assert last.done
    return copy


def until_done(events: Iterator[Sequence[SyncEvent]], copy: Copy) -> None:
    """Read a refresh to its end."""
    deadline = time.monotonic() + 20
    for batch in events:
        copy.apply(batch)
        if any(isinstance(event, SyncPhase) and event.done for event in batch):
            return
        assert time.monotonic() < deadline, "the refresh does not end"


def next_events(events: Iterator[Sequence[SyncEvent]], count: int) -> list[SyncEvent]:
    """So many events, as they come."""
    found: list[SyncEvent] = []
    deadline = time.monotonic() + 5
    while len(found) < count and time.monotonic() < deadline:
        found += next(events)
    return found


def stored(slapd: Slapd) -> dict[bytes, str]:
    """UUID and name of every entry, as slapcat writes them."""
    found = re.findall(rb"^dn: (.*)$(?:\n.+)*?\nentryUUID: (.*)$", slapd.dump(), re.MULTILINE)
    return {UUID(uuid.decode()).bytes: dn.decode() for dn, uuid in found}


@pytest.fixture
def slapd(start_slapd: StartSlapd) -> Slapd:
    return start_slapd(data=DATA + PEOPLE, syncprov=True, session_log=1000)


@pytest.fixture
def backend(client: Client, slapd: Slapd) -> Iterator[Backend]:
    with client.opened(slapd) as opened:
        yield opened


@pytest.fixture
def writer(client: Client, slapd: Slapd) -> Iterator[Backend]:
    with client.opened(slapd) as opened:
        yield opened


def change(writer: Backend) -> None:
    """One of each: an entry that comes, one that changes, one that is renamed, one moved, two that go."""
    writer.add(f"uid=new,{BASE}", {"objectClass": [b"account"], "uid": [b"new"]})
    writer.modify(f"uid=u1,{BASE}", [Modification("add", "host", (b"\xc3\xbc",))])
    writer.rename(f"uid=u2,{BASE}", "uid=renamed")
    writer.rename(f"uid=u3,{BASE}", "uid=u3", f"ou=b,{BASE}")
    writer.delete(f"uid=u4,{BASE}")
    writer.delete(f"uid=u5,{BASE}")


def test_a_refresh_gives_everything_and_ends(backend: Backend, slapd: Slapd) -> None:
    copy = refreshed(backend, Copy())
    assert copy.names == stored(slapd)
    assert copy.seen["add"] == COUNT + 2
    assert copy.cookie


def test_what_comes_has_operational_attributes_and_bytes(backend: Backend) -> None:
    entry, *_ = chain.from_iterable(backend.sync(BASE, "(uid=u7)", persist=False))
    assert isinstance(entry, SyncEntry)
    assert entry.dn == f"uid=u7,{BASE}"
    assert list(entry.attributes["uid"]) == [b"u7"]
    assert {"entryCSN", "createTimestamp", "structuralObjectClass"} <= set(entry.attributes)


def test_changes_come_as_they_happen(backend: Backend, writer: Backend, slapd: Slapd) -> None:
    copy, events = Copy(), backend.sync(BASE, idle=0.1)
    until_done(events, copy)
    change(writer)
    happened = next_events(events, 6)
    assert [type(event) for event in happened] == [SyncEntry] * 6
    states = [(event.state, event.dn) for event in happened if isinstance(event, SyncEntry)]
    # slapd sends a rename as a change of what has a new name; the UUID says what it was.
    assert states == [
        ("add", f"uid=new,{BASE}"),
        ("modify", f"uid=u1,{BASE}"),
        ("modify", f"uid=renamed,{BASE}"),
        ("modify", f"uid=u3,ou=b,{BASE}"),
        ("delete", f"uid=u4,{BASE}"),
        ("delete", f"uid=u5,{BASE}"),
    ]
    assert all(event.cookie for event in happened)
    copy.apply(happened)
    assert copy.names == stored(slapd)


def test_what_leaves_the_filter_is_deleted(backend: Backend, writer: Backend) -> None:
    copy, events = Copy(), backend.sync(BASE, "(uid=u1)", idle=0.1)
    until_done(events, copy)
    assert list(copy.names.values()) == [f"uid=u1,{BASE}"]
    writer.modify(f"uid=u2,{BASE}", [Modification("add", "uid", (b"u1",))])
    writer.rename(f"uid=u1,{BASE}", "uid=other")
    first, second = next_events(events, 2)
    assert isinstance(first, SyncEntry)
    assert isinstance(second, SyncEntry)
    assert (first.state, second.state) == ("add", "delete")


@pytest.mark.parametrize("persist", [True, False])
def test_with_a_cookie_nothing_comes_again(backend: Backend, persist: bool) -> None:
    copy = refreshed(backend, Copy())
    copy.seen.clear()
    events = backend.sync(BASE, cookie=copy.cookie, persist=persist, idle=0.1)
    until_done(events, copy)
    assert not {"add", "modify", "delete", "ids present", "ids deleted"} & set(copy.seen)


@SESSION_LOGS
@pytest.mark.parametrize("persist", [True, False])
def test_changes_while_away_are_caught_up_with(
    client: Client, start_slapd: StartSlapd, log: int | None, persist: bool
) -> None:
    slapd = start_slapd(data=DATA + PEOPLE, syncprov=True, session_log=log)
    with client.opened(slapd) as backend:
        copy = refreshed(backend, Copy())
    with client.opened(slapd) as writer:
        change(writer)
    with client.opened(slapd) as backend:
        copy.seen.clear()
        until_done(backend.sync(BASE, cookie=copy.cookie, persist=persist, idle=0.1), copy)
    assert copy.names == stored(slapd)
    assert copy.seen["add"] + copy.seen["modify"] == 4, copy.seen
    remembered = log == 1000
    assert bool(copy.seen["ids deleted"] or copy.seen["delete"]) is remembered
    assert bool(copy.seen["ids present"] or copy.seen["present"]) is not remembered
    assert bool(copy.seen["phase of presents"]) is not remembered


@SESSION_LOGS
def test_a_restart_loses_nothing(client: Client, start_slapd: StartSlapd, log: int | None) -> None:
    slapd = start_slapd(data=DATA + PEOPLE, syncprov=True, session_log=log)
    with client.opened(slapd) as backend:
        copy = refreshed(backend, Copy())
        change(backend)
    slapd.restart()
    with client.opened(slapd) as backend:
        refreshed(backend, copy)
    assert copy.names == stored(slapd)


@pytest.mark.parametrize("persist", [True, False])
def test_a_cookie_from_the_future_asks_for_a_refresh(backend: Backend, persist: bool) -> None:
    with pytest.raises(RefreshRequired, match="newer"):
        list(backend.sync(BASE, cookie=FUTURE, persist=persist))
    assert refreshed(backend, Copy()).names


@pytest.mark.parametrize("cookie", [b"garbage", b"", b"\xff\x00", b"rid=000,csn=nonsense"])
def test_a_cookie_that_is_none_gives_everything_anew(backend: Backend, slapd: Slapd, cookie: bytes) -> None:
    # And slapd says then that deletes were named, as if there had been nothing: what we had has to go first.
    copy = refreshed(backend, Copy(cookie=cookie))
    assert copy.names == stored(slapd)
    assert (copy.seen["add"], copy.seen["phase of deletes"]) == (COUNT + 2, 1)


def test_a_size_limit_ends_a_refresh_before_it_is_done(client: Client, start_slapd: StartSlapd) -> None:
    slapd = start_slapd(data=DATA + PEOPLE, syncprov=True, settings={"olcSizeLimit": 10})
    copy = Copy()
    with client.opened(slapd, bind=None) as backend, pytest.raises(Unavailable, match="size limit"):
        copy.apply(chain.from_iterable(backend.sync(BASE)))
    assert copy.seen["add"] == 10
    assert not {"phase of deletes", "phase of presents"} & set(copy.seen)


def test_a_server_without_syncprov_refuses(client: Client, start_slapd: StartSlapd) -> None:
    with client.opened(start_slapd(data=DATA)) as backend:
        with pytest.raises(Unavailable, match="control that is needed is not supported"):
            list(backend.sync(BASE))
        assert backend.whoami()


def test_other_operations_go_between_the_batches(backend: Backend, writer: Backend, slapd: Slapd) -> None:
    copy, events = Copy(), backend.sync(BASE, idle=0.1)
    until_done(events, copy)
    change(writer)
    # The changes are on their way, before and among what these answer.
    assert len(list(backend.search(BASE, attributes=["1.1"], page=7))) == COUNT + 1
    backend.delete(f"uid=u6,{BASE}")
    assert backend.whoami() == f"dn:cn=admin,{BASE}"
    happened = next_events(events, 7)
    assert len(happened) == 7
    copy.apply(happened)
    assert copy.names == stored(slapd)


def test_it_says_so_when_nothing_comes(backend: Backend) -> None:
    events = backend.sync(BASE, idle=0.3)
    until_done(events, Copy())
    start = time.monotonic()
    assert list(next(events)) == []
    assert 0.25 < time.monotonic() - start < 2


def test_who_stops_following_can_go_on_with_something_else(backend: Backend, slapd: Slapd) -> None:
    for _ in range(3):
        events = backend.sync(BASE, idle=0.1)
        until_done(events, Copy())
        del events
        backend.modify(f"uid=u7,{BASE}", [Modification("replace", "host", (b"x",))])
        [(_, attributes)] = backend.search(f"uid=u7,{BASE}", Scope.BASE)
        assert list(attributes["host"]) == [b"x"]
    assert refreshed(backend, Copy()).names == stored(slapd)


def test_a_flood_arrives_whole_and_in_order(backend: Backend, writer: Backend) -> None:
    events = backend.sync(BASE, "(uid=u8)", idle=0.1)
    until_done(events, Copy())
    numbers = [str(number).encode() for number in range(300)]
    for number in numbers:
        writer.modify(f"uid=u8,{BASE}", [Modification("replace", "host", (number,))])
    happened = next_events(events, len(numbers))
    assert [event.attributes["host"][0] for event in happened if isinstance(event, SyncEntry)] == numbers


def test_a_killed_server_ends_the_stream(backend: Backend, slapd: Slapd) -> None:
    events = backend.sync(BASE, idle=10)
    until_done(events, Copy())
    slapd.kill()
    start = time.monotonic()
    with pytest.raises(Unavailable):
        list(events)
    assert time.monotonic() - start < 3


def test_a_silent_server_is_seen_as_idle_and_heard_again(
    backend: Backend, writer: Backend, slapd: Slapd
) -> None:
    events = backend.sync(BASE, idle=0.1)
    until_done(events, Copy())
    slapd.pause()
    assert [list(next(events)) for _ in range(3)] == [[]] * 3
    slapd.resume()
    writer.delete(f"uid=u9,{BASE}")
    assert [event.dn for event in next_events(events, 1) if isinstance(event, SyncEntry)] == [
        f"uid=u9,{BASE}"
    ]
