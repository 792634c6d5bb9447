"""By which values of an entry a dynamic list comes up."""

from __future__ import annotations

import pickle

import pytest

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.lists.dynamic import finding
from mailpolicy.lists.triggers import TRIGGER, Has, Trigger, candidates, triggers_of
from mailpolicy.lists.urls import MemberSearch, read_url
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot import Snapshot

NATIVE = find_dialect("native")
DEFINITIONS = NATIVE.definitions
ALWAYS = {Has(None)}


def triggers(filter: str, extensions: str = "") -> set[Has]:
    search = read_url(f"ldap:///O=Mail??sub?{filter}{extensions}".encode(), NATIVE)
    assert isinstance(search, MemberSearch)
    found = triggers_of(search, DEFINITIONS)
    assert {each.base for each in found} <= {"o=mail"}
    return {each.has for each in found}


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("(ou=Sales)", {Has("ou", b"sales")}),
        ("(&(objectClass=mpAccount)(ou=Sales))", {Has("ou", b"sales")}),
        ("(&(mpImapEnabled=TRUE)(ou=Sales))", {Has("ou", b"sales")}),
        ("(&(ou=Sales)(|(l=Rom)(l=Paris)))", {Has("ou", b"sales")}),
        ("(&(ou=*)(|(l=Rom)(l=Paris)))", {Has("l", b"rom"), Has("l", b"paris")}),
        ("(|(ou=Sales)(&(l=Rom)(sn=x)))", {Has("ou", b"sales"), Has("l", b"rom")}),
        ("(|(ou=Sales)(noSuchAttribute=x))", {Has("ou", b"sales")}),
        ("(mail=*@Acme.example)", {Has("mail", b"@acme.example", (-13, None))}),
        ("(mail=jo*e*x)", {Has("mail", b"jo", (None, 2))}),
        ("(&(mail=*x*)(ou=A*))", {Has("ou", b"a", (None, 1))}),
        ("(mail=*x*)", {Has("mail")}),
        ("(mail=*)", {Has("mail")}),
        ("(employeeNumber>=7)", set()),
        ("(createTimestamp>=20200101000000Z)", {Has("createTimestamp")}),
        ("(cn~=x)", {Has("cn")}),
        ("(noSuchAttribute=x)", set()),
        ("(&(noSuchAttribute=x)(ou=Sales))", set()),
        ("(|)", set()),
        ("(&)", ALWAYS),
        ("(!(ou=Sales))", ALWAYS),
        ("(&(!(ou=Sales))(l=Rom))", {Has("l", b"rom")}),
        ("(|(!(ou=Sales))(l=Rom))", ALWAYS),
        ("(!(|(!(ou=Sales))(l=Rom)))", {Has("ou", b"sales")}),
        ("(hasSubordinates=TRUE)", ALWAYS),
        ("(&(hasSubordinates=TRUE)(ou=Sales))", {Has("ou", b"sales")}),
        ("(cn:caseExactMatch:=Ann)", ALWAYS),
        ("(!" * 100 + "(ou=x)" + ")" * 100, ALWAYS),
    ],
)
def test_the_rarest_of_what_is_needed_is_the_trigger(filter: str, expected: set[Has]) -> None:
    assert triggers(filter) == expected


def test_a_name_stands_for_its_subtypes_and_a_class_for_those_derived_from_it() -> None:
    assert {Has("cn", b"x"), Has("sn", b"x"), Has("ou", b"x")} <= triggers("(name=X)")
    assert {Has("objectClass", b"person"), Has("objectClass", b"inetorgperson")} <= triggers(
        "(objectClass=person)"
    )


def test_what_applies_is_no_trigger_but_what_is_stored_is() -> None:
    assert triggers("(imap-enabled=TRUE)", "?!x-effective") == ALWAYS
    assert triggers("(&(imap-enabled=TRUE)(ou=Sales))", "?!x-effective") == {Has("ou", b"sales")}
    assert triggers("(|(imap-enabled=TRUE)(ou=Sales))", "?!x-effective") == ALWAYS


# -- looking an entry up ------------------------------------------------------------------------------


def entry(dn: str, **values: str) -> Entry:
    stored = {DEFINITIONS.canonical_name(name): (text.encode(),) for name, text in values.items()}
    return Entry(DN(dn), stored, DEFINITIONS)


def mailing_list(number: int, url: str) -> Entry:
    return entry(f"cn=l{number},o=mail", objectClass="mpList", memberURL=url)


def lists(*urls: str) -> Snapshot:
    entries = [mailing_list(number, url) for number, url in enumerate(urls)]
    return Snapshot.of(NATIVE, {str(each.dn): each for each in entries})


def rows(snapshot: Snapshot, tried: Entry) -> set[int]:
    return candidates(snapshot, snapshot.key(tried.dn), tried)


def test_only_lists_that_her_values_bring_up_are_tried() -> None:
    snapshot = lists(
        *(f"ldap:///o=mail??sub?(&(objectClass=mpAccount)(ou=team {number}))" for number in range(500)),
        "ldap:///ou=else,o=mail??sub?(ou=team 7)",
        "ldap:///ou=a,o=mail??sub?(!(ou=team 7))",
        "ldap:///o=mail??sub?(mail=*@acme.example)",
        "ldap:///o=mail??sub?(cn=an*)",
        "ldap:///uid=ann,ou=a,o=mail??base?(cn=*)",
        "ldap:///uid=bob,ou=a,o=mail??base?(cn=*)",
    )
    ann = entry("UID=Ann, ou=a,o=mail", ou=" TEAM  7", mail="ann@ACME.example", cn="Anna")
    assert rows(snapshot, ann) == {7, 501, 502, 503, 504}
    assert finding(snapshot, ann) == [502, 503, 504]


def test_a_value_with_options_counts() -> None:
    snapshot = lists("ldap:///o=mail??sub?(cn=anna)", "ldap:///o=mail??sub?(cn;lang-fr=anna)")
    ann = Entry(DN("uid=ann,o=mail"), {"cn;lang-de": (b"Anna",)}, DEFINITIONS)
    assert rows(snapshot, ann) == {0, 1}
    assert finding(snapshot, ann) == [0]


def test_a_list_comes_up_as_it_is_now() -> None:
    before = lists("ldap:///o=mail??sub?(ou=x)", "ldap:///o=mail??sub?(ou=y)")
    ann = entry("uid=ann,o=mail", ou="x")
    assert finding(before, ann) == [0]
    after = before.changed(
        {
            "cn=l0,o=mail": mailing_list(0, "ldap:///o=mail??sub?(ou=z)"),
            "cn=l1,o=mail": None,
            "cn=l2,o=mail": mailing_list(2, "ldap:///o=mail??sub?(ou=x)"),
        }
    )
    assert finding(after, ann) == [2]
    assert finding(before, ann) == [0]


def test_the_index_survives_pickling() -> None:
    snapshot = lists("ldap:///o=mail??sub?(ou=x)", "ldap:///o=mail??sub?(ou=x*)")
    ann = entry("uid=ann,o=mail", ou="x")
    assert finding(snapshot, ann) == [0, 1]
    again = pickle.loads(pickle.dumps(snapshot))
    assert again.base.knows(TRIGGER)
    assert finding(again, ann) == [0, 1]


def test_a_list_that_others_find_or_a_static_one_is_none_that_finds() -> None:
    account = entry("uid=bob,o=mail", objectClass="mpAccount", memberURL="ldap:///o=mail??sub")
    static = entry("cn=static,o=mail", objectClass="mpList")
    snapshot = Snapshot.of(NATIVE, {str(each.dn): each for each in (account, static)})
    assert rows(snapshot, static) == set()
    assert list(snapshot.base.find(TRIGGER)) == []
    assert list(lists("ldap:///o=mail").base.find(TRIGGER)) == [Trigger("o=mail", Has("objectClass"))]
