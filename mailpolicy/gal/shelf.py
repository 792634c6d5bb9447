"""Listings put so that the best matches of what somebody types come first, and soon.

A listing has its place on the shelf by what decides where all match equally: kind, name, address. So of
those that match equally well, the first places are the answer, and it is enough to find these: first
among the exact matches, then among those that begin with it, and so on until there are enough.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Final, TypeAlias

from .beginnings import Beginnings
from .listing import Listing, Match
from .words import Query

__all__ = ["Hit", "Shelf"]

Hit: TypeAlias = tuple[Match, Listing]

FirstPlaces: TypeAlias = Callable[[int], Sequence[int]]
"""The first so many places that match, ascending; fewer where there are no more."""

Passing: TypeAlias = Callable[[Sequence[int]], Sequence[int]]
"""Those of some places that count."""

FEW: Final = (250, 4000)
"""So many places are tried one by one, then so many, before all are compared with all."""

FURTHER: Final = 16
"""How many times more places are asked for when so many were not enough."""


class Shelf:
    """An immutable collection of listings to be searched."""

    __slots__ = ("_inner", "_rows", "_wholes", "_words", "listings")

    listings: Sequence[Listing]
    """All, in order."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.listings = ordered = sorted(listings)
        self._wholes = Beginnings(
            (whole, place) for place, each in enumerate(ordered) for whole in (each.name, each.address)
        )
        self._words = Beginnings(
            (word, place) for place, each in enumerate(ordered) for word in each.words.split("\n")[1:]
        )
        self._inner = Tokens(ordered)
        self._rows: tuple[array[int], array[int]] | None = None

    def place(self, row: int) -> int | None:
        """Where the listing of a row stands."""
        if self._rows is None:
            rows = [each.row for each in self.listings]
            places = sorted(range(len(rows)), key=rows.__getitem__)
            self._rows = array("I", [rows[place] for place in places]), array("I", places)
        known, places_by_row = self._rows
        number = bisect_left(known, row)
        return places_by_row[number] if known[number : number + 1] == array("I", (row,)) else None

    def holds(self, address: str, hidden: Collection[int] = ()) -> bool:
        """Whether a listing has a folded address as its own, but for those at hidden places."""
        places = self._wholes.places(self._wholes.equal(address))
        return any(self.listings[place].address == address for place in places if place not in hidden)

    def search(self, query: Query, limit: int, hidden: Collection[int] = ()) -> list[Hit]:
        """The first matches, the best first, without those at hidden places."""
        found: dict[int, Match] = {}

        def unseen(places: Sequence[int]) -> list[int]:
            return [place for place in places if place not in found and place not in hidden]

        for match, first in self._steps(query):
            if len(found) >= limit:
                break
            fresh = first_fresh(first, limit, limit - len(found), unseen)
            found.update(dict.fromkeys(fresh, match))
        listings = self.listings
        return [(match, listings[place]) for place, match in found.items()]

    def _steps(self, query: Query) -> Iterator[tuple[Match, FirstPlaces]]:
        """Ways to what matches, the best first; a later one may find again what one before it has found."""
        wholes, words = self._wholes, self._words
        if not query.words:
            yield Match.WORD, lambda limit: range(min(limit, len(self.listings)))
            return
        equal, named = wholes.equal(query.whole), wholes.beginning(f"{query.whole}@")
        yield Match.EXACT, lambda limit: united([wholes.first(each, limit) for each in (equal, named)], limit)
        beginning = wholes.beginning(query.whole)
        yield Match.BEGINNING, lambda limit: wholes.first(beginning, limit)
        if len(query.words) == 1:
            begun = words.beginning(query.whole)
            yield Match.WORD, lambda limit: words.first(begun, limit)
            tokens = self._inner.containing(query.whole)
            yield Match.WITHIN, lambda limit: united([each[:limit] for each in tokens], limit)
        else:
            yield Match.WORD, self._all_begin(query.words)
            yield Match.WITHIN, self._all_occur(query.words)

    def _all_begin(self, words: Sequence[str]) -> FirstPlaces:
        """Places where each of several words begins a word.

        A few of the rarest are tried for the others; where that does not do, all places are compared.
        """
        ranges = {word: self._words.beginning(word) for word in words}
        rarest = min(ranges, key=lambda word: len(ranges[word]))
        others = [f"\n{word}" for word in ranges if word != rarest]
        listings = self.listings

        def first(limit: int) -> Sequence[int]:
            for few in FEW:
                tried: Sequence[int] = self._words.first(ranges[rarest], max(few, limit))
                found = tried
                for word in others:
                    found = [place for place in found if word in listings[place].words]
                if len(found) >= limit or len(tried) < max(few, limit):
                    return found[:limit]
            return sorted(set.intersection(*map(self._words.places, ranges.values())))[:limit]

        return first

    def _all_occur(self, words: Sequence[str]) -> FirstPlaces:
        """Places where each of several words begins a word or stands within the name."""
        ways = {word: (self._words.beginning(word), self._inner.containing(word)) for word in words}
        rarest = min(words, key=lambda word: len(ways[word][0]) + sum(map(len, ways[word][1])))
        begun, tokens = ways[rarest]
        others = [(f"\n{word}", word) for word in ways if word != rarest]
        listings = self.listings

        def passing(places: Sequence[int]) -> Sequence[int]:
            for begun, word in others:
                places = [
                    place
                    for place in places
                    if begun in listings[place].words or word in listings[place].name
                ]
            return places

        def candidates(limit: int) -> list[int]:
            within = [each[:limit] for each in tokens]
            return united([self._words.first(begun, limit), *within], limit)

        return lambda limit: first_fresh(candidates, limit, limit, passing)


def united(several: Iterable[Iterable[int]], limit: int) -> list[int]:
    return sorted({*chain.from_iterable(several)})[:limit]


def first_fresh(first: FirstPlaces, ask: int, wanted: int, passing: Passing) -> Sequence[int]:
    """The first wanted places that pass: as many as are asked for, and more until there are enough."""
    fresh: list[int] = []
    tried = 0
    while True:
        places = first(ask)
        fresh += passing(places[tried:])
        if len(fresh) >= wanted or len(places) < ask:
            return fresh[:wanted]
        tried, ask = len(places), ask * FURTHER


class Tokens:
    """The different tokens of names as one text, to find what stands within them."""

    __slots__ = ("_places", "_starts", "_text")

    def __init__(self, listings: Iterable[Listing]) -> None:
        places: dict[str, array[int]] = {}
        for place, each in enumerate(listings):
            for token in dict.fromkeys(each.name.split(" ")):
                places.setdefault(token, array("I")).append(place)
        self._places = list(places.values())
        self._text = "\n".join(places)
        self._starts = array("I", accumulate((len(token) + 1 for token in places), initial=0))

    def containing(self, part: str) -> list[Sequence[int]]:
        """The places of each token that has a part, at its beginning or later."""
        text, starts, found = self._text, self._starts, list[Sequence[int]]()
        at = text.find(part)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            found.append(self._places[number])
            at = text.find(part, starts[number + 1])
        return found
