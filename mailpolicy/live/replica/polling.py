"""Following a server that does not say what changes, by asking.

It is asked for entries that have changed lately, by their modifyTimestamp. That misses what is gone, what is
hidden and shown again, and a change that reaches the server by replication, more than `LOOK_BACK` after it
was made elsewhere: a comparison finds all of that, each `sweep_every`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from ...ldap.url import Scope
from ..backend import Backend, Found, RefreshRequired
from .content import Arrival, Content, Touched
from .cookies import Cookies
from .lasting import lasting
from .loading import Given
from .pace import Pace
from .probe import contexts, latest
from .reading import ENTRY_UUID, MODIFIED, uuid_in
from .replica import Replica
from .steps import EntryChange, Step
from .sweep import Differences, compare, names_of, read_again, repaired, require, sweep

__all__ = ["polled"]

T = TypeVar("T")

PAGE: Final = 1000

LOOK_BACK: Final = timedelta(seconds=60)
"""A change gets its time when it begins and where it is made, and is seen when it is done, and here."""

MOST_SINGLY: Final = 50
"""Where more entries have changed, they are searched for together."""

PULSE: Final = 1.0
"""Seconds between two looks whether the server is there: who cuts the connection is noticed that soon."""

NEEDED: Final = (ENTRY_UUID, MODIFIED)

MOMENT: Final = re.compile(rb"([0-9]{14})(?:[.,][0-9]+)?Z")


def polled(
    backend: Backend, replica: Replica, pace: Pace, why: str, pause: Callable[[float], object]
) -> Iterator[Step]:
    """Ask for what has changed again and again; `why` goes into each step.

    A step says how things are when it comes. That the server is there does not say that nothing has changed:
    no step comes from that. So it is asked each second heartbeat at least.
    """
    polling = Polling(backend, replica, pace, why)
    yield from polling.begin()
    while True:
        pause(min(PULSE, pace.heartbeat, pace.poll_every))
        yield from polling.go_on()


class Polling:
    """What is to be asked, and when."""

    def __init__(self, backend: Backend, replica: Replica, pace: Pace, why: str) -> None:
        self._backend, self._replica, self._pace, self._why = backend, replica, pace, why
        self._suffix = contexts(backend.root_dse(), replica.base)
        self._poll_every = min(pace.poll_every, 2 * pace.heartbeat)
        self._poll_at = self._sweep_at = 0.0
        self._latest = b""
        self._known = Cookies()

    @property
    def _content(self) -> Content:
        assert self._replica.content is not None
        return self._replica.content

    def begin(self) -> Iterator[Step]:
        """Read everything, or what differs from what we have."""
        replica, doubts = self._replica, self._replica.doubts
        replica.forget()
        self._known = latest(self._backend, self._suffix)
        if replica.content is None:
            changed = replica.load(self._everything())
        else:
            replica.compared_with, doubts.is_compared = "", False
            changed = yield from self._swept(is_new=True)
        replica.compared_with, doubts.is_compared = self._backend.url, True
        replica.echoes.expect_dangling(self._content.snapshot, time.monotonic())
        yield self._step(changed)

    def go_on(self) -> Iterator[Step]:
        """Ask what is due; whether the server is still there at least."""
        now, doubts = time.monotonic(), self._replica.doubts
        is_due = doubts.is_due(self._known, now)
        if is_due or now >= self._sweep_at or self._content.doubtful:
            yield self._step((yield from self._swept(is_new=is_due)))
        elif now >= self._poll_at:
            self._poll_at = now + self._poll_every
            yield self._step(self._came(self._content.apply(self._since())))
        elif names := names_of(self._content, self._replica.echoes.due(now)):
            again = dict(read_again(self._backend, self._replica.filter, self._content, names))
            if changed := self._came(self._content.apply(again)):
                yield self._step(changed)
        else:
            known = latest(self._backend, self._suffix if doubts.is_behind(self._known) else None)
            self._known = known or self._known

    def _step(self, changes: tuple[EntryChange, ...]) -> Step:
        """The state we are in."""
        doubt = self._replica.doubts.why(self._known)
        return Step(self._content.snapshot, changes, "polling", self._why, doubt)

    def _came(self, touched: Touched) -> tuple[EntryChange, ...]:
        return self._replica.came(touched, time.monotonic())

    def _swept(self, is_new: bool) -> Generator[Step, None, tuple[EntryChange, ...]]:
        """Compare. What is gone is doubted where that is new to us: else this is how we learn of it."""
        replica, backend, doubts = self._replica, self._backend, self._replica.doubts
        self._content.doubtful = False
        comparing = sweep(backend, replica.base, replica.filter, self._content, NEEDED)
        differences = yield from self._alive(comparing)
        self._note(differences.latest)
        try:
            repairing = repaired(backend, replica.filter, self._content, differences)
            touched = yield from self._alive(repairing)
        except RefreshRequired:
            return replica.load(self._everything())
        now = time.monotonic()
        self._sweep_at, self._poll_at = now + self._pace.sweep_every, now + self._poll_every
        if is_new and not doubts.took(touched, self._content, now) and doubts.is_due(self._known, now):
            doubts.confirmed(self._known)
        return self._came(touched)

    def _alive(self, work: Generator[None, None, T]) -> Generator[Step, None, T]:
        return lasting(work, self._pace.heartbeat, lambda: self._step(()))

    def _search(self, filter: str, page: int | None = None) -> Iterator[tuple[bytes, Found]]:
        for found in self._backend.search(self._replica.base, Scope.SUB, filter, page=page):
            require(self._backend, found, NEEDED)
            uuid = uuid_in(found[1][ENTRY_UUID])
            assert uuid is not None
            self._note(*found[1][MODIFIED])
            yield uuid, found

    def _everything(self) -> Iterator[Given]:
        for uuid, found in self._search(self._replica.filter, PAGE):
            yield uuid, *found
        now = time.monotonic()
        self._sweep_at, self._poll_at = now + self._pace.sweep_every, now + self._poll_every

    def _since(self) -> dict[bytes, Arrival]:
        """What has changed lately and is not as we have it."""
        if not self._latest:
            return {}
        moment = datetime.strptime(self._latest.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) - LOOK_BACK
        filter = f"(&{self._replica.filter}({MODIFIED}>={moment:%Y%m%d%H%M%S}Z))"
        backend, content, changed = self._backend, self._content, Differences()
        for _ in compare(backend, self._replica.base, filter, content, NEEDED, changed):
            pass
        self._note(changed.latest)
        if len(changed.differing) <= MOST_SINGLY:
            return dict(read_again(backend, self._replica.filter, content, changed.differing))
        return {uuid: content.reader.entry(*found) for uuid, found in self._search(filter)}

    def _note(self, *moments: bytes) -> None:
        for moment in moments:
            if (read := MOMENT.fullmatch(moment)) and read[1] > self._latest:
                self._latest = read[1]
