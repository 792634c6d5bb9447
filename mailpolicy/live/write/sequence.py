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

__all__ = ["Operations", "operations_for"]


@frozen
class Operations:
    """What has to be sent, in order, and where the entries that are left stand afterwards."""

    operations: tuple[Operation, ...]
    standing: Mapping[Subject, DN]


@frozen(eq=False, repr=False)
class Transition:
    """What becomes of one entry: None before it is created, and after it is deleted."""

    subject: Subject
    before: Entry | None
    after: Entry | None
    replaced: frozenset[str] = frozenset()
    """Secret attributes of which all values are given."""

    @property
    def modifies(self) -> bool:
        return self.before is not None and self.after is not None and self.before.dn == self.after.dn


def operations_for(snapshot: Snapshot, changes: Iterable[Change]) -> Operations:
    """Give the operations that make the changes on the server that the snapshot is of.

    SchemaError lists every problem of every change.
    """
    changes = tuple(changes)
    applied(snapshot, changes)
    subjects = Subjects()
    transitions: list[Transition] = []
    for change in changes:
        edited = edit(snapshot, change)
        for transition in transitions_of(snapshot, change, edited, subjects):
            join(transitions, transition)
        snapshot = snapshot.changed(edited)
    operations = (operation(snapshot, transition) for transition in transitions)
    return Operations(tuple(filter(None, operations)), subjects.standing(snapshot))


def transitions_of(
    snapshot: Snapshot, change: Change, edited: Edited, subjects: Subjects
) -> Iterator[Transition]:
    if isinstance(change, RenameChange):
        yield from renaming(snapshot, change, edited, subjects)
        return
    replaced = all_secrets(snapshot, change)
    # An entry goes last: whoever is cut short before it has something left to delete.
    for key in sorted(edited, key=lambda key: edited[key] is None):
        yield Transition(
            subjects.touched(snapshot, key, edited[key]), snapshot.at(key), edited[key], replaced
        )


def renaming(
    snapshot: Snapshot, change: RenameChange, edited: Edited, subjects: Subjects
) -> Iterator[Transition]:
    """What the server makes of a rename, and what is left to do then."""
    entry, new = selected(snapshot, change.selector), DN.parse(change.dn)
    after = edited[snapshot.key(new)]
    subject = subjects.moved(snapshot, entry, new)
    if entry.dn != new:
        moved = renamed(entry, new, snapshot.definitions)
        yield Transition(subject, entry, moved)
        entry = moved
    yield Transition(subject, entry, after)


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


def join(transitions: list[Transition], transition: Transition) -> None:
    """Put a transition after the others, or into the last where both are about the values of one entry."""
    last = transitions[-1] if transitions else None
    if last is None or last.subject is not transition.subject or not (last.before is None or last.modifies):
        transitions.append(transition)
    elif transition.modifies or transition.after is None:
        transitions[-1] = evolve(last, after=transition.after, replaced=last.replaced | transition.replaced)
    else:
        transitions.append(transition)


def operation(snapshot: Snapshot, transition: Transition) -> Operation | None:
    """What to ask the server for; None where a transition leads nowhere."""
    before, after = transition.before, transition.after
    if before is None:
        return None if after is None else Add(transition.subject, after.dn, to_add(snapshot, after))
    if after is None:
        return Delete(transition.subject, before.dn)
    if before.dn != after.dn:
        moves = snapshot.key(before.dn.parent) != snapshot.key(after.dn.parent)
        return Rename(transition.subject, before.dn, after.dn, moves)
    modifications = difference(before.raw, after.raw, snapshot.definitions, transition.replaced)
    return Modify(transition.subject, after.dn, modifications) if modifications else None


def to_add(snapshot: Snapshot, entry: Entry) -> Values:
    """The values of a new entry without those that the server alone can give it."""
    known = ((name, snapshot.definitions.attribute(name)) for name in entry.raw)
    own = {name for name, attribute in known if attribute and attribute.no_user_modification}
    return {name: values for name, values in entry.raw.items() if name not in own}
