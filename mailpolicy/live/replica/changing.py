"""Changes in the order in which a server sends them."""

from __future__ import annotations

from ...ldap.entry import Entry
from ..backend import SyncEntry, SyncEvent, SyncIds
from .content import Arrival, Content, Touched
from .cookies import Cookies
from .reading import is_older

__all__ = ["Changing"]


class Changing:
    """Some changes, applied together as far as they may be.

    A content takes changes that have no order, and in a stream they have one: an entry that is sent
    and then moves along with another one above it must be there before that one is renamed.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._arrived: dict[bytes, Arrival] = {}
        self._gone: set[bytes] = set()
        self._touched: Touched = {}
        self.cookies = Cookies()

    def take(self, event: SyncEvent) -> None:
        """Note a change."""
        if event.cookie is not None:
            self.cookies |= Cookies.parse(event.cookie)
        match event:
            case SyncEntry(state="delete", uuid=uuid):
                self._remove(uuid)
            case SyncEntry(state="add" | "modify", uuid=uuid, dn=dn, attributes=attributes):
                self._put(uuid, self._content.reader.entry(dn, attributes))
            case SyncIds(uuids=uuids, deleted=True):
                for uuid in uuids:
                    self._remove(uuid)

    def done(self) -> Touched:
        """Apply what was noted; gives what all entries were before."""
        self._flush()
        return self._touched

    def _put(self, uuid: bytes, entry: Arrival) -> None:
        if isinstance(entry, Entry):
            if self._is_renamed(uuid, entry):
                self._flush()
            held = self._now(uuid)
            if held is not None and is_older(entry, held):
                return  # We have read it meanwhile, and this was on its way to us.
        self._gone.discard(uuid)
        self._arrived[uuid] = entry

    def _remove(self, uuid: bytes) -> None:
        if isinstance(arrived := self._arrived.pop(uuid, None), Entry):
            self._content.gone_names.add(self._content.snapshot.key(arrived.dn))
        self._gone.add(uuid)

    def _is_renamed(self, uuid: bytes, entry: Entry) -> bool:
        known = self._now(uuid)
        return known is not None and known.dn != entry.dn

    def _now(self, uuid: bytes) -> Entry | None:
        if uuid in self._gone:
            return None
        arrived = self._arrived.get(uuid)
        return arrived if isinstance(arrived, Entry) else self._content.entry(uuid)

    def _flush(self) -> None:
        if self._arrived or self._gone:
            for uuid, entry in self._content.apply(self._arrived, self._gone).items():
                self._touched.setdefault(uuid, entry)
            self._arrived, self._gone = {}, set()
