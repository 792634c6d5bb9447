"""Who is meant by an object, an address or a selector, in the version of a directory that is asked."""

from __future__ import annotations

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..lists.reach import entry_at, reached
from ..lookup import absent, having, selected
from ..reasons import Level
from ..snapshot import Snapshot
from ..values import Address
from .objects import Object

__all__ = ["entry_of", "led_to", "whom"]


def entry_of(snapshot: Snapshot, of: str | Object, level: Level | None = None) -> Entry:
    """The entry of an object or of what a selector names; NotFound where there is none.

    An object may come from another version of the directory: what counts is what stands under its name here.
    """
    if isinstance(of, str):
        return selected(snapshot, of, level)
    if of.directory.snapshot is snapshot:
        found: Entry | None = of.entry
    else:
        found = snapshot.entry(of.dn)
    if found is None or (level is not None and snapshot.level_of(found) is not level):
        raise absent(snapshot, str(level or of.kind), of.dn)
    return found


def whom(snapshot: Snapshot, of: str | Object) -> Entry | str:
    """An entry; or an address, of which the floors below find out where it leads."""
    if isinstance(of, str) and is_address(of):
        return of
    return entry_of(snapshot, of)


def is_address(text: str) -> bool:
    """Whether it is an address: many of those that forwarding makes have a `=`, as DNs do."""
    if "=" not in text:
        return "@" in text
    try:
        Address(text)
    except InvalidValue:
        return False
    return True


def led_to(snapshot: Snapshot, of: str | Object) -> Entry | str:
    """The entry that mail for an address leads to, or that has it although mail does not know it."""
    who = whom(snapshot, of)
    if isinstance(who, Entry):
        return who
    where = reached(snapshot, who)
    return entry_at(snapshot, where) if isinstance(where, int) else having(snapshot, who) or who
