"""Everybody whom mail for a list comes to."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, InvalidValue, NotFound
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.lists.expand import Expansion, expand
from mailpolicy.lists.loops import loops
from mailpolicy.lists.upward import is_member, lists_of
from mailpolicy.schema import find_dialect
from mailpolicy.snapshot import Snapshot
from tests.small_directories import bob, domain, record, snapshot_with

EVERYTHING = "memberURL: ldap:///o=mail??sub?(objectClass=*)"
ACME = mp.open("ldif/examples/acme.ldif").snapshot


def mail_list(name: str, *members: str, lines: tuple[str, ...] = ()) -> str:
    return record(
        f"cn={name},o=mail", "groupOfURLs mpList", f"cn: {name}", f"mail: {name}@acme.example",
        *(f"mpMemberAddresses: {each if '@' in each else f'{each}@acme.example'}" for each in members),
        *lines,
    )  # fmt: skip


def entry(snapshot: Snapshot, name: str) -> Entry:
    found = snapshot.entry(name if "=" in name else f"cn={name},o=mail")
    assert found is not None
    return found


def expanded(snapshot: Snapshot, name: str, depth: int | None = None, **how: bool) -> Expansion:
    return expand(snapshot, entry(snapshot, name), depth, **how)


def ways(expansion: Expansion) -> dict[str, tuple[str, ...]]:
    """The local parts of the lists by which each member is met."""
    return {each.address: tuple(name.partition("@")[0] for name in each.via) for each in expansion}


RECORDS = (
    mail_list("l1", "l3", "l2", "x@else.example"), mail_list("l2", "bob", "l3"),
    mail_list("l3", "ann", "bob", "y@else.example", "x@else.example", "gone"), bob(),
)  # fmt: skip
NESTED = snapshot_with("native", *RECORDS)


def test_a_diamond_counts_once_and_the_shortest_way_is_told() -> None:
    assert ways(expanded(NESTED, "l1")) == {
        "ann@acme.example": ("l1", "l3"), "bob@acme.example": ("l1", "l3"),
        "x@else.example": ("l1",), "y@else.example": ("l1", "l3"),
    }  # fmt: skip
    assert [each.address for each in expanded(NESTED, "l1").dangling] == ["gone@acme.example"]


def test_members_say_what_they_are() -> None:
    ann, *_, outside = expanded(NESTED, "l1")
    assert (ann.kind, ann.dn, ann.receive) == ("account", "uid=ann,dc=acme.example,o=mail", "deliver")
    assert (outside.kind, outside.dn, outside.receive) == ("external", None, None)
    assert (ann.hidden, ann.system, outside.hidden, outside.system) == (False,) * 4
    assert repr(ann) == "<Member ann@acme.example: account>"
    assert repr(expanded(NESTED, "l1")) == "<Expansion of l1@acme.example: 4 members>"


def test_a_depth_of_one_gives_the_direct_members() -> None:
    found = expanded(NESTED, "l1", 1)
    assert [(each.address, each.kind) for each in found] == [
        ("l2@acme.example", "list"), ("l3@acme.example", "list"), ("x@else.example", "external"),
    ]  # fmt: skip
    assert found.counts["list"] == 2
    assert expanded(NESTED, "l1", 2).addresses == expanded(NESTED, "l1").addresses
    with pytest.raises(InvalidValue, match="at least 1"):
        expanded(NESTED, "l1", 0)


def test_cycles_end_and_are_told() -> None:
    snapshot = snapshot_with(
        "native", mail_list("l1", "l2", "l1"), mail_list("l2", "l3", "ann"), mail_list("l3", "l2", "l4"),
        mail_list("l4"),
    )  # fmt: skip
    assert expanded(snapshot, "l1").addresses == ("ann@acme.example",)
    one, two, three = (f"l{number}@acme.example" for number in (1, 2, 3))
    assert expanded(snapshot, "l1").loops == ((one, one), (two, three, two))
    assert expanded(snapshot, "l3").loops == ((three, two, three),)
    assert expanded(snapshot, "l4").loops == ()


def test_nobody_is_removed_by_a_status() -> None:
    snapshot = snapshot_with("native", mail_list("l1", "bob"), bob("mpAccountStatus: closed"))
    (member,) = expanded(snapshot, "l1")
    assert member.receive == "reject"
    sales = expanded(ACME, "cn=sales,ou=lists,dc=acme.example,o=mail")
    assert {str(each.receive) for each in sales} == {"deliver", "reject"}


def test_who_is_hidden_is_marked() -> None:
    found = expanded(ACME, "cn=partners,ou=lists,dc=acme.example,o=mail")
    assert [each.address for each in found if each.hidden] == ["lostandfound@acme.example"]
    assert found.counts["hidden"] == 1


def test_what_has_no_address_is_counted_only() -> None:
    snapshot = snapshot_with("native", mail_list("l1", lines=(EVERYTHING,)), bob())
    found = expanded(snapshot, "l1")
    assert found.addresses == ("ann@acme.example", "bob@acme.example")
    assert found.counts == {
        "account": 2, "resource": 0, "list": 0, "external": 0, "hidden": 0, "system": 0, "dangling": 0,
        "unaddressed": 4, "elsewhere": 0,
    }  # fmt: skip
    assert found.loops == (("l1@acme.example", "l1@acme.example"),)


def test_within_the_domain() -> None:
    snapshot = snapshot_with(
        "native", mail_list("l1", "ann", "bob@globex.example", "l2@globex.example", "x@else.example"),
        bob("mail: bob@globex.example"), domain("globex.example"),
        record("cn=l2,o=mail", "groupOfURLs mpList", "cn: l2", "mail: l2@globex.example",
               "mpMemberAddresses: a@acme.example"),
    )  # fmt: skip
    found = expanded(snapshot, "l1", within_domain=True)
    assert found.addresses == ("ann@acme.example",)
    assert found.counts["elsewhere"] == 3
    assert expanded(snapshot, "l1").counts["elsewhere"] == 0


def test_an_address_in_any_spelling_is_in_an_expansion() -> None:
    found = expanded(NESTED, "l1")
    for address in ("ANN@acme.example", "a@acme.example", "ann+x@acme.example", "X@else.example"):
        assert address in found
    for address in ("gone@acme.example", "z@else.example", "l2@acme.example", "no address", 7):
        assert address not in found
    twice = snapshot_with("native", mail_list("l1", "ann"), bob("mpAliases: ann@acme.example"))
    with pytest.raises(Ambiguous):
        assert "ann@acme.example" in expanded(twice, "l1")


def test_only_lists_are_expanded() -> None:
    with pytest.raises(NotFound):
        expanded(NESTED, "uid=ann,dc=acme.example,o=mail")


def long_chain(length: int) -> Snapshot:
    """Lists each of which names the next one and somebody outside; the last one names the first."""
    dialect = find_dialect("native")
    entries = {"o=mail": Entry(DN("o=mail"), {"objectClass": (b"organization",)}, dialect.definitions)}
    domain_values = {"objectClass": (b"domain", b"mpDomain"), "associatedDomain": (b"acme.example",)}
    entries["dc=a"] = Entry(DN("dc=a"), domain_values, dialect.definitions)
    for number in range(length):
        members = b"l%d@acme.example" % ((number + 1) % length), b"x%d@else.example" % number
        values = {
            "objectClass": (b"groupOfURLs", b"mpList"), "mail": (b"l%d@acme.example" % number,),
            "mpMemberAddresses": members,
        }  # fmt: skip
        entries[f"cn=l{number}"] = Entry(DN(f"cn=l{number}"), values, dialect.definitions)
    return Snapshot.of(dialect, entries)


def test_a_chain_may_be_of_any_length() -> None:
    length = 5_000
    snapshot = long_chain(length)
    found = expand(snapshot, entry(snapshot, "cn=l0"))
    assert len(found) == length
    assert len(found.loops[0]) == length + 1
    *_, last = found
    assert (len(last.via), last.via[0], last.via[-1]) == (
        length,
        "l0@acme.example",
        f"l{length - 1}@acme.example",
    )
    top = lists_of(snapshot, f"x{length - 1}@else.example")[-1]
    assert (len(top.via), top.via[-1]) == (length, last.via[-1])
    assert is_member(snapshot, entry(snapshot, "cn=l0"), f"X{length - 1}@else.example")


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({}, []),
        ({1: [2], 2: []}, []),
        ({1: [1]}, [(1, 1)]),
        ({1: [2, 3], 2: [4], 3: [1], 4: [1]}, [(1, 3, 1)]),
        ({1: [2], 2: [3], 3: [2, 4], 4: [4]}, [(2, 3, 2), (4, 4)]),
    ],
)
def test_the_ways_round(graph: dict[int, list[int]], found: list[tuple[int, ...]]) -> None:
    assert loops(graph) == found


def test_what_is_cut_is_in_none_of_the_views() -> None:
    snapshot = snapshot_with(
        "native", mail_list("l1", "ann", "bob@globex.example", "l2@globex.example"),
        mail_list("l2", lines=("mpAliases: l2@globex.example",)).replace("mail: l2@acme", "mail: l2@globex"),
        bob("mail: bob@globex.example"), domain("globex.example"),
    )  # fmt: skip
    found = expanded(snapshot, "l1", within_domain=True)
    assert [each.dn for each in found.entries] == ["uid=ann,dc=acme.example,o=mail"]
    assert "globex" not in str(found.tree())
    assert "l2@globex.example" in str(expanded(snapshot, "l1").tree())


def test_an_alias_domain_is_the_same_domain() -> None:
    alias = domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: acme.example")
    for name, member in (("acme", "alias"), ("alias", "acme")):
        records = (
            mail_list("l1", f"bob@{member}.example").replace("mail: l1@acme", f"mail: l1@{name}"),
            bob(f"mail: bob@{member}.example"),
        )
        found = expanded(snapshot_with("native", alias, *records), "l1", within_domain=True)
        assert found.addresses == (f"bob@{member}.example",)
        other = expanded(snapshot_with("native", domain("alias.example"), *records), "l1", within_domain=True)
        assert other.addresses == ()


@pytest.mark.parametrize(("place", "expected"), [("dc=acme.example,o=mail", 1), ("o=mail", 0)])
def test_a_list_without_an_address_is_of_the_domain_it_stands_under(place: str, expected: int) -> None:
    records = mail_list("l1", "ann").replace("mail: l1@acme.example\n", "").replace(",o=mail", f",{place}")
    found = expanded(snapshot_with("native", records), f"cn=l1,{place}", within_domain=True)
    assert len(found) == len(found.entries) == expected
