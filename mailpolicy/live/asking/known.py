"""What is known of a directory on a server: entries that have come, and questions that were answered.

What was asked once is not asked again, also where nothing was found. An answer is made of the very entries
that came for it, so what comes later never adds to it and never takes from it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from threading import RLock
from typing import Final, TypeAlias

from attrs import evolve

from ...errors import InvalidDN
from ...freshness import Freshness
from ...ldap.dn import DN
from ...ldap.entry import Entry
from ...ldap.matching import dn_key, is_within
from ...ldap.url import Scope
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Finding, Index, Snapshot
from ...snapshot.index import terms
from ...snapshot.load import Layouts, without_collecting
from ...snapshot.rows import NONE, Rows
from ...snapshot.segment import Base, Recent
from ..backend import Found
from ..replica.reading import COMPUTED, unreadable
from .line import Line
from .spellings import filter_for, of_level

__all__ = ["ANY", "Known", "Term"]

Term: TypeAlias = tuple[Index, str]

AT_ONCE: Final = 200
"""Terms in one search. A server tries each of them on all that it finds: with many more it takes longer."""

LONGEST: Final = 100_000
"""Characters of a filter: slapd hangs up on a request of 256 kB from somebody whom it does not know."""

ANY: Final = "(objectClass=*)"
NOTHING: Final = ("1.1",)
"""No attributes: whether an entry is there is all that is asked (RFC 4511 section 4.5.1.8)."""


class Known:
    """The entries of a server that have been asked for, in `snapshot`; each keeps the row that it has there.

    `base` is the DN below which the directory stands, empty for all that the server has.
    """

    def __init__(self, line: Line, dialect: Dialect, base: str) -> None:
        self.snapshot = Snapshot(Base(dialect, [], {}), Recent(dialect, {}, {}))
        self.is_whole = False
        """Whether everything has been fetched: then nothing is asked any more."""
        self._line = line
        self._layouts = Layouts(dialect.definitions, without=COMPUTED)
        self._base, self._base_key = base, self.snapshot.key(base)
        self._lock = RLock()
        self._terms: dict[Term, Rows] = {}
        self._levels: dict[Level, Rows] = {}
        self._scopes: dict[tuple[str, str], Rows] = {}
        self._absent: set[str] = set()
        self._has_entries = False
        self._left_out: dict[str, Finding] = {}
        self._began = time.monotonic()

    def freshness(self) -> Freshness:
        """How far what is known can be taken for what the server has now."""
        return self._line.freshness(self._began)

    def problems(self) -> tuple[Finding, ...]:
        """What has come and could not be made an entry."""
        return tuple(self._left_out.values())

    # Single entries

    def row(self, key: str, dn: str) -> int | None:
        """The row of the entry of that name, given as key and as text; None where there is none."""
        with self._lock:
            row = self.snapshot.row(key)
            if row is not None or self.is_whole or key in self._absent or not self.covers(key):
                return row
            row = next(iter(self._fetched(dn, Scope.BASE, ANY)), None)
            if row is None:
                self._absent.add(key)
            return row

    def covers(self, key: str) -> bool:
        """Whether a name is one of the directory; the root of all names never has an entry."""
        return key != "" and is_within(key, self._base_key, "sub")

    # Entries by what they have

    def with_term(self, index: Index, term: str) -> Rows:
        """The rows of the entries that an index has under a term."""
        asked = index, term
        if asked not in self._terms:
            self.expect([asked])
        return self._terms[asked]

    def expect(self, asked: Iterable[Term]) -> None:
        """Fetch what indexes have under these terms, in few searches."""
        with self._lock:
            missing = [term for term in dict.fromkeys(asked) if term not in self._terms]
            filters = [(term, filter_for(self.snapshot.dialect, *term)) for term in missing]
            self._terms.update({term: NONE for term, filter in filters if filter is None})
            for batch in in_batches((term, str(filter)) for term, filter in filters if filter is not None):
                self._expect(batch)

    def _expect(self, filters: Mapping[Term, str]) -> None:
        found: dict[Term, list[int]] = {term: [] for term in filters}
        for row in self._fetched(self._base, Scope.SUB, any_of(filters.values())):
            entry = self.snapshot.entry_in(row)
            for term in set(terms(self.snapshot.dialect, entry)) & found.keys() if entry else ():
                found[term].append(row)
        self._terms.update({term: Rows.of(rows) for term, rows in found.items()})

    def of_level(self, level: Level) -> Rows:
        """The rows of the entries of one kind."""
        with self._lock:
            if level not in self._levels:
                dialect = self.snapshot.dialect
                filter = str(of_level(dialect, level))
                rows = Rows.of(self._fetched(self._base, Scope.SUB, filter, paged=True))
                entries = zip(rows, self.snapshot.entries(rows), strict=True)
                self._levels[level] = Rows.of(row for row, each in entries if dialect.level_of(each) is level)
            return self._levels[level]

    # Searches

    def within(self, key: str, base: str, scope: Scope) -> Rows | None:
        """The rows of the entries in a scope; None where that is not for the server to say."""
        asked = key, scope.value
        with self._lock:
            if asked not in self._scopes:
                found = self.search(key, base, scope, ANY)
                if found is None:
                    return None
                self._scopes[asked] = found
            return self._scopes[asked]

    def search(self, key: str, base: str, scope: Scope, filter: str, limit: int | None = None) -> Rows | None:
        """The rows of the entries that the server finds, at most so many.

        None where it cannot tell: it knows its own tree, and nothing of what stands above.
        """
        if not self.covers(key):
            if scope is not Scope.SUB or not is_within(self._base_key, key, "sub"):
                return None
            base = self._base
        # Not every server and client knows the scope without the base itself.
        deep = Scope.SUB if scope is Scope.CHILDREN else scope
        most = limit if limit is None or deep is scope else limit + 1
        with self._lock:
            found = self._fetched(base, deep, filter, paged=limit is None, limit=most)
            if deep is not scope:
                own = self.snapshot.row(key)
                found = [row for row in found if row != own]
        return Rows.of(found[:limit])

    def has_children(self, dn: str) -> bool:
        """Whether anything stands below an entry."""
        return self._is_there(dn, Scope.ONE)

    def is_empty(self) -> bool:
        """Whether the directory has no entries at all, as far as the server shows it."""
        if not self._has_entries:
            held = self.snapshot.base.numbers or self.snapshot.recent.numbers
            self._has_entries = bool(held) or self._is_there(self._base, Scope.SUB)
        return not self._has_entries

    def _is_there(self, base: str, scope: Scope) -> bool:
        return bool(self._line.search(base, scope, ANY, str, attributes=NOTHING, limit=1))

    # Everything

    def complete(self) -> Snapshot:
        """Fetch all entries, once; those that are here keep their rows."""
        with self._lock:
            if not self.is_whole:
                with without_collecting():
                    self.snapshot = self._with_everything()
                self.is_whole = True
            return self.snapshot

    def _with_everything(self) -> Snapshot:
        came = self._line.search(self._base, Scope.SUB, ANY, self._keyed, paged=True)
        entries = dict(each for each in came if each is not None)
        before = self.snapshot
        problems = self.problems()
        if not before.base.numbers and not before.recent.numbers:
            return Snapshot.of(before.dialect, entries, problems, len(problems))
        held = {before.key(each.dn): each for each in before}
        gone = dict.fromkeys(held.keys() - entries.keys())
        new = {key: entry for key, entry in entries.items() if held.get(key) != entry}
        return evolve(before.changed(new | gone), problems=problems, lost=len(problems))

    # What comes from the server

    def _fetched(
        self, base: str, scope: Scope, filter: str, *, paged: bool = False, limit: int | None = None
    ) -> list[int]:
        """The rows of what a search finds, once it has been kept; what is newer counts."""
        read = self._line.search(base, scope, filter, self._keyed, paged=paged, limit=limit)
        came = [each for each in read if each is not None]
        before = self.snapshot
        changes = {key: entry for key, entry in came if before.at(key) != entry}
        if changes:
            self.snapshot = before.changed(changes)
        rows = (self.snapshot.row(key) for key, _ in came)
        return [row for row in rows if row is not None]

    def _keyed(self, found: Found) -> tuple[str, Entry] | None:
        """What a server sends, as an entry with the key of its name; None where that cannot be read."""
        dn, attributes = found
        try:
            name = DN(dn)
        except InvalidDN as problem:
            self._left_out[dn] = unreadable(dn, f"a name that cannot be read: {problem.expected} is missing")
            return None
        return dn_key(name, self.snapshot.definitions), self._layouts.entry(name, attributes)


def in_batches(filters: Iterable[tuple[Term, str]]) -> Iterator[dict[Term, str]]:
    """Take so many together as one search may have."""
    batch: dict[Term, str] = {}
    length = 0
    for term, text in filters:
        if len(batch) == AT_ONCE or (batch and length + len(text) > LONGEST):
            yield batch
            batch, length = {}, 0
        batch[term] = text
        length += len(text)
    if batch:
        yield batch


def any_of(filters: Collection[str]) -> str:
    return f"(|{''.join(filters)})" if len(filters) > 1 else "".join(filters)
