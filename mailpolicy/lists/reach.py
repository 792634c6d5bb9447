"""Where the address of a member leads: what the ladder of `mailpolicy.lookup` says, as a row.

Nearly all addresses stand letter for letter at one object, or are of a domain that nobody here has
anything to do with. Both are seen at a glance, so that a million members take a second; the others
climb the ladder.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from ..errors import Ambiguous, InvalidValue, NotFound, Unavailable, kept
from ..inherit import Layer
from ..inherit.resolve import resolve_by
from ..ldap.entry import Entry
from ..ldap.matching import dn_key
from ..lookup import absent, find
from ..lookup.straight import takes_mail
from ..reasons import Level
from ..schema import Dialect, find_setting
from ..snapshot import Index, Snapshot
from ..snapshot.facets import TERMS
from ..snapshot.remembering import remember
from ..values import Address
from ..values.address import folded, is_plain

__all__ = [
    "HIDDEN",
    "PRIMARY",
    "SYSTEM",
    "Nowhere",
    "Reached",
    "entry_at",
    "list_row",
    "marks_of",
    "reached",
    "row_of",
]

Nowhere: TypeAlias = InvalidValue | NotFound | Ambiguous | Unavailable
"""Why an address leads to nobody, or why nobody can tell."""

Reached: TypeAlias = int | Address | Nowhere
"""The row of an object; or the address, of a domain that the directory does not have; or what is wrong."""

MOST_LISTS: Final = 4096
"""Of how many lists it is remembered where they stand."""

ADDRESSED: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)


def reached(snapshot: Snapshot, text: str) -> Reached:
    """Tell where mail for a member goes that is stored as this text.

    An address of another domain is outside, also where a part of the source could not be read: mail
    for it leaves in any case, and comes back if that part had its domain.
    """
    at_a_glance = glance(snapshot)
    row = at_a_glance.row(text)
    if row is not None:
        return row
    if at_a_glance.is_outside(text):
        return Address(text)
    try:
        return row_of(snapshot, find(snapshot, text))
    except (NotFound, Unavailable) as error:
        address = Address(text)
        return address if snapshot.domain(address.domain) is None else kept(error)
    except (InvalidValue, Ambiguous) as error:
        return kept(error)


# Rows


def row_of(snapshot: Snapshot, entry: Entry) -> int:
    """The row of an entry of the snapshot; NotFound where it is of another."""
    key = dn_key(entry.dn, snapshot.definitions)
    row = snapshot.row(key)
    if row is None or snapshot.at(key) is None:
        raise absent(snapshot, "entry", entry.dn)
    return row


def list_row(snapshot: Snapshot, entry: Entry) -> int:
    """The row of a list, remembered; NotFound where the entry is none."""
    known = snapshot.memory("rows of lists")
    row: int | None = known.get(entry.dn)
    if row is None:
        row = row_of(snapshot, entry)
        if snapshot.level_of(entry_at(snapshot, row)) is not Level.LIST:
            raise NotFound("list", entry.dn)
        remember(known, entry.dn, row, MOST_LISTS)
    return row


def entry_at(snapshot: Snapshot, row: int) -> Entry:
    """The entry of a row that has one."""
    entry = snapshot.entry_in(row)
    assert entry is not None
    return entry


# Columns


@frozen
class Receiver:
    """The kind of an object that mail knows; None for those it does not, and for alias entries."""

    def value(self, entry: Entry, dialect: Dialect) -> Level | None:
        level = dialect.level_of(entry)
        if level is None or level is Level.ALIAS:
            return None
        return level if takes_mail(dialect, entry, level) else None


@frozen
class Primary:
    """The address that mail for an object goes to: its primary one, or the first that can be read.

    None for what is no account, resource or list, and for those that have none.
    """

    def value(self, entry: Entry, dialect: Dialect) -> str | None:
        level = dialect.level_of(entry)
        for name in own_addresses(dialect, level) if level in ADDRESSED else ():
            for stored in entry.stored(name):
                try:
                    return folded(stored.decode("utf-8", "surrogateescape"))
                except InvalidValue:
                    continue
        return None


@lru_cache(maxsize=64)
def own_addresses(dialect: Dialect, level: Level) -> tuple[str, ...]:
    bindings = (dialect.binding(name, level) for name in ("address", "aliases"))
    return tuple([part.attribute for binding in bindings if binding for part in binding.parts])


@frozen
class Hidden:
    """Whether an object is hidden from the address book; None where it is none."""

    def value(self, entry: Entry, dialect: Dialect) -> bool | None:
        level = dialect.level_of(entry)
        if level is None:
            return None
        return bool(resolve_by(dialect, (Layer(level, entry),), find_setting("hidden_from_gal")))


@frozen
class System:
    """Whether an account is the mail system's own."""

    def value(self, entry: Entry, dialect: Dialect) -> bool:
        name = dialect.system_attribute
        return name is not None and tuple(entry.stored(name)[:1]) == (b"TRUE",)


RECEIVER: Final = Receiver()
PRIMARY: Final = Primary()
HIDDEN: Final = Hidden()
SYSTEM: Final = System()


def marks_of(snapshot: Snapshot, entry: Entry) -> tuple[str, ...]:
    """What who looks at a list should know of a member: that it is `hidden`, or the `system`'s own."""
    columns = (("hidden", HIDDEN), ("system", SYSTEM))
    return tuple(mark for mark, column in columns if column.value(entry, snapshot.dialect))


# At a glance


class Glance:
    """What is seen of addresses without the ladder, in one version of a directory."""

    def __init__(self, snapshot: Snapshot) -> None:
        base, recent = snapshot.base, snapshot.recent
        self._rows = base.find(TERMS[Index.ADDRESS]).by_key
        self._receivers = base.column(RECEIVER)
        self._changed = recent.entries
        self._changed_rows = recent.find(TERMS[Index.ADDRESS]).by_key
        self._old = [each.find(TERMS[Index.OLD_ADDRESS]).by_key for each in (base, recent)]
        self._domains = [
            each.find(TERMS[index]).by_key
            for each in (base, recent)
            for index in (Index.DOMAIN, Index.CATCH_ALL)
        ]

    def row(self, text: str) -> int | None:
        """The row of the one object that has this very address; None where the ladder must be asked."""
        row = self._rows.get(text)
        if not isinstance(row, int) or row in self._changed or text in self._changed_rows:
            return None
        return row if self._receivers[row] is not None and is_plain(text) else None

    def is_outside(self, text: str) -> bool:
        """Whether an address is surely of another domain; where it is not said, it may still be."""
        domain = text.rpartition("@")[2]
        return (
            not any(domain in known for known in self._domains)
            and text not in self._rows
            and text not in self._changed_rows
            and not any(text in known for known in self._old)
            and is_plain(text)
        )


class Blind(Glance):
    """Nothing at a glance: where entries are fetched as they are asked for, the ladder has to be climbed."""

    def __init__(self) -> None:
        pass

    def row(self, text: str) -> None:
        """Say nothing."""

    def is_outside(self, text: str) -> bool:
        """Be sure of nothing."""
        return False


def glance(snapshot: Snapshot) -> Glance:
    known = snapshot.memory("glance")
    if not known:
        known[True] = Glance(snapshot) if snapshot.is_whole else Blind()
    return known[True]  # type: ignore[no-any-return]
