"""Making changes on a snapshot, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..check import entry_findings
from ..errors import Ambiguous, InvalidValue, NotFound, SchemaError
from ..ldap.entry import Entry
from ..lookup import selected
from ..snapshot import Snapshot
from ..snapshot.changes import AddValue, Change, Create, Delete, RemoveValue, Rename, Set, Unset
from .place import created, renamed
from .values import place_of, stored_values

__all__ = ["applied"]

Edited = Mapping[str, Entry | None]
"""The entries that a change makes, by key; None for one that goes."""


def applied(snapshot: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """Give the snapshot with the changes made, in order; each sees what those before it did.

    SchemaError lists every problem of every change, and then none is made.
    """
    problems: list[str] = []
    for change in changes:
        try:
            edited = edit(snapshot, change)
            check(snapshot, edited)
            snapshot = snapshot.changed(edited)
        except SchemaError as error:
            problems.extend(f"{change.selector}: {problem}" for problem in error.problems)
        except (NotFound, Ambiguous, InvalidValue) as error:
            problems.append(f"{change.selector}: {error}")
    if problems:
        raise SchemaError(tuple(problems))
    return snapshot


def edit(snapshot: Snapshot, change: Change) -> Edited:
    match change:
        case Create():
            return created(snapshot, change)
        case Delete():
            return deleted(snapshot, change)
        case Rename():
            return renamed(snapshot, change)
        case Set():
            return revalued(snapshot, change.selector, change.values, replaced)
        case Unset():
            return revalued(snapshot, change.selector, dict.fromkeys(change.names), replaced)
        case AddValue():
            return revalued(snapshot, change.selector, change.values, enlarged)
        case RemoveValue():
            return revalued(snapshot, change.selector, change.values, reduced)


def check(snapshot: Snapshot, edited: Edited) -> None:
    """Refuse what a change would make wrong; what was wrong before is no reason to refuse it."""
    problems = []
    for key, entry in edited.items():
        if entry is None:
            continue
        old = snapshot.at(key)
        known = set() if old is None else {(each.id, each.attribute, each.raw) for each in entry_findings(snapshot, old)}
        for each in entry_findings(snapshot, entry):
            if (each.id, each.attribute, each.raw) not in known:
                where = f"{each.attribute}: " if each.attribute else ""
                what = f"{each.raw!r}: " if each.raw is not None else ""
                problems.append(f"{where}{what}{each.text}")
    if problems:
        raise SchemaError(tuple(problems))


Operation = Callable[[Snapshot, str, tuple[bytes, ...], tuple[bytes, ...]], tuple[bytes, ...]]


def revalued(
    snapshot: Snapshot, selector: str, values: Mapping[str, object], operation: Operation
) -> Edited:
    """Give the entry with some of its attributes made anew from what they had and what is given."""
    entry = selected(snapshot, selector)
    level = snapshot.level_of(entry)
    after = dict(entry.raw)
    problems = []
    for name, value in values.items():
        try:
            given = stored_values(snapshot.dialect, level, name, value)
            after |= {
                attribute: operation(snapshot, attribute, after.get(attribute, ()), strings)
                for attribute, strings in given.items()
            }
        except (InvalidValue, NotFound) as problem:
            problems.append(str(problem))
    if problems:
        raise SchemaError(tuple(problems))
    kept = {attribute: strings for attribute, strings in after.items() if strings}
    return {snapshot.key(entry.dn): Entry(entry.dn, kept, snapshot.definitions)}


def replaced(
    snapshot: Snapshot, attribute: str, old: tuple[bytes, ...], given: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    return given


def enlarged(
    snapshot: Snapshot, attribute: str, old: tuple[bytes, ...], given: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    new = [each for each in given if place_of(snapshot.definitions, attribute, old, each) is None]
    return (*old, *new)


def reduced(
    snapshot: Snapshot, attribute: str, old: tuple[bytes, ...], given: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    for each in given:
        at = place_of(snapshot.definitions, attribute, old, each)
        if at is None:
            text = each.decode("utf-8", "replace")
            raise InvalidValue(text, "a value that the entry has", attribute=attribute)
        old = old[:at] + old[at + 1 :]
    return old


def deleted(snapshot: Snapshot, change: Delete) -> Edited:
    entry = selected(snapshot, change.selector)
    below = next(snapshot.within(entry.dn, "one"), None)
    if below is not None:
        raise SchemaError((f"there are entries below it, such as {below.dn}",))
    return {snapshot.key(entry.dn): None}
