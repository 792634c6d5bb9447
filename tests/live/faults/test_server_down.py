"""A server that dies, hangs, restarts or hangs up: what is known is answered, and nothing is lost."""

from __future__ import annotations

import os
import time

import ldap
import pytest

from mailpolicy.live import Bind, Servers
from mailpolicy.live.following import Wanted
from mailpolicy.live.opening import open_live
from mailpolicy.live.replica import Pace
from tests.live.backends import Client
from tests.live.faults.outcomes import (
    HEARTBEAT,
    JOHN,
    assert_fresh,
    assert_settled,
    assert_stale,
    assert_useless,
    eventually,
    following,
)
from tests.live.faults.writers import PEOPLE, connection, flood, modify
from tests.live.proxy import Proxy
from tests.live.servers import PASSWORD, POLICY, Served, acme_server
from tests.slapd import CONFIG, require

pytestmark = pytest.mark.twin

ADDED = f"""dn: uid=added,{PEOPLE}
objectClass: inetOrgPerson
objectClass: mpAccount
uid: added
cn: Added
sn: Offline
mail: added@acme.example
"""


def test_a_server_that_is_killed_and_comes_back(client: Client, server: Served) -> None:
    with following(server.tcp_uri, client=client.name) as live:
        assert_fresh(live)
        modify(server, f"uid=john,{PEOPLE}", description="before")
        server.kill()
        assert_stale(live)
        server.start()
        modify(server, f"uid=john,{PEOPLE}", description="after")
        assert_settled(live, server)


def test_a_server_that_is_killed_again_and_again_while_it_refreshes(client: Client, server: Served) -> None:
    with Proxy(server.tcp_uri) as proxy, following(proxy.url, client=client.name) as live:
        whole = proxy.passed_down
        server.kill()
        assert_stale(live)
        for part in (0.3, 0.6, 0.9):
            # Slow enough to be in the middle of something when it dies again.
            proxy.slow_down(bytes_per_second=whole / 0.4)
            server.start()
            time.sleep(0.4 * part)
            server.kill()
            assert_stale(live)
        proxy.heal()
        server.start()
        assert_settled(live, server)


def test_a_server_that_is_killed_in_a_flood_of_writes(server: Served) -> None:
    with following(server.tcp_uri) as live:
        with flood(server, 1500, writers=2) as writers:
            for made in (200, 400):
                eventually(lambda made=made: all(writer.made > made for writer in writers))  # type: ignore[misc]
                server.kill()
                assert_stale(live)
                server.start()
        assert_settled(live, server)


@pytest.mark.parametrize("seconds", [
    1.5,
    pytest.param(30.0, marks=pytest.mark.skipif(
        not os.environ.get("MAILPOLICY_LONG"), reason="takes half a minute: set MAILPOLICY_LONG"
    )),
])  # fmt: skip
def test_a_server_that_hangs_for_a_while(client: Client, server: Served, seconds: float) -> None:
    with following(server.tcp_uri, client=client.name) as live:
        server.pause()
        begin = time.monotonic()
        assert_stale(live)
        time.sleep(max(0.0, begin + seconds - time.monotonic()))
        assert_stale(live)
        server.resume()
        assert_settled(live, server)


def test_a_server_that_stays_away_for_longer_than_stale_for(server: Served) -> None:
    with following(server.tcp_uri, stale_for=2) as live:
        server.kill()
        assert_stale(live)
        assert_useless(live)
        server.start()
        assert_settled(live, server)


@pytest.mark.parametrize("session_log", [1000, 2, None])
def test_changes_while_nobody_follows(server_with_log: Served, proxy_to_it: Proxy) -> None:
    server = server_with_log
    with following(proxy_to_it.url) as live:
        change_everything(server, "before")
        assert_settled(live, server)
        proxy_to_it.refuse()
        assert_stale(live)
        with connection(server) as wire:
            wire.delete_s(f"uid=zoe,{PEOPLE}")
            wire.delete_s(f"cn=before up,{PEOPLE}")
        change_everything(server, "unseen")
        server.restart()  # It forgets its session log.
        change_everything(server, "unseen after a restart")
        proxy_to_it.heal()
        assert_settled(live, server)


def change_everything(server: Served, name: str) -> None:
    """Add, modify, rename an entry with others below it, delete."""
    above = f"ou={name},{PEOPLE}"
    with connection(server) as wire:
        wire.add_s(above, [("objectClass", b"organizationalUnit"), ("ou", name.encode())])
        for number in range(4):
            wire.add_s(f"cn={number},{above}", [
                ("objectClass", b"person"), ("cn", str(number).encode()), ("sn", b"new"),
            ])  # fmt: skip
        wire.modify_s(f"cn=0,{above}", [(ldap.MOD_REPLACE, "sn", b"changed")])
        wire.delete_s(f"cn=1,{above}")
        wire.rename_s(above, f"ou={name} renamed", None, True)
        wire.rename_s(f"cn=2,ou={name} renamed,{PEOPLE}", "cn=moved", None, True)
        wire.rename_s(f"cn=3,ou={name} renamed,{PEOPLE}", f"cn={name} up", PEOPLE, True)


def test_entries_that_are_added_while_the_server_does_not_run(server: Served) -> None:
    with following(server.tcp_uri) as live:
        server.stop()
        server.load(ADDED, server_id=0)
        assert_stale(live)
        server.start()
        assert_settled(live, server)
        assert live.account("added@acme.example").name


def test_what_the_server_itself_does_not_know_to_have_changed(server: Served) -> None:
    # `slapadd` without -w says nowhere that there is something new; a comparison finds it.
    servers = Servers((str(server.tcp_uri),), "o=mail", Bind(POLICY, PASSWORD))
    live = open_live(servers, Wanted(pace=Pace(heartbeat=HEARTBEAT, audit_every=1.0)))
    with live:
        server.stop()
        server.load(ADDED)
        server.start()
        assert_settled(live, server)


def test_a_server_that_is_asked_again_and_again() -> None:
    """One that offers no syncrepl."""
    require()
    with acme_server(tcp=True, syncprov=False) as server, Proxy(server.tcp_uri) as proxy:
        servers = Servers((proxy.url,), "o=mail", Bind(POLICY, PASSWORD), operation_timeout=1.0)
        pace = Pace(heartbeat=HEARTBEAT, poll_every=0.1, sweep_every=0.5)
        with open_live(servers, Wanted(pace=pace)) as live:
            assert live.freshness.method == "polling"
            assert "syncrepl" in live.freshness.why
            change_everything(server, "while it is asked")
            assert_settled(live, server)
            server.kill()
            assert_stale(live)
            server.start()
            change_everything(server, "after it was killed")
            assert_settled(live, server)
            proxy.swallow()
            assert_stale(live)
            change_everything(server, "unseen")
            proxy.heal()
            assert_settled(live, server)
            backup = server.dump()
            change_everything(server, "not in the backup")
            assert_settled(live, server)
            server.stop()
            server.clear()
            server.load(backup)
            server.start()
            assert_settled(live, server)


def test_a_server_that_hangs_up_on_the_idle(server: Served) -> None:
    with connection(server, CONFIG) as wire:
        wire.modify_s("cn=config", [(ldap.MOD_REPLACE, "olcIdleTimeout", b"1")])
    with Proxy(server.tcp_uri) as proxy, following(proxy.url, heartbeat=5.0) as live:
        time.sleep(2.5)
        assert proxy.accepted == 1, "who follows is not idle"
        modify(server, f"uid=john,{PEOPLE}", description="after a while")
        assert_settled(live, server)


def test_a_server_that_hangs_up(client: Client, server: Served) -> None:
    with Proxy(server.tcp_uri) as proxy, following(proxy.url, client=client.name, heartbeat=5.0) as live:
        for number in range(3):
            proxy.hang_up()
            modify(server, f"uid=john,{PEOPLE}", description=f"after it has hung up {number}")
            eventually(lambda number=number: proxy.accepted == number + 2)  # type: ignore[misc]
            assert_settled(live, server)


def test_a_slow_server(client: Client, server: Served) -> None:
    with Proxy(server.tcp_uri) as proxy:
        proxy.slow_down(delay=0.1)
        with following(proxy.url, client=client.name) as live:
            begin = proxy.accepted
            for number in range(20):
                modify(server, f"uid=john,{PEOPLE}", description=f"slowly {number}")
                assert live.account(JOHN).name
            assert_settled(live, server)
            assert proxy.accepted == begin
