"""Holding a server to what a snapshot has seen of it.

Before anything is written, every entry is compared with the snapshot, so that a conflict nearly always shows
while nothing is done yet. Between that look and the write stands the assertion control (RFC 4528). A server
without it still misses an old value that is to be deleted and is not there; what only adds, and attributes
that have no equality rule or are replaced whole, go over what was written in that moment.

An entry that the server does not show counts as gone: whoever writes must be able to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ...errors import StalePlan, Unavailable
from ...ldap.dn import DN
from ...ldap.filter import Equal, Not, Or
from ...snapshot import Snapshot
from ..backend import Backend
from ..stamps import Stamp, stamp_at
from .operations import Add, Operation, Rename, Subject

__all__ = ["Locks", "locked"]

ASSERTION: Final = b"1.3.6.1.1.12"


class Locks:
    """What each entry is like as far as we know, and how to make the server insist on it."""

    def __init__(self, stamps: dict[Subject, Stamp], *, assertions: bool) -> None:
        self._stamps = stamps
        self._assertions = assertions

    def assertion(self, operation: Operation) -> str | None:
        """A filter that holds while nobody else has written the entry; None where there can be none.

        It holds of every other entry, too: the overlay that keeps addresses unique (slapo-unique) searches
        for them with the controls of the write, and slapd tries the assertion on the base of that search.
        """
        stamp = self._stamps.get(operation.subject)
        if not (self._assertions and stamp and stamp.csn):
            return None
        return str(Or([Equal("entryCSN", stamp.csn), Not(Equal("entryDN", operation.dn))]))

    def are_broken(self, backend: Backend, operation: Operation) -> bool:
        """Whether somebody else has written the entry meanwhile, as far as the server shows it."""
        stamp = self._stamps.get(operation.subject)
        if stamp is None:
            return False
        try:
            found = stamp_at(backend, operation.dn)
        except Unavailable:
            return False
        return found is None or found.contradicts(stamp)

    def written(self, subject: Subject, stamp: Stamp) -> None:
        """Remember what an entry is like after we have written it."""
        self._stamps[subject] = stamp


def locked(backend: Backend, snapshot: Snapshot, operations: Sequence[Operation]) -> Locks:
    """Look whether the server is as the snapshot says; StalePlan names every entry that is not."""
    stamps: dict[Subject, Stamp] = {}
    changed: list[DN] = []
    for dn, subject in expected(operations):
        found = stamp_at(backend, dn)
        if found is None or found.contradicts(subject.stamp):
            changed.append(dn)
        elif subject.stamp.csn:
            # An assertion about what may not be read never holds: so only if the server showed it.
            stamps[subject] = found
    changed += [dn for dn in expected_free(snapshot, operations) if stamp_at(backend, dn)]
    if changed:
        raise StalePlan(tuple(dict.fromkeys(changed)))
    return Locks(stamps, assertions=bool(operations) and has_assertions(backend))


def expected(operations: Iterable[Operation]) -> Iterable[tuple[DN, Subject]]:
    """The entries that must be there, under the DN that the server still has them by."""
    return [
        (subject.dn, subject) for subject in dict.fromkeys(each.subject for each in operations) if subject.dn
    ]


def expected_free(snapshot: Snapshot, operations: Iterable[Operation]) -> Iterable[DN]:
    """The DNs that must not be taken; of one that others give up first, the server has to say."""
    new = (each.target for each in operations if isinstance(each, Add | Rename))
    return [dn for dn in new if snapshot.entry(dn) is None]


def has_assertions(backend: Backend) -> bool:
    said = {name.lower(): values for name, values in backend.root_dse().items()}
    return ASSERTION in said.get("supportedcontrol", ())
