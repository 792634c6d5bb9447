"""A member URL or a filter, tried before it is saved: by example."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidFilter, NotFound
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import Equal, Filter
from mailpolicy.ldap.url import LdapUrl
from mailpolicy.lists.preview import Preview, preview
from mailpolicy.lists.why.explain import explain_member
from mailpolicy.reasons import Level

ACME = mp.open("ldif/examples/acme.ldif")
IN_ACME = "ldap:///dc=acme.example,o=mail??sub?"


def entry(name: str) -> Entry:
    return ACME.find(f"{name}@acme.example").entry


def previewed(url: str, against: str | None = None) -> Preview:
    return preview(ACME.snapshot, url, None if against is None else entry(against))


def names(entries: list[Entry]) -> list[str]:
    return [ACME.object(each).name.partition("@")[0] for each in entries]


def test_members_and_what_changes() -> None:
    seen = previewed(f"{IN_ACME}(|(ou=Sales)(uid=jane))", "sales")
    now = names([each.entry for each in ACME.accounts() if "Sales" in each.entry.get("ou")])
    assert "jane" in names(seen.members)
    assert names(seen.added) == [
        "jane",
        *[each for each in names(seen.members) if each not in (*now, "jane")],
    ]
    assert seen.removed == []
    assert names(previewed(f"{IN_ACME}(uid=jane)", "sales").added) == ["jane"]
    assert "john" in names(previewed(f"{IN_ACME}(uid=jane)", "sales").removed)
    assert previewed(f"{IN_ACME}(uid=jane)").removed == []
    assert names(previewed(f"{IN_ACME}(uid=jane)").added) == ["jane"]


def test_what_it_finds_now_is_no_change() -> None:
    (url,) = entry("sales").get("memberURL")
    seen = previewed(str(url), "sales")
    assert (seen.added, seen.removed, seen.problems) == ([], [], ())


def test_a_list_keeps_whom_it_names() -> None:
    future = ACME.with_changes(
        mp.set("list:staff@acme.example", member_addresses=["john@acme.example", "x@y.z"])
    )
    staff = future.list("staff@acme.example").entry
    seen = preview(future.snapshot, f"{IN_ACME}(uid=jane)", staff)
    assert names(seen.added) == ["jane"]
    assert (seen.removed, seen.removed_addresses) == ([], ())


@pytest.mark.parametrize(
    "wanted",
    ["(uid=jane)", Equal("uid", "jane"), LdapUrl.parse("ldap:///o=mail??sub?(uid=jane)"), "uid=jane"],
)
def test_what_is_tried_may_be_read_already(wanted: str | Filter | LdapUrl) -> None:
    assert names(preview(ACME.snapshot, wanted).members) == ["jane"]


def test_a_filter_may_be_about_what_applies() -> None:
    seen = preview(ACME.snapshot, "(&(kind=account)(mailbox-quota>=25GiB))", effective=True)
    assert "john" in names(seen.members)
    assert seen.url == "ldap:///??sub?(&(kind=account)(mailbox-quota%3E=25GiB))?!x-effective"
    assert previewed(seen.url).rows == seen.rows
    (reason,) = [reason for reason in seen.why_not(entry("jane")) if "quota" in reason.text]
    assert reason.text == ("mailbox-quota is 20 GiB, not at least 25GiB (from the class of service premium)")


def test_text_that_is_neither_is_refused() -> None:
    with pytest.raises(InvalidFilter):
        previewed("(uid=jane")


@pytest.mark.parametrize(
    ("url", "part", "text"),
    [
        (
            "ldap://ldap1/o=mail??sub?(ou=Sales)",
            "ldap://ldap1/o=mail??sub?(ou=Sales)",
            "; probably meant: ldap:///o=mail??sub?(ou=Sales)",
        ),
        (
            "ldap:///o=mail???(ou=Sales)",
            "ldap:///o=mail???(ou=Sales)",
            "without a scope only the base itself is found; probably meant: ldap:///o=mail??sub?(ou=Sales)",
        ),
        (
            "ldap:///o=elsewhere??sub?(ou=Sales)",
            "ldap:///o=elsewhere??sub?(ou=Sales)",
            "the base o=elsewhere does not exist, so nobody is found",
        ),
        (
            "(imap-enabled=TRUE)",
            "(imap-enabled=TRUE)",
            "; expected ldap:///??sub?(imap-enabled=TRUE)?!x-effective",
        ),
        (
            "ldap:///o=mail??sub?(imap-enabeld=TRUE)?!x-effective",
            "(imap-enabeld=TRUE)",
            "no setting or attribute 'imap-enabeld'; did you mean imap-enabled or api-enabled?",
        ),
    ],
    ids=["host", "scope", "base", "setting", "name"],
)
def test_what_can_find_nobody_is_a_problem(url: str, part: str, text: str) -> None:
    seen = previewed(url)
    assert seen.members == []
    (problem,) = seen.problems
    assert problem.part == part
    assert problem.text.endswith(text)
    reasons = seen.why_not(entry("jane"))
    assert reasons
    assert not any(reason.matched for reason in reasons)
    assert seen.why(entry("jane")) == ()


def test_a_place_out_of_scope_is_a_reason() -> None:
    seen = previewed("ldap:///dc=globex.example,o=mail??one?(objectClass=mpAccount)")
    (reason,) = seen.why_not(entry("jane"))
    assert (reason.id, reason.matched) == ("member.scope", False)
    assert (
        reason.text
        == "uid=jane,ou=people,dc=acme.example,o=mail is not directly below dc=globex.example,o=mail"
    )


def test_the_cost_says_what_was_looked_up_and_what_was_tried() -> None:
    seen = previewed(f"{IN_ACME}(&(ou=Sales)(cn:caseExactMatch:=x))")
    assert seen.cost.entries > 30
    assert 0 < seen.cost.tested < 10
    seen = previewed(f"{IN_ACME}(&(ou=Sales)(imap-enabled=TRUE))?!x-effective")
    assert seen.cost.found == len(seen.members)
    assert seen.cost.steps[-1].part == "(imap-enabled=TRUE)"
    assert previewed("ldap://ldap1/o=mail??sub?").cost.entries == 0


def test_members_are_told_why_and_others_why_not() -> None:
    sales = entry("sales")
    reasons = explain_member(ACME.snapshot, sales, entry("john"))
    assert [reason.id for reason in reasons] == ["member.found", "member.scope", "filter.true"]
    assert reasons[-1].text == "ou is 'Sales'"
    (origin,) = reasons[0].origins
    assert (origin.level, origin.attribute) == (Level.LIST, "memberURL")
    assert [r.text for r in explain_member(ACME.snapshot, sales, entry("jane"))] == [
        "ou is 'IT', not 'Sales'"
    ]


def test_a_member_is_told_the_address_by_which_a_list_names_her() -> None:
    future = ACME.with_changes(
        mp.set("list:staff@acme.example", member_addresses=["j.doe@alias.example", "jane@acme.example"])
    )
    staff = future.list("staff@acme.example").entry
    (reason,) = explain_member(future.snapshot, staff, future.account("john@acme.example").entry)
    assert (reason.id, reason.text) == ("member.named", "the list names j.doe@alias.example")
    (origin,) = reason.origins
    assert origin.raw == ("j.doe@alias.example",)
    (reason,) = explain_member(future.snapshot, staff, future.account("carol@acme.example").entry)
    assert (reason.matched, reason.text) == (False, "the list names none of its addresses")


def test_entries_of_another_directory_are_not_found() -> None:
    globex = mp.loads("dn: o=other\nobjectClass: organization\no: other\n")
    (other,) = globex.snapshot
    with pytest.raises(NotFound):
        previewed("(uid=jane)").why_not(other)
    with pytest.raises(NotFound):
        explain_member(ACME.snapshot, entry("sales"), other)
