"""Where the grants stand that may be about a target, nearest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..inherit import domain_of
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema.deployed import Deployed
from ..snapshot import Index, Snapshot
from ..snapshot.index import terms
from .grants import everything
from .groups import Group, groups_of
from .table import Right, Target

__all__ = ["Stage", "chain_of", "is_deployed", "target_of", "targets_of"]

TARGETS: Final = {
    Level.ACCOUNT: Target.ACCOUNT,
    Level.RESOURCE: Target.RESOURCE,
    Level.LIST: Target.LIST,
    Level.COS: Target.COS,
    Level.DOMAIN: Target.DOMAIN,
    Level.SERVER: Target.SERVER,
    Level.GLOBAL: Target.CONFIG,
}


@frozen
class Stage:
    """Entries whose grants count alike.

    `name` says what they are to the target. `is_above` marks a domain above the one that is the target:
    there, a right is only given by a grant for subdomains. `direct` are those of several lists that
    name the target themselves; a grant for direct members counts only there.
    """

    name: str
    entries: tuple[Entry, ...]
    is_above: bool = False
    direct: frozenset[str] | None = None


def target_of(snapshot: Snapshot, entry: Entry) -> Target | None:
    """What kind of target an entry is; None for one that no right is about."""
    level = snapshot.level_of(entry)
    if level is Level.LIST and is_deployed(snapshot) and snapshot.dialect.is_dynamic(entry):
        return Target.GROUP
    if level is None:
        return Target.EVERYTHING if is_everything(snapshot, entry) else None
    return TARGETS.get(level)


def targets_of(snapshot: Snapshot, entry: Entry) -> frozenset[Target]:
    """The same; a native configuration is the entry for everything besides."""
    kinds = {target_of(snapshot, entry)}
    if Target.CONFIG in kinds and is_everything(snapshot, entry):
        kinds.add(Target.EVERYTHING)
    return frozenset(kind for kind in kinds if kind is not None)


def is_everything(snapshot: Snapshot, entry: Entry) -> bool:
    last = everything(snapshot)
    return last is not None and (last is entry or snapshot.key(last.dn) == snapshot.key(entry.dn))


def is_deployed(snapshot: Snapshot) -> bool:
    """Whether a Carbonio or Zimbra server keeps the directory."""
    return isinstance(snapshot.dialect, Deployed)


def chain_of(snapshot: Snapshot, target: Entry, right: Right) -> Iterator[Stage]:
    """Give the target, then what it takes rights from, nearest first.

    An account takes them from its lists (admin rights only), its domain and the entry for everything; a
    static list from the lists it is on, its domain and that entry; a dynamic list from its domain and
    that entry; a domain from each domain above and that entry; all else from that entry alone.
    """
    yield Stage("the target", (target,))
    if right.name == "crossDomainAdmin":
        return
    level = snapshot.level_of(target)
    if groups := containing(snapshot, target, level, right):
        direct = frozenset(str(each.entry.dn) for each in groups if each.direct)
        # Of a list, what is on it is below it: nothing for direct members reaches down to another list.
        allowed = direct if level is not Level.LIST else frozenset()
        yield Stage("a list it is on", tuple([each.entry for each in groups]), direct=allowed)
    if level is Level.DOMAIN:
        for domain in domains_above(snapshot, target):
            yield Stage("a domain above", (domain,), is_above=True)
    elif (home := domain_of(snapshot, target)) is not None and level is not Level.GLOBAL:
        yield Stage("its domain", (home,))
    last = everything(snapshot)
    if last is not None and not is_everything(snapshot, target):
        yield Stage("everything", (last,))


def containing(snapshot: Snapshot, target: Entry, level: Level | None, right: Right) -> tuple[Group, ...]:
    """The lists that the target takes rights from."""
    if level is Level.LIST:
        return () if snapshot.dialect.is_dynamic(target) else groups_of(snapshot, target)
    if level in (Level.ACCOUNT, Level.RESOURCE) and not right.is_user:
        return groups_of(snapshot, target)
    return ()


def domains_above(snapshot: Snapshot, domain: Entry) -> Iterator[Entry]:
    """The domains of the directory whose names this one's ends in, nearest first."""
    names = [term for _, term in terms(snapshot.dialect, domain, Index.DOMAIN)]
    rest = names[0] if names else ""
    while rest := rest.partition(".")[2]:
        yield from snapshot.lookup(Index.DOMAIN, rest)[:1]
