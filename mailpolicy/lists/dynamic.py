"""Whom a dynamic list finds, and which dynamic lists find an entry."""

from __future__ import annotations

from ..ldap.entry import Entry
from ..ldap.matching import dn_key, is_within
from ..query import Query, Search, query_for
from ..reasons import Level
from ..snapshot import Snapshot
from ..snapshot.facets import LEVEL
from ..snapshot.rows import Rows
from .urls import MemberSearch, member_searches

__all__ = ["finding", "found", "is_found"]


def found(snapshot: Snapshot, list_entry: Entry) -> Rows:
    """The rows of all entries that a list finds, whatever they are; none for a static one."""
    return Rows.union([rows_of(snapshot, search) for search in searches_of(snapshot, list_entry)])


def is_found(snapshot: Snapshot, list_entry: Entry, entry: Entry) -> bool:
    """Whether a list finds an entry, without looking at any other."""
    return any(finds(snapshot, search, entry) for search in searches_of(snapshot, list_entry))


def finding(snapshot: Snapshot, entry: Entry) -> list[int]:
    """The rows of the dynamic lists that find an entry, ascending."""
    rows = snapshot.matching(lambda segment: segment.find(LEVEL)[Level.LIST])
    lists = zip(rows, snapshot.entries(rows), strict=True)
    return [row for row, each in lists if is_found(snapshot, each, entry)]


def searches_of(snapshot: Snapshot, list_entry: Entry) -> list[MemberSearch]:
    searches = member_searches(snapshot.dialect, list_entry)
    return [each for each in searches if isinstance(each, MemberSearch)]


def rows_of(snapshot: Snapshot, search: MemberSearch) -> Rows:
    return Search(
        snapshot, query_of(snapshot, search), snapshot.rows_within(search.base, search.scope)
    ).rows()


def finds(snapshot: Snapshot, search: MemberSearch, entry: Entry) -> bool:
    key = dn_key(entry.dn, snapshot.definitions)
    return is_within(key, search.key, search.scope) and query_of(snapshot, search).matches(entry) is True


def query_of(snapshot: Snapshot, search: MemberSearch) -> Query:
    return query_for(snapshot, search.filter)
