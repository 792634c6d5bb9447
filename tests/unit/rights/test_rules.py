"""What holds whatever is granted: the short cuts, and who administers what."""

from __future__ import annotations

import pytest

from tests.rights_directories import (
    ANN,
    BOB,
    INNER,
    OUTER,
    answer,
    directory,
    holding,
    ids,
)

ADM = "adm@acme.example"
POST = "sendToDistList"


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


def test_who_may_write_may_read() -> None:
    assert answer(directory(ann=[f"{BOB} usr readWrite"]), BOB, "read", ANN) is True
    assert answer(directory(ann=[f"{BOB} usr read"]), BOB, "readWrite", ANN) is False


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
