"""Writing by those who may not, or may write but not see."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.edit import applied
from mailpolicy.errors import PartialApply, ReadOnly
from mailpolicy.live.write import shows
from mailpolicy.snapshot import Snapshot
from tests.live.writing import ACCOUNTS, READABLE, READER, WRITER, acme, content, guarded, without, write
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"
PREMIUM = "cn=premium,ou=cos,o=mail"
QUOTA = mp.set("cos:premium", mailbox_quota="2 GiB")


@pytest.mark.parametrize(("dn", "name"), [(READER, READER), ("", "nobody")])
def test_a_reader_is_told_as_whom_it_is_refused(start_slapd: StartSlapd, dn: str, name: str) -> None:
    slapd = guarded(start_slapd, READABLE)
    before = slapd.dump()
    with pytest.raises(ReadOnly, match=name) as caught:
        write(slapd, content(slapd), [QUOTA], dn=dn)
    assert caught.value.dn == PREMIUM
    assert slapd.dump() == before


def test_a_part_that_may_not_be_written_ends_it(start_slapd: StartSlapd) -> None:
    slapd = guarded(start_slapd, f'to dn.subtree="{PREMIUM}" by * read', READABLE)
    before = content(slapd)
    changes = [mp.set(f"cos:{name}", mailbox_quota="2 GiB") for name in ("kiosk", "premium", "standard")]
    with pytest.raises(PartialApply, match=WRITER) as caught:
        write(slapd, before, changes, dn=WRITER)
    assert isinstance(caught.value.error, ReadOnly)
    assert caught.value.failed == PREMIUM
    assert content(slapd).revision == applied(before, changes[:1]).revision


def test_a_copy_that_takes_no_writes(start_slapd: StartSlapd) -> None:
    slapd = acme(start_slapd, database={"olcReadOnly": "TRUE"})
    with pytest.raises(ReadOnly):
        write(slapd, content(slapd), [QUOTA])


def test_a_copy_refers_to_where_writes_are_taken(start_slapd: StartSlapd) -> None:
    nowhere = "ldap://127.0.0.1:1"
    following = f'rid=001 provider={nowhere} searchbase="o=mail" retry="60 +" bindmethod=simple'
    access = [f"{{0}}{READABLE}"]
    copy = {"olcAccess": access, "olcSyncrepl": following, "olcUpdateRef": nowhere}
    slapd = acme(start_slapd, database=copy)
    slapd.stop()
    slapd.load(ACCOUNTS)
    slapd.start()
    with pytest.raises(ReadOnly, match="another server"):
        write(slapd, content(slapd), [QUOTA], dn=WRITER)


def test_a_writer_that_may_not_see_the_state_of_entries(start_slapd: StartSlapd) -> None:
    slapd = guarded(start_slapd, "to attrs=entryCSN,entryUUID by * none", READABLE)
    before = content(slapd)
    changes = [
        QUOTA,
        mp.create("cos:gold"),
        mp.rename("cos:kiosk", "cn=x,ou=cos,o=mail"),
        mp.delete("cos:standard"),
    ]
    entries = write(slapd, before, changes, dn=WRITER).entries
    after = content(slapd)
    assert after.revision == applied(before, changes).revision
    assert [each.csn for each in entries] == [None] * 4
    assert all(shows(after, each) for each in entries)


def hiding_passwords(start: StartSlapd) -> tuple[Slapd, Snapshot]:
    """A server whose writer may write passwords and not read them, and what it sees of it."""
    slapd = guarded(start, f"to attrs=userPassword by dn.base={WRITER} =w by * auth", READABLE)
    return slapd, without(slapd, "userPassword")


def passwords(slapd: Slapd) -> tuple[bytes, ...]:
    after = content(slapd).entry("uid=john,ou=people,dc=acme.example,o=mail")
    assert after is not None
    return after.raw.get("userPassword", ())


def test_a_new_password_ends_the_one_that_is_not_shown(start_slapd: StartSlapd) -> None:
    slapd, seen = hiding_passwords(start_slapd)
    assert len(passwords(slapd)) == 1
    write(slapd, seen, [mp.set(JOHN, {"userPassword": "open sesame"})], dn=WRITER)
    assert passwords(slapd) == (b"open sesame",)


def test_a_password_that_is_not_shown_can_be_removed(start_slapd: StartSlapd) -> None:
    slapd, seen = hiding_passwords(start_slapd)
    write(slapd, seen, [mp.unset(JOHN, "userPassword")], dn=WRITER)
    assert passwords(slapd) == ()
