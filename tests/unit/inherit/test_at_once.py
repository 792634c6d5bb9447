"""All settings of an object at once, and one setting of all objects, where layers meet."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound
from mailpolicy.inherit import accounts_of, flat_values, layers_of, resolve, resolve_for, sweep
from mailpolicy.inherit.overlay import overlay_of
from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, find_setting
from mailpolicy.snapshot import Snapshot
from mailpolicy.testing.generate import generate
from tests.trees import loaded, record

DIRECTORY = "".join(
    [
        record("o=mail", "organization", o="mail"),
        record("cn=config,o=mail", "mpConfig", cn="config", mpMailboxQuota="1 GiB", mpTimeZone="Europe/Rome"),
        record("cn=small,o=mail", "mpClassOfService", cn="small"),
        record("cn=plus,o=mail", "mpClassOfService", cn="plus", mpRecipientDelimiter="-"),
        record(
            "dc=a,o=mail", "domain", "mpDomain",
            dc="a", associatedDomain="a.example", mpDefaultCos="small",
            mpMailboxQuota="3 GiB", mpMaxMailboxQuota="2 GiB",
        ),
        record(
            "dc=b,o=mail", "domain", "mpDomain",
            dc="b", associatedDomain="b.example", mpRecipientDelimiter="-", mpTimeZone="Europe/Berlin",
        ),
        *(
            record(f"uid={uid},o=mail", "inetOrgPerson", "mpAccount", uid=uid, cn=uid, sn=uid, **says)
            for uid, says in {
                "ann": {"mail": "ann@a.example", "mpMailboxQuota": "5 GiB"},
                "bob": {"mail": "bob@b.example", "mpMailboxQuota": "5 GiB"},
                "eve": {"mail": "eve@elsewhere.example", "mpCos": "plus"},
                "joe": {"mail": "joe@a.example", "mpCos": "gone", "mpMailboxQuota": "plenty"},
                "tim": {"mail": "tim@a.example", "mpCos": "cn=plus,o=mail"},
            }.items()
        ),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def directory() -> Snapshot:
    return loaded(DIRECTORY, "native")


def uids(entries: list[Entry]) -> list[str]:
    return [str(entry.first("uid")) for entry in entries]


def swept(snapshot: Snapshot, setting: str) -> dict[str, Any]:
    accounts = list(snapshot.of_level(Level.ACCOUNT))
    values = sweep(snapshot, Level.ACCOUNT, find_setting(setting))
    return dict(zip(uids(accounts), map(str, values), strict=True))


def test_the_same_text_under_another_ceiling_is_another_value(directory: Snapshot) -> None:
    quotas = {"ann": "2 GiB", "bob": "5 GiB", "eve": "1 GiB", "joe": "2 GiB", "tim": "2 GiB"}
    assert swept(directory, "mailbox_quota") == quotas
    for account in directory.of_level(Level.ACCOUNT):
        assert str(flat_values(directory, account)["mailbox_quota"]) == quotas[str(account.first("uid"))]


def test_the_same_text_counts_on_one_kind_of_layer_only(directory: Snapshot) -> None:
    assert swept(directory, "recipient_delimiter") == dict.fromkeys(("ann", "eve", "joe", "tim"), "+") | {
        "bob": "-"
    }


def test_the_nearer_layer_is_laid_over_the_farther(directory: Snapshot) -> None:
    bob = directory.entry("uid=bob,o=mail")
    ann = directory.entry("uid=ann,o=mail")
    assert bob is not None
    assert ann is not None
    assert str(flat_values(directory, bob)["time_zone"]) == "Europe/Berlin"
    assert str(flat_values(directory, ann)["time_zone"]) == "Europe/Rome"


def test_whose_it_is(directory: Snapshot) -> None:
    expected = {
        "cn=small,o=mail": ["ann", "joe"],
        "cn=plus,o=mail": ["eve", "tim"],
        "dc=a,o=mail": ["ann", "joe", "tim"],
        "dc=b,o=mail": ["bob"],
        "cn=config,o=mail": [],
        "uid=ann,o=mail": [],
    }
    for dn, members in expected.items():
        entry = directory.entry(dn)
        assert entry is not None
        assert uids(accounts_of(directory, entry)) == members, dn


def test_what_is_no_object_has_no_settings(directory: Snapshot) -> None:
    root = directory.entry("o=mail")
    assert root is not None
    assert flat_values(directory, root) == {}
    with pytest.raises(NotFound, match="no object at 'o=mail'"):
        resolve_for(directory, root, find_setting("mail_status"))


@pytest.mark.parametrize("dialect", ["native", "carbonio", "zimbra"])
def test_everything_of_everybody(dialect: str) -> None:
    snapshot = loaded("".join(generate(60, dialect)), dialect)
    layers = {entry.dn: layers_of(snapshot, entry) for entry in snapshot if snapshot.level_of(entry)}
    for level in Level:
        entries = list(snapshot.of_level(level))
        asked = [setting for setting in SETTINGS.values() if setting.belongs_to(level)]
        flat = [flat_values(snapshot, entry) for entry in entries]
        for setting in asked:
            alone = [resolve(snapshot, layers[entry.dn], setting) for entry in entries]
            assert sweep(snapshot, level, setting) == alone, setting
            assert setting.secret or [each[setting.name] for each in flat] == alone, setting


def test_who_becomes_an_account_has_its_settings() -> None:
    says = {"mail": "zoe@a.example", "mpMailboxQuota": "7 GiB"}
    person = record("uid=zoe,o=mail", "inetOrgPerson", uid="zoe", cn="zoe", sn="zoe", **says)
    before = mp.loads(DIRECTORY + person, dialect="native")
    assert len(before.effective("mailbox_quota")) == 5
    after = before.with_changes(mp.add_value("uid=zoe,o=mail", {"objectClass": "mpAccount"}))
    assert [str(value) for value in after.effective("mailbox_quota").values()][-1] == "2 GiB"


def test_what_people_are_called_is_not_kept() -> None:
    says = {"mail": "jo@a.example", "mpTimeZone": "Europe/Oslo", "displayName": "Jo Unheard-of"}
    person = record("uid=jo,o=mail", "inetOrgPerson", "mpAccount", uid="jo", cn="jo", sn="jo", **says)
    snapshot = loaded(person, "native")
    (account,) = snapshot.of_level(Level.ACCOUNT)
    assert flat_values(snapshot, account)["display_name"] == "Jo Unheard-of"
    overlay = overlay_of(snapshot.dialect, Level.ACCOUNT, Level.ACCOUNT, account.shape)
    kept = {stored for each in overlay.singles for stored in each.known or ()}
    assert b"Europe/Oslo" in kept
    assert kept.isdisjoint(value.encode() for value in (says["mail"], says["displayName"], "jo"))
