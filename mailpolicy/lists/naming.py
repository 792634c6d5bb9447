"""Which lists name an address, and under which addresses an object may be named.

The ladder finds an object under its own addresses, under those with a detail behind them, under both
in alias domains, under addresses it once had, under those of alias entries, and, if it catches what
is left of a domain, under any. Here all of these are turned round: from an object to the lists that
may name it. May: whether they do is for the ladder to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from attrs import frozen

from ..errors import InvalidDN, InvalidValue
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching import dn_key
from ..lookup.ladder import homes
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Index, Snapshot
from ..snapshot.facets import LEVEL
from ..snapshot.index import terms
from ..snapshot.postings import Postings
from ..snapshot.segment import SHAPE, Facet, Segment
from ..values.address import folded, quoted, unquoted

__all__ = [
    "ALIASES",
    "LOOSE",
    "NAMED",
    "Names",
    "aliases_of",
    "candidates",
    "exact_keys",
    "loose_keys",
    "member_attributes",
    "names_in",
    "texts_named",
    "under",
]

Names = Mapping[str, tuple[str, ...]]
"""The names of alias domains, by the name of the domain they lead to."""


# What lists name


@lru_cache(maxsize=64)
def member_attributes(dialect: Dialect) -> tuple[str, ...]:
    """The attributes that hold the addresses of members."""
    binding = dialect.binding("member_addresses", Level.LIST)
    return tuple([part.attribute for part in binding.parts]) if binding else ()


def texts_named(dialect: Dialect, entry: Entry) -> Iterator[str]:
    """The addresses of members as they are stored, in that order."""
    for name in member_attributes(dialect):
        for value in entry.stored(name):
            yield value.decode("utf-8", "surrogateescape")


def names_members(dialect: Dialect, entry: Entry) -> bool:
    """Whether the addresses of an entry are members: of a list, or of no object, as the deployed systems
    keep the outside members of a dynamic list. On an account the same attribute forwards its mail."""
    return dialect.level_of(entry) in (None, Level.LIST)


@frozen
class Naming:
    """Those who name members, by the folded addresses they name.

    Loosely, by what an object may have instead: the address without what may be a detail, whatever
    the delimiter is, and `@` with the domain, for those who catch all.
    """

    loosely: bool

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[str, ...]:
        if not names_members(dialect, entry):
            return ()
        return tuple(dict.fromkeys(self._keys(texts_named(dialect, entry))))

    def _keys(self, texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            try:
                address = folded(text)
            except InvalidValue:
                continue  # it leads to nobody, whoever comes
            if self.loosely:
                yield from shortened(address)
            else:
                yield address

    def collected(self, segment: Segment) -> Postings[str]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[str, int]]:
        # Many lists name the same people: what a text comes to is worked out once.
        known: dict[bytes, tuple[str, ...]] = {}
        for name in member_attributes(segment.dialect):
            for shape, rows in segment.find(SHAPE).items():
                if name not in shape.places:
                    continue
                for row in segment.numbered(rows):
                    entry = segment.at(row)
                    if entry is None or not names_members(segment.dialect, entry):
                        continue
                    for value in entry.stored(name):
                        keys = known.get(value)
                        if keys is None:
                            text = value.decode("utf-8", "surrogateescape")
                            keys = known[value] = tuple(self._keys((text,)))
                        for key in keys:
                            yield key, row


def shortened(address: str) -> Iterator[str]:
    local, _, domain = address.rpartition("@")
    yield f"@{domain}"
    if not local.isalnum():
        plain = unquoted(local, local, 0)
        for place, character in enumerate(plain):
            if place and not character.isalnum():
                yield f"{quoted(plain[:place])}@{domain}"


NAMED: Final = Naming(loosely=False)
LOOSE: Final = Naming(loosely=True)


def under(snapshot: Snapshot, facet: Facet[str], key: str) -> list[int]:
    """The rows that a facet has under a key."""
    found: list[int] = []
    for segment in (snapshot.base, snapshot.recent):
        posting = segment.find(facet).by_key.get(key)
        if posting is None:
            continue
        rows = (posting,) if isinstance(posting, int) else posting
        hidden = snapshot.recent.entries if segment is snapshot.base else ()
        found += [row for row in rows if row not in hidden] if hidden else rows
    return found


# Under which addresses the ladder comes to an object


@frozen
class Pointing:
    """Alias entries that have addresses, by what may be the id or the key of their target."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[str, ...]:
        if dialect.level_of(entry) is not Level.ALIAS or not any(own_terms(dialect, entry).values()):
            return ()
        reference = entry.first(dialect.alias_target_attribute) if dialect.alias_target_attribute else None
        if not isinstance(reference, str):
            return ()
        try:
            key = dn_key(DN.parse(reference.strip()), dialect.definitions)
        except InvalidDN:
            return (reference.strip().lower(),)
        return reference.strip().lower(), key

    def collected(self, segment: Segment) -> Postings[str]:
        return Postings.of(
            (key, row)
            for row in segment.find(LEVEL)[Level.ALIAS]
            if (entry := segment.at(row)) is not None
            for key in self.keys("", entry, segment.dialect)
        )


ALIASES: Final = Pointing()


def aliases_of(snapshot: Snapshot, key: str, entry: Entry) -> list[int]:
    """The rows of alias entries with addresses that may mean an entry, whose name has this key."""
    dialect = snapshot.dialect
    found = under(snapshot, ALIASES, key)
    for _, id in terms(dialect, entry, Index.ID):
        found += under(snapshot, ALIASES, id)
    return found


def own_terms(dialect: Dialect, entry: Entry) -> dict[Index, list[str]]:
    """What leads the ladder to an entry, or to what it is an alias of."""
    ways = (Index.ADDRESS, Index.OLD_ADDRESS, Index.CATCH_ALL)
    return {index: [term for _, term in terms(dialect, entry, index)] for index in ways}


def names_in(snapshot: Snapshot) -> Names:
    """The names of alias domains by where they lead to in the end, and on the way there."""
    found: dict[str, list[str]] = {}
    for name, entries in snapshot.postings(Index.DOMAIN):
        if any(alias_attributes(snapshot.dialect, entry) for entry in entries):
            for target, _ in homes(snapshot, name):
                if target != name:
                    found.setdefault(target, []).append(name)
    return {target: tuple(names) for target, names in found.items()}


def alias_attributes(dialect: Dialect, entry: Entry) -> list[str]:
    binding = dialect.binding("alias_target", Level.DOMAIN)
    return [part.attribute for part in binding.parts if part.attribute in entry] if binding else []


def exact_keys(dialect: Dialect, entry: Entry, names: Names) -> Iterator[str]:
    """The addresses without a detail under which the ladder may come to an entry."""
    own = own_terms(dialect, entry)
    for term in (*own[Index.ADDRESS], *own[Index.OLD_ADDRESS]):
        yield from in_domains(term, names)


def loose_keys(dialect: Dialect, entry: Entry, names: Names) -> Iterator[str]:
    """The keys of `LOOSE` under which it may come to it with a detail, or because it catches all."""
    own = own_terms(dialect, entry)
    for term in own[Index.ADDRESS]:
        yield from in_domains(term, names)
    for term in own[Index.CATCH_ALL]:
        yield from in_domains(f"@{term}", names)


def in_domains(term: str, names: Names) -> Iterator[str]:
    """An address in its own domain and in those that are other names of it."""
    local, at, domain = term.rpartition("@")
    if at:
        yield term
        for name in names.get(domain, ()):
            yield f"{local}@{name}"


def candidates(snapshot: Snapshot, entry: Entry, names: Names) -> Iterator[int]:
    """The rows of all that may name an entry, or what it is an alias of."""
    for key in exact_keys(snapshot.dialect, entry, names):
        yield from under(snapshot, NAMED, key)
    for key in loose_keys(snapshot.dialect, entry, names):
        yield from under(snapshot, LOOSE, key)
