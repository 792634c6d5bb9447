"""Addresses that lead straight to a mailbox, letter for letter as they stand: nearly all that are asked for.

The ladder has the last word on addresses; this is its first step, for the addresses where it needs
no second one, as little work as a look into two tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..inherit import Layer
from ..inherit.resolve import resolve_by
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema import Dialect, find_setting
from ..schema.catalog.status import MailStatus
from ..snapshot import Index, Snapshot
from ..snapshot.facets import LEVEL, TERMS
from ..snapshot.postings import Postings
from ..snapshot.segment import Segment
from ..values.address import is_plain

__all__ = ["Straight", "takes_mail"]

MAILBOXES: Final = (Level.ACCOUNT, Level.RESOURCE)
CODES: Final = {level: code for code, level in enumerate(MAILBOXES, start=1)}


def takes_mail(dialect: Dialect, entry: Entry, level: Level) -> bool:
    """Whether mail knows an object of this kind at all: its own `mail_status` says so, nobody else's."""
    setting = find_setting("mail_status")
    return resolve_by(dialect, (Layer(level, entry),), setting) is not MailStatus.DISABLED


@frozen
class Receiving:
    """Mailboxes that take mail, by their kind."""

    def keys(self, name: str, entry: Entry, dialect: Dialect) -> tuple[Level, ...]:
        level = dialect.level_of(entry)
        return (level,) if level in MAILBOXES and takes_mail(dialect, entry, level) else ()

    def collected(self, segment: Segment) -> Postings[Level]:
        return Postings.of(self._pairs(segment))

    def _pairs(self, segment: Segment) -> Iterator[tuple[Level, int]]:
        for level in MAILBOXES:
            for row in segment.find(LEVEL)[level]:
                entry = segment.at(row)
                if entry is not None and takes_mail(segment.dialect, entry, level):
                    yield level, row


RECEIVING: Final = Receiving()


def codes(receiving: Postings[Level]) -> bytearray:
    """The kind of each row that has such a mailbox, in a byte of its own."""
    found = bytearray()
    for level, rows in receiving.items():
        for row in rows:
            if row >= len(found):
                found.extend(bytes(row + 1))
            found[row] = CODES[level]
    return found


HOMES: Final = tuple(
    TERMS[index] for index in (Index.ADDRESS, Index.OLD_ADDRESS, Index.CATCH_ALL, Index.DOMAIN)
)
"""Where an address, or the domain it is in, leaves a trace."""


def domains(terms: Postings[str]) -> frozenset[str]:
    """What stands after the `@` of each, or the whole where there is none."""
    return frozenset({term[term.rfind("@") + 1 :] for term in terms.by_key})


class Straight:
    """The addresses of the mailboxes of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        base, recent = snapshot.base, snapshot.recent
        self._rows = base.find(TERMS[Index.ADDRESS]).by_key
        self._codes = base.derived(RECEIVING, codes)
        self._entries = base.entries
        self._changed = recent.entries
        self._changed_addresses = recent.find(TERMS[Index.ADDRESS]).by_key

        self._homes = tuple(base.derived(term, domains) for term in HOMES)
        self._recent_homes = frozenset().union(*(domains(recent.find(term)) for term in HOMES))

    def is_foreign(self, address: str) -> bool:
        """Whether nothing here has to do with a domain, or with that of an address; where in doubt, no."""
        at = address.rfind("@")
        domain = address[at + 1 :]
        if domain in self._recent_homes or not is_plain(address if at >= 0 else f"x@{address}"):
            return False
        return not any(domain in homes for homes in self._homes)

    def find(self, address: str) -> tuple[Level, Entry] | None:
        """Give the kind of mailbox and its entry; None where the ladder must be asked."""
        row = self._rows.get(address)
        if not isinstance(row, int) or row in self._changed or address in self._changed_addresses:
            return None
        code = self._codes[row] if row < len(self._codes) else 0
        entry = self._entries[row]
        if not code or entry is None or not is_plain(address):
            return None
        return MAILBOXES[code - 1], entry
