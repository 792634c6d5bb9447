"""Following a server that does not say what changes, by asking."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from ...errors import Unavailable
from ...ldap.url import Scope
from ..backend import Backend, Found, RefreshRequired
from .content import Arrival, Content, Touched
from .loading import Given
from .pace import Pace
from .probe import latest
from .reading import ENTRY_UUID, MODIFIED, uuid_in
from .replica import Replica
from .steps import EntryChange, Step
from .sweep import names_of, read_again, repaired, sweep

__all__ = ["polled"]

PAGE: Final = 1000

OVERLAP: Final = timedelta(seconds=5)
"""A change gets its time when it begins, and is seen when it is done: so look back a little further."""

PULSE: Final = 1.0
"""Seconds between two signs of life: who cuts the connection is noticed that soon."""

MOMENT: Final = re.compile(rb"([0-9]{14})(?:[.,][0-9]+)?Z")


def polled(
    backend: Backend, replica: Replica, pace: Pace, why: str, pause: Callable[[float], object]
) -> Iterator[Step]:
    """Ask for what has changed again and again; `why` goes into each step."""
    polling = Polling(backend, replica, pace)
    yield polling.step(polling.begin(), why)
    while True:
        pause(min(PULSE, pace.heartbeat, pace.poll_every))
        yield polling.step(polling.go_on(), why)


class Polling:
    """What is to be asked, and when."""

    def __init__(self, backend: Backend, replica: Replica, pace: Pace) -> None:
        self._backend, self._replica, self._pace = backend, replica, pace
        self._poll_at = self._sweep_at = 0.0
        self._latest = b""

    def step(self, changes: tuple[EntryChange, ...], why: str) -> Step:
        """The state we are in."""
        return Step(self._content.snapshot, changes, "polling", why)

    @property
    def _content(self) -> Content:
        assert self._replica.content is not None
        return self._replica.content

    def begin(self) -> tuple[EntryChange, ...]:
        """Read everything, or what differs from what we have."""
        now = time.monotonic()
        self._replica.forget()
        self._poll_at, self._sweep_at = now + self._pace.poll_every, now + self._pace.sweep_every
        if self._replica.content is None:
            changed = self._replica.load(self._everything())
        else:
            changed = self._swept()
        self._replica.echoes.expect_dangling(self._content.snapshot, now)
        return changed

    def go_on(self) -> tuple[EntryChange, ...]:
        """Ask what is due; whether the server is still there at least."""
        now = time.monotonic()
        if now >= self._sweep_at or self._content.doubtful:
            self._sweep_at, self._poll_at = now + self._pace.sweep_every, now + self._pace.poll_every
            return self._swept()
        if now >= self._poll_at:
            self._poll_at = now + self._pace.poll_every
            return self._changed(dict(self._since()))
        if names := names_of(self._content, self._replica.echoes.due(now)):
            again = read_again(self._backend, self._replica.filter, self._content, names)
            return self._changed(dict(again))
        latest(self._backend, None)
        return ()

    def _changed(self, arrived: dict[bytes, Arrival]) -> tuple[EntryChange, ...]:
        return self._came(self._content.apply(arrived))

    def _came(self, touched: Touched) -> tuple[EntryChange, ...]:
        return self._replica.came(touched, time.monotonic())

    def _swept(self) -> tuple[EntryChange, ...]:
        self._content.doubtful = False
        differences = sweep(self._backend, self._replica.base, self._replica.filter, self._content)
        self._note(differences.latest)
        try:
            touched = repaired(self._backend, self._replica.filter, self._content, differences)
        except RefreshRequired:
            return self._replica.load(self._everything())
        return self._came(touched)

    def _search(self, filter: str, page: int | None = None) -> Iterator[tuple[bytes, Found]]:
        for found in self._backend.search(self._replica.base, Scope.SUB, filter, page=page):
            uuid = uuid_in(found[1].get(ENTRY_UUID, ()))
            if uuid is None:
                why = (
                    f"cannot be followed: {found[0] or 'the root'} has no entryUUID, or none that we may see"
                )
                raise Unavailable(self._backend.url, why=why)
            self._note(*found[1].get(MODIFIED, ()))
            yield uuid, found

    def _everything(self) -> Iterator[Given]:
        for uuid, found in self._search(self._replica.filter, PAGE):
            yield uuid, *found

    def _since(self) -> Iterator[tuple[bytes, Arrival]]:
        """What has changed since the last change we know of."""
        if self._latest:
            moment = datetime.strptime(self._latest.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) - OVERLAP
            filter = f"(&{self._replica.filter}({MODIFIED}>={moment:%Y%m%d%H%M%S}Z))"
            for uuid, found in self._search(filter):
                yield uuid, self._content.reader.entry(*found)

    def _note(self, *moments: bytes) -> None:
        for moment in moments:
            if (read := MOMENT.fullmatch(moment)) and read[1] > self._latest:
                self._latest = read[1]
