"""Answers carry how far they are those of now, and a source that is silent denies nothing."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.freshness import Freshness, State
from tests.examples import EXAMPLES

SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SILENT = Freshness(State.STALE, "ldap1.acme.example", "syncrepl", 250.0, SINCE, "has not answered")
ACME = mp.open(EXAMPLES / "acme.ldif")
STALE = mp.Directory(ACME.snapshot.as_fresh_as(SILENT), ACME.statuses)


def test_everything_that_is_answered_carries_it() -> None:
    john = STALE.find("john@acme.example")
    assert isinstance(john, mp.Account)
    for carries in (
        STALE, john, john.settings, john.status, STALE.expand("staff@acme.example"),
        STALE.search("", filter="(cn=*)"), STALE.search("", filter="(cn=*)", limit=1),
    ):  # fmt: skip
        assert carries.freshness is SILENT


def test_a_file_is_as_fresh_as_it_is() -> None:
    assert ACME.freshness.state == "fresh"
    assert ACME.freshness.source.endswith("acme.ldif")
    assert str(SILENT) == "stale for 4 min (ldap1.acme.example): has not answered"


def test_what_is_known_is_answered_as_before() -> None:
    john, stale = (acme.account("john@acme.example") for acme in (ACME, STALE))
    assert stale.settings.mailbox_quota == john.settings.mailbox_quota
    assert stale.status == john.status
    assert STALE.find("John+news@alias.example").dn == ACME.find("John+news@alias.example").dn


def test_members_who_are_seen_are_members_and_the_others_may_be_somebody() -> None:
    known, stale = (acme.expand("staff@acme.example") for acme in (ACME, STALE))
    unknown = {each.address for each in stale.dangling if each.problem == "unknown"}
    assert set(known.addresses) - set(stale.addresses) == {"lostandfound@acme.example"}  # a catch-all
    assert unknown == {"gone@acme.example"}
    assert "wile.e@customer.example" in stale.addresses  # surely of another domain


@pytest.mark.parametrize("name", ["nobody.here@acme.example", "nobody@nowhere.example"])
def test_what_is_not_seen_is_unknown(name: str) -> None:
    for question in (STALE.find, STALE.account, STALE.list, STALE.select):
        with pytest.raises(Unavailable, match=r"ldap1\.acme\.example is stale and shows no") as caught:
            question(name)
        assert caught.value.since == SINCE
    with pytest.raises(NotFound):
        ACME.list(name)


def test_what_has_been_worked_out_stays_while_it_is_believed() -> None:
    ACME.expand("staff@acme.example")
    later = ACME.snapshot.as_fresh_as(Freshness(age=3.0))
    assert later.memory("x") is ACME.snapshot.memory("x")
    doubted = later.as_fresh_as(SILENT)
    assert doubted.memory("x") is not later.memory("x")
    assert doubted.changed({}).freshness is SILENT
    assert doubted.changed({}).memory("y") is not doubted.memory("y")


def test_it_goes_along_in_a_pickle() -> None:
    assert pickle.loads(pickle.dumps(STALE)).freshness == SILENT
    assert pickle.loads(pickle.dumps(STALE.search("", filter="(cn=*)"))).freshness == SILENT


def test_what_was_asked_of_a_moment_that_is_gone_is_answered_by_this_one() -> None:
    read = mp.open(EXAMPLES / "acme.ldif")
    parents = ACME.search("", filter="(hasSubordinates=TRUE)")
    assert parents
    for _ in range(3):
        now = mp.Directory(read.snapshot.as_fresh_as(Freshness(source="ldap1.acme.example")), read.statuses)
        assert now.search("", filter="(hasSubordinates=TRUE)") == parents
