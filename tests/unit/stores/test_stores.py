"""Devices, sessions, last access and mailbox usage, in a file that is opened again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Counter
from mailpolicy.errors import InvalidValue, NotFound, Unavailable
from mailpolicy.schema.catalog.services import DeviceAccess
from mailpolicy.stores import StoreFile
from mailpolicy.stores.accesses import AccessesInFile
from mailpolicy.stores.devices import DevicesInFile, Order
from mailpolicy.stores.sessions import SessionsInFile
from mailpolicy.stores.usage import UsageInFile, read_usage
from mailpolicy.values import Address

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANN, BOB = "ann@acme.example", "bob@acme.example"


def later(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Callable[[], StoreFile]]:
    """Opens the file once more, as the next process does."""
    files: list[StoreFile] = []

    def opened() -> StoreFile:
        files.append(StoreFile(tmp_path / "store"))
        return files[-1]

    yield opened
    for file in files:
        file.close()


def test_devices(again: Callable[[], StoreFile]) -> None:
    devices = DevicesInFile(again())
    assert devices.find(ANN, "one") is None
    first = devices.saw(ANN, "one", model="iPhone", client="iOS/17", at=AT)
    assert (first.state, first.access, first.order) == ("", None, None)
    devices.let(ANN, "one", DeviceAccess.QUARANTINE)
    devices.saw(ANN, "two", model="Pixel", client="Android", at=later(1))
    devices.saw(BOB, "one", model="Pixel", client="Android", at=later(1))
    devices.saw(ANN, "one", model="iPhone", client="iOS/18", at=later(2))
    found = DevicesInFile(again()).of(ANN)
    assert [(each.id, each.client, each.state, each.seen) for each in found] == [
        ("one", "iOS/18", "quarantined", later(2)),
        ("two", "Android", "", later(1)),
    ]
    devices.forget(ANN, "one")
    assert [each.id for each in devices.of(ANN)] == ["two"]
    assert len(devices.of(BOB)) == 1


@pytest.mark.parametrize(
    ("access", "order", "state"),
    [
        (None, None, ""),
        (DeviceAccess.ALLOW, None, "allowed"),
        (DeviceAccess.BLOCK, None, "blocked"),
        (DeviceAccess.QUARANTINE, None, "quarantined"),
        (DeviceAccess.ALLOW, Order.WIPE, "wipe"),
        (None, Order.RESET, "reset"),
        (DeviceAccess.BLOCK, Order.SUSPEND, "suspended"),
    ],
)
def test_states_of_devices_are_words_that_rules_know(
    access: DeviceAccess | None, order: Order | None, state: str
) -> None:
    file = StoreFile()
    devices = DevicesInFile(file)
    devices.saw(ANN, "one", model="iPhone", client="iOS", at=AT)
    devices.let(ANN, "one", access)
    devices.order(ANN, "one", order)
    found = devices.find(ANN, "one")
    assert found is not None
    assert found.state == state
    acme = mp.open("ldif/examples/acme.ldif")
    request = mp.Device("john@acme.example", "one", model="iPhone", state=state)
    assert not any("nobody knows" in each.text for each in mp.decide(acme, request, at=AT).reasons)
    devices.order(ANN, "one", None)
    devices.let(ANN, "one", None)
    assert devices.of(ANN)[0].state == ""
    file.close()


def test_what_was_never_seen_takes_no_orders() -> None:
    file = StoreFile()
    devices = DevicesInFile(file)
    devices.saw(ANN, "one", model="iPhone", client="iOS", at=AT)
    with pytest.raises(NotFound, match="did you mean one"):
        devices.order(ANN, "on", Order.WIPE)
    with pytest.raises(NotFound):
        devices.let(BOB, "one", DeviceAccess.BLOCK)
    file.close()


def test_sessions(again: Callable[[], StoreFile]) -> None:
    sessions = SessionsInFile(again())
    here = sessions.begin(ANN, "webmail", "192.0.2.1", AT)
    there = sessions.begin(ANN, "api", "198.51.100.7", later(1))
    of_bob = sessions.begin(BOB, "webmail", "192.0.2.1", AT)
    assert len({here.id, there.id, of_bob.id}) == 3
    assert here.id not in repr(here)
    used = sessions.saw(here.id, later(5))
    assert used is not None
    assert (used.account, used.service, used.began, used.seen) == (ANN, "webmail", AT, later(5))
    other = SessionsInFile(again())
    assert [each.id for each in other.of(ANN)] == [here.id, there.id]
    assert other.end(there.id)
    assert not other.end(there.id)
    assert sessions.saw(there.id, later(6)) is None
    third = other.begin(ANN, "webmail", "192.0.2.1", AT)
    assert sessions.end_all(ANN, but=here.id) == 1
    assert sessions.saw(third.id, later(6)) is None
    assert sessions.end_unused(later(5)) == 1  # of Bob
    assert sessions.end_all(ANN) == 1
    assert sessions.of(ANN) == sessions.of(BOB) == ()


def test_last_access(again: Callable[[], StoreFile]) -> None:
    accesses = AccessesInFile(again())
    accesses.saw(ANN, "imap", later(3), "192.0.2.3")
    accesses.saw(ANN, "imap", later(1), "192.0.2.1")  # told late
    accesses.saw(ANN, "webmail", later(4), "192.0.2.4")
    accesses.saw(BOB, "imap", AT, "2001:db8::1")
    found = AccessesInFile(again()).of(ANN)
    assert [(each.service, each.at, each.client) for each in found] == [
        ("webmail", later(4), "192.0.2.4"),
        ("imap", later(3), "192.0.2.3"),
    ]
    assert accesses.unused(later(4)) == (BOB,)
    assert accesses.unused(later(5)) == (ANN, BOB)
    assert accesses.of("nobody@acme.example") == ()


def used(counters: MemoryCounters, what: str, of: str) -> int | None:
    said: list[int | None] = []
    counter = Counter(what, of)
    counters.read("", (counter,), 0.0, lambda usage: said.append(usage.of(counter)))
    return said[0]


def test_usage_is_in_the_counts_at_once_and_after_a_start(again: Callable[[], StoreFile]) -> None:
    counters = MemoryCounters()
    usage = UsageInFile(again(), counters)
    ann, bob, far = Address(ANN), Address(BOB), Address("x@other.example")
    usage.say_all([(ann, 100), (bob, 50), (far, 7)])
    usage.say(ann, 30)
    usage.forget(bob)
    usage.forget(Address("nobody@acme.example"))
    assert (usage.of(ann), usage.of(bob)) == (30, None)
    fresh = MemoryCounters()
    UsageInFile(again(), fresh)
    for each in (counters, fresh):
        assert used(each, "mailbox", ANN) == used(each, "aggregate", "acme.example") == 30
        assert used(each, "aggregate", "other.example") == 7
        assert used(each, "mailbox", "nobody@acme.example") is None
    assert (used(counters, "mailbox", BOB), used(fresh, "mailbox", BOB)) == (0, None)


def test_what_is_said_again_is_not_written_again(
    again: Callable[[], StoreFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker says at each reload what all mailboxes hold."""
    counters, file = MemoryCounters(), again()
    usage = UsageInFile(file, counters)
    said = [(Address(f"{number}@acme.example"), number) for number in range(2_000)]
    usage.say_all(said)
    counters.set(Counter("mailbox", "1@acme.example"), 77)
    asked: list[str] = []
    rows = file.rows
    monkeypatch.setattr(file, "rows", lambda query, *values: asked.append(query) or rows(query, *values))
    usage.say_all([*said, (Address(ANN), 5)])
    assert sum(each.startswith("INSERT") for each in asked) == 2
    assert asked.count("BEGIN IMMEDIATE") > 3  # between them others may write
    assert used(counters, "mailbox", "1@acme.example") == 1
    assert used(counters, "aggregate", "acme.example") == sum(range(2_000)) + 5


def test_several_may_come_at_once(tmp_path: Path) -> None:
    """As the workers of a process do; SQLite refuses all but one of them for a moment."""
    together = threading.Barrier(6)

    def come(file: Path) -> None:
        together.wait()
        StoreFile(file).close()

    for number in range(50):
        threads = [threading.Thread(target=come, args=(tmp_path / str(number),)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_several_may_feed_it(again: Callable[[], StoreFile]) -> None:
    counters = MemoryCounters()

    def feed(number: int) -> None:
        usage = UsageInFile(again(), counters)
        for size in range(50):
            usage.say(Address(f"{number}@acme.example"), size)

    threads = [threading.Thread(target=feed, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = MemoryCounters()
    UsageInFile(again(), fresh)
    assert used(fresh, "aggregate", "acme.example") == 4 * 49


def test_usage_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "usage"
    file.write_text("# du, by night\nAnn@acme.example 1000\n\n bob@acme.example\t1.5 KiB\n")
    assert list(read_usage(file)) == [(ANN, 1000), (BOB, 1536)]


@pytest.mark.parametrize(
    "line", ["ann@acme.example", "ann@acme.example many", "ann 5", "ann@acme.example -5"]
)
def test_a_line_that_cannot_be_read_changes_nothing(tmp_path: Path, line: str) -> None:
    listed = tmp_path / "usage"
    listed.write_text(f"bob@acme.example 5\n{line}\n")
    file, counters = StoreFile(), MemoryCounters()
    usage = UsageInFile(file, counters)
    with pytest.raises(InvalidValue, match=":2: "):
        usage.say_all(read_usage(listed))
    assert usage.of(Address(BOB)) is None
    assert used(counters, "mailbox", BOB) is None
    file.close()


def test_a_file_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        StoreFile(tmp_path / "no such folder" / "store")
    (tmp_path / "store").write_bytes(b"this is no database, and it is longer than a page's head " * 100)
    with pytest.raises(Unavailable):
        StoreFile(tmp_path / "store")
    file = StoreFile()
    accesses = AccessesInFile(file)
    file.close()
    with pytest.raises(Unavailable):
        accesses.of(ANN)


def test_odd_text_is_kept_as_far_as_it_is_text() -> None:
    file = StoreFile()
    devices = DevicesInFile(file)
    devices.saw(ANN, "a'b\0\udcff", model="\ud800", client="ü😀", at=AT)
    (found,) = devices.of(ANN)
    assert (found.id, found.model, found.client) == ("a'b\0?", "?", "ü😀")
    assert devices.find(ANN, "a'b\0\udcff") == found
    file.close()


def test_nobody_else_reads_it(again: Callable[[], StoreFile], tmp_path: Path) -> None:
    AccessesInFile(again()).saw(ANN, "imap", AT, "192.0.2.1")
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
