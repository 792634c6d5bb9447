"""Aliases that are entries of their own.

In the deployed systems an alias entry has no address: it is named by the local part, and the object
it leads to has the address among its aliases and its `mail`. Both sides change together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..inherit import text_values
from ..ldap.entry import Entry
from ..ldap.matching.names import is_below
from ..lookup import alias_target
from ..reasons import Level
from ..snapshot import Snapshot
from .values import united, without

__all__ = ["acquired", "relinquished"]


def acquired(snapshot: Snapshot, alias: Entry, address: str) -> Mapping[str, Entry]:
    """Give the target of a new alias entry with the address, where it has to have it."""
    return dict(mirrored(snapshot, alias, (address,), taken=False))


def relinquished(snapshot: Snapshot, alias: Entry) -> Mapping[str, Entry]:
    """Give the target of an alias entry without the address that the entry stood for."""
    return dict(mirrored(snapshot, alias, tuple(addresses(snapshot, alias)), taken=True))


def mirrored(
    snapshot: Snapshot, alias: Entry, addresses: tuple[str, ...], *, taken: bool
) -> Iterator[tuple[str, Entry]]:
    target = mirror(snapshot, alias)
    if target is None:
        return
    values = dict(target.raw)
    texts = tuple(address.encode() for address in addresses)
    for name in (aliases_attribute(snapshot, target), "mail"):
        old = values.get(name, ())
        change = without if taken else united
        values[name] = change(snapshot.definitions, name, old, texts)
    kept = {name: each for name, each in values.items() if each}
    yield snapshot.key(target.dn), Entry(target.dn, kept, snapshot.definitions, target.line)


def mirror(snapshot: Snapshot, alias: Entry) -> Entry | None:
    """The object that has the address of an alias entry for it; None where the entry has its own."""
    is_alias = snapshot.level_of(alias) is Level.ALIAS
    if not is_alias or snapshot.dialect.binding("address", Level.ALIAS) is not None:
        return None
    return alias_target(snapshot, alias)


def addresses(snapshot: Snapshot, alias: Entry) -> Iterator[str]:
    """The aliases of its target that an alias entry stands for: its local part, in the domain above it."""
    target, key = mirror(snapshot, alias), snapshot.key(alias.dn)
    for text in text_values(target, aliases_attribute(snapshot, target)) if target else ():
        local, _, name = text.rpartition("@")
        domain = snapshot.domain(name)
        is_here = domain is not None and is_below(key, snapshot.key(domain.dn))
        if is_here and local in text_values(alias, "uid"):
            yield text


def aliases_attribute(snapshot: Snapshot, target: Entry) -> str:
    level = snapshot.level_of(target)
    binding = snapshot.dialect.binding("aliases", level) if level else None
    assert binding is not None  # whatever an alias may lead to can have aliases
    return binding.parts[0].attribute
