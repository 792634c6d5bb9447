"""Whether somebody holds a right: one test for each rule of precedence."""

from __future__ import annotations

import pytest

from tests.rights_directories import (
    ANN,
    BOB,
    EVE,
    INNER,
    OUTER,
    STAFF,
    answer,
    directory,
    holding,
    ids,
)

ADM = "adm@acme.example"
POST = "sendToDistList"


# -- the default, and what ends it


@pytest.mark.parametrize(("right", "default"), [("invite", True), ("viewFreeBusy", True), ("sendAs", False)])
def test_the_default_applies_where_nothing_is_granted(right: str, default: bool) -> None:
    held = holding(directory(), BOB, right, ANN)
    assert (held.answer, ids(held)) == (default, ["right.default"])


def test_one_grant_flips_the_default_for_everybody_else() -> None:
    held = holding(directory(outer=[f"{ANN} usr {POST}"]), BOB, POST, OUTER)
    assert (held.answer, ids(held)) == (False, ["right.not_among"])
    (other,) = (reason for reason in held.reasons if reason.id == "right.other")
    assert other.origins[0].raw == (f"{ANN} usr {POST}",)


def test_even_a_denial_for_somebody_else_flips_it() -> None:
    assert answer(directory(outer=[f"{ANN} usr -{POST}"]), BOB, POST, OUTER) is False


@pytest.mark.parametrize("place", ["outer", "acme", "global"])
def test_it_flips_wherever_the_grant_stands_on_the_chain(place: str) -> None:
    assert answer(directory(**{place: [f"{ANN} usr {POST}"]}), EVE, POST, INNER) is False


def test_a_grant_beside_the_chain_flips_nothing() -> None:
    assert (
        answer(directory(globex=[f"{ANN} usr {POST}"], staff=[f"{ANN} usr {POST}"]), EVE, POST, INNER) is True
    )


def test_a_grant_of_another_right_flips_nothing() -> None:
    assert answer(directory(outer=[f"{ANN} usr viewDistList"]), BOB, POST, OUTER) is True


# -- nearer targets


@pytest.mark.parametrize(
    ("near", "far"), [("ann", "acme"), ("ann", "global"), ("acme", "global")], ids=lambda place: str(place)
)
def test_of_an_account_the_nearer_target_wins_also_over_a_denial(near: str, far: str) -> None:
    held = holding(
        directory(**{near: [f"{BOB} usr loginAs"], far: [f"{BOB} usr -loginAs"]}), BOB, "loginAs", ANN
    )
    assert held.answer is True
    (overruled,) = (reason for reason in held.reasons if reason.id == "right.overruled")
    assert not overruled.matched
    assert overruled.origins[0].raw == (f"{BOB} usr -loginAs",)
    turned = directory(**{near: [f"{BOB} usr -loginAs"], far: [f"{BOB} usr loginAs"]})
    assert answer(turned, BOB, "loginAs", ANN) is False


@pytest.mark.parametrize(("near", "far"), [("inner", "outer"), ("outer", "acme"), ("acme", "global")])
def test_of_a_static_list_the_lists_it_is_on_come_before_its_domain(near: str, far: str) -> None:
    snapshot = directory(**{near: [f"{EVE} usr -{POST}"], far: [f"{EVE} usr {POST}"]})
    assert answer(snapshot, EVE, POST, INNER) is False


def test_a_dynamic_list_takes_nothing_from_the_lists_it_is_on() -> None:
    holds_staff = (
        "dn: cn=all,dc=acme.example,o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\ncn: all\n"
    )
    holds_staff += f"mail: all@acme.example\nmpMemberAddresses: {STAFF}\nmpMemberAddresses: {INNER}\n"
    snapshot = directory(holds_staff + f"mpGrants: {ANN} usr {POST}\n\n")
    assert answer(snapshot, EVE, POST, INNER) is False
    assert answer(snapshot, EVE, POST, STAFF) is True


def test_of_a_domain_each_domain_above_comes_before_everything() -> None:
    snapshot = directory(acme=[f"{ADM} usr *listDomain"], **{"global": [f"{ADM} usr -listDomain"]})
    assert answer(snapshot, ADM, "listDomain", "domain:north.acme.example", as_admin=True) is True


def test_a_class_of_service_takes_from_everything_alone() -> None:
    snapshot = directory(**{"global": [f"{ADM} usr assignCos"]}, acme=[f"{ADM} usr -domainAdminRights"])
    assert answer(snapshot, ADM, "assignCos", "cos:gold", as_admin=True) is True


def test_a_user_right_on_an_account_does_not_come_by_its_lists() -> None:
    assert answer(directory(inner=[f"{EVE} usr loginAs"]), EVE, "loginAs", BOB) is False


def test_an_admin_right_on_an_account_comes_by_its_lists() -> None:
    snapshot = directory(outer=[f"{ADM} usr deleteAccount"], acme=[f"{ADM} usr -deleteAccount"])
    assert answer(snapshot, ADM, "deleteAccount", BOB, as_admin=True) is True


# -- all lists of a target together


def test_all_lists_are_weighed_as_one_entry_denials_first() -> None:
    snapshot = directory(inner=[f"{ADM} usr deleteAccount"], outer=[f"{ADM} usr -deleteAccount"])
    assert answer(snapshot, ADM, "deleteAccount", BOB, as_admin=True) is False


def test_all_lists_are_weighed_as_one_entry_by_class() -> None:
    snapshot = directory(
        inner=[f"{OUTER} grp -deleteAccount"], outer=[f"{ADM} usr deleteAccount"]
    )  # the nearer list denies, to a less specific grantee
    assert answer(snapshot, ADM, "deleteAccount", BOB, as_admin=True) is True


# -- grantees on one entry


CLASSES = [f"{BOB} usr ", f"{INNER} grp ", "acme.example dom ", "all all ", "all pub "]


@pytest.mark.parametrize("nearer", range(4))
def test_a_more_specific_grantee_wins_even_against_a_denial(nearer: int) -> None:
    specific, general = CLASSES[nearer], CLASSES[nearer + 1]
    given = directory(ann=[f"{general}-loginAs", f"{specific}loginAs"])
    assert answer(given, BOB, "loginAs", ANN) is True
    denied = directory(ann=[f"{general}loginAs", f"{specific}-loginAs"])
    assert answer(denied, BOB, "loginAs", ANN) is False


@pytest.mark.parametrize("grantee", CLASSES)
@pytest.mark.parametrize("other", ["", "+"])
def test_in_one_class_a_denial_wins_whatever_the_order(grantee: str, other: str) -> None:
    texts = [f"{grantee}{other}loginAs", f"{grantee}-loginAs"]
    assert answer(directory(ann=texts), BOB, "loginAs", ANN) is False
    assert answer(directory(ann=texts[::-1]), BOB, "loginAs", ANN) is False


def test_of_two_groups_the_denial_wins() -> None:
    snapshot = directory(ann=[f"{INNER} grp loginAs", f"{STAFF} grp -loginAs"])
    assert answer(snapshot, BOB, "loginAs", ANN) is False


# -- modifiers


def test_a_grant_for_direct_members_does_not_reach_nested_lists() -> None:
    assert answer(directory(outer=[f"{EVE} usr ^ownDistList"]), EVE, "ownDistList", OUTER) is True
    assert answer(directory(outer=[f"{EVE} usr ^ownDistList"]), EVE, "ownDistList", INNER) is False
    assert answer(directory(outer=[f"{EVE} usr ownDistList"]), EVE, "ownDistList", INNER) is True


def test_a_grant_for_direct_members_reaches_only_accounts_on_the_list_itself() -> None:
    snapshot = directory(outer=[f"{ADM} usr ^deleteAccount"], inner=[f"{ADM} usr ^renameAccount"])
    assert answer(snapshot, ADM, "deleteAccount", BOB, as_admin=True) is False
    assert answer(snapshot, ADM, "renameAccount", BOB, as_admin=True) is True


def test_a_grant_for_subdomains_counts_below_and_not_on_the_domain() -> None:
    snapshot = directory(acme=[f"{ADM} usr *createAccount"])
    assert answer(snapshot, ADM, "createAccount", "domain:north.acme.example", as_admin=True) is True
    assert answer(snapshot, ADM, "createAccount", "domain:acme.example", as_admin=True) is False


def test_a_plain_grant_on_a_domain_does_not_count_below_but_a_denial_does() -> None:
    plain = directory(acme=[f"{ADM} usr createAccount"])
    assert answer(plain, ADM, "createAccount", "domain:north.acme.example", as_admin=True) is False
    denied = directory(acme=[f"{ADM} usr -createAccount"], **{"global": [f"{ADM} usr createAccount"]})
    assert answer(denied, ADM, "createAccount", "domain:north.acme.example", as_admin=True) is False


def test_a_grant_for_subdomains_counts_for_no_account() -> None:
    snapshot = directory(acme=[f"{ADM} usr *deleteAccount"])
    assert answer(snapshot, ADM, "deleteAccount", ANN, as_admin=True) is False


def test_to_grant_onward_takes_a_grant_that_says_so() -> None:
    snapshot = directory(ann=[f"{BOB} usr sendAs"], acme=[f"{BOB} usr +loginAs"])
    assert answer(snapshot, BOB, "sendAs", ANN) is True
    without = directory(ann=[f"{BOB} usr sendAs"])
    assert answer(without, BOB, "sendAs", ANN, onward=True) is False
    assert answer(directory(ann=[f"{BOB} usr +sendAs"]), BOB, "sendAs", ANN, onward=True) is True


def test_a_grant_that_may_not_be_passed_on_is_skipped_and_the_search_goes_on() -> None:
    snapshot = directory(ann=[f"{BOB} usr loginAs"], acme=[f"{BOB} usr +loginAs"])
    assert answer(snapshot, BOB, "loginAs", ANN, onward=True) is True


def test_what_everybody_has_by_default_nobody_may_grant_onward() -> None:
    assert answer(directory(), BOB, "invite", ANN, onward=True) is False


# -- combined rights


def test_a_combined_right_counts_for_each_that_it_contains() -> None:
    snapshot = directory(acme=[f"{ADM} usr domainAdminRights"])
    assert answer(snapshot, ADM, "createAccount", "domain:acme.example", as_admin=True) is True
    assert answer(snapshot, ADM, "deleteDomain", "domain:acme.example", as_admin=True) is False
    assert answer(snapshot, ADM, "domainAdminRights", "domain:acme.example", as_admin=True) is True


def test_all_that_a_combined_right_contains_must_be_held() -> None:
    snapshot = directory(acme=[f"{ADM} usr -createAccount", f"{ADM} usr domainAdminRights"])
    held = holding(snapshot, ADM, "domainAdminRights", "domain:acme.example", as_admin=True)
    assert held.answer is False
    assert held.deciding[0].origins[0].raw == (f"{ADM} usr -createAccount",)
