"""What more than one entry claims for itself.

=======================  ============================================================================
``duplicate-address``    an address that leads to two objects: nobody is chosen, mail is deferred
``duplicate-catch-all``  a domain whose unknown addresses two objects take: the same
``duplicate-domain``     a name that two domains have: one of them is never found
``duplicate-name``       a name that two classes of service, or two servers, have: the same
``duplicate-id``         an id by which two entries are referred to: the same
``duplicate-config``     more than one entry of what holds for everybody: the first counts
=======================  ============================================================================

Each of the entries gets a finding that names the others, for nobody can tell which of them is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from ..ldap.entry import Entry
from ..lookup.ladder import ADDRESSED, distinct
from ..reasons import Level
from ..snapshot import Finding, Index, Snapshot
from ..snapshot.index import sources, terms

__all__ = ["duplicate_findings", "rivals_of"]

WHAT: Final[Mapping[Index, tuple[str, str]]] = {
    Index.ADDRESS: ("duplicate-address", "an address that nobody else has"),
    Index.OLD_ADDRESS: ("duplicate-address", "an address that nobody else had"),
    Index.CATCH_ALL: ("duplicate-catch-all", "a domain that has no other catch-all"),
    Index.DOMAIN: ("duplicate-domain", "a name that no other domain has"),
    Index.NAME: ("duplicate-name", "a name that no other of its kind has"),
    Index.ID: ("duplicate-id", "an id that no other entry has"),
}
"""The finding that each index makes of a term, and what was expected instead."""

NAMED: Final = (Level.COS, Level.SERVER)
"""The kinds of entry whose common name is theirs alone."""

Claims: TypeAlias = list[tuple[Entry, Entry]]
"""Entries that have a term, each with the object it speaks for."""


def duplicate_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Give what entries of the snapshot claim that others claim as well."""
    for index, term, entries in snapshot.shared():
        for claims in rivals(snapshot, index, term, entries):
            yield from duplicates(snapshot, index, term, claims)
    configurations = {str(entry.dn): entry for entry in snapshot.of_level(Level.GLOBAL)}
    for dn, entry in configurations.items():
        if len(configurations) > 1:
            text = f"{others(configurations, dn)} holds for everybody as well; expected one such entry"
            yield Finding("duplicate-config", text, dn=dn, line=entry.line)


def rivals_of(snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
    """Give what one entry claims that others claim as well."""
    for index, term in dict.fromkeys(terms(snapshot.dialect, entry)):
        for claims in rivals(snapshot, index, term, snapshot.lookup(index, term)):
            found = duplicates(snapshot, index, term, claims)
            yield from (each for each in found if each.dn == str(entry.dn))


def rivals(snapshot: Snapshot, index: Index, term: str, entries: tuple[Entry, ...]) -> Iterator[Claims]:
    """Give those entries together that may not share the term."""
    themselves = [(entry, entry) for entry in entries]
    match index:
        case Index.NAME:
            for level in NAMED:
                yield [claim for claim in themselves if snapshot.level_of(claim[0]) is level]
        case Index.CATCH_ALL:
            yield [claim for claim in themselves if snapshot.level_of(claim[0]) in ADDRESSED]
        case Index.OLD_ADDRESS if distinct(snapshot, snapshot.lookup(Index.ADDRESS, term)):
            return  # An address of today counts before one of the past.
        case Index.ADDRESS | Index.OLD_ADDRESS:
            objects = [(entry, next(iter(distinct(snapshot, (entry,))), None)) for entry in entries]
            yield [(entry, owner) for entry, owner in objects if owner is not None]
        case _:
            yield themselves


def duplicates(snapshot: Snapshot, index: Index, term: str, claims: Claims) -> Iterator[Finding]:
    objects = {str(owner.dn) for _, owner in claims}
    if len(objects) < 2:
        return
    id, expected = WHAT[index]
    for entry, owner in claims:
        attribute, raw = place(snapshot, index, term, entry)
        text = f"{others(objects, str(owner.dn))} has it as well; expected {expected}"
        yield Finding(id, text, dn=str(entry.dn), attribute=attribute, line=entry.line, raw=raw)


def others(dns: set[str] | Mapping[str, Entry], dn: str) -> str:
    return " and ".join(sorted(each for each in dns if each != dn))


def place(snapshot: Snapshot, index: Index, term: str, entry: Entry) -> tuple[str | None, str | None]:
    """The attribute that has the term at this entry, and how it is spelled there."""
    level = snapshot.level_of(entry)
    for each, attribute, fold in sources(snapshot.dialect, level) if level else ():
        for value in entry.raw.get(attribute, ()) if each is index else ():
            text = value.decode("utf-8", "surrogateescape")
            if fold(text) == term:
                return attribute, text
    return None, None
