"""What is wrong with lists: with their URLs, with whom these find, and with lists on each other.

=======================  ============================================================================
``unusable-url``         a server passes the URL over, so it finds nobody
``base-only``            a URL that states no scope finds its base and no more (warning)
``ignored-extension``    no server looks at this extension, or only if it is critical (warning)
``undefined-filter``     a part of the filter that is true of nobody, and its opposite neither (warning)
``finds-nobody``         a good URL, but nobody is found (warning)
``tenant-leak``          a list of one domain finds mailboxes or lists of another (warning)
``finds-itself``         a list finds itself (warning)
``list-loop``            lists that are members of each other, so whoever is on one is on all (warning)
``finds-system``         a list finds accounts of the mail system's own (warning)
=======================  ============================================================================

Where it can be told, the text says what was probably meant, as a URL to be put in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import compress
from typing import Final

from attrs import evolve, frozen

from ..errors import quote
from ..inherit.members import rows_of as rows_of_domain
from ..ldap.entry import Entry
from ..ldap.url import Extension, Scope
from ..reasons import Level
from ..schema import Dialect
from ..snapshot import Finding, Severity, Snapshot
from ..snapshot.rows import NONE, Rows
from .dynamic import found_by
from .homes import NO_HOME, home_above, home_of, homes_at
from .loops import loops
from .members import holders_in, name_of
from .reach import PRIMARY, SYSTEM, entry_at
from .shown import way_text
from .triggers import is_dynamic_list
from .upkeep import Members
from .urls import EFFECTIVE, MemberSearch, Unusable, read_url, url_attributes
from .why.undefined import undefined_parts

__all__ = ["findings"]

MAILBOXES: Final = (Level.ACCOUNT, Level.RESOURCE)
ADDRESSED: Final = (*MAILBOXES, Level.LIST)
EFFECTIVELY: Final = Extension(EFFECTIVE, None, critical=True)


def findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Give what is wrong with the lists of a directory, list after list in the order of the source.

    >>> import mailpolicy as mp
    >>> for finding in findings(mp.open("ldif/examples/acme.ldif").snapshot):
    ...     print(finding.id, finding.text)
    base-only ... expected ldap:///ou=people,dc=acme.example,o=mail??sub?(ou=IT)
    list-loop the list is on itself by ping@acme.example → pong@acme.example → ping@acme.example; expected ...
    """
    for entry in snapshot.of_level(Level.LIST):
        if is_dynamic_list(snapshot.dialect, entry):
            yield from findings_of(snapshot, entry)
    yield from loop_findings(snapshot)


def loop_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Give one way round for each knot of lists; a list that is only on itself has been found already."""
    members = Members(snapshot)
    graph = {row: members.of(row).lists for row in of_levels(snapshot, (Level.LIST,))}
    for way in loops(graph):
        if len(way) > 2:
            entry = entry_at(snapshot, way[0])
            names = way_text(way, partial(name_of, snapshot))
            what = f"the list is on itself by {names}; expected lists on others that are not on them"
            yield Finding("list-loop", what, Severity.WARNING, str(entry.dn), None, entry.line)


def findings_of(snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
    """Give what is wrong with one list; it need not be part of the snapshot yet."""
    found = NONE
    for attribute in url_attributes(snapshot.dialect):
        for value in entry.stored(attribute):
            url = Url(snapshot, entry, attribute, value)
            search = read_url(value, snapshot.dialect)
            if isinstance(search, Unusable):
                yield url.unusable(search)
                continue
            doubts = [*url.doubts(search)]
            yield from doubts
            rows = found_by(snapshot, entry, search)
            if not rows and not doubts:
                yield url.finds_nobody(search)
            found |= rows
    yield from findings_of_members(snapshot, entry, found)


@frozen(eq=False)
class Url:
    """A member URL of a list, and what is to be said of it."""

    snapshot: Snapshot
    entry: Entry
    attribute: str
    value: bytes

    def finding(self, id: str, text: str, severity: Severity = Severity.WARNING) -> Finding:
        raw, entry = self.value.decode("utf-8", "surrogateescape"), self.entry
        return Finding(id, text, severity, str(entry.dn), self.attribute, entry.line, raw)

    def unusable(self, url: Unusable) -> Finding:
        meant = f"; probably meant: {url.meant}" if url.meant else ""
        return self.finding("unusable-url", f"nobody is found by it, {url.problem}{meant}", Severity.ERROR)

    def doubts(self, search: MemberSearch) -> Iterator[Finding]:
        """What a URL says that its owner hardly means."""
        if not search.says_scope and not self._is_addressed(search):
            meant = evolve(search.url, scope=Scope.SUB, extensions=search.extensions)
            what = f"without a scope only the base itself is found, and it gets no mail; expected {meant}"
            yield self.finding("base-only", what)
        yield from self._ignored(search)
        for part, why in undefined_parts(search, self.snapshot.dialect):
            yield self.finding("undefined-filter", f"{part} is never true, nor is its opposite: {why}")

    def _is_addressed(self, search: MemberSearch) -> bool:
        base = self.snapshot.at(search.key)
        return base is not None and self.snapshot.level_of(base) in ADDRESSED

    def _ignored(self, search: MemberSearch) -> Iterator[Finding]:
        for each in search.extensions:
            if each.name.lower() == EFFECTIVE and not each.critical:
                meant = evolve(search.url, extensions=(EFFECTIVELY,))
                what = f"it counts only if it is critical, so stored values are asked; expected {meant}"
                yield self.finding("ignored-extension", what)
            elif each.critical and each.name.lower() != EFFECTIVE:
                what = (
                    f"no server looks at {quote(each.name)}, critical or not; expected none but !{EFFECTIVE}"
                )
                yield self.finding("ignored-extension", what)

    def finds_nobody(self, search: MemberSearch) -> Finding:
        if search.key and self.snapshot.at(search.key) is None:
            what = f"nobody is found, for {quote(search.url.dn)} does not exist; expected a base that does"
        else:
            what = "nobody is found; expected a filter that is true of somebody in its scope"
        return self.finding("finds-nobody", what)


# -- whom they find -----------------------------------------------------------------------------------


def findings_of_members(snapshot: Snapshot, entry: Entry, found: Rows) -> Iterator[Finding]:
    """Give what is wrong with whom a list finds."""
    attribute = url_attributes(snapshot.dialect)[0]

    def finding(id: str, text: str) -> Finding:
        return Finding(id, text, Severity.WARNING, str(entry.dn), attribute, entry.line)

    if not found.isdisjoint(snapshot.rows_within(entry.dn, "base")):
        yield finding("finds-itself", "the list finds itself; expected a filter that leaves it out")
    mailboxes = found & of_levels(snapshot, MAILBOXES)
    home = home_of(snapshot, entry)
    domain = snapshot.at(home)
    if domain is not None and (others := of_others(snapshot, found, home)):
        what = f"{counted(snapshot, others)} of other domains; expected a base such as {domain.dn}"
        yield finding("tenant-leak", what)
    dialect = snapshot.dialect
    if own_to_system := judged(snapshot, mailboxes, system_attributes(dialect), SYSTEM.value):
        what = f"{counted(snapshot, own_to_system)} of the mail system's own; expected people"
        yield finding("finds-system", what)


def of_others(snapshot: Snapshot, found: Rows, home: str) -> Rows:
    """Those of another domain: mailboxes and lists, and what is no object but names members.

    What has no address and stands under no domain is of none.
    """
    domains = homes_at(snapshot, home)
    own = Rows.union([rows_of_domain(snapshot, each, level) for each in domains for level in ADDRESSED])
    others = (found & of_levels(snapshot, ADDRESSED)) - own
    others |= snapshot.among(found, holders_in)
    without = [address is None for address in snapshot.column(PRIMARY, others)]
    unaddressed = Rows.of(compress(others, without))
    above = [home_above(snapshot, entry.dn) for entry in snapshot.entries(unaddressed)]
    at_home = [each in (home, NO_HOME) for each in above]
    return others - Rows.of(compress(unaddressed, at_home))


def of_levels(snapshot: Snapshot, levels: tuple[Level, ...]) -> Rows:
    return Rows.union([snapshot.rows_of(level) for level in levels])


def judged(
    snapshot: Snapshot,
    rows: Rows,
    attributes: tuple[str, ...],
    judge: Callable[[Entry, Dialect], bool | None],
) -> Rows:
    """Those of the rows for which it is so; only entries that say anything about it are asked."""
    having = snapshot.matching(lambda segment: Rows.union([segment.having(name) for name in attributes]))
    asked = having & rows
    entries = zip(asked, snapshot.entries(asked), strict=True)
    return Rows.of([row for row, entry in entries if judge(entry, snapshot.dialect)])


def system_attributes(dialect: Dialect) -> tuple[str, ...]:
    return (dialect.system_attribute,) if dialect.system_attribute else ()


def counted(snapshot: Snapshot, rows: Rows) -> str:
    """How many are found, and one of them."""
    first = entry_at(snapshot, next(iter(rows)))
    kind, several = "mailbox", "mailboxes"
    if rows & of_levels(snapshot, MAILBOXES) != rows:
        several = "entries"
        kind = "list" if snapshot.level_of(first) is Level.LIST else "holder of members"
        kind = "mailbox" if snapshot.level_of(first) in MAILBOXES else kind
    if len(rows) == 1:
        return f"it finds {first.dn}, a {kind}"
    return f"it finds {len(rows)} {several}, such as {first.dn},"
