"""The grants that stand on an entry, and the index of who is named by grants anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from ..errors import InvalidDN, InvalidValue
from ..ldap.definitions import Definitions
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.matching.names import dn_key
from ..reasons import Level, Origin
from ..schema.dialects import Dialect
from ..schema.kinds import GRANT
from ..snapshot import Snapshot, folded_address, folded_domain
from ..snapshot.postings import Postings
from ..snapshot.rows import Rows
from ..snapshot.segment import SHAPE, Segment
from ..values import Grant, Grantee, Modifier
from .table import Right, find_right

__all__ = ["GRANTED", "Standing", "Unread", "everything", "folded_grantee", "grants_on", "named_by"]

MOST_READ: Final = 1 << 12
"""How many sets of grants are remembered with what they say."""

MARKS_EVERYTHING: Final = b"zimbraacltarget"
"""The object class of the entry that holds the grants for everything, on a deployed server."""

ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
BY_ID: Final = frozenset({Grantee.USER, Grantee.GROUP, Grantee.DOMAIN, Grantee.EVERYONE_HERE, Grantee.PUBLIC})
"""The kinds of grantee that a deployed server finds by id, and by nothing else."""


@frozen
class Standing:
    """A grant with the right it is of and the place where it stands."""

    grant: Grant
    right: Right
    origin: Origin
    entry: Entry


@frozen
class Unread:
    """A stored grant that counts for nothing, and why."""

    problem: str
    origin: Origin


Read: TypeAlias = tuple[Grant, Right] | str


def grants_on(snapshot: Snapshot, entry: Entry) -> tuple[tuple[Standing, ...], tuple[Unread, ...]]:
    """Give the grants on an entry in the order in which they are stored, and those that cannot be used."""
    dialect = snapshot.dialect
    level = dialect.level_of(entry) or Level.GLOBAL
    attribute = attribute_of(dialect, level)
    values = entry.stored(attribute) if attribute else ()
    if attribute is None or not values:
        return (), ()
    good, bad = [], []
    for shown, read in read_grants(tuple(values), dialect.id_attribute is None):
        origin = Origin(level, str(entry.dn), attribute, (shown,))
        if isinstance(read, str):
            bad.append(Unread(read, origin))
        else:
            good.append(Standing(*read, origin, entry))
    return tuple(good), tuple(bad)


def attribute_of(dialect: Dialect, level: Level) -> str | None:
    binding = dialect.binding("grants", level)
    return binding.parts[0].attribute if binding else None


@lru_cache(MOST_READ)
def read_grants(values: tuple[bytes, ...], native: bool) -> tuple[tuple[str, Read], ...]:
    """Each stored grant as it may be shown, and what it grants, or why it grants nothing."""
    texts = [value.decode("utf-8", "surrogateescape") for value in values]
    return tuple([(GRANT.conceal((text,))[0], read_grant(text, native)) for text in texts])


def read_grant(text: str, native: bool) -> Read:
    grant, problems = GRANT.read((text,))
    if grant is None:
        return str(problems[0].expected) if problems else "it cannot be read"
    right = find_right(grant.right, native=native)
    if right is None:
        return f"there is no right named {grant.right}"
    if grant.kind not in right.grantees:
        return f"{right.name} cannot be granted to the kind {grant.kind}"
    if right.is_user and grant.modifier is Modifier.SUBDOMAINS:
        return f"{right.name} cannot be granted for subdomains"
    if not native and grant.kind in BY_ID and not ID.fullmatch(grant.grantee):
        return "this directory names grantees by id"
    return grant, right


def everything(snapshot: Snapshot) -> Entry | None:
    """The entry whose grants hold everywhere; the configuration, in a native directory."""
    known = snapshot.memory("rights.everything")
    if not known:
        known[True] = find_everything(snapshot)
    return known[True]  # type: ignore[no-any-return]


def find_everything(snapshot: Snapshot) -> Entry | None:
    if snapshot.dialect.id_attribute is None:
        return snapshot.configuration()
    rows = snapshot.matching(lambda segment: segment.find(GRANTED)[EVERYWHERE])
    return min(snapshot.entries(rows), default=None, key=lambda entry: snapshot.key(entry.dn))


Name: TypeAlias = tuple[Grantee | None, str]
EVERYWHERE: Final[Name] = (None, "")
"""The key of the entry for everything; every other key is a kind of grantee and a folded name."""

HOLDING: Final = (
    Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.COS, Level.DOMAIN, Level.GLOBAL, Level.SERVER
)  # fmt: skip
"""The kinds of entry that may hold grants."""

NAMELESS: Final = frozenset({Grantee.EVERYONE_HERE, Grantee.PUBLIC})


def folded_grantee(kind: Grantee, name: str, definitions: Definitions) -> Name:
    """The spelling under which a grantee is indexed."""
    if kind in NAMELESS:
        return kind, ""
    if kind in (Grantee.DOMAIN, Grantee.EXTERNAL_DOMAIN) and "=" not in name:
        return kind, folded_domain(name)
    if "@" in name:
        return kind, folded_address(name)
    return kind, folded_dn(name, definitions) if "=" in name else name.lower()


def folded_dn(text: str, definitions: Definitions) -> str:
    try:
        return dn_key(DN.parse(text), definitions)
    except InvalidDN:
        return text.lower()


@frozen
class Granted:
    """Entries by whom their grants name."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> Iterable[Name]:
        level = dialect.level_of(entry)
        if level is not None:
            return tuple(self._names(entry, level, dialect))
        if MARKS_EVERYTHING not in map(bytes.lower, entry.stored("objectClass")):
            return ()
        return (EVERYWHERE, *self._names(entry, Level.GLOBAL, dialect))

    def _names(self, entry: Entry, level: Level, dialect: Dialect) -> Iterator[Name]:
        attribute = attribute_of(dialect, level)
        for value in entry.stored(attribute) if attribute else ():
            try:
                grant = Grant.parse(value.decode("utf-8", "surrogateescape"))
            except InvalidValue:
                continue
            yield folded_grantee(grant.kind, grant.grantee, dialect.definitions)

    def collected(self, segment: Segment) -> Postings[Name]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[Name, int]]:
        dialect, shapes = segment.dialect, segment.find(SHAPE)
        attributes = {attribute_of(dialect, level) for level in HOLDING}
        for shape in shapes:
            for row in () if attributes.isdisjoint(shape.places) else shapes[shape]:
                entry = segment.at(row)
                if entry is not None:
                    yield from ((name, row) for name in self.keys("", entry, dialect))


GRANTED: Final = Granted()
"""The index of entries by whom their grants name."""


def named_by(snapshot: Snapshot, names: Iterable[Name]) -> tuple[Entry, ...]:
    """Give the entries with a grant to any of these names, in the order of the source."""
    wanted = tuple(dict.fromkeys(names))

    def find(segment: Segment) -> Rows:
        granted = segment.find(GRANTED)
        return Rows.union([granted[name] for name in wanted])

    return tuple(snapshot.entries(snapshot.matching(find)))
