"""Searches over entries, as an LDAP server answers them (RFC 4511 section 4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final
from weakref import ref

from ..errors import InvalidUrl, InvalidValue
from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.url import LdapUrl, Scope
from ..lookup import absent
from ..query import Bounds, Plan, Query, Step
from ..snapshot import Snapshot
from ..snapshot.rows import Rows
from ..snapshot.segment import Segment
from .results import SearchResult

__all__ = ["search"]

MOST_FILTERS: Final = 1024
"""How many filters a snapshot remembers."""


def search(
    snapshot: Snapshot,
    base: str,
    scope: str,
    filter: str | Filter,
    attributes: Iterable[str] | None,
    limit: int | None,
    explain: bool,
) -> SearchResult:
    """Give the entries in scope for which the filter is true; neither false nor undefined will do."""
    if "://" in base.partition("=")[0]:
        url = url_for(base)
        base, scope, filter = url.dn, url.scope, url.filter or filter
        attributes = url.attributes or attributes
    query = query_for(snapshot, filter)
    if base and snapshot.entry(base) is None:
        raise absent(snapshot, "entry", base)
    if limit is not None and limit < 0:
        raise InvalidValue(str(limit), "a limit of 0 or more", attribute="limit")
    asked = Search(snapshot, query, snapshot.rows_within(base, Scope.parse(scope)))
    found: Iterable[Entry] = asked.entries() if limit is None else islice(asked.first(), limit)
    if isinstance(attributes, str):
        attributes = (attributes,)
    names = None if attributes is None else tuple(attributes)
    shown = found if names is None else (entry.showing(names) for entry in found)
    return SearchResult(shown, snapshot.dialect, asked.plan() if explain else None)


def query_for(snapshot: Snapshot, filter: str | Filter) -> Query:
    """Read a filter, or remember it: programs ask with the same few again and again."""
    known = snapshot.memory("queries")
    query: Query | None = known.get(filter)
    if query is None:
        parsed = filter if isinstance(filter, Filter) else Filter.parse(filter)
        # Held weakly: what a snapshot remembers must not keep it alive.
        itself = ref(snapshot)

        def has_children(entry: Entry) -> bool:
            asked = itself()
            return asked is not None and asked.has_children(entry)

        query = Query(parsed, snapshot.definitions, has_children)
        if len(known) < MOST_FILTERS:
            known[filter] = query
    return query


class Search:
    """A filter, to be answered for some rows of a snapshot: its base and what has changed since."""

    def __init__(self, snapshot: Snapshot, query: Query, rows: Rows) -> None:
        self._snapshot = snapshot
        self._query = query
        self._rows = None if len(rows) == len(snapshot) else rows

    def entries(self) -> list[Entry]:
        """All entries for which the filter is true, in the order of the source."""
        rows = self._snapshot.matching(lambda segment: self._query.rows(segment, self._within(segment)))
        return self._snapshot.entries(rows)

    def first(self) -> Iterator[Entry]:
        """The same one after the other, for who wants a few: no more are tested than are taken."""
        possible = self._snapshot.matching(lambda segment: self._bounds(segment).possible)
        certain = self._snapshot.matching(lambda segment: self._bounds(segment).certain)
        doubtful = set(possible - certain)
        for row in possible:
            (entry,) = self._snapshot.entries(Rows.of((row,)))
            if row not in doubtful or self._query.matches(entry):
                yield entry

    def plan(self) -> Plan:
        """How the filter is answered."""
        base, recent = (
            self._query.explain(segment, self._within(segment))
            for segment in (self._snapshot.base, self._snapshot.recent)
        )
        if not self._snapshot.recent.numbers:
            return base
        changed = Step(0, "entries changed since", "indexes of their own", recent.found)
        return Plan(
            base.filter,
            (*base.steps, changed),
            entries=len(self._snapshot) if self._rows is None else len(self._rows),
            tested=base.tested + recent.tested,
            found=len(self.entries()),
        )

    def _bounds(self, segment: Segment) -> Bounds:
        return self._query.bounds(segment, self._within(segment))

    def _within(self, segment: Segment) -> Rows | None:
        return None if self._rows is None else self._rows & segment.rows


def url_for(text: str) -> LdapUrl:
    """Read an LDAP URL that this directory can answer by itself."""
    url = LdapUrl.parse(text)
    if url.host:
        raise InvalidUrl(
            text, "a URL without a host: the directory that is asked answers", text.find(url.host)
        )
    critical = next((each for each in url.extensions if each.critical), None)
    if critical is not None:
        raise InvalidUrl(text, "no critical extension that is not known here", text.find(critical.name))
    return url
