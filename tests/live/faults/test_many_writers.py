"""Thousands of changes at random by four writers at once, and somebody who reads all the time.

`MAILPOLICY_CHANGES=100000` makes as many. With trouble the server dies, the network loses bytes and
connections are cut all along.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

import pytest

from mailpolicy.ldap.entry import Entry
from mailpolicy.live import Live
from mailpolicy.live.watch import Watch
from mailpolicy.model import Directory
from tests.live.faults.outcomes import assert_settled, following
from tests.live.faults.writers import PEOPLE, Writer, flood
from tests.live.proxy import Proxy
from tests.live.servers import Served

pytestmark = pytest.mark.twin

CHANGES = int(os.environ.get("MAILPOLICY_CHANGES", "8000"))
WRITERS = 4
ALWAYS_THERE = (
    "john@acme.example", "j.doe@acme.example", "jane@acme.example", "bob@acme.example", "hank@globex.example"
)  # fmt: skip


@pytest.mark.parametrize("trouble", [False, True])
def test_changes_at_random(server: Served, proxy: Proxy, trouble: bool) -> None:
    with following(proxy.url) as live:
        watch, before = live.watch(), live.directory
        with flood(server, CHANGES, writers=WRITERS) as writers, troubled(server, proxy, trouble):
            looks = read_all_the_time(live, writers, strict=not trouble)
        assert_settled(live, server)
        assert looks > 20
        assert seen_by(watch, before) == entries_of(live.directory)


class Reader:
    """Somebody who looks again and again, and remembers what was there.

    What is said of several entries at once holds where the connection stands. After another one, entries may
    come in other states than those that they are seen with: an OpenLDAP that refreshes leaves out those that
    change meanwhile, and sends what is below them with its new name. A moment later that is settled.
    """

    def __init__(self, live: Live, names: Sequence[str], strict: bool) -> None:
        self._live, self._strict = live, strict
        self._last = dict.fromkeys(names, (-1, -1))

    def look(self) -> None:
        for address in ALWAYS_THERE:
            self._live.find(address)
        state = self._live.directory
        self._check_counts(state)
        by_name = {state.snapshot.key(entry.dn): entry for entry in state.snapshot}
        assert not state.snapshot.lost
        assert len({entry.stored("entryUUID")[0] for entry in by_name.values()}) == len(by_name)
        for entry in by_name.values():
            is_top = str(entry.dn) == "o=mail" or not self._strict
            assert is_top or state.snapshot.key(entry.dn.parent) in by_name, entry.dn
            if is_of_a_writer(entry):
                assert list(entry.stored("displayName")) == list(entry.stored("description")), entry.dn

    def _check_counts(self, state: Directory) -> None:
        """What a writer has counted never goes back, and the second count is never ahead of the first."""
        for name, (first_before, second_before) in self._last.items():
            first, second = count(state, f"{name}-first"), count(state, f"{name}-second")
            assert first >= first_before, name
            assert second >= second_before, name
            assert first >= second or not self._strict, name
            self._last[name] = first, second


def read_all_the_time(live: Live, writers: Sequence[Writer], *, strict: bool) -> int:
    """Look until the writers have done what they had to; gives how often."""
    reader, looks = Reader(live, [writer.title for writer in writers], strict), 0
    while any(writer.is_alive() for writer in writers):
        reader.look()
        looks += 1
        time.sleep(0.02)
    reader.look()
    return looks


def is_of_a_writer(entry: Entry) -> bool:
    """Whether it is an account that is written at random."""
    names = tuple(entry.stored("uid"))
    return list(entry.stored("sn")) == [b"Writer"] and not names[0].endswith((b"-first", b"-second"))


def count(state: Directory, uid: str) -> int:
    entry = state.snapshot.entry(f"uid={uid},{PEOPLE}")
    return -1 if entry is None else int(entry.stored("description")[0])


def seen_by(watch: Watch, before: Directory) -> dict[bytes, object]:
    """What there is for somebody who was there at the beginning, and was told all changes."""
    entries = {entry.stored("entryUUID")[0]: entry for entry in before.snapshot}
    while (change := watch.next_within(0)) is not None:
        known = change.before or change.after
        assert known is not None
        uuid = known.stored("entryUUID")[0]
        assert entries.pop(uuid, None) == change.before
        if change.after is not None:
            entries[uuid] = change.after
    return {uuid: shown(entry) for uuid, entry in entries.items()}


def entries_of(directory: Directory) -> dict[bytes, object]:
    return {entry.stored("entryUUID")[0]: shown(entry) for entry in directory.snapshot}


def shown(entry: Entry) -> object:
    return str(entry.dn), dict(entry.raw)


@contextmanager
def troubled(server: Served, proxy: Proxy, wanted: bool) -> Iterator[None]:
    """Let things go wrong during the block, one after the other."""
    ending = threading.Event()

    def trouble() -> None:
        random = Random(7)
        while not ending.wait(0.4):
            match random.choice(("kill", "restart", "hang up", "swallow", "slow")):
                case "kill":
                    server.kill()
                    server.start()
                case "restart":
                    server.restart()
                case "hang up":
                    proxy.hang_up()
                case "swallow":
                    proxy.swallow()
                    ending.wait(1.5)
                    proxy.heal()
                case "slow":
                    proxy.slow_down(delay=0.05)
                    ending.wait(0.3)
                    proxy.heal()

    thread = threading.Thread(target=trouble, name="trouble")
    if wanted:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        if wanted:
            thread.join()
