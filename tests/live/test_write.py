"""What is written to a real server is what the same changes make of a directory in memory."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.errors import PartialApply, SchemaError, Unavailable
from mailpolicy.live.write import Written, operations_for, shows, written
from mailpolicy.schema.emit import emit
from mailpolicy.snapshot import Snapshot
from tests.live.writing import PYTHON_LDAP, ROOT, acme, content, write
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"
KEY = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"
PREMIUM = "cn=premium,ou=cos,o=mail"


def made(slapd: Slapd, *changes: Any) -> tuple[Snapshot, tuple[Written, ...]]:
    """The changes, written; the server has then what they make of its content."""
    before = content(slapd)
    entries = write(slapd, before, changes).entries
    after = content(slapd)
    assert after.revision == applied(before, changes).revision
    assert all(shows(after, each) for each in entries)
    return after, entries


EVERY_KIND = {
    "set": [mp.set("cos:premium", mailbox_quota="2 GiB", description="Once more")],
    "set another spelling": [mp.set("cos:premium", {"cn": "PREMIUM", "description": "more OF everything"})],
    "set a value of its own": [mp.set(JOHN, {"displayName;lang-de": "Hans"}, display_name="Jo")],
    "unset": [mp.unset("cos:premium", "mailbox_quota", "max_message_size")],
    "add a value": [mp.add_value(JOHN, aliases="jd@acme.example")],
    "remove a value": [mp.remove_value("cos:kiosk", allowed_networks="192.0.2.0/24")],
    "a class": [mp.set("ou=cos,o=mail", {"objectClass": ["organizationalUnit", "dcObject"], "dc": "c"})],
    "a key": [mp.set("domain:acme.example", {"mpTlsPrivateKey": KEY}),],
    "create": [mp.create("account:ann@acme.example", display_name="Ännchen")],
    "create with containers": [mp.create("domain:new.example"), mp.create("account:ann@new.example")],
    "delete": [mp.delete(PREMIUM)],
    "rename": [mp.rename("cos:premium", "cn=platinum,ou=cos,o=mail")],
    "rename in another spelling": [mp.rename("cos:premium", "CN=Premium,ou=cos,o=mail")],
    "move": [mp.rename("cos:premium", "cn=premium,ou=servers,o=mail")],
    "move many": [mp.rename("ou=cos,o=mail", "ou=classes,ou=servers,o=mail")],
    "one after the other": [
        mp.create("cos:gold", mailbox_quota="5 GiB"),
        mp.set("cos:premium", mailbox_quota="1 GiB"),
        mp.set("cos:gold", mailbox_quota="6 GiB"),
        mp.set("cos:premium", mailbox_quota="2 GiB"),
        mp.rename("ou=cos,o=mail", "ou=classes,o=mail"),
        mp.set("cos:gold", mailbox_quota="7 GiB"),
        mp.set("cos:premium", mailbox_quota="3 GiB"),
        mp.rename("cos:gold", "cn=silver,ou=servers,o=mail"),
        mp.delete("cos:premium"),
        mp.rename("cos:silver", "cn=premium,ou=classes,o=mail"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("changes", EVERY_KIND.values(), ids=EVERY_KIND)
def test_it_is_what_the_changes_make(start_slapd: StartSlapd, changes: list[Any]) -> None:
    slapd = acme(start_slapd)
    before = content(slapd)
    after, entries = made(slapd, *changes)
    assert entries
    assert not all(shows(before, each) for each in entries)
    for each in entries:
        entry = after.entry(each.dn)
        if not each.gone:
            assert entry is not None
            assert each.uuid == entry.first("entryUUID")
            assert each.csn is not None
            assert each.csn <= str(entry.first("entryCSN"))


def test_what_makes_no_difference_is_not_written(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    before = slapd.dump()
    _, entries = made(slapd, mp.set("cos:premium", mailbox_quota="20 GiB"), mp.unset(JOHN, "notes"))
    assert entries == ()
    assert slapd.dump() == before


def test_changes_of_one_entry_are_one_request(start_slapd: StartSlapd) -> None:
    _, entries = made(
        acme(start_slapd),
        mp.set(JOHN, display_name="Jo"),
        mp.add_value(JOHN, aliases="jd@acme.example"),
        mp.create("cos:gold"),
        mp.set("cos:gold", mailbox_quota="5 GiB"),
        mp.set("cos:premium", mailbox_quota="2 GiB"),
        mp.delete("cos:premium"),
    )
    assert [(each.operation, each.dn.partition(",")[0]) for each in entries] == [
        ("modify", "uid=john"),
        ("add", "cn=gold"),
        ("delete", "cn=premium"),
    ]


def test_entries_are_told_where_they_stand_in_the_end(start_slapd: StartSlapd) -> None:
    _, entries = made(acme(start_slapd), *EVERY_KIND["one after the other"])
    assert [(each.operation, each.dn, each.gone) for each in entries] == [
        ("add", "cn=premium,ou=classes,o=mail", False),
        ("modify", "cn=premium,ou=classes,o=mail", True),
        ("modify", "cn=premium,ou=classes,o=mail", False),
        ("modify", "cn=premium,ou=classes,o=mail", True),
        ("rename", "ou=classes,o=mail", False),
        ("modify", "cn=premium,ou=classes,o=mail", False),
        ("modify", "cn=premium,ou=classes,o=mail", True),
        ("rename", "cn=premium,ou=classes,o=mail", False),
        ("delete", "cn=premium,ou=classes,o=mail", True),
        ("rename", "cn=premium,ou=classes,o=mail", False),
    ]


def test_a_rename_corrects_what_the_server_leaves_otherwise(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    made(slapd, mp.add_value("cos:premium", {"cn": "Gold"}))
    after, entries = made(slapd, mp.rename("cos:premium", "cn=gold,ou=cos,o=mail"))
    assert [each.operation for each in entries] == ["rename", "modify"]
    gold = after.entry("cn=gold,ou=cos,o=mail")
    assert gold is not None
    assert gold.raw["cn"] == (b"gold",)


def test_all_problems_are_told_before_anything_is_sent(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    before = slapd.dump()
    changes = [
        mp.set("cos:premium", mailbox_quota="2 GiB"),
        mp.set("cos:premium", mailbox_quota="a lot"),
        mp.delete("cos:nobody"),
    ]
    with pytest.raises(SchemaError) as caught:
        write(slapd, content(slapd), changes)
    assert len(caught.value.problems) == 2
    assert slapd.dump() == before


def test_no_answer_to_a_write_leaves_it_open(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    change = mp.set("cos:premium", mailbox_quota="2 GiB")
    with pytest.raises(Unavailable, match=r"nobody knows whether cn=premium,ou=cos,o=mail is written"):
        write(slapd, content(slapd), [change], meddle=slapd.kill)


@pytest.mark.parametrize("change", [mp.set("cos:premium", mailbox_quota="2 GiB"), mp.create("cos:gold")])
def test_no_answer_before_the_first_write_says_that_nothing_is_written(
    start_slapd: StartSlapd, change: Any
) -> None:
    slapd = acme(start_slapd)
    before = content(slapd)
    with PYTHON_LDAP.opened(slapd) as backend:
        slapd.kill()
        with pytest.raises(Unavailable, match=": nothing is written"):
            written(backend, before, [change])


def test_no_answer_after_a_write_leaves_the_rest_open(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    before = content(slapd)
    changes = [mp.set(f"cos:{name}", mailbox_quota="2 GiB") for name in ("premium", "standard", "kiosk")]
    with pytest.raises(PartialApply) as caught:
        write(slapd, before, changes, meddle=slapd.kill, before=1)
    assert caught.value.done == (PREMIUM,)
    assert caught.value.failed == "cn=standard,ou=cos,o=mail"
    assert isinstance(caught.value.error, Unavailable)
    assert caught.value.remaining == ("cn=kiosk,ou=cos,o=mail",)
    slapd.start()
    assert content(slapd).revision == applied(before, changes[:1]).revision


def test_an_alias_entry_comes_before_its_address_and_goes_after_it(start_slapd: StartSlapd) -> None:
    data = (ROOT / "ldif" / "examples" / "carbonio.ldif").read_bytes()
    slapd = start_slapd(suffix="", extra_schema=[emit("carbonio", "ldif")], data=data)
    start = content(slapd, "carbonio")
    john = start.entry("uid=john,ou=people,dc=acme,dc=example")
    assert john is not None
    creation = mp.create("alias:jd@acme.example", {"zimbraAliasTargetId": str(john.first("zimbraId"))})
    made = [("add", "uid=jd,ou=people,dc=acme,dc=example"), ("modify", john.dn)]
    entries = write(slapd, start, [creation]).entries
    assert [(each.operation, each.dn) for each in entries] == made
    deletion = write(slapd, content(slapd, "carbonio"), [mp.delete("alias:jd@acme.example")])
    assert [each.operation for each in deletion.entries] == ["modify", "delete"]
    assert content(slapd, "carbonio").revision == start.revision


def test_an_entry_in_the_place_of_another_is_seen_once_it_is_there(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    before = content(slapd)
    after, (gone, new) = made(slapd, mp.delete("cos:premium"), mp.create("cos:premium"))
    assert (gone.dn, new.dn) == (PREMIUM, PREMIUM)
    assert (gone.uuid, gone.gone, new.gone) == (uuid_of(before), True, False)
    assert new.uuid == uuid_of(after) != gone.uuid
    without = before.changed({before.key(PREMIUM): None})
    assert [shows(before, each) for each in (gone, new)] == [False, False]
    assert [shows(without, each) for each in (gone, new)] == [True, False]
    assert [shows(after, each) for each in (gone, new)] == [True, True]


def test_what_is_created_deleted_and_created_again_is_seen(start_slapd: StartSlapd) -> None:
    again = mp.create("cos:gold")
    changes = [again, mp.set("cos:premium", mailbox_quota="2 GiB"), mp.delete("cos:gold"), again]
    _, entries = made(acme(start_slapd), *changes)
    assert [each.gone for each in entries] == [True, False, True, False]


def uuid_of(snapshot: Snapshot) -> object:
    entry = snapshot.entry(PREMIUM)
    return entry.first("entryUUID") if entry else None


def test_a_write_is_seen_in_that_of_another_after_it(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    before = content(slapd)
    first, (ours,) = made(slapd, mp.set("cos:premium", mailbox_quota="2 GiB"))
    later, (theirs,) = made(slapd, mp.set("cos:premium", mailbox_quota="3 GiB"))
    assert [shows(each, ours) for each in (before, first, later)] == [False, True, True]
    assert [shows(each, theirs) for each in (before, first, later)] == [False, False, True]
    assert shows(later.changed({later.key(PREMIUM): None}), theirs)


def test_no_operation_shows_a_value(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    secret = mp.set(JOHN, {"userPassword": "open sesame"})
    made = operations_for(
        content(slapd), [secret, mp.create("account:ann@acme.example", {"userPassword": "abracadabra"})]
    )
    assert len(made.operations) == 2
    for text in (repr(made), str(made.operations)):
        assert "userPassword" in text
        assert "sesame" not in text
        assert "abracadabra" not in text


def test_a_member_more_among_very_many_is_one_value(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd)
    snapshot = content(slapd)
    lists = mp.create(
        "list:big@acme.example", member_addresses=[f"u{number}@x.example" for number in range(20_000)]
    )
    big = applied(snapshot, [lists])
    (operation,) = operations_for(
        big, [mp.add_value("list:big@acme.example", member_addresses="new@x.example")]
    ).operations
    (step,) = operation.modifications  # type: ignore[union-attr]
    assert (step.operation, step.values) == ("add", (b"new@x.example",))
