"""The entries of a server, found by entryUUID as well: who they are, whatever they are called.

Every change is applied to what is there as a whole, so the order within it does not matter: each entry
that was sent stands where the server says, and each that was not sent stays below the same entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self, cast

from attrs import evolve

from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...ldap.matching.names import parent_key
from ...snapshot import Finding, Snapshot
from .reading import Reader, uuid_of
from .steps import EntryChange

__all__ = ["Arrival", "Content", "Touched", "changes", "differences", "differing"]

Arrival = Entry | Finding
"""An entry as the server has sent it, or why it can be none of ours."""

Touched = dict[bytes, Entry | None]
"""What entries were before something happened to them, by UUID; None for those that were not there."""


class Content:
    """A snapshot with a map of its entries by UUID. Only one thread uses it; its snapshots never change."""

    def __init__(
        self, snapshot: Snapshot, keys: dict[bytes, str], left_out: dict[bytes, Finding] | None = None
    ) -> None:
        self.snapshot = snapshot
        self.reader = Reader(snapshot.dialect)
        """Makes entries for it, and knows those by now that have the same attributes."""
        self._keys = keys
        self.left_out = left_out or {}
        """Those of which no entry can be made."""
        self.doubtful = False
        """Whether two entries claimed one name: then we have missed something."""
        self.gone_names: set[str] = set()
        """The keys of names that entries had and have no longer, for whoever wants to know to empty."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self | None:
        """The content of a snapshot; None where entries are not known by a UUID."""
        # The very keys of the snapshot, which so take no memory.
        keys: dict[bytes, str] = {}
        for segment in (snapshot.base, snapshot.recent):
            for key in segment.numbers:
                entry = snapshot.at(key)
                if entry is None:
                    continue
                uuid = uuid_of(entry)
                if uuid is None or snapshot.lost:
                    return None
                keys[uuid] = key
        return cls(snapshot, keys)

    def __contains__(self, uuid: bytes) -> bool:
        return uuid in self._keys

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def entry(self, uuid: bytes) -> Entry | None:
        """The entry of that UUID."""
        key = self._keys.get(uuid)
        return None if key is None else self.snapshot.at(key)

    def apply(self, arrived: Mapping[bytes, Arrival], gone: Iterable[bytes] = ()) -> Touched:
        """Put entries in place, wherever they stood before, and remove others; gives what was before."""
        placed = {uuid: entry for uuid, entry in arrived.items() if isinstance(entry, Entry)}
        before: Touched = {uuid: self.entry(uuid) for uuid in (*gone, *arrived)}
        placed |= moved_along(self.snapshot, placed, before)
        for uuid in placed:
            if uuid not in before:
                before[uuid] = self.entry(uuid)
        left_out = {uuid: found for uuid, found in self.left_out.items() if uuid not in before}
        left_out |= {uuid: found for uuid, found in arrived.items() if isinstance(found, Finding)}
        changed = {uuid: entry for uuid, entry in placed.items() if before[uuid] != entry}
        keys, left_out = self._settle(before, placed, changed, left_out)
        edited: dict[str, Entry | None] = {
            self._keys[uuid]: None
            for uuid, entry in before.items()
            if entry is not None and (uuid in changed or uuid not in placed)
        }
        edited |= {keys[uuid]: entry for uuid, entry in changed.items() if uuid in keys}
        self.gone_names |= {
            self._keys[uuid]
            for uuid, entry in before.items()
            if entry is not None and (uuid not in placed or placed[uuid].dn != entry.dn)
        }
        snapshot = self.snapshot.changed(edited) if edited else self.snapshot
        self.snapshot = with_problems(snapshot, self.left_out, left_out)
        for uuid in before:
            if uuid not in keys:
                self._keys.pop(uuid, None)
        self._keys |= keys
        self.left_out = left_out
        return before

    def _settle(
        self,
        before: Touched,
        placed: Mapping[bytes, Entry],
        changed: Mapping[bytes, Entry],
        left_out: dict[bytes, Finding],
    ) -> tuple[dict[bytes, str], dict[bytes, Finding]]:
        """The keys that entries have from now on; who loses its name to another is left out."""
        keys: dict[bytes, str] = {}
        holders: dict[str, bytes] = {}
        for uuid, entry in placed.items():
            key = self.snapshot.key(entry.dn) if uuid in changed else self._keys[uuid]
            keys[uuid] = self._keys[uuid] if self._keys.get(uuid) == key else key
            holder = holders.get(key) or self._holder(key, before)
            holders[key] = uuid
            if holder is not None:
                self.doubtful = True
                before.setdefault(holder, self.entry(holder))
                keys.pop(holder, None)
                left_out[holder] = displaced(entry)
        return keys, left_out

    def _holder(self, key: str, before: Touched) -> bytes | None:
        """Who has that name and has nothing to do with what happens."""
        entry = self.snapshot.at(key)
        uuid = None if entry is None else uuid_of(entry)
        return None if uuid is None or uuid in before else uuid


def displaced(entry: Entry) -> Finding:
    return Finding("duplicate-entry", "another entry has the same name; this one is left out", dn=entry.dn)


def with_problems(
    snapshot: Snapshot, before: Mapping[bytes, Finding], after: Mapping[bytes, Finding]
) -> Snapshot:
    """The snapshot that says which entries are left out."""
    if before == after:
        return snapshot
    return evolve(snapshot, problems=tuple(after.values()), lost=len(after))


def moved_along(snapshot: Snapshot, placed: Mapping[bytes, Entry], before: Touched) -> dict[bytes, Entry]:
    """Those that stand below an entry with a new name, and were not sent: servers send the entry alone."""
    moves = {
        snapshot.key(old.dn): entry.dn
        for uuid, entry in placed.items()
        if (old := before[uuid]) is not None and old.dn != entry.dn
    }
    found: dict[bytes, Entry] = {}
    for key in moves:
        for entry in snapshot.within(key, "children"):
            uuid = uuid_of(entry)
            if uuid is not None and uuid not in before and uuid not in found:
                found[uuid] = under_new_name(snapshot.key(entry.dn), entry, moves)
    return found


def under_new_name(key: str, entry: Entry, moves: Mapping[str, DN]) -> Entry:
    """The same entry below the nearest of those above it that have moved."""
    steps = 1
    key = parent_key(key)
    while key not in moves:
        key, steps = parent_key(key), steps + 1
    dn = DN.build(*entry.dn.rdns[:steps], *moves[key].rdns)
    return Entry.packed(dn, entry.shape, entry.row, entry.line)


def changes(before: Touched, content: Content) -> tuple[EntryChange, ...]:
    """What has become of entries, of which many have come back as they were."""
    after = ((old, content.entry(uuid)) for uuid, old in before.items())
    return tuple(EntryChange(name(new or old), old, new) for old, new in after if old != new)


def differences(before: Content | None, after: Content) -> tuple[EntryChange, ...]:
    """How one content differs from another."""
    return () if before is None else changes(differing(before.snapshot, after), after)


def differing(before: Snapshot, after: Content) -> Touched:
    """What the entries of either were in the one before, whatever its dialect."""
    was: Touched = {uuid: entry for entry in before if (uuid := uuid_of(entry)) is not None}
    return was | {uuid: None for uuid in after if uuid not in was}


def name(entry: Entry | None) -> str:
    return str(cast("Entry", entry).dn)
