"""The refresh that begins a synchronisation (RFC 4533 section 3.3), from nothing or from where we were.

Nothing of it counts before it is complete: a connection that breaks in the middle leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..backend import SyncEntry, SyncEvent, SyncIds, SyncPhase
from .content import Arrival, Content, Touched
from .cookies import Cookies
from .loading import Given

__all__ = ["Refresh", "full"]

Events = Iterable[SyncEvent]


class Refresh:
    """What a server says that has happened since the last time, in whatever order it says so."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._arrived: dict[bytes, Arrival] = {}
        self._gone: set[bytes] = set()
        self._mentioned: set[bytes] = set()
        self.unmentioned: set[bytes] = set()
        """Entries of ours that are gone because the server has not named them among those it has."""
        self.cookies = Cookies()

    def take(self, events: Events) -> None:
        """Listen to the end of the refresh."""
        for event in events:
            self._take(event)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not (self._arrived or self._gone)

    @property
    def unknown(self) -> set[bytes]:
        """Entries that have not changed, says the server, and that we have never seen."""
        known = self._content.left_out
        return {
            uuid
            for uuid in self._mentioned
            if uuid not in self._content and uuid not in self._arrived and uuid not in known
        }

    def apply(self) -> Touched:
        """Do what was said, all at once."""
        return self._content.apply(self._arrived, self._gone)

    def _take(self, event: SyncEvent) -> None:
        if event.cookie is not None:
            self.cookies |= Cookies.parse(event.cookie)
        match event:
            case SyncEntry(state="delete", uuid=uuid):
                self._remove((uuid,))
            case SyncEntry(state="present", uuid=uuid):
                self._mentioned.add(uuid)
            case SyncEntry(uuid=uuid, dn=dn, attributes=attributes):
                self._gone.discard(uuid)
                self._mentioned.add(uuid)
                self._arrived[uuid] = self._content.reader.entry(dn, attributes)
            case SyncIds(uuids=uuids, deleted=True):
                self._remove(uuids)
            case SyncIds(uuids=uuids):
                self._mentioned.update(uuids)
            case SyncPhase(deletes=False):
                self.unmentioned = {
                    uuid for uuid in self._content if uuid not in self._mentioned
                } - self._gone
                self._remove(self.unmentioned)
                self._remove([uuid for uuid in self._content.left_out if uuid not in self._mentioned])

    def _remove(self, uuids: Iterable[bytes]) -> None:
        self._gone.update(uuids)
        for uuid in uuids:
            self._arrived.pop(uuid, None)
            self._mentioned.discard(uuid)


def full(events: Events, heard: list[Cookies]) -> Iterator[Given]:
    """The entries of a refresh from nothing; `heard` gets what cookies there are on the way.

    Where the server sends everything again because it cannot make out a cookie, it says nothing of
    what is gone. So this never rests on what was there before.
    """
    for event in events:
        if event.cookie is not None:
            heard.append(Cookies.parse(event.cookie))
        if isinstance(event, SyncEntry):
            state, uuid, dn, attributes, _ = event
            if state != "present":
                yield uuid, dn, None if state == "delete" else attributes
        elif isinstance(event, SyncIds) and event.deleted:
            for uuid in event.uuids:
                yield uuid, "", None
