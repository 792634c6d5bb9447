"""The directory as whoever writes sees it, where it is about to be changed.

A snapshot may be what somebody else sees, who may see less. And there are changes that no server tells, those
of the overlay refint among them: the entry has other values then, and still the same entryCSN. So the entries
that changes touch are read anew, as whoever writes, and what is shown then counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field

from ...edit import Edited, edit
from ...errors import Ambiguous, InvalidValue, NotFound, SchemaError
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...lookup import selected
from ...snapshot import AddValue, Change, RemoveValue, Set, Snapshot, Unset
from ..backend import Backend
from ..stamps import Stamp
from .operations import Subject
from .shown import Shown, absent_at, shown_at
from .subjects import Subjects
from .transitions import named, transitions_of

__all__ = ["View", "view_of"]


@define
class View:
    """A snapshot with what the server shows whoever writes of the entries looked at, by their DN there.

    `changed` are those that are not in the state that the snapshot has, or gone. `unseen` are the attributes
    of which it cannot be told whether an entry has values: they may be written and not read.
    """

    snapshot: Snapshot
    stamps: dict[DN, Stamp] = field(factory=dict)
    changed: dict[DN, None] = field(factory=dict)
    unseen: dict[DN, frozenset[str]] = field(factory=dict)
    _looked: dict[DN, frozenset[str]] = field(factory=dict)

    def is_enough(self, subject: Subject, names: frozenset[str]) -> bool:
        """Whether the entry has been looked at, and these attributes of it."""
        return subject.dn is None or (subject.dn in self._looked and names <= self._looked[subject.dn])

    def look(self, backend: Backend, subject: Subject, names: frozenset[str]) -> None:
        """Read an entry that is to be changed in these attributes."""
        entry = self.snapshot.entry(subject.dn or "")
        assert entry is not None  # or it would have no DN
        dn = entry.dn
        names = self._looked[dn] = names | self._looked.get(dn, frozenset())
        shown = shown_at(backend, dn, self.snapshot.definitions)
        if shown is None or shown.stamp.contradicts(subject.stamp):
            self.changed[dn] = None
            return
        silent = {name for name in names if name not in shown.values}
        # To ask whether there is none is no use with a secret: a server may say so of what it hides.
        gone = absent_at(backend, dn, [name for name in silent if not self.snapshot.dialect.is_secret(name)])
        if None in (shown.stamp.csn, subject.stamp.csn) and differs(entry, shown, gone, names):
            self.changed[dn] = None
            return
        self.stamps[dn] = shown.stamp
        self.unseen[dn] = frozenset(silent - gone)
        self._put(entry, shown, gone)

    def _put(self, entry: Entry, shown: Shown, gone: Iterable[str]) -> None:
        values = dict(entry.raw)
        for name, several in shown.values.items():
            if set(several) != set(values.get(name, ())):
                values[name] = several
        for name in gone:
            values.pop(name, None)
        if values != entry.raw:
            seen = Entry(entry.dn, values, self.snapshot.definitions, entry.line)
            self.snapshot = self.snapshot.changed({self.snapshot.key(entry.dn): seen})


def differs(entry: Entry, shown: Shown, gone: Iterable[str], names: Iterable[str]) -> bool:
    """Whether values that the snapshot has are not there any more, or not alone: without CSNs all there is
    to tell that somebody else has written.
    """
    raw, now = entry.raw, {**shown.values, **dict.fromkeys(gone, ())}
    return any(name in raw and name in now and set(raw[name]) != set(now[name]) for name in names)


def view_of(backend: Backend, snapshot: Snapshot, changes: Sequence[Change]) -> View:
    """Look at all that the changes touch. What is seen may lead to further entries: to those, too."""
    view, known = View(snapshot), None
    while view.snapshot is not known:
        known = view.snapshot
        for subject, names in touched(known, changes).items():
            if not view.is_enough(subject, names):
                view.look(backend, subject, names)
    return view


def touched(snapshot: Snapshot, changes: Iterable[Change]) -> Mapping[Subject, frozenset[str]]:
    """The entries that changes are about, with the attributes."""
    subjects = Subjects()
    found: dict[Subject, frozenset[str]] = {}
    for change in changes:
        edited = tried(snapshot, change)
        if not edited:
            continue
        names = named(snapshot, change)
        for each in transitions_of(snapshot, change, edited, subjects):
            found[each.subject] = found.get(each.subject, frozenset()) | each.differing | names
        snapshot = snapshot.changed(edited)
    return found


def tried(snapshot: Snapshot, change: Change) -> Edited:
    """What a change makes of what we know so far. Where it would be wrong, the entry as it is: more may be
    seen of it; and if it is wrong indeed, that is told later, with all other problems.
    """
    try:
        return edit(snapshot, change)
    except (SchemaError, NotFound, Ambiguous, InvalidValue):
        pass
    if not isinstance(change, Set | Unset | AddValue | RemoveValue):
        return {}
    try:
        entry = selected(snapshot, change.selector)
    except (NotFound, Ambiguous, InvalidValue):
        return {}
    return {snapshot.key(entry.dn): entry}
