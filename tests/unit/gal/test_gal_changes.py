"""A change only notes what it was about; whoever searches the address book next sees to it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mailpolicy.gal import AddressBook, gal
from mailpolicy.gal.book import Books
from mailpolicy.gal.listing import Listing
from mailpolicy.gal.shelf import Shelf
from mailpolicy.ldap.entry import Entry
from mailpolicy.snapshot import Snapshot
from tests.small_directories import record, snapshot_with

MANY = tuple(
    record(
        f"uid=b{number:03},dc=acme.example,o=mail",
        "inetOrgPerson mpAccount",
        f"uid: b{number:03}",
        f"cn: b{number:03}",
        "sn: b",
        f"mail: b{number:03}@acme.example",
    )
    for number in range(100)
)


def home(snapshot: Snapshot) -> Entry:
    entry = snapshot.domain("acme.example")
    assert entry is not None
    return entry


def addresses(book: AddressBook) -> list[str]:
    return [each.address for each in book]


def renamed(snapshot: Snapshot, number: int) -> Snapshot:
    key = snapshot.key(f"uid=b{number:03},dc=acme.example,o=mail")
    before = snapshot.at(key)
    assert before is not None
    return snapshot.changed({key: Entry(before.dn, {**before.raw, "cn": (b"new",)}, snapshot.definitions)})


def test_they_put_nothing_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = snapshot_with("native", *MANY)
    assert len(gal(snapshot, home(snapshot), "b")) == 100

    made: list[int] = []

    def counted(listings: Iterable[Listing]) -> Shelf:
        made.append(1)
        return Shelf(listings)

    monkeypatch.setattr("mailpolicy.gal.book.Shelf", counted)
    for number in range(100):
        snapshot = renamed(snapshot, number)
    assert not made
    assert len(gal(snapshot, home(snapshot), "new")) == 100
    assert len(made) == 1


def test_the_version_before_keeps_its_book() -> None:
    before = snapshot_with("native", *MANY)
    gal(before, home(before))
    after = renamed(before, 7)
    assert addresses(gal(after, home(after), "new")) == ["b007@acme.example"]
    assert not gal(before, home(before), "new")
    assert addresses(gal(after, home(after), "new")) == ["b007@acme.example"]


def test_books_that_know_nothing_yet_are_not_shared() -> None:
    before = snapshot_with("native", *MANY)
    before.followed("gal", Books)
    after = renamed(before, 7)
    assert not gal(before, home(before), "new")
    assert addresses(gal(after, home(after), "new")) == ["b007@acme.example"]


def test_who_is_far_behind_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailpolicy.gal.book.MOST_LATE", 10)
    snapshot = snapshot_with("native", *MANY)
    gal(snapshot, home(snapshot))
    for number in range(50):
        snapshot = renamed(snapshot, number)
    assert len(gal(snapshot, home(snapshot), "new")) == 50
