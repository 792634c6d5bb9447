"""Two who write the same: nobody's work is lost in silence, and what was done is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ldap
import pytest

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.errors import PartialApply, SchemaError, StalePlan, Unavailable
from mailpolicy.snapshot import Snapshot
from tests.live.writing import acme, content, write
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin

COS = "cn={},ou=cos,o=mail"
PREMIUM, STANDARD, KIOSK = (COS.format(name) for name in ("premium", "standard", "kiosk"))
CHANGES = [mp.set(f"cos:{name}", mailbox_quota="2 GiB") for name in ("premium", "standard", "kiosk")]

ADD, DELETE, REPLACE = ldap.MOD_ADD, ldap.MOD_DELETE, ldap.MOD_REPLACE


@pytest.fixture
def slapd(start_slapd: StartSlapd) -> Slapd:
    return acme(start_slapd)


def other(slapd: Slapd, dn: str, *steps: Any) -> Callable[[], None]:
    """Somebody else, who changes an entry when called."""

    def meddle() -> None:
        connection = slapd.connect()
        connection.modify_s(dn, list(steps))
        connection.unbind_s()

    return meddle


def quota(snapshot: Snapshot, dn: str) -> tuple[bytes, ...]:
    entry = snapshot.entry(dn)
    assert entry is not None
    return entry.raw.get("mpMailboxQuota", ())


def test_all_that_have_changed_are_named_and_nothing_is_written(slapd: Slapd) -> None:
    before = content(slapd)
    other(slapd, PREMIUM, (REPLACE, "mpNotes", [b"changed"]))()
    other(slapd, KIOSK, (REPLACE, "mpNotes", [b"changed"]))()
    now = slapd.dump()
    with pytest.raises(StalePlan) as caught:
        write(slapd, before, CHANGES)
    assert caught.value.changed == (PREMIUM, KIOSK)
    assert slapd.dump() == now


def test_an_entry_that_is_gone_or_another_one_has_changed(slapd: Slapd) -> None:
    before = content(slapd)
    connection = slapd.connect()
    connection.delete_s(PREMIUM)
    connection.rename_s(KIOSK, "cn=booth")
    connection.rename_s(STANDARD, "cn=kiosk")
    with pytest.raises(StalePlan) as caught:
        write(slapd, before, CHANGES)
    assert caught.value.changed == (PREMIUM, STANDARD, KIOSK)


def test_a_name_that_is_taken_meanwhile(slapd: Slapd) -> None:
    before = content(slapd)
    other_plan = [mp.create("cos:gold")]
    write(slapd, before, other_plan)
    now = slapd.dump()
    for change in (mp.create("cos:gold"), mp.rename("cos:kiosk", COS.format("gold"))):
        with pytest.raises(StalePlan) as caught:
            write(slapd, before, [CHANGES[0], change])
        assert caught.value.changed == (COS.format("gold"),)
    assert slapd.dump() == now


@pytest.mark.parametrize("assertions", [True, False])
def test_the_value_that_another_has_just_changed(slapd: Slapd, assertions: bool) -> None:
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (REPLACE, "mpMailboxQuota", [b"9 GiB"]))
    with pytest.raises(StalePlan) as caught:
        write(slapd, before, CHANGES, meddle=meddle, assertions=assertions)
    assert caught.value.changed == (PREMIUM,)
    after = content(slapd)
    assert quota(after, PREMIUM) == (b"9 GiB",)
    assert quota(after, STANDARD) == quota(before, STANDARD)


@pytest.mark.parametrize("assertions", [True, False])
def test_a_second_value_of_what_can_have_only_one(slapd: Slapd, assertions: bool) -> None:
    write(slapd, content(slapd), [mp.unset("cos:premium", "mailbox_quota")])
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (ADD, "mpMailboxQuota", [b"9 GiB"]))
    with pytest.raises(StalePlan):
        write(slapd, before, CHANGES[:1], meddle=meddle, assertions=assertions)
    assert quota(content(slapd), PREMIUM) == (b"9 GiB",)


def test_with_assertions_any_change_of_the_entry_is_one(slapd: Slapd) -> None:
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (REPLACE, "mpNotes", [b"changed"]))
    with pytest.raises(StalePlan):
        write(slapd, before, CHANGES, meddle=meddle)
    assert quota(content(slapd), PREMIUM) == quota(before, PREMIUM)


def test_without_assertions_both_who_change_different_values_succeed(slapd: Slapd) -> None:
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (REPLACE, "mpNotes", [b"changed"]))
    write(slapd, before, CHANGES, meddle=meddle, assertions=False)
    after = content(slapd).entry(PREMIUM)
    assert after is not None
    assert (after.raw["mpMailboxQuota"], after.raw["mpNotes"]) == ((b"2 GiB",), (b"changed",))


@pytest.mark.parametrize("assertions", [True, False])
@pytest.mark.parametrize("change", [mp.delete("cos:standard"), mp.rename("cos:standard", COS.format("x"))])
def test_an_entry_that_goes_meanwhile(slapd: Slapd, change: Any, assertions: bool) -> None:
    before = content(slapd)

    def meddle() -> None:
        slapd.connect().delete_s(STANDARD)

    changes = [CHANGES[0], change, CHANGES[2]]
    with pytest.raises(PartialApply) as caught:
        write(slapd, before, changes, meddle=meddle, before=1, assertions=assertions)
    assert caught.value.done == (PREMIUM,)
    assert caught.value.failed == STANDARD
    assert isinstance(caught.value.error, StalePlan)
    assert caught.value.error.changed == (STANDARD,)
    assert caught.value.remaining == (KIOSK,)
    after = content(slapd)
    assert quota(after, PREMIUM) == (b"2 GiB",)
    assert quota(after, KIOSK) == quota(before, KIOSK)


def test_deleting_what_another_has_just_changed(slapd: Slapd) -> None:
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (REPLACE, "mpNotes", [b"changed"]))
    with pytest.raises(StalePlan):
        write(slapd, before, [mp.delete("cos:premium")], meddle=meddle)
    assert content(slapd).entry(PREMIUM) is not None


def test_deleting_an_entry_that_has_got_children(slapd: Slapd) -> None:
    before = content(slapd)
    new = f"ou=below,{PREMIUM}"
    below = [("objectClass", [b"organizationalUnit"]), ("ou", [b"below"])]
    with pytest.raises(StalePlan):
        write(slapd, before, [mp.delete("cos:premium")], meddle=lambda: slapd.connect().add_s(new, below))


def test_what_we_have_written_ourselves_is_no_conflict(slapd: Slapd) -> None:
    before = content(slapd)
    changes = [
        *CHANGES,
        mp.set("cos:premium", mailbox_quota="3 GiB"),
        mp.rename("cos:premium", COS.format("x")),
        mp.set("cos:kiosk", mailbox_quota="3 GiB"),
        mp.set("cos:x", mailbox_quota="4 GiB"),
    ]
    write(slapd, before, changes)
    assert content(slapd).revision == applied(before, changes).revision


def test_another_between_two_writes_of_ours_to_one_entry(slapd: Slapd) -> None:
    before = content(slapd)
    meddle = other(slapd, PREMIUM, (REPLACE, "mpNotes", [b"changed"]))
    moving = mp.rename("cos:standard", COS.format("x"))
    changes = [CHANGES[0], CHANGES[1], moving, mp.rename("cos:premium", COS.format("y"))]
    with pytest.raises(PartialApply) as caught:
        write(slapd, before, changes, meddle=meddle, before=3)
    assert caught.value.done == (PREMIUM, COS.format("x"))
    assert (caught.value.failed, caught.value.remaining) == (PREMIUM, ())


AGAIN = {"modify": mp.set("cos:premium", mailbox_quota="3 GiB"), "delete": mp.delete("cos:premium")}
MEANWHILE = {
    "another value": (REPLACE, "mpMailboxQuota", [b"9 GiB"]),
    "one more value": (ADD, "cn", [b"gold"]),
    "one more attribute": (ADD, "mpTimeZone", [b"Europe/London"]),
    "one value less": (DELETE, "cn", [b"golden"]),
    "no value any more": (DELETE, "description", None),
}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
@pytest.mark.parametrize("step", MEANWHILE.values(), ids=MEANWHILE)
def test_another_right_after_we_have_written_what_we_write_once_more(
    slapd: Slapd, step: Any, again: Any
) -> None:
    write(slapd, content(slapd), [mp.add_value("cos:premium", {"cn": "golden"})])
    changes: list[Any] = [CHANGES[0], CHANGES[1], again, CHANGES[2]]
    with pytest.raises(PartialApply) as caught:
        write(slapd, content(slapd), changes, meddle=other(slapd, PREMIUM, step), after=0)
    assert caught.value.done == (PREMIUM, STANDARD)
    assert (caught.value.failed, caught.value.remaining) == (PREMIUM, (KIOSK,))
    assert isinstance(caught.value.error, StalePlan)
    after = content(slapd).entry(PREMIUM)
    assert after is not None
    assert after.raw["mpMailboxQuota"] in ((b"2 GiB",), (b"9 GiB",))
    there = set(after.raw.get(step[1], ()))
    assert there.isdisjoint(step[2] or there) if step[0] == DELETE else there.issuperset(step[2])


def test_another_entry_in_the_place_of_one_that_we_write_once_more(slapd: Slapd) -> None:
    def meddle() -> None:
        connection = slapd.connect()
        ((_, values),) = connection.search_s(PREMIUM, ldap.SCOPE_BASE)
        connection.delete_s(PREMIUM)
        connection.add_s(PREMIUM, list(values.items()))

    with pytest.raises(PartialApply) as caught:
        write(slapd, content(slapd), [CHANGES[0], CHANGES[1], AGAIN["delete"]], meddle=meddle, after=0)
    assert caught.value.failed == PREMIUM
    assert content(slapd).entry(PREMIUM) is not None


def test_no_answer_about_what_we_have_written_ends_it(slapd: Slapd) -> None:
    changes: list[Any] = [CHANGES[0], mp.rename("cos:premium", COS.format("x"))]
    with pytest.raises(PartialApply) as caught:
        write(slapd, content(slapd), changes, meddle=slapd.kill, after=0)
    assert (caught.value.done, caught.value.failed) == ((PREMIUM,), PREMIUM)
    assert isinstance(caught.value.error, Unavailable)


HASHING = "dn: olcOverlay=ppolicy\nobjectClass: olcPPolicyConfig\nolcPPolicyHashCleartext: TRUE"


def test_a_server_that_stores_values_in_its_own_way_is_no_other(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd, modules=["ppolicy"], overlays=[HASHING])
    john = "john@acme.example"
    changes = [
        mp.set(john, {"seeAlso": "CN=Premium , OU=cos,  O=mail", "userPassword": "open sesame"}),
        CHANGES[1],
        mp.set(john, mailbox_quota="3 GiB"),
    ]
    assert len(write(slapd, content(slapd), changes).entries) == 3


UNIQUE = "dn: olcOverlay=unique\nobjectClass: olcUniqueConfig\nolcUniqueURI: ldap:///?mail?sub"


def test_an_address_that_another_has_given_away_meanwhile(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd, modules=["unique"], overlays=[UNIQUE])
    before = content(slapd)
    write(slapd, before, [mp.create("list:new@acme.example")])
    creation = mp.create("account:new@acme.example")
    with pytest.raises(SchemaError):
        write(slapd, before, [creation])
    with pytest.raises(PartialApply) as caught:
        write(slapd, before, [CHANGES[0], creation])
    assert isinstance(caught.value.error, SchemaError)
