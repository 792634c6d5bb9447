"""Selectors: how a person names one object, parsed in one place.

==========================  ========================================================
``john@acme.example``       the account, list or resource of that address or alias
``account:john@…``          the same, and it must be an account; so ``list:``, ``resource:``
``alias:j@acme.example``    the alias entry of that address, not what it leads to
``cos:premium``             the class of service of that name
``domain:acme.example``     the domain
``server:mx1``              the server
``config``                  what holds for everybody
``uid=john,ou=people,…``    the entry of that DN
==========================  ========================================================

Ids, as the deployed systems have them, are good wherever names are.
"""

from __future__ import annotations

from typing import Final

from ..errors import InvalidDN
from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Index, Snapshot, folded_address
from .absent import absent
from .ladder import alias_target, having

__all__ = ["parse_selector", "selected"]

PREFIXES: Final = {
    each.value: each
    for each in (
        Level.ACCOUNT,
        Level.RESOURCE,
        Level.LIST,
        Level.ALIAS,
        Level.COS,
        Level.DOMAIN,
        Level.SERVER,
    )
}
CONFIG: Final = "config"


def parse_selector(selector: str) -> tuple[Level | None, str]:
    """Take a selector apart: the kind of object, None where any will do, and its name.

    >>> parse_selector("cos:premium"), parse_selector("john@acme.example")
    ((<Level.COS: 'cos'>, 'premium'), (None, 'john@acme.example'))
    """
    if selector == CONFIG:
        return Level.GLOBAL, CONFIG
    prefix, colon, name = selector.partition(":")
    return (PREFIXES[prefix], name) if colon and prefix in PREFIXES else (None, selector)


def selected(snapshot: Snapshot, selector: str, level: Level | None = None) -> Entry:
    """Give the entry that a selector names; with `level` it must be of that kind.

    NotFound where there is none, Ambiguous where an address has several, Unavailable where it may
    stand in a part of the source that could not be read.
    """
    said, name = parse_selector(selector)
    wanted = level or said
    entry = named(snapshot, name, wanted)
    if entry is None or (wanted is not None and snapshot.level_of(entry) is not wanted):
        raise absent(snapshot, str(wanted or ("address" if "@" in name else "entry")), name)
    return entry


def named(snapshot: Snapshot, name: str, wanted: Level | None) -> Entry | None:
    if wanted is Level.GLOBAL:
        return snapshot.configuration()
    entry = by_dn(snapshot, name)
    if entry is not None:
        return entry
    if wanted is Level.ALIAS:
        return alias_entry(snapshot, folded_address(name))
    if wanted is not None and (entry := snapshot.referred(name, wanted)) is not None:
        return entry
    return having(snapshot, name) if "@" in name else None


def by_dn(snapshot: Snapshot, name: str) -> Entry | None:
    """The entry of that DN; a local part may have a `=` too, so text that is no DN is no mistake."""
    if "=" not in name:
        return None
    try:
        return snapshot.entry(name)
    except InvalidDN:
        return None


def alias_entry(snapshot: Snapshot, address: str) -> Entry | None:
    """The alias entry of that address.

    Where it holds no address itself, as in the deployed systems, it is named by the local part, and
    its target has the address among its own.
    """
    having = snapshot.lookup(Index.ADDRESS, address)
    named = snapshot.lookup(Index.NAME, address.rpartition("@")[0])
    for each in (*having, *named):
        if snapshot.level_of(each) is Level.ALIAS and (
            each in having or alias_target(snapshot, each) in having
        ):
            return each
    return None
