"""A preview is what the list would be, and says why of exactly those for whom it is so."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.lists.named.holders import direct
from mailpolicy.lists.preview import preview
from mailpolicy.lists.urls import url_attributes
from mailpolicy.lists.why.explain import explain_member
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Snapshot
from mailpolicy.snapshot.rows import Rows
from tests.drawn_lists import SEARCHES, Lists, directories_with_lists

UNUSABLE = (
    "ldap://host/o=mail??sub?(uid=ann)", "ldap:///o=mail?mail?sub?(uid=ann)", "ldap:///o=mail??sub?(uid=",
)  # fmt: skip
EFFECTIVE = tuple(
    f"ldap:///{base}??sub?{filter}?!x-effective"
    for base in ("", "o=mail", "cn=external,cn=l5,o=mail")
    for filter in (
        "(kind=account)", "(!(kind=list))", "(&(login=TRUE)(description=a))", "(receive=deliver)",
        "(!(imap-enabled=TRUE))", "(|(hidden-from-gal=TRUE)(nonsense=1))",
    )
)  # fmt: skip
urls = st.sampled_from((*SEARCHES, *SEARCHES, *EFFECTIVE, *EFFECTIVE, *UNUSABLE))


def members_of_new_list(snapshot: Snapshot, url: str) -> set[str]:
    """Who is on a list that has this one URL and nothing else, but not that list."""
    dialect = snapshot.dialect
    classes = tuple(each.encode() for each in dialect.dynamic_list_classes)
    values = {"objectClass": classes, url_attributes(dialect)[0]: (url.encode(),)}
    entry = Entry(DN.parse("cn=new,o=elsewhere"), values, dialect.definitions)
    after = snapshot.changed({snapshot.key(entry.dn): entry})
    return {each.dn for each in now_on(after, entry)} - {entry.dn}


def with_url(snapshot: Snapshot, of_list: Entry, url: str) -> Entry:
    """A list with this URL in place of those it has."""
    values = {**of_list.raw, url_attributes(snapshot.dialect)[0]: (url.encode(),)}
    return Entry(of_list.dn, values, snapshot.dialect.definitions)


def now_on(snapshot: Snapshot, of_list: Entry) -> list[Entry]:
    members = direct(snapshot, of_list)
    return snapshot.entries(members.rows | Rows.of(members.lists))


@settings(max_examples=settings().max_examples // 2)
@given(directories_with_lists(most_steps=1), urls, st.data())
def test_a_preview_is_what_the_list_would_be(drawn: Lists, url: str, data: st.DataObject) -> None:
    for snapshot in drawn.versions():
        lists = [None, *snapshot.of_level(Level.LIST)]
        against = data.draw(st.sampled_from(lists))
        seen = preview(snapshot, url, against)
        now = [] if against is None else now_on(snapshot, against)
        found = members_of_new_list(snapshot, url)
        if against is None:
            assert {each.dn for each in seen.members} == found
        else:
            saved = snapshot.changed({snapshot.key(against.dn): with_url(snapshot, against, url)})
            after = direct(saved, with_url(snapshot, against, url))
            found = {each.dn for each in saved.entries(after.rows | Rows.of(after.lists))}
            if snapshot.dialect.is_dynamic(against):
                assert {each.dn for each in seen.members} == found
                gone = set(direct(snapshot, against).outside) - set(after.outside)
                assert set(seen.removed_addresses) == gone
        assert {each.dn for each in seen.added} == {each.dn for each in seen.members} - {
            each.dn for each in now
        }
        assert {each.dn for each in seen.removed} == {each.dn for each in now} - {
            each.dn for each in seen.members
        }
        members = {each.dn for each in seen.members}
        for entry in snapshot:
            assert bool(seen.why(entry)) is (entry.dn in members)
            assert (seen.why_not(entry) == ()) is (entry.dn in members)
            assert not any(reason.matched for reason in seen.why_not(entry))
        if not seen._holders:  # who else names members is not searched for
            assert seen.cost.found == len(members)


@settings(max_examples=settings().max_examples // 2)
@given(directories_with_lists(most_steps=1))
def test_members_are_told_what_makes_them_members_and_others_what_does_not(drawn: Lists) -> None:
    for snapshot in drawn.versions():
        for each in snapshot.of_level(Level.LIST):
            members = {member.dn for member in now_on(snapshot, each)}
            for entry in snapshot:
                reasons = explain_member(snapshot, each, entry)
                assert reasons
                is_member = entry.dn in members
                assert {reason.matched for reason in reasons} == {is_member}
                ways = [r for r in reasons if r.id in ("member.found", "member.named") and r.matched]
                assert bool(ways) is is_member
