"""Which entry is which while changes move them about."""

from __future__ import annotations

from collections.abc import Mapping

from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...snapshot import Snapshot
from ..stamps import stamp_of
from .operations import Subject

__all__ = ["Subjects"]


class Subjects:
    """The entries that changes touch, by the key of where they stand meanwhile.

    Whoever asks gives the snapshot as it is at that point.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, Subject] = {}

    def touched(self, snapshot: Snapshot, key: str, after: Entry | None) -> Subject:
        """The entry that is created, modified or, without an `after`, deleted."""
        subject = self._by_key.get(key)
        if subject is None:
            subject = self._by_key[key] = subject_of(snapshot.at(key))
        if after is None:
            del self._by_key[key]
        return subject

    def moved(self, snapshot: Snapshot, entry: Entry, dn: DN) -> Subject:
        """The entry that gets another DN; those below it move along."""
        old, new = snapshot.key(entry.dn), snapshot.key(dn)
        family: dict[str, Subject] = {}
        for each in snapshot.within(entry.dn, "sub"):
            key = snapshot.key(each.dn)
            known = self._by_key.pop(key) if key in self._by_key else subject_of(each)
            family[key.removesuffix(old) + new] = known
        self._by_key |= family
        return family[new]

    def standing(self, snapshot: Snapshot) -> Mapping[Subject, DN]:
        """Where those that are left stand in the end."""
        found = ((subject, snapshot.at(key)) for key, subject in self._by_key.items())
        return {subject: entry.dn for subject, entry in found if entry is not None}


def subject_of(entry: Entry | None) -> Subject:
    return Subject() if entry is None else Subject(entry.dn, stamp_of(entry))
