"""Why what is not seen is not to be taken for missing yet.

A server that takes over may be behind the one before it, or be filled just now; one that was rebuilt from
older data looks the same. What it has is served, for that is seen. What it no longer has is believed when
it has said so twice, and while it knows less than was known before, when that has not changed for minutes.
Deletions that a server tells of one by one are believed at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...ldap.entry import Entry
from ...snapshot import Snapshot
from .content import Content, Touched
from .cookies import Cookies
from .reading import MODIFIED, csn_of
from .steps import EntryChange

__all__ = ["Doubts"]

CONFIRM_AFTER: Final = 30.0
"""Seconds after which a server is asked once more for what it no longer has."""

LONGEST_LAG: Final = 300.0
"""Seconds that a server may take to catch up; after that, what it has is all there is."""


class Doubts:
    """What is doubted, whatever is connected. `now` is in seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self.seen = Cookies()
        """The last changes that any server has told us of."""
        self.is_compared = True
        """Whether the server is known to have what we have; else it has to be compared."""
        self._lost: dict[str, Entry] = {}
        self._since = 0.0
        self._confirm_at = 0.0

    def took(self, before: Touched, content: Content, now: float) -> bool:
        """Note which entries a reload or a comparison has taken away, or put back into an older state."""
        lost: dict[str, Entry] = {}
        for uuid, old in before.items():
            if old is not None and is_lost(old, content, uuid):
                lost[content.snapshot.key(old.dn)] = old
        if lost:
            self._since = self._since if self._lost else now
            self._lost |= lost
            self._confirm_at = now + CONFIRM_AFTER
        return bool(lost)

    def brought(self, changes: Iterable[EntryChange], snapshot: Snapshot, now: float) -> None:
        """Note what comes back: while anything does, a server is being filled."""
        if not self._lost:
            return
        for after in (change.after for change in changes if change.after is not None):
            key = snapshot.key(after.dn)
            if key in self._lost and not state_of(after) < state_of(self._lost[key]):
                del self._lost[key]
                self._confirm_at = now + CONFIRM_AFTER

    def is_behind(self, known: Cookies) -> bool:
        """Whether a server that has lost something knows less than was seen; False if it does not say."""
        return bool(self._lost and known) and known.is_behind(self.seen)

    def hasten(self) -> None:
        """Do not wait to look again: the server has caught up."""
        self._confirm_at = 0.0

    def is_due(self, known: Cookies, now: float) -> bool:
        """Whether to look again for what was lost, on a server that knows the changes up to there."""
        if not self._lost or now < self._confirm_at:
            return False
        return not self.is_behind(known) or now >= self._since + LONGEST_LAG

    def confirmed(self, known: Cookies) -> None:
        """It is gone: what the server knows is all there is to know."""
        self._lost.clear()
        self.seen = known or self.seen

    def why(self, known: Cookies) -> str:
        """What is doubted about a server that knows the changes up to there; nothing where all is well."""
        if not self.is_compared:
            return "is not yet compared with what was seen before"
        if not self._lost:
            return ""
        lost = f"{len(self._lost)} entries" if len(self._lost) > 1 else "an entry"
        if self.is_behind(known):
            return f"is behind what was seen before, and does not have {lost} as of then"
        return f"no longer has {lost} as seen before, and will be asked again"


def is_lost(old: Entry, content: Content, uuid: bytes) -> bool:
    new = content.entry(uuid)
    if new is None:
        return content.snapshot.at(content.snapshot.key(old.dn)) is None
    return state_of(new) < state_of(old)


def state_of(entry: Entry) -> bytes:
    """What grows with each change of an entry, nearly always; clocks that differ are doubted for a moment."""
    return csn_of(entry) or next(iter(entry.stored(MODIFIED)), b"")
