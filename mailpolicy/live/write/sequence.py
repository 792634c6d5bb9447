"""From changes to operations: what has to be sent, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from attrs import evolve, field, frozen

from ...edit import applied, edit
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...snapshot import Change, Snapshot
from .difference import Values, difference
from .operations import Add, Delete, Modify, Operation, Rename, Subject
from .subjects import Subjects
from .transitions import Transition, transitions_of

__all__ = ["Operations", "operations_for"]


@frozen
class Operations:
    """What has to be sent, in order, and where the entries that are left stand afterwards."""

    operations: tuple[Operation, ...]
    standing: Mapping[Subject, DN]
    left: tuple[Entry | None, ...] = field(repr=False)
    """What each operation makes of its entry, None where it goes."""

    @property
    def last(self) -> Mapping[Subject, int]:
        """Which operation is the last that is about an entry, by number."""
        return {each.subject: number for number, each in enumerate(self.operations)}


def operations_for(
    snapshot: Snapshot, changes: Iterable[Change], unseen: Mapping[DN, Collection[str]] | None = None
) -> Operations:
    """Give the operations that make the changes on the server that the snapshot is of.

    `unseen` are attributes that may have values which the snapshot does not show. What sets or unsets them
    has to remove these all the same, or the old password is good beside the new one.
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
    found = [(operation(snapshot, each, unseen or {}), each.after) for each in transitions]
    made = [(each, left) for each, left in found if each is not None]
    return Operations(
        tuple(each for each, _ in made), subjects.standing(snapshot), tuple(left for _, left in made)
    )


def join(transitions: list[Transition], transition: Transition) -> None:
    """Put a transition after the others, or into the last where both are about the values of one entry."""
    last = transitions[-1] if transitions else None
    if last is None or last.subject is not transition.subject or not (last.before is None or last.modifies):
        transitions.append(transition)
    elif transition.modifies or transition.after is None:
        transitions[-1] = evolve(last, after=transition.after, whole=last.whole | transition.whole)
    else:
        transitions.append(transition)


def operation(
    snapshot: Snapshot, transition: Transition, unseen: Mapping[DN, Collection[str]]
) -> Operation | None:
    """What to ask the server for; None where a transition leads nowhere."""
    subject, before, after = transition.subject, transition.before, transition.after
    if before is None:
        return None if after is None else Add(subject, after.dn, to_add(snapshot, after))
    if after is None:
        return Delete(subject, before.dn)
    if before.dn != after.dn:
        moves = snapshot.key(before.dn.parent) != snapshot.key(after.dn.parent)
        return Rename(subject, before.dn, after.dn, moves)
    hidden = () if subject.dn is None else unseen.get(subject.dn, ())
    replaced = transition.whole.intersection(hidden)
    modifications = difference(before.raw, after.raw, snapshot.definitions, replaced)
    return Modify(subject, after.dn, modifications) if modifications else None


def to_add(snapshot: Snapshot, entry: Entry) -> Values:
    """The values of a new entry without those that the server alone can give it."""
    known = ((name, snapshot.definitions.attribute(name)) for name in entry.raw)
    own = {name for name, attribute in known if attribute and attribute.no_user_modification}
    return {name: values for name, values in entry.raw.items() if name not in own}
