"""Writing addresses where an overlay keeps them unique: it looks for them with the controls of the write."""

from __future__ import annotations

from collections.abc import Iterator

import ldap
import pytest

import mailpolicy as mp
from mailpolicy.errors import SchemaError, StalePlan
from mailpolicy.ldap.dn import DN
from tests.live.servers import Served, acme_server
from tests.live.writing import content, write
from tests.slapd import require

pytestmark = pytest.mark.twin

JANE = "jane@acme.example"
JANES_DN, BOBS_DN = (DN(f"uid={name},ou=people,dc=acme.example,o=mail") for name in ("jane", "bob"))


@pytest.fixture
def server() -> Iterator[Served]:
    require()
    with acme_server() as running:
        yield running


def test_an_address_that_is_free_is_taken(server: Served) -> None:
    write(server, content(server), [mp.add_value(JANE, aliases="janet@acme.example")])
    write(server, content(server), [mp.set(JANE, address="janet.roe@acme.example")])
    jane = mp.loads(server.dump()).account("janet.roe@acme.example")
    assert jane.aliases == ("janet@acme.example",)


def test_an_address_that_somebody_takes_meanwhile_breaks_a_constraint(server: Served) -> None:
    def meddle() -> None:
        server.connect().modify_s(BOBS_DN, [(ldap.MOD_ADD, "mpAliases", [b"janet@acme.example"])])

    with pytest.raises(SchemaError, match="unique"):
        write(server, content(server), [mp.add_value(JANE, aliases="janet@acme.example")], meddle=meddle)
    assert mp.loads(server.dump()).account(JANE).aliases == ()


def test_it_is_noticed_that_somebody_else_was_faster(server: Served) -> None:
    def meddle() -> None:
        server.connect().modify_s(JANES_DN, [(ldap.MOD_REPLACE, "title", [b"meanwhile"])])

    with pytest.raises(StalePlan) as caught:
        write(server, content(server), [mp.add_value(JANE, aliases="janet@acme.example")], meddle=meddle)
    assert caught.value.changed == (JANES_DN,)
    assert mp.loads(server.dump()).account(JANE).aliases == ()
