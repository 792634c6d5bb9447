"""The listings of all whom one address book reaches, kept up to date.

A change costs a look at what has changed: the shelf of most listings stays, the places on it that no
longer count are hidden, and what stands there now goes on a small second shelf, made when somebody next
searches. When that grows too large, the two become one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt
from typing import Final

from ..ldap.entry import Entry
from ..snapshot import Snapshot
from ..snapshot.affiliation import affiliation_of
from ..snapshot.segment import Changes
from .listing import KINDS, Listing, listing_of
from .reach import Reach
from .shelf import Hit, Shelf
from .words import Query

__all__ = ["Book", "Books"]

SMALLEST_BOUND: Final = 32
"""So many changed listings may always stand beside the shelf; a large shelf bears more."""

MOST_BOOKS: Final = 4096
"""How many address books are remembered: those of as many domains."""


class Book:
    """Listings to be searched, in one version."""

    __slots__ = ("_hidden", "_recent", "_recent_shelf", "_shelf")

    def __init__(
        self, shelf: Shelf, hidden: frozenset[int] = frozenset(), recent: Mapping[int, Listing] | None = None
    ) -> None:
        """Put listings by their row before a shelf, of which some places no longer count."""
        self._shelf = shelf
        self._hidden = hidden
        self._recent = recent or {}
        self._recent_shelf: Shelf | None = None

    def __len__(self) -> int:
        return len(self._shelf.listings) - len(self._hidden) + len(self._recent)

    def search(self, query: Query, limit: int) -> list[Hit]:
        """The first matches, the best first."""
        found = self._shelf.search(query, limit, self._hidden)
        if not self._recent:
            return found
        if self._recent_shelf is None:
            self._recent_shelf = Shelf(self._recent.values())
        return sorted([*found, *self._recent_shelf.search(query, limit)])[:limit]

    def changed(self, lost: Listing | None, gained: Listing | None) -> Book:
        """Give the next version, with another listing in place of one; None where there is none."""
        hidden, recent = self._hidden, dict(self._recent)
        if lost is not None and recent.pop(lost.row, None) is None:
            place = self._shelf.place(lost)
            hidden = hidden if place is None else hidden | {place}
        if gained is not None:
            recent[gained.row] = gained
        return Book(self._shelf, hidden, recent)

    def settled(self) -> Book:
        """The same on one shelf, where too much has changed since that was made."""
        listings = self._shelf.listings
        if len(self._hidden) + len(self._recent) <= SMALLEST_BOUND + isqrt(len(listings)):
            return self
        kept = (each for place, each in enumerate(listings) if place not in self._hidden)
        return Book(Shelf([*kept, *self._recent.values()]))


class Books:
    """The address books of a snapshot that somebody has looked into."""

    def __init__(self, known: Mapping[Reach, Book] | None = None) -> None:
        self._known = dict(known or {})

    def of(self, snapshot: Snapshot, reach: Reach) -> Book:
        """The book of all that is within reach."""
        book = self._known.get(reach)
        if book is None:
            if len(self._known) >= MOST_BOOKS:
                self._known.clear()
            book = self._known[reach] = Book(Shelf(listings_of(snapshot, reach)))
        return book

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Books:
        """The books of the next version."""
        known = dict(self._known)
        changed: set[Reach] = set()
        for row, (key, entry) in changes.items() if known else ():
            old, old_domain = known_of(before, row, entry_at(before, row))
            new, new_domain = known_of(after, row, entry)
            if old == new and old_domain == new_domain:
                continue
            for reach in known:
                lost = old if old and reach.holds(old_domain, key) else None
                gained = new if new and reach.holds(new_domain, key) else None
                if lost != gained:
                    known[reach] = known[reach].changed(lost, gained)
                    changed.add(reach)
        return Books(known | {reach: known[reach].settled() for reach in changed})


def listings_of(snapshot: Snapshot, reach: Reach) -> Iterator[Listing]:
    rows = reach.rows(snapshot)
    for row, entry in zip(rows, snapshot.entries(rows), strict=True):
        level = snapshot.level_of(entry)
        listing = listing_of(snapshot.dialect, level, entry, row) if level in KINDS else None
        if listing is not None:
            yield listing


def known_of(snapshot: Snapshot, row: int, entry: Entry | None) -> tuple[Listing | None, str | None]:
    """What the address book holds of an entry, and the domain of its address."""
    level = None if entry is None else snapshot.level_of(entry)
    if entry is None or level not in KINDS:
        return None, None
    affiliation = affiliation_of(snapshot.dialect, entry)
    domain = None if affiliation is None else affiliation.domain
    return listing_of(snapshot.dialect, level, entry, row), domain


def entry_at(snapshot: Snapshot, row: int) -> Entry | None:
    """The entry of a row; None where there is none."""
    recent = snapshot.recent.entries
    return recent[row] if row in recent else snapshot.base.at(row)
