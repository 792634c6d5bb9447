"""From changes to operations: what has to be sent, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from ...edit import Edited, applied, attributes_of, edit
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...lookup import selected
from ...snapshot import Change, Rename as RenameChange, Set, Snapshot, Unset
from .difference import Values, difference
from .operations import Add, Delete, Modify, Operation, Rename, Subject
from .rename import renamed
from .subjects import Subjects

__all__ = ["Plan", "planned"]


@frozen
class Plan:
    """What has to be sent, in order, and where the entries that are left stand afterwards."""

    operations: tuple[Operation, ...]
    standing: Mapping[Subject, DN]


@frozen(eq=False, repr=False)
class Step:
    """What becomes of one entry: None before it is created, and after it is deleted."""

    subject: Subject
    before: Entry | None
    after: Entry | None
    replaced: frozenset[str] = frozenset()
    """Secret attributes of which all values are given."""

    @property
    def modifies(self) -> bool:
        return self.before is not None and self.after is not None and self.before.dn == self.after.dn


def planned(snapshot: Snapshot, changes: Iterable[Change]) -> Plan:
    """Give the operations that make the changes on the server that the snapshot is of.

    SchemaError lists every problem of every change.
    """
    changes = tuple(changes)
    applied(snapshot, changes)
    subjects = Subjects()
    steps: list[Step] = []
    for change in changes:
        edited = edit(snapshot, change)
        for step in steps_of(snapshot, change, edited, subjects):
            join(steps, step)
        snapshot = snapshot.changed(edited)
    operations = (operation(snapshot, step) for step in steps)
    return Plan(tuple(filter(None, operations)), subjects.standing(snapshot))


def steps_of(snapshot: Snapshot, change: Change, edited: Edited, subjects: Subjects) -> Iterator[Step]:
    if isinstance(change, RenameChange):
        yield from renaming(snapshot, change, edited, subjects)
        return
    replaced = all_secrets(snapshot, change)
    # An entry goes last: whoever is cut short before it has something left to delete.
    for key in sorted(edited, key=lambda key: edited[key] is None):
        yield Step(subjects.touched(snapshot, key, edited[key]), snapshot.at(key), edited[key], replaced)


def renaming(snapshot: Snapshot, change: RenameChange, edited: Edited, subjects: Subjects) -> Iterator[Step]:
    """What the server makes of a rename, and what is left to do then."""
    entry, new = selected(snapshot, change.selector), DN.parse(change.dn)
    after = edited[snapshot.key(new)]
    subject = subjects.moved(snapshot, entry, new)
    if entry.dn != new:
        moved = renamed(entry, new, snapshot.definitions)
        yield Step(subject, entry, moved)
        entry = moved
    yield Step(subject, entry, after)


def all_secrets(snapshot: Snapshot, change: Change) -> frozenset[str]:
    """The secret attributes of which a change gives all values.

    A snapshot seldom sees secrets. What it does not see, such a change has to remove all the same, or the old
    password is good beside the new one.
    """
    if not isinstance(change, Set | Unset):
        return frozenset()
    names = change.values if isinstance(change, Set) else change.names
    level = snapshot.level_of(selected(snapshot, change.selector))
    attributes = (each for name in names for each in attributes_of(snapshot.dialect, level, name))
    return frozenset(filter(snapshot.dialect.is_secret, attributes))


def join(steps: list[Step], step: Step) -> None:
    """Put a step after the others, into one with the last where both are about the values of one entry."""
    last = steps[-1] if steps else None
    if last is None or last.subject is not step.subject or not (last.before is None or last.modifies):
        steps.append(step)
    elif step.modifies or step.after is None:
        steps[-1] = evolve(last, after=step.after, replaced=last.replaced | step.replaced)
    else:
        steps.append(step)


def operation(snapshot: Snapshot, step: Step) -> Operation | None:
    """What to ask the server for; None where a step leads nowhere."""
    before, after = step.before, step.after
    if before is None:
        return None if after is None else Add(step.subject, after.dn, to_add(snapshot, after))
    if after is None:
        return Delete(step.subject, before.dn)
    if before.dn != after.dn:
        moves = snapshot.key(before.dn.parent) != snapshot.key(after.dn.parent)
        return Rename(step.subject, before.dn, after.dn, moves)
    modifications = difference(before.raw, after.raw, snapshot.definitions, step.replaced)
    return Modify(step.subject, after.dn, modifications) if modifications else None


def to_add(snapshot: Snapshot, entry: Entry) -> Values:
    """The values of a new entry without those that the server alone can give it."""
    known = ((name, snapshot.definitions.attribute(name)) for name in entry.raw)
    own = {name for name, attribute in known if attribute and attribute.no_user_modification}
    return {name: values for name, values in entry.raw.items() if name not in own}
