"""Giving entries another name."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import SchemaError
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching.names import is_below, parent_key
from ..lookup import selected
from ..snapshot import Snapshot
from ..snapshot.changes import Rename
from .values import Values, place_of, united

__all__ = ["renamed"]


def renamed(snapshot: Snapshot, change: Rename) -> Mapping[str, Entry | None]:
    """Give an entry and all below it under the new DN. The values that name it follow."""
    entry = selected(snapshot, change.selector)
    old, new = entry.dn, DN.parse(change.dn)
    old_key, key = snapshot.key(old), snapshot.key(new)
    if not new:
        raise SchemaError(("an entry needs a name",))
    if key != old_key and snapshot.at(key) is not None:
        raise SchemaError((f"there is an entry {new} already",))
    if is_below(key, old_key):
        raise SchemaError(("an entry cannot move below itself",))
    if parent_key(key) and snapshot.at(parent_key(key)) is None:
        raise SchemaError((f"there is no entry {new.parent} for it to stand below",))
    family = tuple(snapshot.within(old, "sub"))
    edited: dict[str, Entry | None] = dict.fromkeys((snapshot.key(each.dn) for each in family), None)
    for each in family:
        dn = new if each is entry else DN.build(*each.dn.rdns[: each.dn.depth - old.depth], *new.rdns)
        values = renaming(snapshot, entry, new) if each is entry else each.raw
        edited[snapshot.key(dn)] = Entry(dn, dict(values), snapshot.definitions, each.line)
    return edited


def renaming(snapshot: Snapshot, entry: Entry, new: DN) -> Values:
    """The values of an entry with those of its old RDN replaced by those of the new one."""
    definitions = snapshot.definitions
    values = dict(entry.raw)
    for ava in entry.dn.rdn:
        name = definitions.canonical_name(ava.attribute)
        had = values.get(name, ())
        at = place_of(definitions, name, had, ava.value)
        values[name] = had if at is None else had[:at] + had[at + 1 :]
    for ava in new.rdn:
        name = definitions.canonical_name(ava.attribute)
        values[name] = united(definitions, name, (ava.value,), values.get(name, ()))
    return {name: each for name, each in values.items() if each}
