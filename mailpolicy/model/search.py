"""Searches over entries, as an LDAP server answers them (RFC 4511 section 4.5)."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidUrl, InvalidValue
from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.url import LdapUrl, Scope
from ..lookup import absent
from ..query import Query, Search, SearchPlan, query_for
from ..snapshot import Snapshot
from .results import SearchResult

__all__ = ["search"]


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
    found, plan = answered(snapshot, query, base, Scope.parse(scope), limit, explain)
    if isinstance(attributes, str):
        attributes = (attributes,)
    names = None if attributes is None else tuple(attributes)
    shown = found if names is None else (entry.showing(names) for entry in found)
    return SearchResult(shown, snapshot.dialect, plan, snapshot.freshness)


def answered(
    snapshot: Snapshot, query: Query, base: str, scope: Scope, limit: int | None, explain: bool
) -> tuple[list[Entry], SearchPlan | None]:
    """Ask the source itself where entries are not at hand, else the indexes; and say how that was done."""
    sent = snapshot.searched(base, scope, query.filter, limit)
    if sent is None:
        answer = Search(snapshot, query, snapshot.rows_within(base, scope)).answer(explain=explain)
        return answer.entries(limit), answer.plan
    return snapshot.entries(sent), SearchPlan.sent(str(query.filter), len(sent)) if explain else None


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
