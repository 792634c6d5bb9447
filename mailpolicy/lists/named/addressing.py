"""Under which addresses an object may be named.

The ladder finds an object under its own addresses, under those with a detail behind them, under both in
alias domains, under all of these of addresses it once had, under those of alias entries, and, if it catches
what is left of a domain, under any. Here all of these are turned round: from an object to those who may name
it. May: whether they do is for the ladder to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from ...errors import InvalidDN
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...ldap.matching import dn_key
from ...lookup.ladder import homes
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Index, Snapshot
from ...snapshot.facets import LEVEL
from ...snapshot.index import terms
from ...snapshot.postings import Postings
from ...snapshot.segment import Segment
from .naming import LOOSE, NAMED, under

__all__ = ["Names", "Terms", "aliases_of", "candidates", "exact_keys", "loose_keys", "names_in", "own_terms"]

Names: TypeAlias = Mapping[str, tuple[str, ...]]
"""The names of alias domains, by the name of the domain they lead to."""

Terms: TypeAlias = Mapping[Index, list[str]]
"""What leads to an entry."""


def own_terms(dialect: Dialect, entry: Entry) -> Terms:
    """What leads to an entry, by the way."""
    found: dict[Index, list[str]] = defaultdict(list)
    for index, term in terms(dialect, entry):
        found[index].append(term)
    return found


def names_in(snapshot: Snapshot) -> Names:
    """The names of alias domains by where they lead to in the end, and on the way there."""
    found: dict[str, list[str]] = {}
    binding = snapshot.dialect.binding("alias_target", Level.DOMAIN)
    attributes = [part.attribute for part in binding.parts] if binding else []
    for name, entries in snapshot.postings(Index.DOMAIN):
        if any(attribute in entry.shape.places for entry in entries for attribute in attributes):
            for target, _ in homes(snapshot, name):
                if target != name:
                    found.setdefault(target, []).append(name)
    return {target: tuple(names) for target, names in found.items()}


def exact_keys(own: Terms, names: Names) -> Iterator[str]:
    """The addresses without a detail under which the ladder may come to an entry that has these terms."""
    for term in (*own[Index.ADDRESS], *own[Index.OLD_ADDRESS]):
        yield from in_domains(term, names)


def loose_keys(own: Terms, names: Names) -> Iterator[str]:
    """The keys of `LOOSE` under which it may come to it with a detail, or because it catches all."""
    yield from exact_keys(own, names)
    for term in own[Index.CATCH_ALL]:
        yield from in_domains(f"@{term}", names)


def in_domains(term: str, names: Names) -> Iterator[str]:
    """An address in its own domain and in those that are other names of it."""
    local, at, domain = term.rpartition("@")
    if at:
        yield term
        for name in names.get(domain, ()):
            yield f"{local}@{name}"


def candidates(snapshot: Snapshot, own: Terms, names: Names) -> Iterator[int]:
    """The rows of all that may name an entry that has these terms, or what it is an alias of."""
    for key in exact_keys(own, names):
        yield from under(snapshot, NAMED).rows(key)
    for key in loose_keys(own, names):
        yield from under(snapshot, LOOSE).rows(key)


# Alias entries


@frozen
class Pointing:
    """Alias entries that have addresses, by what may be the id or the key of their target."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[str, ...]:
        if dialect.level_of(entry) is not Level.ALIAS or own_terms(dialect, entry).keys().isdisjoint(WAYS):
            return ()
        reference = entry.first(dialect.alias_target_attribute) if dialect.alias_target_attribute else None
        if not isinstance(reference, str):
            return ()
        text = reference.strip()
        try:
            return text.lower(), dn_key(DN.parse(text), dialect.definitions)
        except InvalidDN:
            return (text.lower(),)

    def collected(self, segment: Segment) -> Postings[str]:
        return Postings.of(
            (key, row)
            for row in segment.find(LEVEL)[Level.ALIAS]
            if (entry := segment.at(row)) is not None
            for key in self.keys("", entry, segment.dialect)
        )


ALIASES: Final = Pointing()
WAYS: Final = frozenset({Index.ADDRESS, Index.OLD_ADDRESS, Index.CATCH_ALL})
"""What leads the ladder to an entry."""


def aliases_of(snapshot: Snapshot, key: str, own: Terms) -> Iterator[int]:
    """The rows of alias entries with addresses that may mean the entry of this key and with these terms."""
    pointing = under(snapshot, ALIASES)
    for each in (key, *own[Index.ID]) if pointing else ():
        yield from pointing.rows(each)
