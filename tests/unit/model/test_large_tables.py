"""What is very large is shown in part: lists with many values, and lists nested very deep."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import mailpolicy as mp
from mailpolicy.tables import Table
from tests.small_directories import NATIVE, record


def mailing_list(name: str, members: Iterable[str]) -> str:
    return record(
        f"cn={name},dc=acme.example,o=mail",
        "mpList",
        f"cn: {name}",
        f"mail: {name}@acme.example",
        *(f"mpMemberAddresses: {each}" for each in members),
    )


def directory(*records: str) -> mp.Directory:
    return mp.loads("\n".join([NATIVE, *records]))


def texts(table: Table) -> list[list[str]]:
    return [[each.text for each in row] for row in table.rows]


@pytest.mark.parametrize(
    ("number", "last"), [(1, "x0@x.example"), (10, "x9@x.example"), (2011, "… and 2,001 more")]
)
def test_a_setting_with_many_values(number: int, last: str) -> None:
    members = [f"x{each}@x.example" for each in range(number)]
    big = directory(mailing_list("big", members)).list("big@acme.example")
    for table in (big.as_table(), big.settings.as_table()):
        (shown,) = [row[1].split(", ") for row in texts(table) if row[0] == "member_addresses"]
        assert (shown[0], shown[-1]) == ("x0@x.example", last)
        assert len(shown) <= 11
    assert len(big.settings.member_addresses or ()) == number


@pytest.mark.parametrize(
    ("depth", "way"),
    [
        (1, ""),
        (3, "l1@acme.example → l2@acme.example"),
        (9, " → ".join([f"l{number}@acme.example" for number in range(1, 9)])),
        (10, "l1@acme.example → 7 lists between → l9@acme.example"),
        (50, "l1@acme.example → 47 lists between → l49@acme.example"),
    ],
)
def test_a_long_way(depth: int, way: str) -> None:
    inner = (mailing_list(f"l{number}", [f"l{number + 1}@acme.example"]) for number in range(depth - 1))
    chain = directory(*inner, mailing_list(f"l{depth - 1}", ["ann@acme.example", "o@x.example"]))
    expansion = chain.expand("l0@acme.example")
    ways = {row[0]: row[1] for row in texts(expansion.as_table())}
    assert ways["ann@acme.example"] == ways["o@x.example"] == way
    assert {len(each.via) for each in expansion if not each.address.startswith("l")} == {depth}


def test_a_long_way_round() -> None:
    ring = [mailing_list(f"l{number}", [f"l{(number + 1) % 50}@acme.example"]) for number in range(50)]
    (loop,) = [row[0] for row in texts(directory(*ring).expand("l0@acme.example").as_table())]
    assert loop == "l0@acme.example → 49 lists between → l0@acme.example"


def test_what_lists_hold_is_not_written_out() -> None:
    members = [*(f"x{number}@x.example" for number in range(500)), *(f"no{number}" for number in range(500))]
    nested = [mailing_list(f"l{number}", [f"l{number + 1}@acme.example"]) for number in range(50)]
    walk = directory(mailing_list("l50", members), *nested).expand("l0@acme.example").walk
    assert len(walk.opened) == 51
    assert len(repr(walk)) < 100
    assert all(len(repr(direct)) < 100 for direct in walk.members)
