"""Two servers that copy each other: one dies, and the other one is followed on from where we were."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import ldap
import pytest

from mailpolicy.live import Live
from tests.live.backends import Client
from tests.live.dumps import contents, dumped
from tests.live.faults.outcomes import (
    assert_fresh,
    assert_settled,
    assert_stale,
    assert_useless,
    eventually,
    following,
)
from tests.live.faults.writers import LARGE, PEOPLE, connection, flood, make_large, modify
from tests.live.proxy import Proxy
from tests.live.servers import Served, acme_server
from tests.slapd import CONFIG, DATABASE, PASSWORD, require

pytestmark = pytest.mark.twin


@contextmanager
def two_providers() -> Iterator[tuple[Served, Served]]:
    """Both take writes, and copy them to the other one."""
    with acme_server(tcp=True) as one, acme_server(tcp=True) as two:
        for server in (one, two):
            server.stop()
        two.clear()
        two.load(one.dump())
        for server in (one, two):
            server.start()
        for number, (server, other) in enumerate(((one, two), (two, one)), 1):
            with connection(server, CONFIG) as wire:
                wire.modify_s("cn=config", [(ldap.MOD_REPLACE, "olcServerID", str(number).encode())])
                wire.modify_s(DATABASE, [
                    (ldap.MOD_ADD, "olcSyncrepl", copying(number, other).encode()),
                    (ldap.MOD_ADD, "olcMultiProvider", b"TRUE"),
                ])  # fmt: skip
        for server, other in ((one, two), (two, one)):
            modify(server, f"uid=bob,{PEOPLE}", description=f"by {server.uri}")
            in_step(server, other)
        yield one, two


def copying(number: int, other: Served) -> str:
    return (
        f'rid=00{number} provider={other.uri} type=refreshAndPersist searchbase="o=mail" retry="1 +" '
        f'bindmethod=simple binddn="{other.root_dn}" credentials={PASSWORD}'
    )


def in_step(one: Served, two: Served) -> None:
    eventually(lambda: contents(dumped(one)) == contents(dumped(two)), "the copy")


def follows(live: Live, server: Served) -> bool:
    return bool(live.freshness) and live.freshness.source == server.tcp_uri


@pytest.fixture
def pair() -> Iterator[tuple[Served, Served]]:
    require()
    with two_providers() as running:
        yield running


def test_one_is_killed_while_writes_go_on(client: Client, pair: tuple[Served, Served]) -> None:
    one, two = pair
    with following(one.tcp_uri, two.tcp_uri, client=client.name) as live:
        assert follows(live, one)
        with flood(two, 600) as (writer,):
            eventually(lambda: writer.made > 200)
            one.kill()
            eventually(lambda: follows(live, two), "the other server")
        # Whether one that is killed gets all of that when it is back is between the two of them.
        assert_settled(live, two)


def test_going_over_is_no_reload(client: Client, pair: tuple[Served, Served]) -> None:
    one, two = pair
    make_large(one, "o=mail")
    in_step(one, two)
    modify(two, f"uid=jane,{PEOPLE}", description="by two")
    in_step(one, two)
    with Proxy(two.tcp_uri) as proxy, following(one.tcp_uri, proxy.url, client=client.name) as live:
        assert_settled(live, one)
        modify(two, f"uid=jane,{PEOPLE}", description="by two again")
        modify(one, f"uid=bob,{PEOPLE}", description="by one")
        in_step(one, two)
        assert_settled(live, one)
        one.kill()
        eventually(lambda: live.freshness and live.freshness.source == proxy.url, "the other server")
        assert_settled(live, two)
        assert 0 < proxy.passed_down < LARGE


def test_changes_that_only_the_dead_one_knew_come_when_it_is_back(pair: tuple[Served, Served]) -> None:
    # Stopped and not killed: after that the servers themselves may miss changes of one another.
    one, two = pair
    two.stop()
    with following(one.tcp_uri, two.tcp_uri) as live:
        modify(one, f"uid=john,{PEOPLE}", description="known to one alone")
        assert_settled(live, one)
        one.stop()
        assert_stale(live)
        two.start()
        modify(two, f"uid=bob,{PEOPLE}", description="known to two alone")
        live.ready(20)
        one.start()
        in_step(one, two)
        assert_settled(live, two)


def test_none_of_both(pair: tuple[Served, Served]) -> None:
    one, two = pair
    with following(one.tcp_uri, two.tcp_uri, stale_for=2) as live:
        one.kill()
        two.kill()
        assert_stale(live, f"{two.tcp_uri} cannot be reached")
        assert_useless(live)
        two.start()
        assert_fresh(live)
        assert_settled(live, two)


def test_the_first_hangs(client: Client, pair: tuple[Served, Served]) -> None:
    one, two = pair
    with following(one.tcp_uri, two.tcp_uri, client=client.name) as live:
        one.pause()
        try:
            modify(two, f"uid=john,{PEOPLE}", description=f"by two {time.time()}")
            eventually(lambda: follows(live, two), "the other server")
            assert_settled(live, two)
        finally:
            one.resume()
