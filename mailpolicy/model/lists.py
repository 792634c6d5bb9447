"""What a directory tells about lists: who is on them and why, and what a URL would find."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen

from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..ldap.url import LdapUrl
from ..lists import (
    Expansion,
    Membership,
    Memberships,
    doubt_of,
    expand,
    explain_member,
    is_member,
    lists_of,
    preview,
)
from ..reasons import Level, Reason
from ..snapshot import Snapshot
from .objects import MailingList, Object
from .preview import Preview
from .whom import entry_of, led_to, whom as whom_of

if TYPE_CHECKING:
    from .directory import Directory

__all__ = ["AboutLists", "ListMembership", "ListMemberships"]

MOST_NAMED: Final = 10
"""How many lists on the way to a member a sentence names."""


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

    def lists_of(self, whom: str | Object) -> ListMemberships:
        """Give every list that somebody is on, direct, nested and dynamic, nearest first, with the way.

        `whom` is an object, its address or DN, or an address of another domain. Lists of which nobody can
        tell are `doubtful` in the result.
        """
        return ListMemberships.of(itself(self), lists_of(self.snapshot, whom_of(self.snapshot, whom)))

    def is_member(self, name: str | MailingList, whom: str | Object) -> bool:
        """Whether somebody is on a list or on one that is on it; the list is not expanded for that.

        `whom` is as in `lists_of`. Where nobody can tell, Ambiguous or Unavailable: an address on the way is
        that of several, or nobody is seen to have it although it may stand in what could not be read.
        """
        return is_member(self.snapshot, self._list_entry(name), whom_of(self.snapshot, whom))

    def preview(
        self,
        wanted: str | LdapUrl | Filter,
        against: str | MailingList | None = None,
        *,
        effective: bool = False,
    ) -> Preview:
        """Try a member URL, or a filter over the whole directory, before it is saved.

        `against` a list, the URL takes the place of those the list has; whom it names stays on it. With
        `effective` a filter is about what applies, by names of settings; a URL says that by its extension
        `!x-effective`.
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
        of_list, who = self._list_entry(name), led_to(self.snapshot, whom)
        way = next((each for each in lists_of(self.snapshot, who) if each.entry is of_list), None)
        if not isinstance(who, Entry):
            return (outside_reason(who, way),)
        if way is None:
            against = explain_member(self.snapshot, of_list, who)
            doubt = doubt_of(self.snapshot, of_list, who)
            if doubt is not None:
                return (*against, Reason("member.unknown", False, f"nobody can tell: {doubt}"))
            return (*against, *self._nested_on(of_list))
        direct = explain_member(self.snapshot, way.nearest, who)
        return direct if way.is_direct else (nested_reason(way), *direct)

    def _nested_on(self, of_list: Entry) -> Iterator[Reason]:
        """The lists that could have put somebody on another one, but did not."""
        nested = [each.address for each in expand(self.snapshot, of_list, 1) if each.kind == Level.LIST]
        if nested:
            yield Reason("member.nested", False, f"it is on none of the lists on it: {', '.join(nested)}")

    def _list_entry(self, name: str | MailingList) -> Entry:
        # Whether an object is a list is for the floors below, which look at it anyway.
        return entry_of(self.snapshot, name, Level.LIST if isinstance(name, str) else None)


def itself(about: AboutLists) -> Directory:
    return cast("Directory", about)


def nested_reason(way: Membership) -> Reason:
    """That somebody is on a list because a list is on it, and so on."""
    names = way.via[1:]
    if len(names) > MOST_NAMED:
        between = f"{len(names) - MOST_NAMED:,} others"
        names = (*names[: MOST_NAMED // 2], between, *names[-MOST_NAMED // 2 :])
    return Reason("member.nested", True, f"by way of {' and then '.join(names)}, which is on the list")


def outside_reason(address: str, way: Membership | None) -> Reason:
    """Why an address that is nobody's here is on a list, or is not."""
    if way is None:
        return Reason("member.named", False, f"no list on the way names {address}")
    return Reason("member.named", True, f"{way.via[-1]} names {address}")


class ListMemberships(tuple["ListMembership", ...]):
    """The lists that somebody surely is on, nearest first; `doubtful` are those that nobody can tell of."""

    _directory: Directory
    _found: Memberships

    @classmethod
    def of(cls, directory: Directory, found: Memberships) -> ListMemberships:
        """The same as the floor below found, with objects."""
        memberships = cls(ListMembership(directory, each) for each in found)
        memberships._directory, memberships._found = directory, found
        return memberships

    def __getnewargs__(self) -> tuple[tuple[ListMembership, ...]]:
        return (tuple(self),)

    @cached_property
    def doubtful(self) -> tuple[MailingList, ...]:
        """The lists that she may be on: of each of them `is_member` raises."""
        found = map(self._directory.object, self._found.doubtful)
        return tuple(each for each in found if isinstance(each, MailingList))


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
