"""Owners, senders, administrators, delegates: views of grants, and the way back to what somebody owns."""

from __future__ import annotations

import pytest

from mailpolicy.edit import applied
from mailpolicy.errors import InvalidValue
from mailpolicy.lookup import selected
from mailpolicy.rights import (
    Delegation,
    Mode,
    administrators,
    allowed_senders,
    delegates,
    delegation_grants,
    mode_of,
    owned_lists,
    owners,
)
from mailpolicy.rights.delegates import MODES, SENDING
from mailpolicy.snapshot import Snapshot, add_value
from tests.examples import ACME, CARBONIO
from tests.rights_directories import ANN, BOB, EVE, INNER, OUTER, STAFF, directory

OWN, POST = "ownDistList", "sendToDistList"


def owned(snapshot: Snapshot, who: str) -> list[str]:
    return [str(entry.dn).partition(",")[0] for entry in owned_lists(snapshot, who)]


def test_owners_of_a_list() -> None:
    grants = [f"{ANN} usr {OWN}", f"{INNER} grp {OWN}", f"{BOB} usr -{OWN}", f"gone@acme.example usr {OWN}"]
    found = owners(directory(outer=grants), selected(directory(outer=grants), OUTER))
    assert [(each.name, each.effective) for each in found] == [
        (ANN, True),
        (INNER, True),
        ("gone@acme.example", False),
    ]
    assert found[0].origin is not None
    assert found[0].origin.raw == (grants[0],)


def test_allowed_senders_of_a_list() -> None:
    snapshot = directory(
        outer=[f"{ANN} usr {POST}", f"{EVE} usr -{POST}", "w@customer.example:pw gst sendToDistList"]
    )
    found = allowed_senders(snapshot, selected(snapshot, OUTER))
    assert [(each.name, each.allowed) for each in found] == [
        (ANN, True),
        (EVE, False),
        ("w@customer.example", True),
    ]
    assert "pw" not in repr(found)


def test_administrators_of_a_domain_and_where_they_are_from() -> None:
    snapshot = directory(
        north=["adm@acme.example usr createAccount"],
        acme=[f"{BOB} usr *domainAdminRights", f"{ANN} usr domainAdminRights"],
        **{"global": [f"{OUTER} grp listDomain"]},
    )
    found = administrators(snapshot, selected(snapshot, "domain:north.acme.example"))
    assert [(each.name, each.right, each.effective) for each in found] == [
        ("adm@acme.example", "createAccount", True),
        (BOB, "domainAdminRights", False),
        (OUTER, "listDomain", True),
    ]
    (group, everywhere) = administrators(CARBONIO.snapshot, CARBONIO.domain("acme.example").entry)
    assert (group.name, group.right, group.effective) == ("admins@acme.example", "domainAdminRights", True)
    assert everywhere.origin is not None
    assert everywhere.origin.dn == "cn=globalgrant,cn=zimbra"


@pytest.mark.parametrize(
    ("grantee", "who"),
    [
        (f"{ANN} usr", ANN),
        ("a.smith@acme.example usr", ANN),
        ("uid=ANN,dc=acme.example,o=mail usr", ANN),
        (f"{OUTER} grp", BOB),
        ("acme.example dom", BOB),
        ("x all", EVE),
        ("x pub", "w@customer.example"),
        ("customer.example edom", "w@customer.example"),
        ("w@customer.example:pw gst", "w@customer.example"),
    ],
)
def test_a_list_is_owned_by_whom_its_grant_means(grantee: str, who: str) -> None:
    assert owned(directory(staff=[f"{grantee} {OWN}"]), who) == ["cn=staff"]
    assert owned(directory(staff=[f"{grantee} {POST}"]), who) == []


def test_who_owns_a_list_owns_the_static_lists_on_it() -> None:
    assert owned(directory(outer=[f"{EVE} usr {OWN}"]), EVE) == ["cn=outer", "cn=inner"]
    assert owned(directory(outer=[f"{EVE} usr ^{OWN}"]), EVE) == ["cn=outer"]


def test_a_denial_that_comes_first_leaves_nothing_owned() -> None:
    assert owned(directory(staff=["acme.example dom ownDistList", f"{ANN} usr -{OWN}"]), ANN) == []


def test_what_somebody_owns_follows_the_changes() -> None:
    snapshot = directory()
    assert owned(snapshot, EVE) == []
    after = applied(snapshot, [add_value("list:staff@acme.example", grants=f"{EVE} usr {OWN}")])
    assert owned(after, EVE) == ["cn=staff"]
    assert owned(snapshot, EVE) == []


def test_what_somebody_owns_on_a_deployed_server() -> None:
    found = owned_lists(CARBONIO.snapshot, CARBONIO.account("jane@acme.example").entry)
    assert [str(entry.dn) for entry in found] == [
        "uid=admins,ou=people,dc=acme,dc=example",
        "uid=partners,ou=people,dc=acme,dc=example",
    ]


# -- delegates


def test_delegates_with_what_they_may() -> None:
    snapshot = directory(
        ann=[
            f"{BOB} usr sendAs",
            f"{BOB} usr readWrite",
            f"{STAFF} grp read",
            f"{EVE} usr sendAs",
            f"{EVE} usr -sendOnBehalfOf",
            "a.smith@acme.example usr read",  # ann herself
            f"{BOB} usr viewFreeBusy",
        ]
    )
    found = delegates(snapshot, selected(snapshot, ANN))
    assert [(each.name, sorted(map(str, each.rights)), each.mode) for each in found] == [
        (BOB, ["read_write", "send_as"], Mode.SEND_READ_AND_MANAGE),
        (STAFF, ["read"], Mode.READ),
        (EVE, ["send_as"], Mode.SEND),
    ]
    assert [origin.raw[0] for origin in found[0].origins] == [f"{BOB} usr sendAs", f"{BOB} usr readWrite"]


def test_a_delegate_who_is_denied_everything_is_none() -> None:
    snapshot = directory(ann=[f"{BOB} usr sendAs", f"{BOB} usr -sendAs"])
    assert delegates(snapshot, selected(snapshot, ANN)) == ()


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_is_found_again_in_its_rights(mode: Mode) -> None:
    sends, folders = MODES[mode]
    chosen = {folders} if folders else set()
    for way in [{each} for each in SENDING] if sends else [set()]:
        assert mode_of({*chosen, *way}) is mode


def test_no_right_is_no_mode() -> None:
    assert mode_of([]) is None
    assert mode_of([Delegation.READ, Delegation.READ_WRITE]) is Mode.MANAGE


def test_grants_for_a_delegate_make_her_one() -> None:
    snapshot = directory()
    ann, bob = selected(snapshot, ANN), selected(snapshot, BOB)
    rights = frozenset({Delegation.SEND_AS, Delegation.READ})
    grants = delegation_grants(snapshot, ann, bob, rights)
    after = directory(ann=[str(grant) for grant in grants])
    (found,) = delegates(after, selected(after, ANN))
    assert (found.name, found.rights) == (BOB, rights)


def test_nobody_is_a_delegate_of_herself() -> None:
    snapshot = directory()
    with pytest.raises(InvalidValue, match="other than the account itself"):
        delegation_grants(snapshot, selected(snapshot, ANN), selected(snapshot, ANN), {Delegation.READ})


def test_a_deployed_server_names_delegates_by_id_and_keeps_folders_elsewhere() -> None:
    john, jane = CARBONIO.account("john@acme.example").entry, CARBONIO.account("jane@acme.example").entry
    (grant,) = delegation_grants(CARBONIO.snapshot, john, jane, {Delegation.SEND_AS})
    assert str(grant) == "d4fa5a6c-e551-5f6b-ae20-657701b81de0 usr sendAs"
    with pytest.raises(InvalidValue, match="folders are shared in the mailbox"):
        delegation_grants(CARBONIO.snapshot, john, jane, {Delegation.READ})
    (found,) = delegates(CARBONIO.snapshot, john)
    assert (found.name, found.mode) == ("jane@acme.example", Mode.SEND)
    (native,) = delegates(ACME.snapshot, ACME.account("john@acme.example").entry)
    assert (native.name, native.rights) == (found.name, found.rights)
