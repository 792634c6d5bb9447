"""Holding a server to what a snapshot has seen of it.

Before anything is written, every entry is compared with the snapshot (by `view_of`), so that a conflict
nearly always shows while nothing is done yet. Between that look and the write stands the assertion control
(RFC 4528). A server without it still misses an old value that is to be deleted and is not there; what only
adds, and attributes that have no equality rule or are replaced whole, go over what was written then.

An entry that the server does not show counts as gone: whoever writes must be able to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ...errors import MailPolicyError, StalePlan, Unavailable
from ...ldap.dn import DN
from ...ldap.filter import Equal, Not, Or
from ...snapshot import Snapshot
from ..backend import Backend
from ..stamps import Stamp, stamp_at
from .operations import Add, Operation, Rename, Subject
from .view import View

__all__ = ["Locks", "locked"]

ASSERTION: Final = b"1.3.6.1.1.12"


class Locks:
    """What each entry is like as far as we know, and how to make the server insist on it."""

    def __init__(self, stamps: dict[Subject, Stamp], *, assertions: bool) -> None:
        self._stamps = stamps
        self._assertions = assertions
        self._troubles: dict[Subject, MailPolicyError] = {}

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

    def trouble(self, operation: Operation) -> MailPolicyError | None:
        """What keeps us from writing the entry once more."""
        return self._troubles.get(operation.subject)

    def known(self, subject: Subject) -> Stamp:
        """The state of an entry when it was last seen, by whoever writes or else in the snapshot."""
        seen = self._stamps.get(subject, subject.stamp)
        return Stamp(seen.csn, seen.uuid or subject.stamp.uuid)

    def written(self, subject: Subject, stamp: Stamp, trouble: MailPolicyError | None = None) -> None:
        """Remember what an entry is like after we have written it."""
        self._stamps[subject] = stamp
        if trouble is not None:
            self._troubles[subject] = trouble


def locked(backend: Backend, view: View, operations: Sequence[Operation]) -> Locks:
    """Hold the server to what is seen of it; StalePlan names every entry that is not as it should be."""
    changed = [*view.changed]
    changed += [dn for dn in expected_free(view.snapshot, operations) if stamp_at(backend, dn)]
    if changed:
        raise StalePlan(tuple(dict.fromkeys(changed)))
    subjects = dict.fromkeys(each.subject for each in operations)
    # An assertion about what may not be read never holds: so only about what the server has shown.
    stamps = {each: view.stamps[each.dn] for each in subjects if each.dn is not None}
    return Locks(stamps, assertions=bool(operations) and has_assertions(backend))


def expected_free(snapshot: Snapshot, operations: Iterable[Operation]) -> Iterable[DN]:
    """The DNs that must not be taken; of one that others give up first, the server has to say."""
    new = (each.target for each in operations if isinstance(each, Add | Rename))
    return [dn for dn in new if snapshot.entry(dn) is None]


def has_assertions(backend: Backend) -> bool:
    said = {name.lower(): values for name, values in backend.root_dse().items()}
    return ASSERTION in said.get("supportedcontrol", ())
