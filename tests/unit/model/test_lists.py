"""Lists as people ask for them: by address, with objects in the answers."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, InvalidFilter, InvalidValue, NotFound
from tests.examples import ACME, CARBONIO

STAFF, SALES, PARTNERS = "staff@acme.example", "sales@acme.example", "partners@acme.example"


class TestExpand:
    def test_a_list_is_named_by_address_alias_dn_or_object(self) -> None:
        sales = ACME.list(SALES)
        expected = ACME.expand(SALES).addresses
        assert len(expected) == 8
        for name in (sales, "order@acme.example", str(sales.dn)):
            assert ACME.expand(name).addresses == expected

    def test_members_say_how_they_come_to_be_there_and_whether_mail_reaches_them(self) -> None:
        members = {member.address: member for member in ACME.expand(STAFF)}
        assert members["judy@acme.example"].via == (STAFF, SALES)
        assert str(members["judy@acme.example"].receive) == "reject"
        assert members["john@acme.example"].via == (STAFF,)
        outside = members["wile.e@customer.example"]
        assert (outside.kind, outside.dn, outside.receive) == ("external", None, None)

    def test_the_status_table_of_the_directory_judges_them(self) -> None:
        text = mp.dumps(ACME)
        for statuses in ("server", "documented"):
            directory = mp.loads(text, statuses=statuses)
            for member in directory.expand("all@acme.example"):
                account = directory.select(str(member.dn))
                assert isinstance(account, mp.Account)
                assert member.receive == account.status.receive

    def test_the_members_of_a_list_are_the_direct_ones(self) -> None:
        members = ACME.list(STAFF).members
        assert set(members.addresses) == {SALES, PARTNERS, "john@acme.example"}
        assert {str(entry.dn) for entry in ACME.list(SALES).members.entries} == {
            str(entry.dn) for entry in ACME.search("ou=people,dc=acme.example,o=mail", filter="(ou=Sales)")
        }

    def test_what_is_no_list_is_not_expanded(self) -> None:
        with pytest.raises(NotFound):
            ACME.expand("john@acme.example")
        with pytest.raises(InvalidValue):
            ACME.expand(STAFF, depth=0)

    def test_the_tree_shows_only_members(self) -> None:
        shown = str(ACME.expand(PARTNERS, within_domain=True).tree())
        assert shown.startswith("partners@acme.example  3 members")
        assert "wile.e@customer.example" not in shown

    def test_it_shows_itself(self) -> None:
        staff = ACME.expand(STAFF)
        assert "! judy@acme.example" in str(staff.as_table())
        assert "│  ├─ judy@acme.example  reject" in str(staff.tree())
        assert "<details open>" in staff._repr_html_()
        assert "<details" not in ACME.expand(SALES)._repr_html_()
        assert "ping@acme.example → pong@acme.example" in str(ACME.expand("ping@acme.example").as_table())


class TestListsOf:
    def test_the_lists_of_an_account_are_objects(self) -> None:
        erin = ACME.account("erin@acme.example")
        assert [each.list for each in ACME.lists_of(erin)] == list(erin.lists)
        assert ACME.lists_of("erin@acme.example") == ACME.lists_of(str(erin.dn)) == ACME.lists_of(erin)
        assert [each.name for each in erin.lists] == ["all@acme.example", SALES, STAFF]

    def test_an_address_outside_may_be_on_lists_and_an_unknown_one_is_on_none(self) -> None:
        assert [each.list.name for each in ACME.lists_of("wile.e@customer.example")] == [PARTNERS, STAFF]
        assert ACME.lists_of("nobody-at-all@elsewhere.example") == ()

    def test_an_address_with_an_equals_sign_is_an_address(self) -> None:
        rewritten = "SRS0=abc=tt@fwd.example"
        acme = ACME.with_changes(mp.add_value(f"list:{PARTNERS}", member_addresses=rewritten))
        assert [each.list.name for each in acme.lists_of(rewritten)] == [PARTNERS, STAFF]
        assert acme.list(STAFF).is_member(rewritten)
        assert acme.explain_member(STAFF, rewritten)[0].matched
        assert [each.list.name for each in acme.lists_of("john+a=b@acme.example")] == [
            each.name for each in acme.account("john@acme.example").lists
        ]

    def test_is_member_agrees(self) -> None:
        for mailing_list in ACME.lists():
            for account in ACME.accounts():
                assert mailing_list.is_member(account) is (mailing_list in account.lists)


class TestPreview:
    def test_it_tells_what_a_new_url_changes(self) -> None:
        url = "ldap:///ou=people,dc=acme.example,o=mail??sub?(ou=IT)"
        seen = ACME.preview(url, against=SALES)
        assert {each.name for each in seen.removed} == set(ACME.list(SALES).members.addresses)
        assert [each.name for each in seen] == [each.name for each in seen.added]
        changed = ACME.with_changes(mp.set(f"list:{SALES}", member_urls=[url]))
        assert list(changed.expand(SALES).addresses) == [each.name for each in seen.members]

    def test_it_says_why_somebody_would_not_be_found(self) -> None:
        seen = ACME.preview("(&(ou=Sales)(l=Paris))")
        for account in ACME.accounts():
            assert bool(seen.why(account)) is (account in seen.members)
            assert bool(seen.why_not(account)) is (account not in seen.members)

    def test_effective_values_are_asked_by_name(self) -> None:
        seen = ACME.preview("(&(cos=premium)(status=active))", effective=True)
        assert {each.name for each in seen} <= {each.name for each in ACME.cos("premium").accounts}
        assert "!x-effective" in seen.url

    def test_a_filter_that_is_none_is_refused_and_a_bad_url_explained(self) -> None:
        with pytest.raises(InvalidFilter):
            ACME.preview("(ou=Sales")
        assert "probably meant" in str(ACME.preview("ldap://host/o=mail??sub?(ou=Sales)").problems[0])

    def test_it_shows_itself(self) -> None:
        shown = str(ACME.preview("(ou=IT)", against=SALES).as_table())
        assert "-  john@acme.example     account          active" in shown
        assert "+  root@acme.example     account, hidden  active" in shown

    def test_whom_a_list_names_stays_on_it(self) -> None:
        seen = ACME.preview("(ou=IT)", against=PARTNERS)
        assert (len(seen.removed), seen.removed_addresses) == (0, ())
        assert [reason.text for reason in seen.why("zoe@acme.example")] == [
            "the list names z.mueller@acme.example"
        ]

    def test_it_is_about_the_version_that_is_asked(self) -> None:
        john = ACME.account("john@acme.example")
        future = ACME.with_changes(mp.set(john.name, ou="IT"))
        seen = future.preview("(ou=Sales)")
        assert [reason.text for reason in seen.why_not(john)] == ["ou is 'IT', not 'Sales'"]
        assert future.explain_member(ACME.list(SALES), john)[-1].text == "ou is 'IT', not 'Sales'"


class TestExplainMember:
    @pytest.mark.parametrize(
        ("of_list", "whom", "first"),
        [
            (STAFF, "john@acme.example", "the list names john@acme.example"),
            (STAFF, "frank@acme.example", "by way of sales@acme.example, which is on the list"),
            (STAFF, "wile.e@customer.example", "partners@acme.example names wile.e@customer.example"),
            (STAFF, "somebody@customer.example", "no list on the way names somebody@customer.example"),
            (SALES, "carol@acme.example", "ou is 'Marketing', not 'Sales'"),
            (PARTNERS, "Jane+x@acme.example", "the list names jane@acme.example"),
        ],
    )
    def test_it_begins_with_what_decides(self, of_list: str, whom: str, first: str) -> None:
        reasons = ACME.explain_member(of_list, whom)
        assert reasons[0].text == first
        assert any(reason.matched for reason in reasons) is ACME.list(of_list).is_member(whom)


class TestDoubt:
    """An address that two accounts have is on a list: whose mail it is, nobody can tell."""

    SHARED = ACME.with_changes(mp.add_value(f"list:{PARTNERS}", member_addresses="trent@acme.example"))

    def test_it_is_neither_yes_nor_no(self) -> None:
        with pytest.raises(Ambiguous):
            self.SHARED.list(PARTNERS).is_member("uid=trent,ou=people,dc=acme.example,o=mail")
        memberships = self.SHARED.lists_of("uid=trent,ou=people,dc=acme.example,o=mail")
        assert {each.name for each in memberships.doubtful} == {PARTNERS, STAFF}
        assert PARTNERS not in {each.list.name for each in memberships}

    def test_it_is_said(self) -> None:
        reasons = self.SHARED.explain_member(PARTNERS, "uid=trent,ou=people,dc=acme.example,o=mail")
        assert reasons[-1].id == "member.unknown"
        assert "trent@acme.example" in reasons[-1].text
        assert ACME.lists_of("john@acme.example").doubtful == ()


def test_lists_that_share_an_address_are_told_apart() -> None:
    """The list on the way is known by another of its addresses; its own is that of two."""
    twin = mp.create("list:twin@acme.example", member_addresses=["jane@acme.example"])
    text = mp.dumps(ACME.with_changes(twin)).replace("mail: twin@acme.example", f"mail: {SALES}")
    acme = mp.loads(text.replace(f"mpMemberAddresses: {SALES}", "mpMemberAddresses: order@acme.example"))
    nested, *direct = acme.explain_member(STAFF, "erin@acme.example")
    assert nested.text == f"by way of {SALES}, which is on the list"
    assert direct[-1].text == "ou is 'Sales'"


def test_findings_of_lists_are_among_those_of_the_directory() -> None:
    assert {"base-only", "list-loop"} <= {finding.id for finding in ACME.findings}


def test_a_url_that_cannot_be_read_is_found_once() -> None:
    text = mp.dumps(ACME).replace("??sub?(ou=Sales)", "??sub?(ou=Sales")
    found = [
        each
        for each in mp.loads(text).findings
        if each.attribute == "memberURL" and "Sales" in (each.raw or "")
    ]
    assert [each.id for each in found] == ["unusable-url"]


class TestOwnersAndDelegates:
    def test_they_are_views_of_grants(self) -> None:
        assert [each.name for each in ACME.list("board@acme.example").owners] == ["jane@acme.example"]
        assert {each.name for each in ACME.account("jane@acme.example").owned_lists} == {
            "all@acme.example", "board@acme.example",
        }  # fmt: skip
        assert [each.name for each in ACME.account("john@acme.example").delegates] == ["jane@acme.example"]
        assert len(ACME.list("board@acme.example").allowed_senders) == 2

    def test_rights_are_asked_by_name(self) -> None:
        assert mp.holds(ACME, "jane@acme.example", "ownDistList", "board@acme.example")
        assert not mp.holds(ACME, None, "ownDistList", "board@acme.example")
        assert mp.may_post(ACME, "all@acme.example", login="jane@acme.example")
        assert not mp.may_post(ACME, "all@acme.example", login="bob@acme.example")
        assert mp.may_unsubscribe(ACME, PARTNERS, "jane@acme.example").outcome == "reject"
        for mailing_list, login in (("john@acme.example", None), (STAFF, SALES)):
            with pytest.raises(NotFound):
                mp.may_post(ACME, mailing_list, login=login, sender="x@customer.example")

    def test_a_grant_to_all_who_have_logged_in_is_not_met_by_an_envelope_sender(self) -> None:
        grants = ["00000000-0000-0000-0000-000000000000 all sendToDistList"]
        acme = ACME.with_changes(mp.set(f"list:{PARTNERS}", posting_policy="nobody", grants=grants))
        acme = acme.with_changes(mp.set(f"list:{PARTNERS}", posting_policy="granted"))
        assert mp.may_post(acme, PARTNERS, login="bob@acme.example")
        assert not mp.may_post(acme, PARTNERS, sender="bob@acme.example")


def test_the_address_book_is_asked_by_the_name_of_a_domain() -> None:
    assert [each.address for each in ACME.gal("acme.example", "zo")] == ["zoe@acme.example"]
    assert [each.name for each in ACME.gal(ACME.domain("acme.example"), "zo", actor="bob@acme.example")]


def test_carbonio_lists_expand_too() -> None:
    for mailing_list in CARBONIO.lists():
        for member in CARBONIO.expand(mailing_list):
            assert member.kind == "external" or mailing_list.is_member(member.address)
