"""Whom dynamic lists find, and how that follows changes."""

from __future__ import annotations

import gc
from unittest.mock import patch
from weakref import ref

import pytest

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.lists import dynamic
from mailpolicy.lists.dynamic import finding, found, is_found
from mailpolicy.snapshot import Snapshot
from tests.small_directories import bob, cos, domain, mailing_list, record, snapshot_with
from tests.trees import entry

ALL = "list:all@acme.example"
ANN, BOB = "uid=ann,dc=acme.example,o=mail", "uid=bob,dc=acme.example,o=mail"
UNIT = record("ou=unit,dc=acme.example,o=mail", "organizationalUnit", "ou: unit")


def directory(*urls: str, more: str = "") -> Snapshot:
    return snapshot_with(
        "native", bob("ou: Sales"), more, mailing_list(*(f"memberURL: {url}" for url in urls))
    )


def names(snapshot: Snapshot, of: str = ALL) -> set[str]:
    return {str(each.dn) for each in snapshot.entries(found(snapshot, entry(snapshot, of)))}


def test_the_urls_of_a_list_are_united_and_useless_ones_passed_over() -> None:
    snapshot = directory(
        "ldap:///o=mail??sub?(ou=sales)",
        "ldap:///o=mail??sub?(objectClass=mpAccount)",
        "nonsense",
        "ldap://host/o=mail??sub",
    )
    assert names(snapshot) == {ANN, BOB}


def test_a_static_list_finds_nobody() -> None:
    snapshot = snapshot_with("native", mailing_list("mpMemberAddresses: ann@acme.example"))
    assert names(snapshot) == set()
    assert not is_found(snapshot, entry(snapshot, ALL), entry(snapshot, "ann@acme.example"))


def test_whatever_is_there_is_found_also_the_list_itself() -> None:
    snapshot = directory("ldap:///o=mail??sub?(cn=*)")
    assert str(entry(snapshot, ALL).dn) in names(snapshot)
    assert "cn=gold,o=mail" in names(snapshot)


def test_only_critical_is_effective() -> None:
    assert names(directory("ldap:///o=mail??sub?(imap-enabled=TRUE)?x-effective")) == set()
    assert {ANN, BOB} < names(directory("ldap:///o=mail??sub?(imap-enabled=TRUE)?!x-effective"))


# -- following changes --------------------------------------------------------------------------------


def changed(snapshot: Snapshot, *changes: object) -> Snapshot:
    return applied(snapshot, changes)  # type: ignore[arg-type]


def evaluated(snapshot: Snapshot) -> int:
    """How many searches it takes to answer what the list finds."""
    with patch.object(dynamic, "rows_of", wraps=dynamic.rows_of) as asked:
        names(snapshot)
        return asked.call_count


def test_a_changed_account_is_tried_alone() -> None:
    before = directory("ldap:///o=mail??sub?(ou=sales)")
    assert names(before) == {BOB}
    after = changed(
        before, mp.set("ann@acme.example", {"ou": "Sales"}), mp.set("bob@acme.example", {"ou": None})
    )
    assert evaluated(after) == 0
    assert names(after) == {ANN}
    assert names(before) == {BOB}


def test_entries_come_and_go() -> None:
    before = directory("ldap:///o=mail??sub?(objectClass=mpAccount)")
    assert names(before) == {ANN, BOB}
    after = changed(
        before, mp.delete("bob@acme.example"), mp.create("account:eve@acme.example", cn="E", sn="E")
    )
    assert evaluated(after) == 0
    assert names(after) == {ANN, "uid=eve,dc=acme.example,o=mail"}


def test_a_list_whose_urls_change_is_worked_out_anew_and_no_other() -> None:
    before = directory("ldap:///o=mail??sub?(ou=sales)")
    assert names(before) == {BOB}
    renamed = changed(before, mp.set(ALL, {"description": "everybody"}))
    assert evaluated(renamed) == 0
    after = changed(renamed, mp.set(ALL, {"memberURL": ["ldap:///o=mail??sub?(uid=ann)"]}))
    assert evaluated(after) == 1
    assert names(after) == {ANN}


def test_what_stands_below_an_entry_is_asked_again_when_entries_come_or_go() -> None:
    before = directory("ldap:///dc=acme.example,o=mail??children?(hasSubordinates=TRUE)", more=UNIT)
    assert names(before) == set()
    described = changed(before, mp.set("ann@acme.example", {"description": "x"}))
    assert evaluated(described) == 0
    below = mp.create("account:eve@acme.example", cn="E", sn="E", dn="uid=eve,ou=unit,dc=acme.example,o=mail")
    after = changed(described, below)
    assert names(after) == {"ou=unit,dc=acme.example,o=mail"}


EFFECTIVELY = "ldap:///dc=acme.example,o=mail??sub?(&(objectClass=mpAccount)(imap-enabled=TRUE))?!x-effective"


def test_who_changes_is_tried_alone_on_effective_lists_too() -> None:
    before = directory(EFFECTIVELY)
    assert names(before) == {ANN, BOB}
    after = changed(before, mp.set("ann@acme.example", imap_enabled=False))
    assert evaluated(after) == 0
    assert names(after) == {BOB}


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ("", mp.set("cos:gold", imap_enabled=False)),
        ("", mp.delete("cos:gold")),
        (cos("mpImapEnabled: FALSE"), mp.set("ann@acme.example", cos="cn=silver,o=mail")),
    ],
)
def test_effective_lists_follow_what_others_inherit(more: str, change: object) -> None:
    url = EFFECTIVELY.replace("(imap-enabled=TRUE)", "(|(cos=gold)(cos=silver))(imap-enabled=TRUE)")
    before = directory(url, more=more)
    assert names(before) == {ANN}
    assert names(changed(before, change)) == set()


def test_effective_lists_follow_the_domain_and_everybody() -> None:
    before = directory(EFFECTIVELY.replace("(imap-enabled=TRUE)", "(status=active)"))
    assert names(before) == {ANN, BOB}
    after = changed(before, mp.set("domain:acme.example", domain_status="closed"))
    assert names(after) == set()
    assert evaluated(changed(before, mp.set("config", imap_enabled=False))) == 1


def test_what_is_kept_holds_no_snapshot() -> None:
    before = directory(EFFECTIVELY, "ldap:///o=mail??sub?(hasSubordinates=FALSE)")
    names(before)
    finding(before, entry(before, "ann@acme.example"))
    after = changed(before, mp.set("ann@acme.example", {"description": "x"}))
    names(after)
    gone = ref(before)
    del before
    gc.collect()
    assert gone() is None


def test_a_list_is_read_once_however_many_there_are() -> None:
    """A memory of the last so many URLs would be of no use to anybody who goes round one more."""
    before = directory("ldap:///o=mail??sub?(uid=ann)")
    assert [lists_read(before), lists_read(before)] == [1, 0]
    assert lists_read(changed(before, mp.set("bob@acme.example", {"description": "x"}))) == 0
    after = changed(before, mp.set(ALL, {"memberURL": ["ldap:///o=mail??sub?(!(uid=bob))"]}))
    assert [lists_read(after), lists_read(after)] == [1, 0]
    assert names(after) == {str(each.dn) for each in after} - {BOB}
    assert names(before) == {ANN}


def lists_read(snapshot: Snapshot) -> int:
    """How many lists are read to tell which of them find somebody."""
    with patch.object(dynamic, "searches_in", wraps=dynamic.searches_in) as read:
        assert finding(snapshot, entry(snapshot, "ann@acme.example"))
        return read.call_count


def test_only_so_many_lists_are_kept() -> None:
    with patch.object(dynamic, "MOST_KEPT", 0):
        snapshot = directory("ldap:///o=mail??sub?(ou=sales)")
        assert names(snapshot) == names(snapshot) == {BOB}
        assert evaluated(snapshot) == 1


def test_a_group_of_a_server_that_is_no_list_follows_changes() -> None:
    """Carbonio's internal units have a URL and are no lists, so no index brings them up."""
    unit = record(
        "cn=internal,dc=acme.example,o=mail", "groupOfURLs", "cn: internal",
        "memberURL: ldap:///o=mail??sub?(ou=sales)",
    )  # fmt: skip
    before = snapshot_with("native", bob("ou: Sales"), unit)
    name = "cn=internal,dc=acme.example,o=mail"
    assert names(before, name) == {BOB}
    after = changed(before, mp.set("ann@acme.example", {"ou": "Sales"}))
    assert names(after, name) == {ANN, BOB}


def test_lists_of_other_domains_find_her_as_well() -> None:
    other = (
        mailing_list("memberURL: ldap:///??sub?(ou=sales)").replace("all", "others").replace("acme.", "b.")
    )
    snapshot = directory("ldap:///o=mail??sub?(ou=sales)", more=domain("b.example") + "\n" + other)
    found_by = finding(snapshot, entry(snapshot, "bob@acme.example"))
    assert {str(snapshot.base.entries[row].dn) for row in found_by} == {  # type: ignore[union-attr]
        "cn=all,dc=acme.example,o=mail",
        "cn=others,dc=b.example,o=mail",
    }
