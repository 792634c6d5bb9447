"""Whom a member URL or a filter would find, before it is saved: members, differences, reasons, cost."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from attrs import evolve, frozen

from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.url import Extension, LdapUrl, Scope
from ..query import Search, SearchPlan
from ..reasons import Level, Reason
from ..snapshot import Snapshot
from ..snapshot.rows import NONE, Rows
from .dynamic import judge_of, rows_of
from .members import Direct, holders_in, named
from .named.holders import direct
from .predicate import Predicate, Problem
from .reach import entry_at, list_row, row_of
from .urls import EFFECTIVE, MemberSearch, Unusable, read_url
from .why.explain import is_found_by, naming, reasons_against, reasons_for
from .why.undefined import undefined_parts

__all__ = ["Preview", "preview"]

ADDRESSED: Final = (Level.ACCOUNT, Level.RESOURCE, Level.LIST)


@frozen(repr=False, slots=False, eq=False)
class Preview:
    """Whom a search would put on a list, and what that would change.

    Compared with a list that exists, the search takes the place of those that the list has now. Whom it
    names stays on it: so they are `members`, too, and `removed` are only those that a search found.
    `problems` say which parts of the URL or of its filter can find nobody, and what was probably meant; a
    URL that a server would pass over finds nobody at all.
    """

    url: str
    """The search, as a URL that can be stored."""
    rows: Rows
    """The rows of the members."""
    problems: tuple[Problem, ...]
    against: Entry | None
    """The list that it is compared with."""
    removed_addresses: tuple[str, ...]
    """Addresses of other domains that what the list finds names now, and what it would find does not."""
    _snapshot: Snapshot
    _search: MemberSearch | Unusable
    _holders: Rows
    """What names members itself: the list, and what is found that is no object."""
    _now: Rows

    @property
    def members(self) -> list[Entry]:
        """The entries that would be direct members, in the order of the source."""
        return self._snapshot.entries(self.rows)

    @property
    def added(self) -> list[Entry]:
        """Those who are not on the list now; all of them where there is no list to compare with."""
        return self._snapshot.entries(self.rows - self._now)

    @property
    def removed(self) -> list[Entry]:
        """Those who are on the list now and would not be found."""
        return self._snapshot.entries(self._now - self.rows)

    def why(self, entry: Entry) -> tuple[Reason, ...]:
        """Say what makes an entry a member; nothing of one that would be none.

        NotFound for an entry that the directory does not have.
        """
        search, row = self._search, row_of(self._snapshot, entry)
        if isinstance(search, MemberSearch) and is_found_by(self._snapshot, search, entry):
            return tuple(reasons_for(self._snapshot, search, entry))
        return tuple(naming(self._snapshot, self._holders, row))

    def why_not(self, entry: Entry) -> tuple[Reason, ...]:
        """Say why an entry would be no member; nothing of one that would be. NotFound as for `why`."""
        if row_of(self._snapshot, entry) in self.rows:
            return ()
        return tuple(reasons_against(self._snapshot, self._search, entry))

    @cached_property
    def cost(self) -> SearchPlan:
        """How the search is answered: the indexes it uses, and how many entries have to be tried."""
        if isinstance(self._search, Unusable):
            return SearchPlan(self.url, (), entries=0, tested=0, found=0)
        within = self._snapshot.rows_within(self._search.url.dn, self._search.scope)
        judge = judge_of(self._snapshot, self._search)
        if isinstance(judge, Predicate):
            return judge.plan(self._snapshot, within)
        return Search(self._snapshot, judge, within).plan()

    def __repr__(self) -> str:
        return f"<Preview of {self.url}: {len(self.rows):,} members>"


def preview(
    snapshot: Snapshot,
    wanted: str | LdapUrl | Filter,
    against: Entry | None = None,
    *,
    effective: bool = False,
) -> Preview:
    """Try a member URL, or a filter over the whole directory; as text, or read already.

    A filter is about what is stored, or with `effective` about what applies; the extension of a URL says that
    of itself. InvalidFilter for text that is neither; what is wrong with a URL is among the problems.
    NotFound for a list that is not in the directory.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> sales = acme.list("sales@acme.example").entry
    >>> seen = preview(acme.snapshot, "ldap:///dc=acme.example,o=mail??sub?(|(ou=Sales)(ou=IT))", sales)
    >>> len(seen.members), len(seen.added), len(seen.removed)
    (17, 9, 0)
    >>> [reason.text for reason in seen.why_not(acme.account("carol@acme.example").entry)]
    ["ou is 'Marketing', not 'Sales'", "ou is 'Marketing', not 'IT'"]
    """
    text = url_text(wanted, effective=effective)
    search = read_url(text.encode("utf-8", "surrogateescape"), snapshot.dialect)
    found = NONE if isinstance(search, Unusable) else rows_of(snapshot, search)
    holders = snapshot.among(found, holders_in)
    if against is not None:
        holders |= Rows.of((list_row(snapshot, against),))
    names = [named(snapshot, row, entry_at(snapshot, row)) for row in holders]
    now = Direct(NONE) if against is None else direct(snapshot, against)
    return Preview(
        url=text,
        rows=Rows.union([found, *map(all_rows, names)]),
        problems=tuple(problems(snapshot, search)),
        against=against,
        removed_addresses=tuple(
            each for each in now.outside if not any(each in one.outside for one in names)
        ),
        snapshot=snapshot,
        search=search,
        holders=holders,
        now=all_rows(now),
    )


def all_rows(members: Direct) -> Rows:
    """The rows of all members, lists included."""
    return members.rows | Rows.of(members.lists)


def url_text(wanted: str | LdapUrl | Filter, *, effective: bool) -> str:
    """The URL that is meant; that of a filter searches the whole directory."""
    if isinstance(wanted, LdapUrl):
        return str(wanted)
    if isinstance(wanted, str):
        if "://" in wanted.partition("(")[0]:
            return wanted
        wanted = Filter.parse(wanted)
    extensions = (Extension(EFFECTIVE, None, critical=True),) if effective else ()
    return str(LdapUrl(scope=Scope.SUB, filter=wanted, extensions=extensions))


def problems(snapshot: Snapshot, search: MemberSearch | Unusable) -> Iterator[Problem]:
    """What in a search can find nobody, and what was probably meant."""
    if isinstance(search, Unusable):
        meant = f"; probably meant: {search.meant}" if search.meant else ""
        yield Problem(search.text, f"a server passes it over, {search.problem}{meant}")
        return
    base = snapshot.at(search.key)
    if not search.says_scope and (base is None or snapshot.level_of(base) not in ADDRESSED):
        meant = str(evolve(search.url, scope=Scope.SUB, extensions=search.extensions))
        yield Problem(search.text, f"without a scope only the base itself is found; probably meant: {meant}")
    if search.key and base is None:
        yield Problem(search.text, f"the base {search.url.dn} does not exist, so nobody is found")
    for part, text in undefined_parts(search, snapshot.dialect):
        yield Problem(part, text)
