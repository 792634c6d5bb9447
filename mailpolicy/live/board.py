"""What is published: the newest snapshot, whether its source still answers, and who waits for more.

One thread writes here, the one that follows a server, and any number read. A reader looks at one attribute
and at the clock: what is published holds for a moment, and after that it is looked at anew. So a
source that has fallen silent is noticed without anybody watching it, even where the thread that should
has stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from ..errors import Unavailable
from ..freshness import Freshness, State
from ..model import Directory
from ..snapshot import Snapshot
from .replica import Cookies, EntryChange, Step

__all__ = ["Board", "Published"]

MOMENT: Final = 1.0
"""Seconds for which a directory is handed out as it is; its age may lag behind so much."""


class Published:
    """A step that was made public, and the way to the next one."""

    __slots__ = ("changes", "following")

    def __init__(self, changes: tuple[EntryChange, ...] = ()) -> None:
        self.changes = changes
        self.following: Published | None = None


class Held(NamedTuple):
    """A directory to hand out, until a moment of the monotonic clock."""

    directory: Directory
    until: float


class Said(NamedTuple):
    """What a source has said, up to which change, and when it was last heard."""

    snapshot: Snapshot
    cookies: Cookies
    heard: datetime


class Board:
    """The state of a live directory. `stale_for` and `fresh_for` are seconds.

    While the connection stands, a source is fresh for `fresh_for` seconds after its last word. What it said
    is given out until `stale_for` seconds after that.
    """

    def __init__(self, source: str, statuses: str | None, stale_for: float, fresh_for: float) -> None:
        self.statuses = statuses
        self.latest = Published()
        self.closed = False
        self.changed = threading.Condition()
        self._listeners: dict[object, Callable[[], None]] = {}
        self.source = source
        self._method = "syncrepl"
        self._remark = ""
        self._problem = ""
        self._retry_after: float | None = None
        self._stale_for = stale_for
        self._fresh_for = fresh_for
        self._writing = threading.Lock()
        self._cookies = Cookies()
        self._snapshot: Snapshot | None = None
        self._doubted: Snapshot | None = None
        self._connected = False
        self._heard = 0.0
        self._held: Held | None = None

    # For who follows the source

    def restored(self, snapshot: Snapshot, at: datetime) -> None:
        """Publish what an earlier run has left."""
        age = max(timedelta(0), datetime.now(UTC) - at).total_seconds()
        self._method = "cache"
        self._heard = time.monotonic() - age
        self._publish(snapshot, (), Cookies())

    def published(self, source: str, step: Step, cookies: Cookies) -> None:
        """Publish what the source has just said; a step without changes says that it is still there."""
        self._heard = time.monotonic()
        returned = not self._connected or source != self.source
        self.source, self._method, self._remark, self._connected = source, step.method, step.why, True
        self._problem = ""
        known = self._cookies
        if step.changes or returned or step.snapshot is not self._snapshot:
            self._publish(step.snapshot, step.changes, cookies)
        elif cookies != known:
            self._cookies = cookies
            self._tell()

    def lost(self, problem: str, retry_after: float | None = None) -> None:
        """Say that the source no longer answers, and why."""
        with self._writing:
            self._connected = False
            self._problem = problem
            self._retry_after = retry_after
            self._held = None
        self._tell()

    def close(self) -> None:
        """Let nobody wait any longer. What was published last stays to be asked."""
        self.closed = True
        self.lost("is closed")

    def _publish(self, snapshot: Snapshot, changes: tuple[EntryChange, ...], cookies: Cookies) -> None:
        with self._writing:
            self._snapshot, self._cookies = snapshot, cookies
            self._doubted = self._held = None
        if changes:
            following = Published(changes)
            self.latest.following, self.latest = following, following
        self._tell()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()
            listeners = tuple(self._listeners.values())
        for listener in listeners:
            listener()

    # For readers

    def directory(self) -> Directory:
        """The newest state; Unavailable where there is none yet, or none that can be relied on any more."""
        held = self._held
        if held is not None and time.monotonic() < held.until:
            return held.directory
        return self._renewed()

    def _renewed(self) -> Directory:
        with self._writing:
            freshness = self.freshness()
            if self._snapshot is None or (not freshness and freshness.age > self._stale_for):
                why = freshness.why or "has not answered yet"
                raise Unavailable(self.source, freshness.since, self._retry_after, why)
            current = self._in_view_of(freshness, self._snapshot)
            directory = Directory(current, self.statuses or current.dialect.statuses)
            # Not beyond the moment in which it is believed less, or no more.
            end = self._heard + (self._fresh_for if freshness else self._stale_for)
            self._held = Held(directory, min(time.monotonic() + MOMENT, end))
        return directory

    def _in_view_of(self, freshness: Freshness, snapshot: Snapshot) -> Snapshot:
        """The snapshot as it is to be believed; what is worked out while it is doubted is kept, too."""
        if freshness:
            return snapshot.as_fresh_as(freshness)
        self._doubted = (self._doubted or snapshot).as_fresh_as(freshness)
        return self._doubted

    def freshness(self) -> Freshness:
        """How things stand with the source, at this moment."""
        if self._snapshot is None:
            return Freshness(State.STARTING, self.source, self._method, why=self._problem)
        age = time.monotonic() - self._heard
        since = self._since()
        if self._connected and age <= self._fresh_for:
            return Freshness(State.FRESH, self.source, self._method, age, since, self._remark)
        why = self._problem or f"has said nothing for {age:.0f} s"
        return Freshness(State.STALE, self.source, self._method, age, since, why)

    def _since(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=time.monotonic() - self._heard)

    def has_failed(self) -> bool:
        """Whether the source does not answer, as far as is known."""
        return bool(self._problem)

    def has_snapshot(self) -> bool:
        """Whether there is anything to ask."""
        return self._snapshot is not None

    def state(self) -> Said | None:
        """What is published with how far it goes, as belongs together; None before there is anything."""
        with self._writing:
            if self._snapshot is None or not self._connected:
                return None
            return Said(self._snapshot, self._cookies, self._since())

    # For who waits

    def has_seen(self, number: str) -> bool:
        """Whether the change with that CSN, or a later one of the same server, is in what is published."""
        return not self._cookies.is_behind(Cookies.of([number]))

    def wait(self, ready: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until something holds, looking whenever something changes; whether it does at the end."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or ready(), timeout)
        return ready()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever something changes, from the thread that changes it; the result ends it."""
        token = object()
        with self.changed:
            self._listeners[token] = listener

        def leave() -> None:
            with self.changed:
                self._listeners.pop(token, None)

        return leave
