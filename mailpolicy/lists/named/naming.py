"""Which lists name an address: letter for letter, or with what may be a detail, or only its domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from attrs import frozen

from ...errors import InvalidValue
from ...ldap.entry import Entry
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Snapshot
from ...snapshot.postings import Posting, Postings
from ...snapshot.segment import Facet, Segment
from ...values.address import folded, quoted, unquoted

__all__ = ["LOOSE", "NAMED", "Under", "member_attributes", "texts_named", "under"]


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
            for row in segment.numbered(segment.having(name)):
                entry = segment.at(row)
                if entry is None or not names_members(segment.dialect, entry):
                    continue
                values = entry.stored(name)
                for value in values:
                    if value not in known:
                        known[value] = tuple(self._keys((value.decode("utf-8", "surrogateescape"),)))
                for key in dict.fromkeys(chain.from_iterable(map(known.__getitem__, values))):
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


class Under:
    """The rows that one facet has under a key, in one version of a directory."""

    __slots__ = ("_base", "_hidden", "_recent")

    def __init__(self, snapshot: Snapshot, facet: Facet[str]) -> None:
        self._base = snapshot.base.find(facet).by_key
        self._recent = snapshot.recent.find(facet).by_key
        self._hidden = snapshot.recent.entries

    def rows(self, key: str) -> Sequence[int]:
        """The rows, each once."""
        found = in_order(self._base.get(key))
        if not self._hidden:
            return found
        return [*(row for row in found if row not in self._hidden), *in_order(self._recent.get(key))]

    def __bool__(self) -> bool:
        return bool(self._base or self._recent)


def in_order(posting: Posting | None) -> Sequence[int]:
    if posting is None:
        return ()
    return (posting,) if isinstance(posting, int) else [*posting]


def under(snapshot: Snapshot, facet: Facet[str]) -> Under:
    """What a facet has under its keys, remembered."""
    known = snapshot.memory("named")
    found: Under | None = known.get(facet)
    if found is None:
        found = known[facet] = Under(snapshot, facet)
    return found
