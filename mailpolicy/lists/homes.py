"""The domain that an object is at home in: an alias domain is but another name of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..lookup import target_domain
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.remembering import remember
from .reach import PRIMARY

__all__ = ["NO_HOME", "domain_in", "home_above", "home_named", "home_of", "homes_at"]

NO_HOME: Final = ""
"""That of what stands under no domain and has no address."""

MOST_NAMES: Final = 4096


def home_of(snapshot: Snapshot, entry: Entry) -> str:
    """The key of the domain of an object's primary address; of what has none, of the domain it stands under.

    The name itself where the directory has no domain of that name.
    """
    address = PRIMARY.value(entry, snapshot.dialect)
    return home_above(snapshot, entry.dn) if address is None else home_named(snapshot, domain_in(address))


def domain_in(address: str) -> str:
    """The name of the domain of an address that has been read."""
    return address.rpartition("@")[2]


def home_named(snapshot: Snapshot, name: str) -> str:
    """The same for the name of a domain."""
    known = snapshot.memory("homes of members")
    found: str | None = known.get(name)
    if found is None:
        domain = snapshot.domain(name)
        found = remember(known, name, name if domain is None else key_of(snapshot, domain), MOST_NAMES)
    return found


def home_above(snapshot: Snapshot, dn: DN) -> str:
    """The same for what stands at a place in the tree, or would."""
    while dn:
        entry = snapshot.entry(dn)
        if entry is not None and snapshot.level_of(entry) is Level.DOMAIN:
            return key_of(snapshot, entry)
        dn = dn.parent
    return NO_HOME


def key_of(snapshot: Snapshot, domain: Entry) -> str:
    """That of the domain behind an alias domain; where alias domains go round, of the first of them all."""
    way: list[str] = []
    ahead: Entry | None = domain
    while ahead is not None:
        key = snapshot.key(ahead.dn)
        if key in way:
            return min(way[way.index(key) :])
        way.append(key)
        ahead = target_domain(snapshot, ahead)
    return way[-1]


def homes_at(snapshot: Snapshot, home: str) -> Sequence[Entry]:
    """The domains that are at home there: itself and all that are other names of it."""
    known = snapshot.memory("domains at home")
    if True not in known:
        found: dict[str, list[Entry]] = {}
        for each in snapshot.of_level(Level.DOMAIN):
            found.setdefault(key_of(snapshot, each), []).append(each)
        known[True] = found
    domains: Sequence[Entry] = known[True].get(home, ())
    return domains
