"""Rights on a deployed server: grantees by id, admin groups, groups apart, the entry for everything."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailpolicy.ldap.entry import Entry
from mailpolicy.rights import Holding, holds
from mailpolicy.snapshot import Snapshot
from tests.examples import CARBONIO
from tests.trees import ANN_ID, DOMAIN_ID, carbonio, entry, record

BOB_ID, TEAM_ID, GROUP_ID = (f"{digit * 8}-4444-4444-8444-444444444444" for digit in "456")
BOB, TEAM, GROUP = "bob@acme.example", "team@acme.example", "group@acme.example"
ALL, PUBLIC = "00000000-0000-0000-0000-000000000000", "99999999-9999-9999-9999-999999999999"


def server(
    *, ann: Sequence[str] = (), team: Sequence[str] = (), everything: Sequence[str] = (), mark: str = ""
) -> Snapshot:
    """bob, a delegated admin, is on team; `mark` says whether team is an admin group."""
    base = "ou=people,dc=acme,dc=example"
    person = {"uid": "bob", "cn": "Bob", "sn": "Bob", "zimbraMailDeliveryAddress": BOB, "zimbraId": BOB_ID}
    person["zimbraIsDelegatedAdminAccount"] = "TRUE"
    team_says = {"uid": "team", "mail": TEAM, "zimbraMailAlias": TEAM, "zimbraId": TEAM_ID}
    team_says |= {"zimbraMailForwardingAddress": BOB}
    if mark:
        team_says["zimbraIsAdminGroup"] = mark
    group = {"cn": "group", "mail": GROUP, "zimbraMailAlias": GROUP, "zimbraId": GROUP_ID}
    return carbonio(
        {"zimbraACE": ann},
        {},
        {},
        {},
        record(f"uid=bob,{base}", "inetOrgPerson", "zimbraAccount", **person),
        record(
            f"uid=team,{base}", "zimbraDistributionList", "zimbraMailRecipient", zimbraACE=team, **team_says
        ),
        record("cn=group,dc=acme,dc=example", "groupOfURLs", "zimbraGroup", **group),
        record(
            "cn=globalgrant,cn=zimbra",
            "organizationalRole",
            "zimbraAclTarget",
            cn="globalgrant",
            zimbraACE=everything,
        ),
    )


def holding(
    snapshot: Snapshot, right: str, target: str, who: str = BOB, *, as_admin: bool = False
) -> Holding:
    return holds(snapshot, who, right, entry(snapshot, target), as_admin=as_admin)


@pytest.mark.parametrize(
    ("grant", "held"),
    [
        (f"{BOB_ID} usr sendAs", True),
        (f"{BOB_ID.upper()} usr sendAs", True),
        (f"{TEAM_ID} grp sendAs", True),
        (f"{DOMAIN_ID} dom sendAs", True),
        (f"{ALL} all sendAs", True),
        (f"{PUBLIC} pub sendAs", True),
        (f"{ANN_ID} usr sendAs", False),
        (f"{BOB} usr sendAs", False),
        (f"{TEAM} grp sendAs", False),
        ("acme.example dom sendAs", False),
    ],
)
def test_grantees_go_by_id(grant: str, held: bool) -> None:
    assert holding(server(ann=[grant]), "sendAs", "ann@acme.example").answer is held


@pytest.mark.parametrize("right", ["read", "readWrite"])
def test_folders_are_no_right_of_the_directory(right: str) -> None:
    held = holding(server(ann=[f"{BOB_ID} usr {right}"]), "sendAs", "ann@acme.example")
    assert held.reasons[0].id == "right.unread"


@pytest.mark.parametrize(("mark", "held"), [("", False), ("FALSE", False), ("TRUE", True)])
def test_a_list_bears_admin_rights_only_as_an_admin_group(mark: str, held: bool) -> None:
    snapshot = server(everything=[f"{TEAM_ID} grp deleteAccount", f"{TEAM_ID} grp loginAs"], mark=mark)
    assert holding(snapshot, "deleteAccount", "ann@acme.example", as_admin=True).answer is held
    assert holding(snapshot, "loginAs", "ann@acme.example").answer is True


def test_rights_on_lists_and_on_groups_are_apart() -> None:
    snapshot = server(everything=[f"{BOB_ID} usr addDistributionListMember", f"{BOB_ID} usr addGroupMember"])
    assert holding(snapshot, "addDistributionListMember", TEAM, as_admin=True).answer is True
    assert holding(snapshot, "addGroupMember", GROUP, as_admin=True).answer is True


def test_whoever_may_create_groups_owns_them_and_not_the_lists() -> None:
    snapshot = server(everything=[f"{BOB_ID} usr createGroup"])
    assert holding(snapshot, "ownDistList", GROUP, as_admin=True).answer is True
    assert holding(snapshot, "ownDistList", TEAM, as_admin=True).answer is False


def test_the_configuration_is_not_the_entry_for_everything() -> None:
    config = {"zimbraACE": [f"{BOB_ID} usr loginAs"]}
    snapshot = carbonio({}, {}, {}, config)
    held = holding(snapshot, "loginAs", "ann@acme.example")
    assert (held.answer, [reason.id for reason in held.reasons]) == (False, ["right.default"])


def test_everything_is_a_target_of_its_own() -> None:
    snapshot = server(everything=[f"{BOB_ID} usr createCos"])
    target = snapshot.entry("cn=globalgrant,cn=zimbra")
    assert isinstance(target, Entry)
    assert holds(snapshot, BOB, "createCos", target, as_admin=True).answer is True


def test_the_admins_of_the_example() -> None:
    jane, john = "jane@acme.example", CARBONIO.account("john@acme.example").entry
    held = holds(CARBONIO.snapshot, jane, "renameAccount", john, as_admin=True)
    assert held.answer is True
    assert held.deciding[0].origins[0].dn == "dc=acme,dc=example"
    hank = CARBONIO.account("hank@globex.example").entry
    assert holds(CARBONIO.snapshot, jane, "renameAccount", hank, as_admin=True).answer is False
