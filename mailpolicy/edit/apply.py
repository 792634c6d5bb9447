"""Making changes on a snapshot, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..check import entry_findings
from ..check.duplicates import rivals_of
from ..errors import Ambiguous, InvalidValue, NotFound, SchemaError
from ..ldap.definitions import Definitions
from ..ldap.entry import Entry
from ..lookup import selected
from ..snapshot import Finding, Snapshot
from ..snapshot.changes import AddValue, Change, Create, Delete, RemoveValue, Rename, Set, Unset
from .alias import relinquished
from .create import created
from .rename import renamed
from .values import codec_of, missing, several, stored_values, united, without

__all__ = ["Edited", "applied", "edit"]

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
            after = snapshot.changed(edited)
            check_rivals(snapshot, after, edited)
            snapshot = after
        except SchemaError as error:
            problems.extend(f"{change.selector}: {problem}" for problem in error.problems)
        except (NotFound, Ambiguous, InvalidValue) as error:
            problems.append(f"{change.selector}: {error}")
    if problems:
        raise SchemaError(tuple(problems))
    return snapshot


def edit(snapshot: Snapshot, change: Change) -> Edited:
    """Give what one change makes of a snapshot, unchecked; the container of an entry comes before it."""
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
            return revalued(snapshot, change.selector, change.values, united)
        case RemoveValue():
            return revalued(snapshot, change.selector, change.values, reduced)
    raise TypeError(f"{change!r} is no change; mailpolicy.set and its like make one")


def check(snapshot: Snapshot, edited: Edited) -> None:
    """Refuse what a change would make wrong; what was wrong before is no reason to refuse it."""
    problems: list[str] = []
    known: set[tuple[str | None, ...]] | None = None
    for entry in filter(None, edited.values()):
        problems += unnamed(snapshot, entry)
        for each in entry_findings(snapshot, entry):
            if known is None:
                before = filter(None, map(snapshot.at, edited))
                known = {same(old) for one in before for old in entry_findings(snapshot, one)}
            if same(each) not in known:
                place = [part for part in (each.attribute, each.raw and repr(each.raw), each.text) if part]
                problems.append(": ".join(place))
    if problems:
        raise SchemaError(tuple(problems))


def check_rivals(before: Snapshot, after: Snapshot, edited: Edited) -> None:
    """Refuse what would make two entries claim the same address, name or id."""
    old, new = filter(None, map(before.at, edited)), filter(None, edited.values())
    known = {same(each) for entry in old for each in rivals_of(before, entry)}
    found = [each for entry in new for each in rivals_of(after, entry) if same(each) not in known]
    if found:
        raise SchemaError(tuple(f"{each.attribute}: {each.raw!r}: {each.text}" for each in found))


def same(finding: Finding) -> tuple[str | None, ...]:
    """What makes two findings the same, before and after."""
    return finding.id, finding.attribute, finding.raw


def unnamed(snapshot: Snapshot, entry: Entry) -> Iterator[str]:
    """Say which of the values that name an entry it does not have (RFC 4512 section 2.3)."""
    for ava in entry.dn.rdn:
        name = snapshot.definitions.canonical_name(ava.attribute)
        if missing(snapshot.definitions, name, entry.raw.get(name, ()), (ava.value,)):
            yield f"{name}: expected {str(ava)!r} to stay, which names the entry; rename it instead"


Values = tuple[bytes, ...]
Operation = Callable[[Definitions, str, Values, Values], Values]


def revalued(snapshot: Snapshot, selector: str, values: Mapping[str, object], operation: Operation) -> Edited:
    """Give the entry with some of its attributes made anew from what they had and what is given."""
    entry = selected(snapshot, selector)
    level = snapshot.level_of(entry)
    after = dict(entry.raw)
    problems = []
    for name, value in values.items():
        try:
            given = stored_values(snapshot, level, name, value, strict=operation is not reduced)
            if value is not None:
                apart, together = several(codec_of(snapshot.dialect, level, name))
                given = {
                    attribute: together(
                        operation(
                            snapshot.definitions, attribute, apart(after.get(attribute, ())), apart(each)
                        )
                    )
                    for attribute, each in given.items()
                }
            after |= given
        except (InvalidValue, NotFound) as problem:
            problems.append(str(problem))
    if problems:
        raise SchemaError(tuple(problems))
    kept = {attribute: each for attribute, each in after.items() if each}
    return {snapshot.key(entry.dn): Entry(entry.dn, kept, snapshot.definitions, entry.line)}


def replaced(definitions: Definitions, attribute: str, old: Values, given: Values) -> Values:
    return united(definitions, attribute, (), given)


def reduced(definitions: Definitions, attribute: str, old: Values, given: Values) -> Values:
    for each in missing(definitions, attribute, old, given):
        raise InvalidValue(each.decode("utf-8", "replace"), "a value that the entry has", None, attribute)
    return without(definitions, attribute, old, given)


def deleted(snapshot: Snapshot, change: Delete) -> Edited:
    entry = selected(snapshot, change.selector)
    below = next(snapshot.within(entry.dn, "children"), None)
    if below is not None:
        raise SchemaError((f"there are entries below it, such as {below.dn}",))
    return {snapshot.key(entry.dn): None, **relinquished(snapshot, entry)}
