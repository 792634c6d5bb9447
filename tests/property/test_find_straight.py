"""Finding an address goes straight to most mailboxes, and comes to what the ladder alone comes to."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from hypothesis import given, settings, strategies as st

from mailpolicy.errors import MailPolicyError, SchemaError
from mailpolicy.ldap.entry import Entry
from mailpolicy.lookup import find, ladder
from mailpolicy.model import Directory
from mailpolicy.snapshot import Snapshot, version as versions_of
from tests.drawn_versions import ASKED, History, histories, pool
from tests.property.test_changes import LOCALS, STARTS, changes

Answer = tuple[type, object]

STORED = ("zimbraMailDeliveryAddress", "mail", "mpAliases", "zimbraMailAlias")


def answer(find: Callable[[], Entry]) -> Answer:
    """What is found, or all that an error says."""
    try:
        return Entry, find()
    except MailPolicyError as error:
        return type(error), (str(error), vars(error))


def found(directory: Directory, address: str) -> Answer:
    return answer(lambda: directory.find(address).entry)


def assert_found(snapshot: Snapshot, *more: str) -> None:
    """The directory answers as the ladder does, in the spelling that is stored and in others."""
    directory = Directory(snapshot, "documented")
    stored = {str(value) for entry in snapshot for name in STORED for value in entry.get(name)}
    for address in {*ASKED, *more, *stored, *map(str.upper, stored)}:
        expected = answer(lambda: find(snapshot, address))  # noqa: B023
        assert found(directory, address) == expected, address
        if expected[0] is Entry:
            reached = directory.find(address)
            assert type(reached) is type(directory.object(reached.entry))


@given(histories())
def test_every_version_finds_as_the_ladder_does(history: History) -> None:
    with patch.object(versions_of, "SMALLEST_BOUND", history.bound):
        versions = [snapshot for snapshot, _ in history.versions()]
    for snapshot in versions[-3:]:
        assert_found(snapshot)


@pytest.mark.parametrize("dialect", list(STARTS))
@settings(max_examples=settings().max_examples // 2)
@given(st.data())
def test_a_changed_directory_finds_as_the_ladder_does(dialect: str, data: st.DataObject) -> None:
    snapshot = STARTS[dialect]
    beside = data.draw(st.lists(st.sampled_from(pool(dialect)), max_size=4))
    directory = Directory(snapshot.changed({snapshot.key(each.dn): each for each in beside}), "documented")
    for change in data.draw(st.lists(changes(dialect), max_size=8)):
        found(directory, "ann@acme.example")
        try:
            directory = directory.with_changes(change)
        except SchemaError:
            continue
        if data.draw(st.booleans()):
            break
    asked = [f"{local}{detail}@{domain}.example" for local in LOCALS for detail in ("", "+x")
             for domain in ("acme", "alias", "new")]  # fmt: skip
    assert_found(directory.snapshot, *asked)


@pytest.mark.parametrize("dialect", list(STARTS))
def test_a_usual_address_never_asks_the_ladder(dialect: str) -> None:
    directory = Directory(STARTS[dialect], "documented")
    ann = directory.account("ann@acme.example")
    with patch.object(ladder, "homes", side_effect=AssertionError("the ladder was asked")):
        assert directory.find("ann@acme.example") == directory.find("eve@acme.example") == ann
