"""Following a server that says what changes (RFC 4533)."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, TypeVar, cast

from ...errors import Unavailable
from ...ldap.dn import DN
from ..backend import Backend, RefreshRequired, SyncEvent
from .changing import Changing
from .content import Content, Touched
from .cookies import Cookies
from .doubts import Doubts
from .lasting import lasting
from .pace import Pace
from .probe import contexts, latest
from .refresh import Refresh, full
from .replica import Replica
from .steps import EntryChange, Step
from .stream import Stream
from .sweep import Differences, names_of, read_again, repaired, sweep

__all__ = ["Refused", "synchronised"]

T = TypeVar("T")

AFTER_RETURN: Final = 60.0
"""Seconds after a connection to a server that has nothing new; then it is compared with us all the same."""

SILENCES: Final = 3
"""A server that knows more than it has told is silent for so many heartbeats before we look what it is."""

MOST_PATIENCE: Final = 256
"""The same where it turned out again and again that it was nothing that we may see."""

LATEST_AUDIT: Final = 30.0
"""Seconds that a comparison waits for a moment in which nothing changes."""

LATEST_ANSWER: Final = 2.0
"""The same where it is doubted what we have."""

PULSE: Final = 1.0
"""Seconds between two looks at a server that is behind."""

UNTOLD: Final = "knows a change that it has not told"


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
        self._known = Cookies()
        """The last changes that the server knows of."""
        self._heard = self._looked_at = 0.0
        self._audit_at = 0.0
        self._behind = 0
        self._patience = SILENCES
        self._hides_changes = self._suffix is None or DN(self._suffix.lower()) != DN(replica.base.lower())
        """Whether there are changes that we may not see, or do not want to."""
        self._suspects: Differences | None = None
        self._suspected_at = 0.0
        self._is_new = True

    @property
    def _content(self) -> Content:
        assert self._replica.content is not None
        return self._replica.content

    @property
    def _doubts(self) -> Doubts:
        return self._replica.doubts

    def steps(self, stream: Stream) -> Iterator[Step]:
        """The refresh, and then every change."""
        yield self._refreshed(stream)
        if not self._doubts.is_compared:
            yield from self._audit()
        for batch in stream.changes():
            yield from self._taken(batch)
            yield from self._echoed()
            yield from self._looked(quiet=not batch)

    # The refresh

    def _refreshed(self, stream: Stream) -> Step:
        replica = self._replica
        self._doubts.seen |= replica.cookies
        if replica.content is not None and replica.cookies:
            changed = self._resumed(replica.content, stream)
        else:
            heard = [Cookies()]
            changed = replica.load(full(stream.refresh(), heard))
            replica.cookies = Cookies()
            for cookies in heard:
                replica.cookies |= cookies
            self._known = latest(self._backend, self._suffix) or replica.cookies
            self._compared()
        self._heard = time.monotonic()
        return self._step(changed)

    def _resumed(self, content: Content, stream: Stream) -> tuple[EntryChange, ...]:
        replica, refresh, before = self._replica, Refresh(content), self._replica.cookies
        refresh.take(stream.refresh())
        touched, now = refresh.apply(), time.monotonic()
        replica.note(touched)
        self._known = latest(self._backend, self._suffix) or refresh.cookies
        if replica.compared_with != self._backend.url or self._known.is_behind(self._doubts.seen):
            # Who tells what is there has not been told that anything has gone.
            self._doubts.took({uuid: touched[uuid] for uuid in refresh.unmentioned}, content, now)
        replica.cookies |= refresh.cookies
        if self._is_as_before(refresh, before):
            self._compared()
            # But a server that was killed may have forgotten that it has deleted something.
            self._audit_at = now + min(AFTER_RETURN, self._pace.audit_every)
        else:
            self._uncompared()
        return replica.came(touched, now)

    def _is_as_before(self, refresh: Refresh, before: Cookies) -> bool:
        """Whether this is surely the same database, in the same state.

        Another one, or an older state of this one that has gone on differently, may accept our
        cookie all the same, and say nothing of what it never had. It may even have nothing newer than that,
        where it was loaded from a backup and counts from its start.
        """
        if not refresh.is_empty or refresh.unknown or self._content.doubtful:
            return False
        return self._replica.compared_with == self._backend.url and self._known.latest == before.latest

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
            self._known |= changing.cookies
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
        if self._suspects is not None:
            if quiet or now >= self._suspected_at:
                yield from self._audited(self._suspects)
        elif self._is_due(quiet, now):
            yield from self._audit()
        elif now - self._heard >= self._pace.heartbeat:
            yield from self._probed()
        elif self._doubts.is_behind(self._known) and now - self._looked_at >= PULSE:
            self._look()

    def _is_due(self, quiet: bool, now: float) -> bool:
        """Whether it is time for a comparison."""
        if not self._doubts.is_compared or self._doubts.is_due(self._known, now):
            return True
        return now >= self._audit_at + (0 if quiet else LATEST_AUDIT)

    def _audit(self) -> Iterator[Step]:
        """Compare; what differs is looked at once more when it is quiet: some changes may be on their way."""
        is_doubted = bool(self._doubts.why(self._known))
        differences = yield from self._swept()
        if differences:
            self._suspects = differences
            self._suspected_at = time.monotonic() + (LATEST_ANSWER if is_doubted else LATEST_AUDIT)
        else:
            yield from self._audited(differences)

    def _swept(self) -> Generator[Step, None, Differences]:
        self._replica.compared_with = ""
        replica = self._replica
        return (yield from self._alive(sweep(self._backend, replica.base, replica.filter, self._content)))

    def _audited(self, suspects: Differences) -> Iterator[Step]:
        """Make equal what differs, which ends a comparison."""
        replica = self._replica
        touched: Touched = {}
        self._suspects, self._content.doubtful = None, False
        if suspects:
            repair = repaired(self._backend, replica.filter, self._content, suspects)
            touched = yield from self._alive(repair)
        now = self._heard = time.monotonic()
        if not self._doubts.took(touched, self._content, now) and self._doubts.is_due(self._known, now):
            self._doubts.confirmed(self._known)
        self._compared()
        yield self._step(replica.came(touched, now))

    def _alive(self, work: Generator[None, None, T]) -> Generator[Step, None, T]:
        return lasting(work, self._pace.heartbeat, self._sign_of_life)

    def _sign_of_life(self) -> Step:
        self._heard = time.monotonic()
        return self._step(())

    def _compared(self) -> None:
        self._replica.compared_with, self._doubts.is_compared = self._backend.url, True
        self._audit_at = time.monotonic() + self._pace.audit_every

    def _uncompared(self) -> None:
        self._replica.compared_with, self._doubts.is_compared = "", False

    def _look(self) -> None:
        """Ask what the server knows by now."""
        was_behind = self._doubts.is_behind(self._known)
        self._known = latest(self._backend, self._suffix) or self._known
        self._looked_at = time.monotonic()
        if was_behind and not self._doubts.is_behind(self._known):
            self._doubts.hasten()

    def _probed(self) -> Iterator[Step]:
        self._look()
        self._heard = self._looked_at
        self._behind = self._behind + 1 if self._replica.cookies.is_behind(self._known) else 0
        if self._behind >= self._patience:
            # Either the stream is broken, or what has changed is none of what we may see.
            if (yield from self._swept()):
                raise Unavailable(self._backend.url, why="has stopped telling what changes")
            self._compared()
            self._behind, self._patience = 0, min(2 * self._patience, MOST_PATIENCE)
            self._hides_changes = True
        yield self._step(())

    def _step(self, changes: tuple[EntryChange, ...]) -> Step:
        untold = UNTOLD if self._behind > 1 and not self._hides_changes else ""
        doubt = self._doubts.why(self._known) or untold
        return Step(self._content.snapshot, changes, "syncrepl", doubt=doubt)
