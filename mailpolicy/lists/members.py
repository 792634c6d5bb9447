"""The direct members of a list, static and dynamic alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from attrs import field, frozen

from ..errors import Ambiguous, InvalidValue, NotFound, Unavailable
from ..ldap.entry import Entry
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.facets import LEVEL, OfLevel
from ..snapshot.rows import Rows
from ..snapshot.segment import Segment
from .named.naming import member_attributes, texts_named
from .reach import PRIMARY, Nowhere, Reached, entry_at, glance, reached, row_of

__all__ = ["Dangling", "Direct", "name_of", "named", "united"]

T = TypeVar("T")

PROBLEMS: Final[dict[type[Nowhere], str]] = {
    NotFound: "nobody",
    Ambiguous: "ambiguous",
    Unavailable: "unknown",
    InvalidValue: "invalid",
}


@frozen
class Dangling:
    """A member that leads to nobody.

    `address` is the text that the list stores, `list` the address of the list. `problem` is stable
    and meant for programs, `text` for people:

    =============  =========================================================================
    ``nobody``     the domain is ours, and nobody in it has the address
    ``ambiguous``  several objects have it
    ``unknown``    nobody has it, but it may stand in a part of the source that was not read
    ``invalid``    it is no address
    =============  =========================================================================

    `rivals` are the rows of the objects that have an ambiguous address.
    """

    address: str
    list: str
    problem: str
    text: str
    rivals: tuple[int, ...] = field(default=(), eq=False, repr=False)


@frozen
class Direct:
    """Who is on a list itself, each once.

    `rows` are the entries that are no lists, whatever they are; `lists` the rows of lists, in the
    order in which the list has them; `outside` addresses of domains that the directory does not have.
    """

    rows: Rows
    lists: tuple[int, ...] = field(default=(), repr=False)
    outside: tuple[str, ...] = field(default=(), repr=False)
    dangling: tuple[Dangling, ...] = field(default=(), repr=False)


def named(snapshot: Snapshot, row: int, entry: Entry) -> Direct:
    """The members that an entry names, for the list in a row."""
    rows: list[int] = []
    outside: dict[str, None] = {}
    nowhere: dict[str, Nowhere] = {}
    texts = tuple(texts_named(snapshot.dialect, entry))
    snapshot.expect(texts)
    row_at = glance(snapshot).row
    for text in texts:
        where: Reached | None = row_at(text)
        if where is None:
            where = reached(snapshot, text)
        if isinstance(where, int):
            rows.append(where)
        elif isinstance(where, str):
            outside[str(where)] = None
        else:
            nowhere[text] = where
    members = Rows.of(rows)
    nested = snapshot.among(members, LISTS)
    lists = frozenset(nested)
    return Direct(
        members - nested if nested else members,
        unique(each for each in rows if each in lists) if lists else (),
        tuple(outside),
        tuple([dangling(snapshot, row, text, why) for text, why in nowhere.items()]),
    )


def dangling(snapshot: Snapshot, row: int, text: str, why: Nowhere) -> Dangling:
    problem = next(id for kind, id in PROBLEMS.items() if isinstance(why, kind))
    return Dangling(text, name_of(snapshot, row), problem, str(why), rivals_of(snapshot, why))


def rivals_of(snapshot: Snapshot, why: Nowhere) -> tuple[int, ...]:
    """The rows of those who all have an address."""
    entries = [snapshot.entry(dn) for dn in why.dns] if isinstance(why, Ambiguous) else []
    return tuple([row_of(snapshot, entry) for entry in entries if entry is not None])


def name_of(snapshot: Snapshot, row: int) -> str:
    """What a list is called: its address, or its DN where it has none that can be read."""
    (address,) = snapshot.column(PRIMARY, Rows.of((row,)))
    return address or str(entry_at(snapshot, row).dn)


def united(snapshot: Snapshot, row: int, members: Direct, found: Rows) -> Direct:
    """The members that a list names, with all entries that it finds.

    What it finds may be no object but name members, as the deployed systems keep the outside members
    of a dynamic list: they are on the list as well.
    """
    nested = snapshot.among(found, LISTS)
    holders = snapshot.among(found, holders_in)
    parts = [members, *(named(snapshot, row, each) for each in snapshot.entries(holders))]
    return Direct(
        Rows.union([found - nested if nested else found, *(part.rows for part in parts)]),
        unique([*(each for part in parts for each in part.lists), *nested]),
        unique(each for part in parts for each in part.outside),
        unique(each for part in parts for each in part.dangling),
    )


def unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


# Kinds of entries, by row


LISTS: Final = OfLevel(Level.LIST)


def holders_in(segment: Segment) -> Rows:
    """The rows that are no objects and name members."""
    rows = Rows.union(segment.having(name) for name in member_attributes(segment.dialect)) & segment.rows
    for level in segment.find(LEVEL) if rows else ():
        rows = rows - segment.find(LEVEL)[level]
    return rows
