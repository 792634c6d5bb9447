"""mypy reads this, nobody runs it: what is asked about lists, rights and the address book has its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_type

import mailpolicy as mp
from mailpolicy.types import (
    AddressBook,
    Dangling,
    Delegate,
    Delegation,
    Expansion,
    External,
    ExternalEntry,
    ExternalSearch,
    Found,
    Granted,
    Grantee,
    Holding,
    JoinPolicy,
    ListMemberships,
    Match,
    Member,
    Mode,
    Object,
    Objects,
    Posting,
    PostingPolicy,
    Preview,
    Problem,
    Receive,
    SearchPlan,
    Subscription,
    Table,
    Tree,
)


def an_expansion(acme: mp.Directory) -> None:
    expansion = acme.expand("staff@acme.example", depth=2, within_domain=True)
    assert_type(expansion, Expansion)
    assert_type(expansion.addresses, tuple[str, ...])
    assert_type(expansion.counts, Mapping[str, int])
    assert_type(expansion.dangling, tuple[Dangling, ...])
    assert_type(expansion.loops, tuple[tuple[str, ...], ...])
    assert_type(expansion.as_table(), Table)
    assert_type(expansion.tree(), Tree)
    for member in expansion:
        assert_type(member, Member)
        assert_type(member.kind, str)
        assert_type(member.via, tuple[str, ...])
        assert_type(member.receive, Receive | None)
        assert_type(member.dn, mp.DN | None)


def a_list(staff: mp.MailingList) -> None:
    assert_type(staff.members, Expansion)
    assert_type(staff.is_member("john@acme.example"), bool)
    assert_type(staff.owners, tuple[Granted, ...])
    assert_type(staff.owners[0].kind, Grantee)
    assert_type(staff.allowed_senders, tuple[Granted, ...])


def the_way_up(acme: mp.Directory, john: mp.Account) -> None:
    assert_type(acme.lists_of(john), ListMemberships)
    assert_type(acme.lists_of(john)[0].list, mp.MailingList)
    assert_type(john.lists, tuple[mp.MailingList, ...])
    assert_type(john.owned_lists, tuple[mp.MailingList, ...])
    assert_type(acme.explain_member("staff@acme.example", john), tuple[mp.Reason, ...])


def a_preview(acme: mp.Directory, sales: mp.MailingList) -> None:
    preview = acme.preview(mp.Filter.parse("(status=active)"), against=sales, effective=True)
    assert_type(preview, Preview)
    assert_type(preview.added, Objects[Object])
    assert_type(preview.removed_addresses, tuple[str, ...])
    assert_type(preview.why_not("john@acme.example"), tuple[mp.Reason, ...])
    assert_type(preview.problems, tuple[Problem, ...])
    assert_type(preview.cost, SearchPlan)


def rights(acme: mp.Directory, john: mp.Account) -> None:
    assert_type(mp.holds(acme, None, "viewFreeBusy", john), Holding)
    assert_type(mp.holds(acme, "jane@acme.example", "sendAs", john).answer, bool | None)
    assert_type(mp.may_edit(acme, john, john, "locale"), Holding)
    assert_type(john.delegates, tuple[Delegate, ...])
    assert_type(john.delegates[0].rights, frozenset[Delegation])
    assert_type(john.delegates[0].mode, Mode | None)


def requests_to_a_list(acme: mp.Directory, john: mp.Account) -> None:
    posting = mp.may_post(acme, "staff@acme.example", login=john)
    assert_type(posting, Posting)
    assert_type(posting.verdict, bool | None)
    assert_type(posting.policy, PostingPolicy)
    subscription = mp.may_subscribe(acme, "staff@acme.example", john)
    assert_type(subscription, Subscription)
    assert_type(subscription.outcome, JoinPolicy)
    assert_type(mp.may_unsubscribe(acme, "staff@acme.example", john), Subscription)


def an_address_book(acme: mp.Directory) -> None:
    def asked(search: ExternalSearch) -> Iterable[ExternalEntry]:
        assert_type(search.limit, int | None)
        return ()

    external: External = asked
    book = acme.gal("acme.example", "jo", limit=10, external=external)
    assert_type(book, AddressBook)
    assert_type(book[0], Found)
    assert_type(book[0].match, Match)
    assert_type(book.unknown, mp.errors.Unavailable | None)
