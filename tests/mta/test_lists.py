"""A real Postfix delivers mail for a list to those we say are on it.

The same lists stand in three installations: our own schema with slapd's dynlist overlay, without it,
and Carbonio's with the tables that Carbonio writes. What is expected was written by hand, so three
sides agree: it, Postfix, and `expand`. Where an expansion is on purpose something else than a delivery,
`docs/differences.md` says why.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import evolve

import mailpolicy as mp
from tests.mta.installation import INSTALLATIONS
from tests.mta.shapes import NOBODY, PROJECT, SHAPES, Shape
from tests.postfix import Postfix

pytestmark = pytest.mark.twin


@pytest.fixture(scope="module", params=INSTALLATIONS)
def postfix(request: pytest.FixtureRequest) -> Iterator[Postfix]:
    yield from INSTALLATIONS[request.param].run()


@pytest.fixture(scope="module")
def carbonio_postfix() -> Iterator[Postfix]:
    yield from INSTALLATIONS["carbonio"].run()


@pytest.fixture
def cautious_postfix() -> Iterator[Postfix]:
    """One that takes an address for three others at most; as installed it is a thousand."""
    yield from evolve(INSTALLATIONS["native"], settings={"virtual_alias_expansion_limit": "3"}).run()


@pytest.fixture(scope="module", params=("native", "carbonio"))
def directory(request: pytest.FixtureRequest) -> mp.Directory:
    return INSTALLATIONS[request.param].directory


def name_of(shape: Shape) -> str:
    return shape.name


def check(postfix: Postfix, shape: Shape) -> None:
    outcome = postfix.send(shape.address)
    assert outcome.refused[: len(shape.refused)] == shape.refused
    assert outcome.delivered == tuple(sorted(shape.delivered))
    assert set(outcome.returned) == set(shape.returned)


def check_expansion(directory: mp.Directory, shape: Shape) -> None:
    # By the entry: mail does not know every list by its address.
    entry = next(each.entry for each in directory.lists() if each.entry.first("mail") == shape.address)
    expansion = directory.expand(str(entry.dn))
    assert sorted(expansion.addresses) == sorted(shape.expanded)
    assert sorted(each.address for each in expansion.dangling) == sorted(shape.dangling)


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_postfix_delivers_to_its_members(postfix: Postfix, shape: Shape) -> None:
    """Each member gets it once, and the sender hears of those who do not."""
    check(postfix, shape)


@pytest.mark.parametrize("shape", [*SHAPES, NOBODY], ids=name_of)
def test_expand_says_who_they_are(directory: mp.Directory, shape: Shape) -> None:
    """What Postfix does and an expansion does not: it keeps details, follows the forwarding of
    accounts, delivers to all who share an address, to nobody where lists go in circles or mail does
    not know the list, and to nobody whom mail does not know, though a search finds her."""
    check_expansion(directory, shape)


@pytest.mark.parametrize("address", ["both@acme.example", "accounts@alias.example", "both@alias.example"])
def test_every_address_of_a_list_leads_to_it(postfix: Postfix, address: str) -> None:
    assert postfix.send(address).delivered == ("ann@acme.example", "bob@acme.example")


def test_a_list_without_members_is_no_address(postfix: Postfix) -> None:
    """Where dynlist shows no member, the list's own address is all there is; nobody takes mail for that."""
    outcome = postfix.send(NOBODY.address)
    assert outcome.delivered == ()
    assert outcome.refused.startswith("550 5.1.1") or list(outcome.returned) == [NOBODY.address]


def test_carbonio_stores_the_members_of_a_group(carbonio_postfix: Postfix) -> None:
    check(carbonio_postfix, PROJECT)


def test_expand_reads_the_members_carbonio_stores() -> None:
    check_expansion(INSTALLATIONS["carbonio"].directory, PROJECT)


def test_more_members_than_postfix_takes(cautious_postfix: Postfix) -> None:
    """Nobody gets it, and the sender tries again in vain: an expansion here has no limit."""
    members = {shape.name: len(shape.delivered) for shape in SHAPES}
    assert (members["dynamic"], members["nested"]) == (3, 4)
    assert len(cautious_postfix.send("dynamic@acme.example").delivered) == 3
    assert cautious_postfix.send("nested@acme.example").refused == "451 4.6.0 Alias expansion error"
