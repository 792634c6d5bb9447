"""A real Postfix that asks our socketmap delivers as one that asks slapd, but where that would go wrong.

Another Postfix reads the same directories by `ldap:` tables in `test_lists`; what it does is in `shapes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mta.asking import asking
from tests.mta.installation import INSTALLATIONS
from tests.mta.shapes import NOBODY, PROJECT, SHAPES, Shape
from tests.postfix import Postfix

pytestmark = pytest.mark.twin

OTHERWISE = (
    # A member is an object of the directory: a detail in her address is not kept.
    Shape("detail", delivered="cat"),
    # Nobody is chosen where two have the address of a member: the message waits until that is mended.
    Shape("ambiguous", refused="451 4.3.0"),
    # A list that is on itself, and lists on each other, come to all others who are on them.
    Shape("self", delivered="ann"),
    Shape("ping", delivered="ann bob"),
    Shape("pong", delivered="ann bob"),
    Shape("finds-itself", delivered="eve"),
)
"""What ours does otherwise, on purpose."""

EXPECTED = {shape.name: shape for shape in (*SHAPES, *OTHERWISE)}


@pytest.fixture(scope="module", params=("native", "carbonio"))
def postfix(request: pytest.FixtureRequest) -> Iterator[Postfix]:
    with asking(INSTALLATIONS[request.param].directory) as postfix:
        yield postfix


@pytest.mark.parametrize("shape", EXPECTED.values(), ids=lambda shape: shape.name)
def test_a_list_comes_to_its_members(postfix: Postfix, shape: Shape) -> None:
    outcome = postfix.send(shape.address)
    assert outcome.refused[: len(shape.refused)] == shape.refused
    assert outcome.delivered == tuple(sorted(shape.delivered))
    assert set(outcome.returned) == set(shape.returned)


@pytest.mark.parametrize("address", ["both@acme.example", "accounts@alias.example", "both@alias.example"])
def test_every_address_of_a_list_leads_to_it(postfix: Postfix, address: str) -> None:
    assert postfix.send(address).delivered == ("ann@acme.example", "bob@acme.example")


def test_a_list_without_members_is_refused(postfix: Postfix) -> None:
    assert postfix.send(NOBODY.address).refused.startswith("550 5.1.1")


def test_members_that_carbonio_stores() -> None:
    with asking(INSTALLATIONS["carbonio"].directory) as postfix:
        assert postfix.send(PROJECT.address).delivered == tuple(sorted(PROJECT.delivered))
