"""What a server shows of an entry to whoever asks: its values with the state they are of."""

from __future__ import annotations

from collections.abc import Collection

from attrs import field, frozen

from ...errors import NotFound
from ...ldap.definitions import Definitions
from ...ldap.filter import And, Not, Present
from ...ldap.url import Scope
from ..backend import Backend
from ..stamps import ENTRY_CSN, ENTRY_UUID, Stamp, stamp_in
from .difference import Values

__all__ = ["Shown", "absent_at", "shown_at"]


@frozen
class Shown:
    """The state of an entry and, by attribute, the values that users give it."""

    stamp: Stamp
    values: Values = field(repr=False)


def shown_at(backend: Backend, dn: str, definitions: Definitions) -> Shown | None:
    """What an entry shows us; None where there is none that we may see."""
    try:
        found = tuple(backend.search(dn, Scope.BASE, attributes=("*", ENTRY_CSN, ENTRY_UUID)))
    except NotFound:
        return None
    if not found:
        return None
    _, attributes = found[0]
    own = {ENTRY_CSN, ENTRY_UUID}
    values = {definitions.canonical_name(name): tuple(several) for name, several in attributes.items()}
    return Shown(
        stamp_in(attributes), {name: each for name, each in values.items() if each and name not in own}
    )


def absent_at(backend: Backend, dn: str, names: Collection[str]) -> frozenset[str]:
    """Those attributes of which an entry has no value, and not only none that we may see.

    A filter is undefined where it is about what we may not search (RFC 4511 section 4.5.1.7), and so is its
    opposite: neither finds the entry.
    """
    if not names:
        return frozenset()
    filter = And([Not(Present(name)) for name in names])
    try:
        found = any(True for _ in backend.search(dn, Scope.BASE, str(filter), ("1.1",)))
    except NotFound:
        return frozenset()
    if found or len(names) == 1:
        return frozenset(names if found else ())
    return frozenset().union(*(absent_at(backend, dn, (name,)) for name in names))
