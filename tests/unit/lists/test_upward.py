"""Which lists somebody is on, and by which way."""

from __future__ import annotations

import pytest

from mailpolicy.errors import Ambiguous, Unavailable
from mailpolicy.lists import upkeep
from mailpolicy.lists.expand import expand
from mailpolicy.lists.upward import is_member, lists_of
from mailpolicy.snapshot import Snapshot
from tests.small_directories import bob, domain, record, snapshot_with
from tests.unit.lists.test_expand import NESTED, RECORDS, entry, mail_list

ANN = "uid=ann,dc=acme.example,o=mail"


def found(snapshot: Snapshot, whom: str) -> dict[str, tuple[str, ...]]:
    asked = entry(snapshot, whom) if "=" in whom else whom
    return {
        each.address.partition("@")[0]: tuple(name.partition("@")[0] for name in each.via)
        for each in lists_of(snapshot, asked)
    }


def test_lists_come_nearest_first_and_with_the_way_down() -> None:
    expected = {"l3": ("l3",), "l1": ("l1", "l3"), "l2": ("l2", "l3")}
    for whom in (ANN, "ann@acme.example", "A+x@acme.example"):
        assert found(NESTED, whom) == expected
        assert list(found(NESTED, whom)) == ["l3", "l1", "l2"]
    assert [each.is_direct for each in lists_of(NESTED, entry(NESTED, ANN))] == [True, False, False]
    assert repr(lists_of(NESTED, "ann@acme.example")[0]) == "<Membership of l3@acme.example>"


def test_lists_that_name_an_address_of_before_with_a_detail() -> None:
    snapshot = snapshot_with("native", mail_list("l1", "before+x"), bob("mpOldAddress: before@acme.example"))
    assert [*found(snapshot, "bob@acme.example")] == ["l1"]


def test_outside_addresses_are_on_lists_too() -> None:
    assert found(NESTED, "Y@else.example") == {"l3": ("l3",), "l1": ("l1", "l3"), "l2": ("l2", "l3")}
    assert found(NESTED, "x@else.example") == {"l1": ("l1",), "l3": ("l3",), "l2": ("l2", "l3")}


@pytest.mark.parametrize("whom", ["gone@acme.example", "z@else.example", "no address"])
def test_nobody_is_on_no_list(whom: str) -> None:
    assert lists_of(NESTED, whom) == ()
    assert not is_member(NESTED, entry(NESTED, "l1"), whom)


def test_where_nobody_can_tell_that_is_said() -> None:
    twice = snapshot_with("native", mail_list("l1", "ann"), bob("mpAliases: ann@acme.example"))
    partly = snapshot_with("native", mail_list("l1", "gone"), "dn: uid=eve\nobjectClass\n\n")
    with pytest.raises(Ambiguous):
        is_member(twice, entry(twice, "l1"), "ann@acme.example")
    with pytest.raises(Unavailable):
        is_member(partly, entry(partly, "l1"), "gone@acme.example")


def test_cycles_end_and_a_list_is_not_among_its_own() -> None:
    snapshot = snapshot_with("native", mail_list("l1", "l2"), mail_list("l2", "l1", "ann"))
    assert found(snapshot, ANN) == {"l2": ("l2",), "l1": ("l1", "l2")}
    assert found(snapshot, "l1@acme.example") == {"l2": ("l2",)}


def test_dynamic_lists_nest_as_any_others() -> None:
    url = "memberURL: ldap:///o=mail??sub?(cn={})"
    snapshot = snapshot_with(
        "native", mail_list("l1", lines=(url.format("l2"),)), mail_list("l2", lines=(url.format("Bob"),)),
        mail_list("l3", "l1"), bob(),
    )  # fmt: skip
    assert found(snapshot, "bob@acme.example") == {
        "l2": ("l2",),
        "l1": ("l1", "l2"),
        "l3": ("l3", "l1", "l2"),
    }


def test_a_member_is_known_without_looking_at_any_list(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = snapshot_with("native", mail_list("l1", "l2"), mail_list("l2", "ann", *map(str, range(100))))
    monkeypatch.setattr(upkeep, "named", lambda *_: pytest.fail("the list was gone through"))
    assert is_member(snapshot, entry(snapshot, "l1"), "ann@acme.example")
    assert not is_member(snapshot, entry(snapshot, "l1"), "l1@acme.example")


def test_a_list_that_has_been_opened_answers_the_same() -> None:
    for name in ("l1", "l2", "l3"):
        asked = [
            f"{who}@{where}.example" for who in ("ann", "bob", "x", "y", "gone") for where in ("acme", "else")
        ]
        fresh = snapshot_with("native", *RECORDS)
        first = [is_member(fresh, entry(fresh, name), each) for each in asked]
        expand(fresh, entry(fresh, "l1"))
        assert [is_member(fresh, entry(fresh, name), each) for each in asked] == first
        assert any(first)
        assert not all(first)


# Where nobody can tell


SHARED = "mpAliases: x@acme.example"
JIM = record("uid=jim,dc=acme.example,o=mail", "inetOrgPerson mpAccount", "uid: jim", "cn: Jim", "sn: Jim",
             "mail: jim@acme.example", SHARED)  # fmt: skip
BROKEN = "dn: uid=eve\nobjectClass\n\n"


@pytest.mark.parametrize("text", ["x@acme.example", "X+d@acme.example", "x+d@alias.example"])
def test_a_member_that_is_hers_among_others_is_a_doubt(text: str) -> None:
    snapshot = snapshot_with(
        "native", mail_list("l1", text), mail_list("l2", "l1"), mail_list("l3", "ann"), bob(SHARED), JIM,
        domain("alias.example", "mpDomainKind: alias", "mpAliasTarget: acme.example"),
    )  # fmt: skip
    for name in ("l1", "l2"):
        with pytest.raises(Ambiguous):
            is_member(snapshot, entry(snapshot, name), "bob@acme.example")
        with pytest.raises(Ambiguous):
            _ = "jim@acme.example" in expand(snapshot, entry(snapshot, name))
        assert not is_member(snapshot, entry(snapshot, name), "ann@acme.example")
        assert "ann@acme.example" not in expand(snapshot, entry(snapshot, name))
    assert not is_member(snapshot, entry(snapshot, "l3"), "bob@acme.example")
    assert [each.dn for each in lists_of(snapshot, "bob@acme.example").doubtful] == [
        "cn=l1,o=mail",
        "cn=l2,o=mail",
    ]
    assert lists_of(snapshot, "ann@acme.example").doubtful == ()
    assert lists_of(snapshot, "nobody@acme.example").doubtful == ()


def test_who_is_on_a_list_that_an_ambiguous_member_may_be_is_in_doubt() -> None:
    shared = mail_list("l2", "ann", "x@else.example", lines=("mpAliases: x@acme.example",))
    snapshot = snapshot_with("native", mail_list("l1", "x"), shared, bob(SHARED))
    for whom in ("ann@acme.example", "x@else.example", "bob@acme.example", "l2@acme.example"):
        with pytest.raises(Ambiguous):
            is_member(snapshot, entry(snapshot, "l1"), whom)
        assert [each.dn for each in lists_of(snapshot, whom).doubtful] == ["cn=l1,o=mail"]
    assert not is_member(snapshot, entry(snapshot, "l1"), "y@else.example")
    assert not is_member(snapshot, entry(snapshot, "l1"), "l1@acme.example")


@pytest.mark.parametrize("whom", ["ann@acme.example", "z@else.example"])
def test_a_member_that_was_not_read_may_be_anybody(whom: str) -> None:
    lists = (mail_list("l1", "gone"), mail_list("l2", "l1"), mail_list("l3", "bob"), bob())
    snapshot = snapshot_with("native", *lists, BROKEN)
    with pytest.raises(Unavailable):
        is_member(snapshot, entry(snapshot, "l2"), whom)
    with pytest.raises(Unavailable):
        _ = whom in expand(snapshot, entry(snapshot, "l2"))
    assert not is_member(snapshot, entry(snapshot, "l3"), whom)
    found = lists_of(snapshot, whom)
    assert [each.dn for each in found.doubtful] == ["cn=l1,o=mail", "cn=l2,o=mail"]
    assert lists_of(snapshot_with("native", *lists), whom).doubtful == ()
