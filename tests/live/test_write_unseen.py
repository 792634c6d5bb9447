"""Changes of what a replica does not have: its account may not see it, or nobody has told."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import SchemaError, StalePlan
from mailpolicy.ldap.entry import Entry
from mailpolicy.snapshot import Snapshot
from tests.live.writing import READABLE, WRITER, acme, content, guarded, without, write
from tests.slapd import Slapd, StartSlapd

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"
JOHNS_DN = "uid=john,ou=people,dc=acme.example,o=mail"
ALIASES, QUOTA, NOTES, TITLE = "mpAliases", "mpMailboxQuota", "mpNotes", "title"
OLD = (b"j.doe@acme.example", b"jdoe@acme.example")
NEW = b"only.this@acme.example"

WRITABLE = {"who writes sees it": "write", "who writes does not either": "=w"}


def values(snapshot: Snapshot, name: str) -> set[bytes]:
    entry = snapshot.entry(JOHNS_DN)
    assert entry is not None
    return set(entry.raw.get(name, ()))


def prepared(slapd: Slapd) -> Slapd:
    john = [mp.set(JOHN, aliases=[each.decode() for each in OLD], mailbox_quota="9 GiB")]
    write(slapd, content(slapd), john)
    return slapd


@pytest.fixture(params=list(WRITABLE.values()), ids=list(WRITABLE))
def right(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def slapd(start_slapd: StartSlapd, right: str) -> Slapd:
    """A server that shows the attributes to nobody, or to nobody but who writes."""
    hidden = f"to attrs={ALIASES},{QUOTA},{NOTES},{TITLE} by dn.base={WRITER} {right} by * none"
    return prepared(guarded(start_slapd, hidden, READABLE))


EXPECTED: dict[str, tuple[Any, str, set[bytes]]] = {
    "set": (mp.set(JOHN, aliases=[NEW.decode()]), ALIASES, {NEW}),
    "set to one of several": (mp.set(JOHN, aliases=[OLD[0].decode()]), ALIASES, {OLD[0]}),
    "set what has none": (mp.set(JOHN, notes="Dr."), NOTES, {b"Dr."}),
    "set what is single-valued": (mp.set(JOHN, mailbox_quota="1 GiB"), QUOTA, {b"1 GiB"}),
    "unset": (mp.unset(JOHN, "aliases"), ALIASES, set()),
    "unset what has none": (mp.unset(JOHN, "notes"), NOTES, set()),
    "unset what is there with options": (mp.unset(JOHN, TITLE), TITLE, set()),
    "add a value": (mp.add_value(JOHN, aliases=NEW.decode()), ALIASES, {*OLD, NEW}),
}


@pytest.mark.parametrize(("change", "name", "wanted"), EXPECTED.values(), ids=EXPECTED)
@pytest.mark.parametrize("is_seen", [False, True])
def test_it_is_what_the_change_says(
    slapd: Slapd, change: Any, name: str, wanted: set[bytes], is_seen: bool
) -> None:
    known = content(slapd) if is_seen else without(slapd, ALIASES, QUOTA, NOTES, TITLE)
    write(slapd, known, [change], dn=WRITER)
    assert values(content(slapd), name) == wanted
    assert values(content(slapd), "title;lang-de") == {b"Leiter Vertrieb"}


def test_one_of_several_is_removed_or_nothing_is_said_to_be(slapd: Slapd, right: str) -> None:
    change = mp.remove_value(JOHN, aliases=OLD[0].decode())
    known = without(slapd, ALIASES)
    if right == "write":
        write(slapd, known, [change], dn=WRITER)
        assert values(content(slapd), ALIASES) == {OLD[1]}
    else:
        with pytest.raises(SchemaError, match="a value that the entry has"):
            write(slapd, known, [change], dn=WRITER)


@pytest.mark.parametrize("right", ["write"], indirect=True)
@pytest.mark.parametrize("change", [
    mp.set(JOHN, aliases=[each.decode() for each in OLD]),
    mp.set(JOHN, mailbox_quota="9 GiB"),
    mp.unset(JOHN, "notes"),
    mp.add_value(JOHN, aliases=OLD[1].decode()),
])  # fmt: skip
def test_what_is_as_it_shall_be_is_not_written(slapd: Slapd, change: Any) -> None:
    before = slapd.dump()
    assert write(slapd, without(slapd, ALIASES, QUOTA), [change], dn=WRITER).entries == ()
    assert slapd.dump() == before


def test_several_changes_of_one_entry_build_on_each_other(slapd: Slapd) -> None:
    changes: list[Any] = [
        mp.set(JOHN, aliases=[NEW.decode()]),
        mp.add_value(JOHN, aliases="more@acme.example"),
        mp.set("cos:premium", description="in between"),
        mp.add_value(JOHN, aliases="most@acme.example"),
    ]
    write(slapd, without(slapd, ALIASES), changes, dn=WRITER)
    assert values(content(slapd), ALIASES) == {NEW, b"more@acme.example", b"most@acme.example"}


def test_what_is_seen_leads_to_what_has_to_be_looked_at(start_slapd: StartSlapd) -> None:
    written_only = f"to attrs={NOTES} by dn.base={WRITER} =w by * none"
    slapd = prepared(guarded(start_slapd, written_only, READABLE))
    write(slapd, content(slapd), [mp.set(JOHN, notes="to be removed")])
    changes: list[Any] = [mp.set(JOHN, display_name="Jo"), mp.unset(OLD[1].decode(), "notes")]
    write(slapd, without(slapd, ALIASES, NOTES), changes, dn=WRITER)
    assert values(content(slapd), NOTES) == set()


def untold(slapd: Slapd, **attributes: tuple[bytes, ...]) -> Snapshot:
    """What a replica has that was not told of other values, as it happens with those that refint rewrites."""
    snapshot = content(slapd)
    john = snapshot.entry(JOHNS_DN)
    assert john is not None
    other = Entry(john.dn, dict(john.raw) | attributes, snapshot.definitions)
    return snapshot.changed({snapshot.key(john.dn): other})


@pytest.mark.parametrize(("believed", "change", "name", "wanted"), [
    ((NEW,), mp.set(JOHN, aliases=[NEW.decode()]), ALIASES, {NEW}),
    ((NEW,), mp.unset(JOHN, "aliases"), ALIASES, set()),
    ((), mp.unset(JOHN, "aliases"), ALIASES, set()),
    ((*OLD, NEW), mp.add_value(JOHN, aliases=NEW.decode()), ALIASES, {*OLD, NEW}),
    ((OLD[0],), mp.add_value(JOHN, aliases=NEW.decode()), ALIASES, {*OLD, NEW}),
    ((OLD[1],), mp.remove_value(JOHN, aliases=OLD[0].decode()), ALIASES, {OLD[1]}),
    ((b"Dr.",), mp.set(JOHN, notes="Dr."), NOTES, {b"Dr."}),
    ((b"Dr.",), mp.unset(JOHN, "notes"), NOTES, set()),
])  # fmt: skip
def test_what_the_server_shows_counts(
    start_slapd: StartSlapd, believed: tuple[bytes, ...], change: Any, name: str, wanted: set[bytes]
) -> None:
    slapd = prepared(guarded(start_slapd, READABLE))
    write(slapd, untold(slapd, **{name: believed}), [change], dn=WRITER)
    assert values(content(slapd), name) == wanted


@pytest.mark.parametrize("hidden", ["the replica", "who writes"])
def test_other_values_are_all_there_is_to_tell_without_a_csn(start_slapd: StartSlapd, hidden: str) -> None:
    slapd = guarded(start_slapd, "to attrs=entryCSN by * none", READABLE)
    known = without(slapd, "entryCSN") if hidden == "the replica" else content(slapd)
    write(slapd, content(slapd), [mp.set(JOHN, aliases=[NEW.decode()])])
    before = slapd.dump()
    writer = None if hidden == "the replica" else WRITER
    with pytest.raises(StalePlan):
        write(slapd, known, [mp.set(JOHN, aliases=["x@acme.example"])], dn=writer)
    assert slapd.dump() == before


LATE = {
    "set": mp.set("cos:premium", mailbox_quota="2 GiB"),
    "set to what the replica has": mp.set("cos:premium", mailbox_quota="20 GiB"),
    "unset": mp.unset("cos:premium", "mailbox_quota"),
    "unset what the replica does not have": mp.unset("cos:premium", "notes"),
    "add a value": mp.add_value("cos:premium", {"cn": "gold"}),
    "add a value that the replica has": mp.add_value("cos:premium", {"cn": "premium"}),
    "remove a value": mp.remove_value("cos:premium", {"description": "More of everything"}),
    "delete": mp.delete("cos:premium"),
    "rename": mp.rename("cos:premium", "cn=gold,ou=cos,o=mail"),
    "create": mp.create("cos:taken"),
}


@pytest.mark.parametrize("change", LATE.values(), ids=LATE)
def test_a_replica_that_lags_behind_writes_nothing(start_slapd: StartSlapd, change: Any) -> None:
    slapd = acme(start_slapd)
    late = content(slapd)
    theirs = mp.set("cos:premium", mailbox_quota="7 GiB", notes="theirs")
    write(slapd, late, [theirs, mp.create("cos:taken")])
    before = slapd.dump()
    with pytest.raises(StalePlan) as caught:
        write(slapd, late, [mp.set("cos:kiosk", mailbox_quota="3 GiB"), change])
    name = "taken" if change is LATE["create"] else "premium"
    assert caught.value.changed == (f"cn={name},ou=cos,o=mail",)
    assert slapd.dump() == before
