"""Comparing all that we have with all that the server has, by the UUID, name and last change of each.

It costs the server a search for everything and us a look at each entry, but few bytes. Whatever was
missed, by whichever way, is found; only what a server changes without any trace is not.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Final

from attrs import define, field

from ...errors import InvalidDN, NotFound, Unavailable
from ...ldap.entry import Entry
from ...ldap.url import Scope
from ..backend import Attributes, Backend, Found, RefreshRequired
from .content import Arrival, Content, Touched
from .reading import ENTRY_CSN, ENTRY_UUID, MODIFIED, MODIFIER, is_uuid, uuid_in

__all__ = ["Differences", "compare", "names_of", "read_again", "repaired", "require", "sweep"]

MARKS: Final = (ENTRY_UUID, ENTRY_CSN, MODIFIED, MODIFIER)
"""What tells entries and their states apart. OpenLDAP's refint overlay leaves its name where it has been,
and nothing else: it is seen unless it was the last one before, too."""

MOST_READ_AGAIN: Final = 2000
"""Where more entries differ, reading everything is sooner done than reading each."""


@define
class Differences:
    """Where a content and a server differ."""

    absent: set[bytes] = field(factory=set)
    """Ours that the server does not have."""
    differing: dict[bytes, str] = field(factory=dict)
    """Those that the server has in another state, or that we do not have, with their DNs there."""
    latest: bytes = b""
    """The moment of the last change, by the clock of the server."""

    def __bool__(self) -> bool:
        return bool(self.absent or self.differing)


def sweep(
    backend: Backend, base: str, filter: str, content: Content, needed: Sequence[str] = (ENTRY_UUID,)
) -> Generator[None, None, Differences]:
    """Compare with the server. What changes meanwhile may or may not be among the differences.

    It pauses at each entry, for whoever has to show a sign of life. Unavailable where an entry does not show
    one of `needed`: whether we have it cannot be told then, or whether it has changed.
    """
    differences = Differences(absent=set(content))
    yield from compare(backend, base, filter, content, needed, differences)
    return differences


def compare(
    backend: Backend,
    base: str,
    filter: str,
    content: Content,
    needed: Sequence[str],
    differences: Differences,
) -> Iterator[None]:
    """Compare with those that pass a filter."""
    unreadable = {found.dn for found in content.left_out.values()}
    for dn, attributes in backend.search(base, Scope.SUB, filter, MARKS):
        yield
        uuid = uuid_in(attributes.get(ENTRY_UUID, ()))
        if uuid is None and dn in unreadable:
            continue
        require(backend, (dn, attributes), needed)
        assert uuid is not None
        differences.absent.discard(uuid)
        differences.latest = max(differences.latest, *attributes.get(MODIFIED, ()), b"")
        entry = content.entry(uuid)
        if entry is None:
            if not is_out_for_good(content, uuid, dn):
                differences.differing[uuid] = dn
        elif (str(entry.dn) != dn and not names(entry, dn)) or not is_as_old(entry, attributes):
            differences.differing[uuid] = dn


def require(backend: Backend, found: Found, needed: Sequence[str]) -> None:
    """Unavailable where an entry does not show what it takes to follow it."""
    dn, attributes = found
    for mark in needed:
        if not attributes.get(mark) or (mark == ENTRY_UUID and not is_uuid(attributes[mark])):
            why = f"cannot be followed: {dn or 'the root'} has no {mark}, or none that we may see"
            raise Unavailable(backend.url, why=why)


def names(entry: Entry, dn: str) -> bool:
    try:
        return entry.dn == type(entry.dn)(dn)
    except InvalidDN:
        return False


def is_as_old(entry: Entry, attributes: Attributes) -> bool:
    """Whether the last change of an entry is the one that the server knows."""
    moment = ENTRY_CSN if ENTRY_CSN in attributes else MODIFIED
    return all(tuple(entry.stored(mark)) == tuple(attributes.get(mark, ())) for mark in (moment, MODIFIER))


def is_out_for_good(content: Content, uuid: bytes, dn: str) -> bool:
    """Whether we have left the entry out, and would again: its name is bad, or still another one's."""
    if uuid not in content.left_out:
        return False
    try:
        return content.left_out[uuid].id != "duplicate-entry" or content.snapshot.entry(dn) is not None
    except InvalidDN:
        return True


def repaired(
    backend: Backend, filter: str, content: Content, differences: Differences
) -> Generator[None, None, Touched]:
    """Make what differs equal to the server; RefreshRequired where that is too much to do one by one."""
    absent = names_of(content, differences.absent)
    if len(differences.differing) + len(absent) > MOST_READ_AGAIN:
        raise RefreshRequired(f"{len(differences.differing) + len(absent)} entries differ")
    arrived: dict[bytes, Arrival] = {}
    # Those that are absent, too: one that is renamed while a server searches may be passed over.
    for uuid, dn in (differences.differing | absent).items():
        yield
        arrived |= read_again(backend, filter, content, {uuid: dn})
    return content.apply(arrived, [uuid for uuid in absent if uuid not in arrived])


def names_of(content: Content, uuids: Iterable[bytes]) -> dict[bytes, str]:
    """The names of entries that are there."""
    entries = ((uuid, content.entry(uuid)) for uuid in uuids)
    return {uuid: str(entry.dn) for uuid, entry in entries if entry is not None}


def read_again(
    backend: Backend, filter: str, content: Content, names: dict[bytes, str]
) -> Iterator[tuple[bytes, Arrival]]:
    """Read entries, each by its name. Whoever is not there any more is for others to notice."""
    for uuid, dn in names.items():
        found = read(backend, dn, filter)
        if found is not None and uuid_in(found[1].get(ENTRY_UUID, ())) == uuid:
            yield uuid, content.reader.entry(*found)


def read(backend: Backend, dn: str, filter: str) -> Found | None:
    """What the server has under a name, if anything that is wanted."""
    try:
        return next(iter([*backend.search(dn, Scope.BASE, filter)]), None)
    except (NotFound, InvalidDN):
        return None
