"""The listings of all whom one address book reaches, kept up to date.

A change only notes which rows it is about, so whoever never searches again pays nothing more. The next
search looks at these: the shelf of most listings stays, the places on it that no longer count are
hidden, and what stands there now goes on a small second shelf. When that grows too large, the two become one.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping
from math import isqrt
from typing import Final

from ..snapshot import Snapshot
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

MOST_LATE: Final = 1 << 14
"""How many changes are noted for whoever searches next; a book still further behind is made anew."""


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
        return sorted([*found, *self._late().search(query, limit)])[:limit]

    def holds(self, address: str) -> bool:
        """Whether a listing has a folded address as its own."""
        return self._shelf.holds(address, self._hidden) or bool(self._recent and self._late().holds(address))

    def _late(self) -> Shelf:
        """The second shelf."""
        if self._recent_shelf is None:
            self._recent_shelf = Shelf(self._recent.values())
        return self._recent_shelf

    def changed(self, now: Mapping[int, Listing | None]) -> Book:
        """Give the next version, with what some rows have now; None where they have nothing to be listed."""
        hidden, recent, shelf = set(self._hidden), dict(self._recent), self._shelf
        for row, listing in now.items():
            place = shelf.place(row)
            known = recent.pop(row, None)
            if known is None and place is not None and place not in hidden:
                if listing == shelf.listings[place]:
                    continue
                hidden.add(place)
            if listing is not None:
                recent[row] = listing
        if recent == self._recent and len(hidden) == len(self._hidden):
            return self
        return Book(shelf, frozenset(hidden), recent).settled()

    def settled(self) -> Book:
        """The same on one shelf, where too much has changed since that was made."""
        listings = self._shelf.listings
        if len(self._hidden) + len(self._recent) <= SMALLEST_BOUND + isqrt(len(listings)):
            return self
        kept = (each for place, each in enumerate(listings) if place not in self._hidden)
        return Book(Shelf([*kept, *self._recent.values()]))


class Books:
    """The address books of a snapshot that somebody has looked into, each as of when that was."""

    __slots__ = ("_changed", "_first", "_known")

    def __init__(
        self,
        known: Mapping[Reach, tuple[Book, int]] | None = None,
        changed: array[int] | None = None,
        first: int = 0,
    ) -> None:
        """Take books, each with how many changes it has followed, and the rows of the changes from one on."""
        self._known: Mapping[Reach, tuple[Book, int]] = known or {}
        self._changed = array("I") if changed is None else changed
        self._first = first

    def of(self, snapshot: Snapshot, reach: Reach) -> Book:
        """The book of all that is within reach."""
        last = self._first + len(self._changed)
        book, followed = self._known.get(reach, (None, 0))
        if book is not None and followed == last:
            return book
        late = frozenset(self._changed[followed - self._first :]) if followed >= self._first else None
        # A book of fewer than have changed is sooner made than brought up to date.
        if book is None or late is None or len(late) > SMALLEST_BOUND + len(book):
            book = Book(Shelf(listings_of(snapshot, reach)))
        else:
            book = book.changed(listed_now(snapshot, reach, late))
        # Made anew, as versions before and after this one may share what is known.
        kept = self._known if reach in self._known or len(self._known) < MOST_BOOKS else {}
        self._known = {**kept, reach: (book, last)}
        return book

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Books:
        """The books of the next version."""
        if not self._known:
            return Books()
        known, first, changed = self._known, self._first, self._changed + array("I", changes)
        if len(changed) > MOST_LATE:
            behind = len(changed) - MOST_LATE // 2
            first, changed = first + behind, changed[behind:]
            known = {reach: book for reach, book in known.items() if book[1] >= first}
        return Books(known, changed, first)


def listed_now(snapshot: Snapshot, reach: Reach, rows: Collection[int]) -> dict[int, Listing | None]:
    """What rows have in the address book of a reach."""
    now: dict[int, Listing | None] = dict.fromkeys(rows)
    for row in rows:
        entry = snapshot.entry_in(row)
        level = None if entry is None else snapshot.level_of(entry)
        if entry is not None and level in KINDS and reach.holds(snapshot, entry):
            now[row] = listing_of(snapshot.dialect, level, entry, row)
    return now


def listings_of(snapshot: Snapshot, reach: Reach) -> Iterator[Listing]:
    rows = reach.rows(snapshot)
    for row, entry in zip(rows, snapshot.entries(rows), strict=True):
        level = snapshot.level_of(entry)
        listing = listing_of(snapshot.dialect, level, entry, row) if level in KINDS else None
        if listing is not None:
            yield listing
