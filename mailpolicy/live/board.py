"""What is published: the newest snapshot, and how far its source still stands behind it.

One thread writes here, the one that follows a server, and any number read. A reader looks at one attribute
and at the clock: what is published holds for a moment, and after that it is looked at anew. So a
source that has fallen silent is noticed without anybody watching it, even where the thread that should
has stopped.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from attrs import evolve, field, frozen

from ..errors import Unavailable
from ..freshness import Freshness, State
from ..model import Directory
from ..snapshot import Snapshot
from .bell import Bell
from .replica import Cookies, EntryChange, Step

__all__ = ["Board", "Published"]

MOMENT: Final = 1.0
"""Seconds for which a directory is handed out as it is; its age may lag behind so much."""

CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""It goes on while the machine is suspended, where there is such a clock."""

FORKED: Final = "was opened in another process: open it after the fork"


class Published:
    """A step that was made public, and the way to the next one."""

    __slots__ = ("changes", "following")

    def __init__(self, changes: tuple[EntryChange, ...] = ()) -> None:
        self.changes = changes
        self.following: Published | None = None


class Held(NamedTuple):
    """A directory to hand out, until a moment of the clock."""

    directory: Directory
    until: float


@frozen
class Said:
    """What the source has said and how things stand with it, all of one moment."""

    source: str
    snapshot: Snapshot | None = None
    cookies: Cookies = field(factory=Cookies)
    method: str = "syncrepl"
    remark: str = ""
    """What keeps it from being better."""
    doubt: str = ""
    """Why what is not in the snapshot may exist all the same, though the source answers."""
    connected: bool = False
    heard: float = 0.0
    """The moment of its last word, by our clock."""
    problem: str = ""
    """Why it does not answer."""
    retry_after: float | None = None

    @property
    def age(self) -> float:
        return time.clock_gettime(CLOCK) - self.heard

    @property
    def since(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=self.age)


class Board:
    """The state of a live directory. `stale_for` and `fresh_for` are seconds.

    While the connection stands, a source is fresh for `fresh_for` seconds after its last word. What it said
    is given out until `stale_for` seconds after that.
    """

    def __init__(self, source: str, statuses: str | None, stale_for: float, fresh_for: float) -> None:
        self.bell = Bell()
        self.latest = Published()
        self.said = Said(source)
        self._statuses, self._stale_for, self._fresh_for = statuses, stale_for, fresh_for
        # One that its owner may take again: a signal may come in the middle of anything, and close us.
        self._writing = threading.RLock()
        self._doubted: Snapshot | None = None
        self._held: Held | None = None

    # For who follows the source

    def restored(self, snapshot: Snapshot, at: datetime) -> None:
        """Publish what an earlier run has left."""
        age = max(timedelta(0), datetime.now(UTC) - at).total_seconds()
        heard = time.clock_gettime(CLOCK) - age
        self._say(evolve(self.said, snapshot=snapshot, method="cache", heard=heard))
        self.bell.ring()

    def published(self, source: str, step: Step, cookies: Cookies) -> None:
        """Publish what the source has just said; a step without changes says that it is still there."""
        quiet = not step.changes and step.snapshot is self.said.snapshot
        said = Said(
            source,
            step.snapshot,
            cookies,
            step.method,
            step.why,
            step.doubt,
            connected=True,
            heard=time.clock_gettime(CLOCK),
        )
        if quiet and evolve(self.said, heard=said.heard) == said:
            self.said = said  # what is handed out stays, and nobody need wake
            return
        self._say(said)
        if step.changes:
            following = Published(step.changes)
            self.latest.following, self.latest = following, following
        self.bell.ring()

    def lost(self, problem: str, retry_after: float | None = None) -> None:
        """Say that the source no longer answers, and why; and when it is asked again, if that is known."""
        self._say(evolve(self.said, connected=False, problem=problem, retry_after=retry_after))
        self.bell.ring()

    def close(self) -> None:
        """Let nobody wait any longer. What was published last stays to be asked."""
        self._say(evolve(self.said, connected=False, problem="is closed"))
        self.bell.close()

    def forked(self) -> None:
        """Know in the child of a process that nobody follows the source here."""
        self._writing = threading.RLock()
        self.bell.forked()
        self.lost(FORKED)

    def _say(self, said: Said) -> None:
        with self._writing:
            if said.snapshot is not self.said.snapshot:
                self._doubted = None
            self.said, self._held = said, None

    # For readers

    def directory(self) -> Directory:
        """The newest state; Unavailable where there is none yet, or none that can be relied on any more."""
        held = self._held
        if held is not None and time.clock_gettime(CLOCK) < held.until:
            return held.directory
        return self._renewed()

    def _renewed(self) -> Directory:
        with self._writing:
            said, freshness = self.said, self.freshness()
            if said.snapshot is None or (not freshness and freshness.age > self._stale_for):
                why = freshness.why or "has not answered yet"
                raise Unavailable(said.source, freshness.since, said.retry_after, why)
            current = self._in_view_of(freshness, said.snapshot)
            directory = Directory(current, self._statuses or current.dialect.statuses)
            # Not beyond the moment in which it is believed less, or no more.
            end = said.heard + (self._fresh_for if freshness else self._stale_for)
            self._held = Held(directory, min(time.clock_gettime(CLOCK) + MOMENT, end))
        return directory

    def _in_view_of(self, freshness: Freshness, snapshot: Snapshot) -> Snapshot:
        """The snapshot as it is to be believed; what is worked out while it is doubted is kept, too."""
        if freshness:
            return snapshot.as_fresh_as(freshness)
        self._doubted = (self._doubted or snapshot).as_fresh_as(freshness)
        return self._doubted

    def freshness(self) -> Freshness:
        """How things stand with the source, at this moment."""
        said = self.said
        if said.snapshot is None:
            return Freshness(State.STARTING, said.source, said.method, why=said.problem)
        age = said.age
        if said.connected and not said.doubt and age <= self._fresh_for:
            return Freshness(State.FRESH, said.source, said.method, age, said.since, said.remark)
        why = said.problem or (said.doubt if age <= self._fresh_for else f"has said nothing for {age:.0f} s")
        return Freshness(State.STALE, said.source, said.method, age, said.since, why)

    def has_seen(self, number: str) -> bool:
        """Whether the change with that CSN, or a later one of the same server, is in what is published."""
        return not self.said.cookies.is_behind(Cookies.of([number]))
