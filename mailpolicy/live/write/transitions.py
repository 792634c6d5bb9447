"""What becomes of each entry that a change touches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from attrs import frozen

from ...edit import Edited, attributes_of
from ...errors import InvalidValue, NotFound
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...lookup import selected
from ...snapshot import AddValue, Change, RemoveValue, Rename, Set, Snapshot, Unset
from .operations import Subject
from .rename import renamed
from .subjects import Subjects

__all__ = ["Transition", "named", "transitions_of"]


@frozen(eq=False, repr=False)
class Transition:
    """What becomes of one entry: None before it is created, and after it is deleted."""

    subject: Subject
    before: Entry | None
    after: Entry | None
    whole: frozenset[str] = frozenset()
    """Attributes of which all values are given."""

    @property
    def modifies(self) -> bool:
        return self.before is not None and self.after is not None and self.before.dn == self.after.dn

    @property
    def differing(self) -> frozenset[str]:
        """The attributes that are not the same before and after; none where one of both is missing."""
        if self.before is None or self.after is None:
            return frozenset()
        old, new = self.before.raw, self.after.raw
        return frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))


def transitions_of(
    snapshot: Snapshot, change: Change, edited: Edited, subjects: Subjects
) -> Iterator[Transition]:
    """Take a change apart, in the order in which a server can make it."""
    if isinstance(change, Rename):
        yield from renaming(snapshot, change, edited, subjects)
        return
    whole = named(snapshot, change) if isinstance(change, Set | Unset) else frozenset()
    # An entry goes last: whoever is cut short before it has something left to delete.
    for key in sorted(edited, key=lambda key: edited[key] is None):
        subject = subjects.touched(snapshot, key, edited[key])
        yield Transition(subject, snapshot.at(key), edited[key], whole)


def renaming(snapshot: Snapshot, change: Rename, edited: Edited, subjects: Subjects) -> Iterator[Transition]:
    """What the server makes of a rename, and what is left to do then."""
    entry, new = selected(snapshot, change.selector), DN.parse(change.dn)
    after = edited[snapshot.key(new)]
    subject = subjects.moved(snapshot, entry, new)
    if entry.dn != new:
        moved = renamed(entry, new, snapshot.definitions)
        yield Transition(subject, entry, moved)
        entry = moved
    yield Transition(subject, entry, after)


def named(snapshot: Snapshot, change: Change) -> frozenset[str]:
    """The attributes whose values a change is about; what it calls by wrong names is left out."""
    match change:
        case Unset():
            names = tuple(change.names)
        case Set() | AddValue() | RemoveValue():
            names = tuple(change.values)
        case _:
            return frozenset()
    level = snapshot.level_of(selected(snapshot, change.selector))
    found: set[str] = set()
    for name in names:
        with suppress(NotFound, InvalidValue):
            found.update(attributes_of(snapshot.dialect, level, name))
    return frozenset(found)
