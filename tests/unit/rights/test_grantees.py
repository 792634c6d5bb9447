"""Whom a grant means, and by which names somebody goes."""

from __future__ import annotations

import pytest

from mailpolicy.rights import holds
from tests.rights_directories import (
    ANN,
    BOB,
    EVE,
    OUTER,
    OUTSIDER,
    STAFF,
    answer,
    directory,
)

ADM = "adm@acme.example"
POST = "sendToDistList"


@pytest.mark.parametrize(
    ("grantee", "who", "held"),
    [
        (f"{BOB} usr", BOB, True),
        (f"{BOB} usr", EVE, False),
        ("a.smith@acme.example usr", ANN, True),
        ("uid=bob, dc=acme.example, o=mail usr", BOB, True),
        (f"{OUTER} usr", OUTER, False),
        (f"{OUTER} grp", BOB, True),
        (f"{OUTER} grp", OUTSIDER, True),
        (f"{OUTER} grp", EVE, False),
        (f"{STAFF} grp", ANN, True),
        ("cn=staff,dc=acme.example,o=mail grp", BOB, True),
        ("ACME.example dom", BOB, True),
        ("dc=acme.example,o=mail dom", BOB, True),
        ("acme.example dom", EVE, False),
        ("acme.example dom", "nobody@acme.example", False),
        ("customer.example edom", OUTSIDER, True),
        ("acme.example edom", BOB, False),
        (f"{OUTSIDER}:secret gst", OUTSIDER, True),
        (f"{OUTSIDER} gst", "other@customer.example", False),
        (f"{BOB} gst", BOB, False),
        (f"{OUTSIDER} email", OUTSIDER, True),
        (f"{BOB} email", BOB, True),
        ("x all", BOB, True),
        ("x all", OUTSIDER, False),
        ("x all", None, False),
        ("x pub", OUTSIDER, True),
        ("x pub", None, True),
        ("key:secret key", OUTSIDER, False),
        ("x:y egp", BOB, False),
        ("acme.example:team@ad.example egp", BOB, None),
        ("acme.example:team@ad.example egp", EVE, False),
    ],
)
def test_whom_a_grant_means(grantee: str, who: str | None, held: bool | None) -> None:
    assert answer(directory(outer=[f"{grantee} ownDistList"]), who, "ownDistList", OUTER) is held


@pytest.mark.parametrize("spelling", ["a.smith@acme.example", "ANN@Acme.Example"])
def test_an_actor_may_go_by_an_alias(spelling: str) -> None:
    assert answer(directory(bob=[f"{ANN} usr sendAs"]), spelling, "sendAs", BOB) is True


def test_the_null_sender_is_nobody() -> None:
    assert answer(directory(outer=["x all ownDistList"]), "<>", "ownDistList", OUTER) is False


def test_an_alias_entry_is_whom_it_leads_to() -> None:
    alias = "dn: mail=hi@acme.example,o=mail\nobjectClass: mpAlias\nmail: hi@acme.example\n"
    alias += "mpAliasTarget: uid=ann,dc=acme.example,o=mail\n\n"
    snapshot = directory(alias, bob=[f"{ANN} usr sendAs"])
    entry, bob = (
        snapshot.entry("mail=hi@acme.example,o=mail"),
        snapshot.entry("uid=bob,dc=acme.example,o=mail"),
    )
    assert entry is not None
    assert bob is not None
    assert holds(snapshot, entry, "sendAs", bob).answer is True
    assert answer(snapshot, "hi@acme.example", "sendAs", BOB) is True
