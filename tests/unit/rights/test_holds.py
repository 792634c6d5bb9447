"""Whether somebody holds a right: one test for each rule of precedence."""

from __future__ import annotations

import pytest

from mailpolicy.errors import InvalidValue, NotFound, Unavailable
from mailpolicy.rights import holds
from mailpolicy.snapshot import Snapshot
from tests.rights_directories import ANN, BOB, EVE, INNER, OUTER, OUTSIDER, STAFF, directory, holding, ids

ADM = "adm@acme.example"
POST = "sendToDistList"


def answer(snapshot: Snapshot, who: str | None, right: str, target: str, **how: bool) -> bool | None:
    return holding(snapshot, who, right, target, **how).answer


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


# -- who a grantee is


@pytest.mark.parametrize(
    ("grantee", "who", "held"),
    [
        (f"{BOB} usr", BOB, True),
        (f"{BOB} usr", EVE, False),
        ("a.smith@acme.example usr", ANN, True),
        ("uid=bob, dc=acme.example, o=mail usr", BOB, True),
        (f"{OUTER} usr", OUTER, False),
        (f"{OUTER} grp", BOB, True),
        (f"{OUTER} grp", OUTSIDER, True),
        (f"{OUTER} grp", EVE, False),
        (f"{STAFF} grp", ANN, True),
        ("cn=staff,dc=acme.example,o=mail grp", BOB, True),
        ("ACME.example dom", BOB, True),
        ("dc=acme.example,o=mail dom", BOB, True),
        ("acme.example dom", EVE, False),
        ("acme.example dom", "nobody@acme.example", False),
        ("customer.example edom", OUTSIDER, True),
        ("acme.example edom", BOB, False),
        (f"{OUTSIDER}:secret gst", OUTSIDER, True),
        (f"{OUTSIDER} gst", "other@customer.example", False),
        (f"{BOB} gst", BOB, False),
        (f"{OUTSIDER} email", OUTSIDER, True),
        (f"{BOB} email", BOB, True),
        ("x all", BOB, True),
        ("x all", OUTSIDER, False),
        ("x all", None, False),
        ("x pub", OUTSIDER, True),
        ("x pub", None, True),
        ("key:secret key", OUTSIDER, False),
        ("x:y egp", BOB, False),
    ],
)
def test_whom_a_grant_means(grantee: str, who: str | None, held: bool) -> None:
    assert answer(directory(outer=[f"{grantee} ownDistList"]), who, "ownDistList", OUTER) is held


@pytest.mark.parametrize("spelling", ["a.smith@acme.example", "ANN@Acme.Example"])
def test_an_actor_may_go_by_an_alias(spelling: str) -> None:
    assert answer(directory(bob=[f"{ANN} usr sendAs"]), spelling, "sendAs", BOB) is True


def test_the_null_sender_is_nobody() -> None:
    assert answer(directory(outer=["x all ownDistList"]), "<>", "ownDistList", OUTER) is False


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


# -- short cuts


def test_everybody_has_every_user_right_on_the_own_account() -> None:
    snapshot = directory(ann=[f"{ANN} usr -sendAs"])
    assert ids(holding(snapshot, ANN, "sendAs", ANN)) == ["right.self"]
    assert answer(snapshot, ANN, "sendAs", ANN, onward=True) is True


def test_an_administrator_of_everything_has_all_when_acting_as_such() -> None:
    snapshot = directory(ann=["root@acme.example usr -sendAs"])
    root = "root@acme.example"
    assert ids(holding(snapshot, root, "sendAs", ANN, as_admin=True)) == ["right.global_admin"]
    assert answer(snapshot, root, "deleteAccount", ANN, as_admin=True) is True
    assert answer(snapshot, root, "sendAs", ANN) is False
    assert answer(snapshot, root, "deleteAccount", ANN) is False


def test_who_may_log_in_as_somebody_has_all_her_user_rights() -> None:
    snapshot = directory(ann=[f"{BOB} usr loginAs", f"{BOB} usr -sendAs"])
    held = holding(snapshot, BOB, "sendAs", ANN)
    assert (held.answer, ids(held)) == (True, ["right.grant", "right.implied"])


def test_so_has_who_may_log_in_as_administrator_but_only_acting_as_one() -> None:
    snapshot = directory(acme=[f"{ADM} usr adminLoginAs"])
    assert answer(snapshot, ADM, "sendAs", ANN, as_admin=True) is True
    assert answer(snapshot, ADM, "sendAs", ANN) is False


def test_who_may_change_the_grants_of_a_list_has_every_user_right_on_it() -> None:
    snapshot = directory(acme=[f"{ADM} usr modifyDistributionList"], outer=[f"{ADM} usr -{POST}"])
    assert answer(snapshot, ADM, POST, OUTER, as_admin=True) is True
    assert answer(snapshot, ADM, POST, OUTER) is False


def test_who_may_create_lists_in_a_domain_owns_those_there() -> None:
    snapshot = directory(acme=[f"{ADM} usr createDistributionList"])
    assert answer(snapshot, ADM, "ownDistList", OUTER, as_admin=True) is True
    assert answer(snapshot, ADM, "ownDistList", OUTER) is False
    assert answer(snapshot, ADM, "sendAsDistList", OUTER, as_admin=True) is False


def test_being_on_a_list_gives_no_right_on_it() -> None:
    assert answer(directory(), BOB, "ownDistList", INNER) is False


# -- admin rights


def test_admin_rights_count_only_for_administrators() -> None:
    held = holding(directory(acme=[f"{BOB} usr deleteAccount"]), BOB, "deleteAccount", ANN, as_admin=True)
    assert (held.answer, ids(held)) == (False, ["right.no_admin"])


def test_admin_rights_count_only_for_who_acts_as_administrator() -> None:
    held = holding(directory(acme=[f"{ADM} usr deleteAccount"]), ADM, "deleteAccount", ANN)
    assert (held.answer, ids(held)) == (False, ["right.not_as_admin"])


def test_nobody_by_grants_touches_an_administrator_of_everything() -> None:
    snapshot = directory(acme=[f"{ADM} usr deleteAccount"])
    held = holding(snapshot, ADM, "deleteAccount", "root@acme.example", as_admin=True)
    assert (held.answer, ids(held)) == (False, ["right.above"])


def test_admin_rights_are_not_granted_to_domains_or_everybody() -> None:
    snapshot = directory(acme=["acme.example dom deleteAccount", "x all deleteAccount"])
    held = holding(snapshot, ADM, "deleteAccount", ANN, as_admin=True)
    assert (held.answer, ids(held)) == (False, ["right.default"])
    assert [reason.id for reason in held.reasons][:2] == ["right.unread", "right.unread"]


def far_list(grant: str) -> str:
    """A list of globex that bob of acme is on."""
    lines = [
        "dn: cn=far,dc=globex.example,o=mail",
        "objectClass: groupOfURLs",
        "objectClass: mpList",
        "cn: far",
    ]
    return "\n".join(
        [*lines, "mail: far@globex.example", f"mpMemberAddresses: {BOB}", f"mpGrants: {grant}", "", ""]
    )


OTHER_ADM = """\
dn: uid=adm2,dc=globex.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: adm2
cn: adm2
sn: adm2
mail: adm2@globex.example
mpIsDelegatedAdmin: TRUE

"""


@pytest.mark.parametrize("admitted", [False, True])
def test_an_administrator_reaches_into_another_domain_through_a_list_only_if_admitted(admitted: bool) -> None:
    extra = far_list("adm2@globex.example usr deleteAccount")
    grants = ["globex.example dom crossDomainAdmin"] if admitted else []
    snapshot = directory(extra, OTHER_ADM, acme=grants)
    held = holding(snapshot, "adm2@globex.example", "deleteAccount", BOB, as_admin=True)
    assert held.answer is admitted


def test_an_administrator_of_the_targets_own_domain_needs_no_admission() -> None:
    snapshot = directory(far_list(f"{ADM} usr deleteAccount"))
    assert answer(snapshot, ADM, "deleteAccount", BOB, as_admin=True) is True


# -- what cannot be used, and bad questions


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
