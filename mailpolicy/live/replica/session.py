"""Following a server that says what changes (RFC 4533)."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, cast

from ...errors import Unavailable
from ..backend import Backend, RefreshRequired, SyncEvent
from .changing import Changing
from .content import Content, Touched
from .cookies import Cookies
from .pace import Pace
from .probe import contexts, latest
from .refresh import Refresh, full
from .replica import Replica
from .steps import EntryChange, Step
from .stream import Stream
from .sweep import Differences, names_of, read_again, repaired, sweep

__all__ = ["Refused", "synchronised"]

SILENCES: Final = 3
"""A server that knows more than it has told is silent for so many heartbeats before we look what it is."""

MOST_PATIENCE: Final = 256
"""The same where it turned out again and again that it was nothing that we may see."""

LATEST_AUDIT: Final = 30.0
"""Seconds that a comparison waits for a moment in which nothing changes."""


class Refused(Exception):
    """The server answers, and does not synchronise; `why` in its words."""

    def __init__(self, why: str) -> None:
        self.why = why


def synchronised(backend: Backend, replica: Replica, pace: Pace) -> Iterator[Step]:
    """Follow the server for as long as it answers; `Refused` where it never begins."""
    while True:
        try:
            with closing(asked(backend, replica, pace)) as batches:
                yield from Session(backend, replica, pace).steps(Stream(backend.url, batches))
        except RefreshRequired as required:
            if not replica.cookies:
                raise Unavailable(backend.url, why=f"cannot be followed: {required}") from required
            replica.forget()


def asked(backend: Backend, replica: Replica, pace: Pace) -> Generator[Sequence[SyncEvent], None, None]:
    """The batches of a synchronisation from where we are; `Refused` where not even the first one comes."""
    cookie = str(replica.cookies).encode() if replica.content is not None else b""
    idle = min(0.25, pace.heartbeat / 2)
    batches = backend.sync(replica.base, replica.filter, cookie or None, idle=idle)
    heard = False
    with closing(cast("Generator[Sequence[SyncEvent], None, None]", batches)):
        try:
            for batch in batches:
                heard = heard or bool(batch)
                yield batch
        except Unavailable as problem:
            if heard:
                raise
            # Who still answers has refused what we asked for: to go on from there, or at all.
            backend.root_dse()
            if cookie:
                raise RefreshRequired(problem.why) from problem
            raise Refused(problem.why) from problem


class Session:
    """One synchronisation, from its refresh on."""

    def __init__(self, backend: Backend, replica: Replica, pace: Pace) -> None:
        self._backend, self._replica, self._pace = backend, replica, pace
        self._suffix = contexts(backend.root_dse(), replica.base)
        self._heard = 0.0
        self._audit_at = 0.0
        self._behind = 0
        self._patience = SILENCES
        self._suspects: Differences | None = None
        self._is_new = True

    @property
    def _content(self) -> Content:
        assert self._replica.content is not None
        return self._replica.content

    def steps(self, stream: Stream) -> Iterator[Step]:
        """The refresh, and then every change."""
        yield self._refreshed(stream)
        for batch in stream.changes():
            yield from self._taken(batch)
            yield from self._echoed()
            yield from self._looked(quiet=not batch)

    # The refresh

    def _refreshed(self, stream: Stream) -> Step:
        replica = self._replica
        if replica.content is not None and replica.cookies:
            changed = self._resumed(replica.content, stream)
        else:
            heard = [Cookies()]
            changed = replica.load(full(stream.refresh(), heard))
            replica.cookies = Cookies()
            for cookies in heard:
                replica.cookies |= cookies
            self._audit_at = time.monotonic() + self._pace.audit_every
        replica.url = self._backend.url
        self._heard = time.monotonic()
        return self._step(changed)

    def _resumed(self, content: Content, stream: Stream) -> tuple[EntryChange, ...]:
        replica, refresh, before = self._replica, Refresh(content), self._replica.cookies
        refresh.take(stream.refresh())
        touched = refresh.apply()
        replica.note(touched)
        if refresh.unknown or content.doubtful:
            self._repair(self._swept(), touched)
        replica.cookies |= refresh.cookies
        if self._is_as_before(refresh, before):
            self._audit_at = time.monotonic() + self._pace.audit_every
        return replica.came(touched, time.monotonic())

    def _is_as_before(self, refresh: Refresh, before: Cookies) -> bool:
        """Whether this is surely the same database, in the same state.

        Another one, or an older state of this one that has gone on differently, may accept our
        cookie all the same, and say nothing of what it never had. It may even have nothing newer than that,
        where it was loaded from a backup and counts from its start.
        """
        replica = self._replica
        known = latest(self._backend, self._suffix)
        return refresh.is_empty and replica.url == self._backend.url and known.latest == before.latest

    # Changes

    def _taken(self, batch: Sequence[SyncEvent]) -> Iterator[Step]:
        """Apply a batch, in steps that are not too large."""
        if batch:
            self._heard = time.monotonic()
            self._behind, self._patience = 0, SILENCES
        for start in range(0, len(batch), self._pace.step_size):
            changing = Changing(self._content)
            for event in batch[start : start + self._pace.step_size]:
                changing.take(event)
            touched = changing.done()
            self._replica.cookies |= changing.cookies
            if self._content.doubtful:
                self._audit_at = 0.0
            yield self._step(self._replica.came(touched, time.monotonic()))

    def _echoed(self) -> Iterator[Step]:
        """Read again what the server may have changed without saying so."""
        if names := names_of(self._content, self._replica.echoes.due(time.monotonic())):
            arrived = dict(read_again(self._backend, self._replica.filter, self._content, names))
            self._heard = time.monotonic()
            yield self._step(self._replica.came(self._content.apply(arrived), self._heard))

    # Looking whether all is well

    def _looked(self, quiet: bool) -> Iterator[Step]:
        """Look at the server when it is quiet; where it never is, later."""
        now = time.monotonic()
        if quiet and self._is_new:
            self._is_new = False
            self._replica.echoes.expect_dangling(self._content.snapshot, now)
        if now >= self._audit_at + (0 if quiet else LATEST_AUDIT):
            if self._suspects is not None:
                yield from self._audited(self._suspects)
            else:
                # Looked at once more when it is quiet again: some changes may be on their way to us.
                self._suspects = self._swept()
        elif now - self._heard >= self._pace.heartbeat:
            yield from self._probed()

    def _swept(self) -> Differences:
        return sweep(self._backend, self._replica.base, self._replica.filter, self._content)

    def _audited(self, suspects: Differences) -> Iterator[Step]:
        self._suspects = None
        self._audit_at = time.monotonic() + self._pace.audit_every
        touched: Touched = {}
        if suspects:
            self._repair(suspects, touched)
        self._heard = time.monotonic()
        yield self._step(self._replica.came(touched, self._heard))

    def _repair(self, differences: Differences, touched: Touched) -> None:
        """Make equal what differs; `touched` keeps what entries were before all that."""
        self._content.doubtful = False
        found = repaired(self._backend, self._replica.filter, self._content, differences)
        for uuid, entry in found.items():
            touched.setdefault(uuid, entry)

    def _probed(self) -> Iterator[Step]:
        known = latest(self._backend, self._suffix)
        self._heard = time.monotonic()
        self._behind = self._behind + 1 if self._replica.cookies.is_behind(known) else 0
        if self._behind >= self._patience:
            # Either the stream is broken, or what has changed is none of what we may see.
            if self._swept():
                raise Unavailable(self._backend.url, why="has stopped telling what changes")
            self._behind, self._patience = 0, min(2 * self._patience, MOST_PATIENCE)
        yield self._step(())

    def _step(self, changes: tuple[EntryChange, ...]) -> Step:
        return Step(self._content.snapshot, changes, "syncrepl", behind=self._behind > 1)
