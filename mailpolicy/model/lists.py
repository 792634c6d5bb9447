"""What a directory tells about lists: who is on them and why, and what a URL would find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, cast

from attrs import field, frozen

from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.url import LdapUrl
from ..lists import Expansion, Membership, expand, explain_member, lists_of, preview
from ..lists.predicate import Problem
from ..lists.preview import Preview as Found
from ..lookup import having, selected
from ..query import SearchPlan
from ..reasons import Level, Reason
from ..snapshot import Snapshot
from ..tables import Cell, Style, Table
from .objects import MailingList, Object
from .results import Objects

if TYPE_CHECKING:
    from .directory import Directory

__all__ = ["AboutLists", "ListMembership", "Preview"]

MOST_SHOWN = 100
"""Rows that a preview shows."""


class AboutLists:
    """The part of a `Directory` that knows lists."""

    snapshot: Snapshot
    statuses: str

    def expand(
        self, name: str | MailingList, *, depth: int | None = None, within_domain: bool = False
    ) -> Expansion:
        """Give everybody whom mail for a list comes to, through lists of any kind and at any depth.

        Each is there once, in the order of the directory, then the addresses of other domains. With
        `depth` lists below so many levels stay lists: 1 gives the direct members. `within_domain` leaves
        out whoever is not of the list's own domain. No status removes anybody: see `Member.receive`.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> staff = acme.expand("staff@acme.example")
        >>> len(staff), staff.counts["external"], next(iter(staff)).via
        (12, 1, ('staff@acme.example',))

        NotFound where there is no such list, InvalidValue for a depth below 1.
        """
        return expand(
            self.snapshot,
            self._list_entry(name),
            depth=depth,
            within_domain=within_domain,
            statuses=self.statuses,
        )

    def lists_of(self, whom: str | Object) -> tuple[ListMembership, ...]:
        """Give every list that somebody is on, direct, nested and dynamic, nearest first, with the way.

        `whom` is an object, its address or DN, or an address of another domain.
        """
        return tuple(ListMembership(itself(self), each) for each in lists_of(self.snapshot, self.whom(whom)))

    def preview(
        self,
        wanted: str | LdapUrl | Filter,
        against: str | MailingList | None = None,
        *,
        effective: bool = False,
    ) -> Preview:
        """Try a member URL, or a filter over the whole directory, before it is saved.

        The members `against` a list are those of the URL in place of its present ones. With `effective` a
        filter is about what applies, by names of settings; a URL says that by its extension `!x-effective`.
        InvalidFilter for text that is neither a filter nor a URL.
        """
        now = None if against is None else self._list_entry(against)
        return Preview(itself(self), preview(self.snapshot, wanted, now, effective=effective))

    def explain_member(self, name: str | MailingList, whom: str | Object) -> tuple[Reason, ...]:
        """Say what puts somebody on a list, directly or by lists on it; or if nothing does, why not.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> [reason.text for reason in acme.explain_member("mobile@acme.example", "bob@acme.example")]
        ['activesync-enabled is no (by default)']
        """
        of_list = self._list_entry(name)
        who = self.whom(whom)
        if isinstance(who, str):
            who = having(self.snapshot, who) or who
        way = next((each for each in lists_of(self.snapshot, who) if each.entry is of_list), None)
        if not isinstance(who, Entry):
            return (outside_reason(who, way),)
        if way is None:
            return (*explain_member(self.snapshot, of_list, who), *self._nested_on(of_list))
        if way.is_direct:
            return explain_member(self.snapshot, of_list, who)
        lower, nearest = way.via[1:], selected(self.snapshot, way.via[-1], Level.LIST)
        nested = Reason("member.nested", True, f"by way of {' and then '.join(lower)}, which is on the list")
        return (nested, *explain_member(self.snapshot, nearest, who))

    def _nested_on(self, of_list: Entry) -> Iterator[Reason]:
        """The lists that could have put somebody on another one, but did not."""
        nested = [each.address for each in expand(self.snapshot, of_list, 1) if each.kind == Level.LIST]
        if nested:
            yield Reason("member.nested", False, f"it is on none of the lists on it: {', '.join(nested)}")

    def _list_entry(self, name: str | MailingList) -> Entry:
        return selected(self.snapshot, name, Level.LIST) if isinstance(name, str) else name.entry

    def whom(self, whom: str | Object) -> Entry | str:
        """An entry; or an address, of which the floors below find out where it leads."""
        if isinstance(whom, Object):
            return whom.entry
        return whom if "@" in whom and "=" not in whom else selected(self.snapshot, whom)


def itself(about: AboutLists) -> Directory:
    return cast("Directory", about)


def outside_reason(address: str, way: Membership | None) -> Reason:
    """Why an address that is nobody's here is on a list, or is not."""
    if way is None:
        return Reason("member.named", False, f"no list on the way names {address}")
    return Reason("member.named", True, f"{way.via[-1]} names {address}")


@frozen(repr=False)
class ListMembership:
    """A list that somebody is on.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> for membership in acme.lists_of("erin@acme.example"):
    ...     print(membership.list, membership.is_direct, *membership.via)
    <DynamicList all@acme.example> True all@acme.example
    <DynamicList sales@acme.example> True sales@acme.example
    <MailingList staff@acme.example> False staff@acme.example sales@acme.example
    """

    _directory: Directory
    _membership: Membership

    @property
    def list(self) -> MailingList:
        """The list."""
        found = self._directory.object(self._membership.entry)
        assert isinstance(found, MailingList)
        return found

    @property
    def is_direct(self) -> bool:
        """Whether she is on the list itself, not only on one that is on it."""
        return self._membership.is_direct

    @property
    def via(self) -> tuple[str, ...]:
        """The addresses of the lists by which she is on it: from this one down, a shortest way."""
        return self._membership.via

    def __repr__(self) -> str:
        return f"<ListMembership {' → '.join(self.via)}>"


@frozen(eq=False, repr=False, slots=False)
class Preview:
    """Whom a search would put on a list, and what that would change.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> seen = acme.preview("(|(ou=Sales)(ou=IT))", against="sales@acme.example")
    >>> len(seen.members), len(seen.added), len(seen.removed)
    (17, 9, 0)
    >>> [reason.text for reason in seen.why_not("carol@acme.example")]
    ["ou is 'Marketing', not 'Sales'", "ou is 'Marketing', not 'IT'"]
    """

    directory: Directory
    _found: Found = field(alias="found")

    @property
    def url(self) -> str:
        """The search, as a URL that can be stored."""
        return self._found.url

    @cached_property
    def members(self) -> Objects[Object]:
        """The objects that would be direct members, in the order of the source."""
        return self._objects(self._found.members)

    @cached_property
    def added(self) -> Objects[Object]:
        """Those who are not on the list now; all of them where there is no list to compare with."""
        return self._objects(self._found.added)

    @cached_property
    def removed(self) -> Objects[Object]:
        """Those who are on the list now and would not be found."""
        return self._objects(self._found.removed)

    @property
    def removed_addresses(self) -> tuple[str, ...]:
        """Addresses of other domains that are on the list now: no search finds them."""
        return self._found.removed_addresses

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What in the search can find nobody, and what was probably meant."""
        return self._found.problems

    @property
    def cost(self) -> SearchPlan:
        """How the search is answered: the indexes it uses, and how many entries have to be tried."""
        return self._found.cost

    def why(self, whom: str | Object) -> tuple[Reason, ...]:
        """Say what makes somebody a member; nothing of one who would be none."""
        return self._found.why(self._entry(whom))

    def why_not(self, whom: str | Object) -> tuple[Reason, ...]:
        """Say why somebody would be no member: the clauses of the filter that are false or undefined for her.

        Nothing of one who would be. NotFound where there is nobody of that address.
        """
        return self._found.why_not(self._entry(whom))

    def _entry(self, whom: str | Object) -> Entry:
        return whom.entry if isinstance(whom, Object) else selected(self.directory.snapshot, whom)

    def _objects(self, entries: list[Entry]) -> Objects[Object]:
        level_of = self.directory.snapshot.level_of
        return Objects(self.directory.object(each) for each in entries if level_of(each) is not None)

    def as_table(self) -> Table:
        """Who would come, go and stay, for people."""
        added, removed = {each.dn for each in self.added}, self.removed
        rows: list[tuple[Cell | str, ...]] = [
            *(row("+" if each.dn in added else "", each) for each in self.members[:MOST_SHOWN]),
            *(row("-", each) for each in removed[:MOST_SHOWN]),
            *(
                (Cell("-", Style.BAD), Cell(address, Style.BAD), "external", "")
                for address in self.removed_addresses
            ),
            *((Cell("!", Style.BAD), Cell(str(problem), Style.BAD), "", "") for problem in self.problems),
        ]
        counts = f"{len(self.members):,} members"
        if self._found.against is not None:
            counts += f", {len(added):,} added, {len(removed) + len(self.removed_addresses):,} removed"
        return Table(f"{self.url}: {counts}", ("", "member", "kind", "status"), rows)

    def __iter__(self) -> Iterator[Object]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return f"<Preview of {self.url}: {len(self.members):,} members>"

    def _repr_html_(self) -> str:
        return self.as_table().html()


STYLES: Mapping[str, Style] = {"+": Style.GOOD, "-": Style.BAD, "": Style.PLAIN}


def bad(text: str) -> Cell:
    return Cell(text, Style.BAD)


def row(mark: str, member: Object) -> tuple[Cell, Cell, str, str]:
    status = dict(member.facts()).get("status", "")
    return Cell(mark, STYLES[mark]), Cell(member.name, STYLES[mark]), member.kind, str(status or "")
