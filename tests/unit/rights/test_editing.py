"""Who may change what: users, owners, administrators by grants, administrators of everything."""

from __future__ import annotations

import pytest

from mailpolicy.errors import InvalidValue, NotFound
from mailpolicy.lookup import selected
from mailpolicy.rights import Holding, may_edit
from mailpolicy.rights.editing import OF_ALL_ADMINISTRATORS, OF_OWNERS, OF_USERS, SECRETS
from mailpolicy.schema import SETTINGS
from mailpolicy.snapshot import Snapshot
from tests.examples import ACME, CARBONIO
from tests.rights_directories import ANN, BOB, EVE, OUTER, OUTSIDER, directory

ADM, ROOT = "adm@acme.example", "root@acme.example"


def edit(snapshot: Snapshot, who: str | None, target: str, name: str, **how: object) -> Holding:
    return may_edit(snapshot, who, selected(snapshot, target), name, **how)  # type: ignore[arg-type]


def test_the_tables_name_settings() -> None:
    assert {*OF_USERS, *OF_OWNERS, *OF_ALL_ADMINISTRATORS} - SECRETS <= SETTINGS.keys()
    assert {feature for feature in OF_USERS.values() if feature} <= SETTINGS.keys()
    assert (
        frozenset({"password", "application_passwords", "one_time_passwords", "trusted_devices"}) == SECRETS
    )


@pytest.mark.parametrize("name", ["auto_reply_text", "locale", "forwarding_addresses", "password"])
def test_users_change_their_own(name: str) -> None:
    assert edit(directory(), ANN, ANN, name).answer is True
    assert edit(directory(), BOB, ANN, name).answer is False
    assert edit(directory(), OUTSIDER, ANN, name).answer is False
    assert edit(directory(), None, ANN, name).answer is False


@pytest.mark.parametrize("name", ["mailbox_quota", "account_status", "cos", "aliases", "is_global_admin"])
def test_and_nothing_else(name: str) -> None:
    held = edit(directory(), ANN, ANN, name)
    assert (held.answer, held.reasons[0].id) == (False, "edit.for_administrators")


@pytest.mark.parametrize(
    ("name", "switch"),
    [
        ("forwarding_addresses", "mpForwardingEnabled"),
        ("password", "mpPasswordChangeEnabled"),
        ("one_time_passwords", "mpOtpManagementEnabled"),
        ("application_passwords", "mpApplicationPasswordsEnabled"),
        ("trusted_devices", "mpTrustedDevicesEnabled"),
    ],
)
def test_some_of_it_needs_a_feature(name: str, switch: str) -> None:
    person = (
        "dn: uid=pat,dc=acme.example,o=mail\nobjectClass: inetOrgPerson\nobjectClass: mpAccount\nuid: pat\n"
    )
    person += f"cn: pat\nsn: pat\nmail: pat@acme.example\n{switch}: FALSE\n\n"
    held = edit(directory(person), "pat@acme.example", "pat@acme.example", name)
    assert (held.answer, held.reasons[-1].id) == (False, "edit.feature")
    assert held.reasons[-1].origins[0].attribute == switch


def test_a_recovery_address_needs_recovery() -> None:
    assert edit(directory(), ANN, ANN, "recovery_address").answer is False


def test_who_may_log_in_as_somebody_changes_what_she_may() -> None:
    snapshot = directory(ann=[f"{BOB} usr loginAs"])
    assert edit(snapshot, BOB, ANN, "auto_reply_text").answer is True
    assert edit(snapshot, BOB, ANN, "mailbox_quota").answer is False


@pytest.mark.parametrize("name", sorted(OF_OWNERS))
def test_owners_change_their_list(name: str) -> None:
    snapshot = directory(outer=[f"{ANN} usr ownDistList"])
    assert edit(snapshot, ANN, OUTER, name).answer is True
    assert edit(snapshot, BOB, OUTER, name).answer is False


def test_but_not_what_it_searches_for_nor_its_address() -> None:
    snapshot = directory(outer=[f"{ANN} usr ownDistList"])
    assert edit(snapshot, ANN, OUTER, "member_urls").answer is False
    assert edit(snapshot, ANN, OUTER, "address").answer is False


def test_an_administrator_by_grants_changes_what_is_left_to_domains() -> None:
    snapshot = directory(acme=[f"{ADM} usr domainAdminRights"])
    assert edit(snapshot, ADM, ANN, "account_status", as_admin=True).answer is True
    assert edit(snapshot, ADM, ANN, "account_status").answer is False
    assert edit(snapshot, ADM, EVE, "account_status", as_admin=True).answer is False
    assert edit(snapshot, ADM, ROOT, "account_status", as_admin=True).answer is False
    assert edit(snapshot, ADM, ANN, "catch_all_addresses", as_admin=True).answer is False
    assert edit(snapshot, ADM, OUTER, "posting_policy", as_admin=True).answer is True
    assert edit(snapshot, ADM, ANN, "password", as_admin=True).answer is True


def test_who_may_modify_accounts_changes_all_but_what_makes_administrators() -> None:
    snapshot = directory(acme=[f"{ADM} usr modifyAccount"])
    assert edit(snapshot, ADM, ANN, "catch_all_addresses", as_admin=True).answer is True
    for name in OF_ALL_ADMINISTRATORS:
        assert edit(snapshot, ADM, ANN, name, as_admin=True).answer is False


def test_administrators_of_everything_change_everything_as_such() -> None:
    assert edit(directory(), ROOT, ANN, "is_global_admin", as_admin=True).answer is True
    assert edit(directory(), ROOT, ANN, "is_global_admin").answer is False
    assert edit(directory(), ROOT, "config", "grants", as_admin=True).answer is True


def test_a_quota_is_limited_by_what_the_administrator_may_give() -> None:
    snapshot, jane, john = ACME.snapshot, "jane@acme.example", "john@acme.example"
    assert edit(snapshot, jane, john, "mailbox_quota", as_admin=True, value="10 GiB").answer is True
    held = edit(snapshot, jane, john, "mailbox_quota", as_admin=True, value="0")
    assert (held.answer, held.reasons[-1].id) == (False, "edit.quota_limit")
    held = edit(snapshot, jane, john, "mailbox_quota", as_admin=True, unset=True)
    assert (held.answer, held.reasons[-1].id) == (False, "edit.quota_limit")
    assert "20 GiB" in held.reasons[-1].text
    assert edit(snapshot, jane, john, "mailbox_quota", as_admin=True).answer is True
    assert edit(snapshot, jane, john, "notes", as_admin=True, unset=True).answer is True
    unlimited = directory(acme=[f"{ADM} usr domainAdminRights"])
    held = edit(unlimited, ADM, ANN, "mailbox_quota", as_admin=True)
    assert (held.answer, held.reasons[-1].id) == (False, "edit.no_quota")
    deployed = edit(CARBONIO.snapshot, jane, john, "mailbox_quota", as_admin=True, value="1 GiB")
    assert deployed.answer is True


def test_bad_questions() -> None:
    snapshot = directory()
    for name in ("flavour", "member_addresses", ""):
        with pytest.raises(InvalidValue):
            edit(snapshot, ANN, ANN, name)
    base = snapshot.entry("o=mail")
    assert base is not None
    with pytest.raises(NotFound):
        may_edit(snapshot, ANN, base, "description")
    with pytest.raises(InvalidValue):
        edit(
            ACME.snapshot,
            "jane@acme.example",
            "john@acme.example",
            "mailbox_quota",
            as_admin=True,
            value="much",
        )
