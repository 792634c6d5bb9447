"""What a server makes of the values of an entry that it renames."""

from __future__ import annotations

from ...edit import place_of
from ...ldap.definitions import Definitions
from ...ldap.dn import DN
from ...ldap.entry import Entry

__all__ = ["renamed"]


def renamed(entry: Entry, dn: DN, definitions: Definitions) -> Entry:
    """Give the entry as slapd leaves it: the values of the old RDN are gone, those of the new one there.

    A value that the entry has already stays as it is spelled (measured with 2.5).
    """
    values = dict(entry.raw)
    for ava in entry.dn.rdn:
        name = definitions.canonical_name(ava.attribute)
        had = values.get(name, ())
        at = place_of(definitions, name, had, ava.value)
        values[name] = had if at is None else had[:at] + had[at + 1 :]
    for ava in dn.rdn:
        name = definitions.canonical_name(ava.attribute)
        had = values.get(name, ())
        if place_of(definitions, name, had, ava.value) is None:
            values[name] = (*had, ava.value)
    return Entry(dn, values, definitions, entry.line)
