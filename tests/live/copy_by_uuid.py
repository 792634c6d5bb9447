"""The plainest consumer of RFC 4533: names by UUID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from attrs import define, field

from mailpolicy.live.backend import SyncEntry, SyncEvent, SyncIds, SyncPhase


@define
class Copy:
    """What a consumer has: names by UUID, as RFC 4533 section 3.4 says to keep them."""

    names: dict[bytes, str] = field(factory=dict)
    present: set[bytes] = field(factory=set)
    cookie: bytes | None = None
    seen: Counter[str] = field(factory=Counter)

    def apply(self, events: Iterable[SyncEvent]) -> None:
        for event in events:
            self.cookie = event.cookie or self.cookie
            if isinstance(event, SyncEntry):
                self._entry(event)
            elif isinstance(event, SyncIds):
                self.seen["ids deleted" if event.deleted else "ids present"] += 1
                self._ids(event)
            elif isinstance(event, SyncPhase):
                self.seen["phase of deletes" if event.deletes else "phase of presents"] += 1
                self._phase(event)

    def _entry(self, event: SyncEntry) -> None:
        self.seen[event.state] += 1
        assert len(event.uuid) == 16
        if event.state == "delete":
            self.names.pop(event.uuid, None)
            return
        self.present.add(event.uuid)
        if event.state != "present":
            assert list(event.attributes["entryUUID"]) == [str(UUID(bytes=event.uuid)).encode()]
            self.names[event.uuid] = event.dn

    def _ids(self, event: SyncIds) -> None:
        if event.deleted:
            for uuid in event.uuids:
                self.names.pop(uuid, None)
        else:
            self.present.update(event.uuids)

    def _phase(self, event: SyncPhase) -> None:
        if not event.deletes:
            self.names = {uuid: dn for uuid, dn in self.names.items() if uuid in self.present}
        self.present = set()
