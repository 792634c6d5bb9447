"""Whose entries an address book holds.

By their addresses, wherever they stand in the tree; only a reach that is a DN goes by place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from ..errors import InvalidDN
from ..inherit import layers_of, resolve, text_values
from ..ldap.entry import Entry
from ..ldap.matching.names import is_within
from ..reasons import Level
from ..schema import find_setting
from ..schema.catalog.gal import GalSearchBase
from ..schema.deployed import Deployed
from ..snapshot import Index, Snapshot
from ..snapshot.affiliation import AFFILIATION, affiliation_of
from ..snapshot.facets import LEVEL
from ..snapshot.index import terms
from ..snapshot.rows import Rows
from ..snapshot.segment import Segment
from .listing import KINDS

__all__ = ["Below", "Domains", "Everybody", "Reach", "reach_of"]


class ByDomain(ABC):
    """Those whose address is in a domain that counts."""

    @abstractmethod
    def has(self, domain: str | None) -> bool:
        """Whether a domain counts; None is that of an object without an address."""

    def holds(self, snapshot: Snapshot, entry: Entry) -> bool:
        """Whether an object is within reach."""
        affiliation = affiliation_of(snapshot.dialect, entry)
        return affiliation is not None and self.has(affiliation.domain)

    def rows(self, snapshot: Snapshot) -> Rows:
        """The rows of all objects within reach that can be in an address book."""

        def find(segment: Segment) -> Rows:
            wanted = [
                rows
                for affiliation, rows in segment.find(AFFILIATION).by_key.items()
                if affiliation.level in KINDS and self.has(affiliation.domain)
            ]
            return Rows.union(wanted)

        return snapshot.matching(find)


@frozen
class Domains(ByDomain):
    """Those with an address in one of some domains, or in one below them."""

    names: frozenset[str]
    with_subdomains: bool = False

    def has(self, domain: str | None) -> bool:
        return domain is not None and (
            domain in self.names
            or (self.with_subdomains and any(domain.endswith(f".{name}") for name in self.names))
        )


@frozen
class Everybody(ByDomain):
    """All objects of the directory, of all its customers."""

    def has(self, domain: str | None) -> bool:
        return True


@frozen
class Below:
    """Those whose entry stands below a name, given by its key, or is it."""

    base: str

    def holds(self, snapshot: Snapshot, entry: Entry) -> bool:
        """Whether an object is within reach."""
        return is_within(snapshot.key(entry.dn), self.base, "sub")

    def rows(self, snapshot: Snapshot) -> Rows:
        listed = snapshot.matching(lambda segment: Rows.union(segment.find(LEVEL)[kind] for kind in KINDS))
        return listed & snapshot.rows_within(self.base, "sub")


Reach: TypeAlias = Domains | Everybody | Below


def reach_of(snapshot: Snapshot, domain: Entry) -> Reach:
    """Whose entries the address book of a domain holds: its `gal_search_base`.

    A deployed server may also have a DN there, which our settings have no word for.
    """
    below = next(names_below(snapshot, domain), None) if isinstance(snapshot.dialect, Deployed) else None
    if below is not None:
        return Below(below)
    base = resolve(snapshot, layers_of(snapshot, domain), find_setting("gal_search_base"))
    if base is GalSearchBase.ROOT:
        return Everybody()
    names = frozenset(name for _, name in terms(snapshot.dialect, domain, Index.DOMAIN))
    return Domains(names, with_subdomains=base is GalSearchBase.SUBDOMAINS)


def names_below(snapshot: Snapshot, domain: Entry) -> Iterator[str]:
    """The DN that the nearest layer has as its base, by key; nothing where it has one of the words."""
    binding = snapshot.dialect.binding("gal_search_base", Level.DOMAIN)
    for part in binding.parts if binding else ():
        for layer in layers_of(snapshot, domain):
            stored = text_values(layer.entry, part.attribute)
            if part.codec.read(stored)[0] is not None:
                return
            for text in stored:
                if "=" in text:
                    try:
                        yield snapshot.key(text)
                    except InvalidDN:
                        continue
