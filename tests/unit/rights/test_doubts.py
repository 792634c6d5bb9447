"""Grants that cannot be used, questions that are none, and where nobody can tell."""

from __future__ import annotations

import pytest

from mailpolicy.errors import InvalidValue, NotFound, Unavailable
from mailpolicy.lookup import selected
from mailpolicy.rights import holds, may_post
from tests.rights_directories import (
    ANN,
    BOB,
    EVE,
    INNER,
    OUTER,
    OUTSIDER,
    answer,
    directory,
    holding,
    ids,
)
from tests.small_directories import record

ADM = "adm@acme.example"
POST = "sendToDistList"


@pytest.mark.parametrize(
    "text",
    ["nonsense", f"{BOB} who sendAs", f"{BOB} usr fly", f"{BOB} usr *sendAs", f"{BOB} usr a.b"],
)
def test_a_grant_that_cannot_be_used_is_skipped_and_said(text: str) -> None:
    held = holding(directory(ann=[text]), BOB, "sendAs", ANN)
    assert (held.answer, ids(held)) == (False, ["right.default"])
    assert held.reasons[0].id == "right.unread"


def test_a_grant_of_a_right_where_it_cannot_be_granted_does_not_count() -> None:
    held = holding(directory(acme=[f"{BOB} usr sendAs"]), BOB, "sendAs", ANN)
    assert (held.answer, [reason.id for reason in held.reasons]) == (
        False,
        ["right.discounted", "right.default"],
    )


def test_no_reason_tells_a_password() -> None:
    snapshot = directory(outer=[f"{OUTSIDER}:hunter2 gst {POST}", f"{OUTSIDER}:hunter2 gst nothing"])
    for who in (OUTSIDER, "other@customer.example"):
        assert "hunter2" not in str(holding(snapshot, who, POST, OUTER).reasons)
        assert "hunter2" not in repr(
            [
                reason.origins[0].raw
                for reason in holding(snapshot, who, POST, OUTER).reasons
                if reason.origins
            ]
        )


@pytest.mark.parametrize(("right", "target"), [("fly", ANN), ("sendAs", OUTER), ("assignCos", ANN)])
def test_a_right_that_is_none_or_none_of_such_an_entry(right: str, target: str) -> None:
    with pytest.raises(InvalidValue, match="a right"):
        holding(directory(), BOB, right, target)


def test_an_entry_that_no_right_is_about() -> None:
    snapshot = directory()
    entry = snapshot.entry("o=mail")
    assert entry is not None
    with pytest.raises(NotFound):
        holds(snapshot, BOB, "sendAs", entry)


@pytest.mark.parametrize(
    "who", ["no address", "@", "a@@b", "x" * 10_000, "ü@acme.example", "a@acme.example\x00"]
)
def test_an_actor_whose_address_is_none_is_somebody_without_grants(who: str) -> None:
    assert answer(directory(outer=[f"{ANN} usr {POST}"]), who, POST, OUTER) is False


# -- where nobody can tell


LOST = "dn: uid=lost,dc=acme.example,o=mail\nobjectClass: mpAccount\nmail:: ===\n\n"


def test_somebody_who_may_stand_in_what_was_not_read_is_no_stranger() -> None:
    whole = directory(outer=["acme.example dom ownDistList"])
    partial = directory(LOST, outer=["acme.example dom ownDistList"])
    assert partial.lost
    assert answer(whole, "lost@acme.example", "ownDistList", OUTER) is False
    held = holding(partial, "lost@acme.example", "ownDistList", OUTER)
    assert (held.answer, ids(held)) == (None, ["right.unknown"])
    with pytest.raises(Unavailable):
        bool(held)
    assert answer(partial, ANN, "ownDistList", OUTER) is True
    assert answer(partial, OUTSIDER, "ownDistList", OUTER) is False


def test_a_list_that_may_hold_what_was_not_read_tells_nothing_of_who_is_not_seen_on_it() -> None:
    gone = "dn: cn=gap,dc=acme.example,o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\ncn: gap\n"
    gone += "mail: gap@acme.example\nmpMemberAddresses: lost@acme.example\n\n"
    snapshot = directory(LOST, gone, ann=["gap@acme.example grp sendAs"])
    assert answer(snapshot, BOB, "sendAs", ANN) is None
    assert answer(directory(gone, ann=["gap@acme.example grp sendAs"]), BOB, "sendAs", ANN) is False


def test_a_doubt_that_would_change_nothing_is_none() -> None:
    grants = ["acme.example dom ownDistList", "x pub ownDistList"]
    assert answer(directory(LOST, outer=grants), "lost@acme.example", "ownDistList", OUTER) is True
    grants = ["acme.example dom -ownDistList", "x pub ownDistList"]
    assert answer(directory(LOST, outer=grants), "lost@acme.example", "ownDistList", OUTER) is None


def test_an_address_of_two_is_nobody_known() -> None:
    twin = "dn: uid=twin,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
    twin += f"uid: twin\ncn: twin\nsn: twin\nmail: twin@acme.example\nmpAliases: {BOB}\n\n"
    assert answer(directory(twin, ann=["acme.example dom loginAs"]), BOB, "loginAs", ANN) is None
    assert answer(directory(twin, ann=["x pub loginAs"]), BOB, "loginAs", ANN) is True


def test_an_account_and_a_list_that_share_an_address_may_each_be_on_a_list() -> None:
    twin = "dn: uid=twin,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\n"
    twin += f"uid: twin\ncn: twin\nsn: twin\nmail: twin@acme.example\nmpAliases: {BOB}\n\n"
    snapshot = directory(twin, ann=[f"{INNER} grp sendAs"])
    bob = snapshot.entry("uid=bob,dc=acme.example,o=mail")
    ann = snapshot.entry("uid=ann,dc=acme.example,o=mail")
    assert bob is not None
    assert ann is not None
    assert holds(snapshot, bob, "sendAs", ann).answer is None
    assert answer(snapshot, EVE, "sendAs", ANN) is False


@pytest.mark.parametrize("text", ["x@acme.example", "x@alias.example", "x+d@acme.example"])
def test_a_list_that_names_two_in_whatever_spelling_tells_of_neither(text: str) -> None:
    alias = record(
        "dc=alias.example,o=mail", "domain mpDomain", "dc: alias.example", "associatedDomain: alias.example",
        "mpDomainKind: alias", "mpAliasTarget: acme.example",
    )  # fmt: skip
    twins = [
        record(
            f"uid={name},dc=acme.example,o=mail", "inetOrgPerson mpAccount", f"uid: {name}", f"cn: {name}",
            f"sn: {name}", f"mail: {name}@acme.example", "mpAliases: x@acme.example",
        )
        for name in ("jim", "john")
    ]  # fmt: skip
    club = record(
        "cn=club,dc=acme.example,o=mail", "groupOfURLs mpList", "cn: club", "mail: club@acme.example",
        f"mpMemberAddresses: {text}", "mpPostingPolicy: members",
    )  # fmt: skip
    snapshot = directory("\n".join((alias, *twins, club, "")))
    to = selected(snapshot, "club@acme.example")
    for name in ("jim", "john"):
        assert may_post(snapshot, to, login=selected(snapshot, f"{name}@acme.example")).verdict is None
    assert may_post(snapshot, to, login=selected(snapshot, BOB)).verdict is False


def test_many_grants_and_many_lists_are_weighed() -> None:
    grants = [f"someone{number}@acme.example usr sendAs" for number in range(3000)]
    grants += [f"{OUTER} grp sendAs", "gone@acme.example grp sendAs"]
    assert answer(directory(ann=grants), BOB, "sendAs", ANN) is True
    assert answer(directory(ann=grants), EVE, "sendAs", ANN) is False


def test_lists_on_each_other_in_a_circle_end() -> None:
    lists = "".join(
        f"dn: cn=n{number},dc=acme.example,o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\n"
        f"cn: n{number}\nmail: n{number}@acme.example\n"
        f"mpMemberAddresses: n{(number + 1) % 500}@acme.example\n\n"
        for number in range(500)
    )
    lists = lists.replace("mpMemberAddresses: n0@", f"mpMemberAddresses: {BOB}\nmpMemberAddresses: n0@")
    snapshot = directory(lists, ann=["n250@acme.example grp sendAs"])
    assert answer(snapshot, BOB, "sendAs", ANN) is True
    assert answer(snapshot, EVE, "sendAs", ANN) is False
