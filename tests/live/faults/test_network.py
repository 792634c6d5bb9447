"""A network that loses bytes without a word, in every state of a connection; and ending at once in each."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import mailpolicy as mp
from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.freshness import State
from tests.live.backends import Client
from tests.live.faults.outcomes import (
    HEARTBEAT,
    assert_fresh,
    assert_settled,
    assert_stale,
    assert_useless,
    closed_promptly,
    eventually,
    following,
    opened,
)
from tests.live.faults.writers import PEOPLE, connection, flood, modify
from tests.live.proxy import Proxy
from tests.live.servers import PASSWORD, WRITER, Served

pytestmark = pytest.mark.twin

KNOWN, UNSEEN = "john@acme.example", "unseen@acme.example"
JOHN = f"uid=john,{PEOPLE}"


@pytest.mark.parametrize("directions", [
    {"up": True, "down": True}, {"up": True, "down": False}, {"up": False, "down": True},
])  # fmt: skip
def test_bytes_that_vanish_while_nothing_happens(
    client: Client, server: Served, proxy: Proxy, directions: dict[str, bool]
) -> None:
    with following(proxy.url, client=client.name) as live:
        proxy.swallow(**directions)
        modify(server, JOHN, description="unseen")
        assert_stale(live)
        modify(server, JOHN, description="unseen either")
        proxy.heal()
        assert_settled(live, server)


def test_a_network_that_stays_away_for_longer_than_stale_for(proxy: Proxy, server: Served) -> None:
    with following(proxy.url, stale_for=2) as live:
        proxy.swallow()
        assert_stale(live)
        assert_useless(live)
        proxy.heal()
        assert_settled(live, server)


def test_nobody_who_asks_all_the_time_is_told_no_while_it_is_stale(server: Served, proxy: Proxy) -> None:
    with following(proxy.url, stale_for=2) as live:
        assert_fresh(live)
        answers = {State.FRESH: 0, State.STALE: 0}
        proxy.swallow()
        deadline = time.monotonic() + 3.0
        while time.monotonic() < deadline:
            before = live.freshness
            answers[before.state] += 1
            try:
                live.account(UNSEEN)
            except NotFound:
                assert before.state is State.FRESH
            except Unavailable:
                assert live.freshness.state is State.STALE
            try:
                live.account(KNOWN)
            except Unavailable:
                assert live.freshness.age > 2
            else:
                assert before.age <= 2
            time.sleep(0.002)
        assert all(answers.values())


@pytest.mark.parametrize("hang_up", [False, True])
def test_a_cut_in_the_middle_of_a_refresh(
    client: Client, server: Served, proxy: Proxy, hang_up: bool
) -> None:
    with following(proxy.url, client=client.name) as live:
        whole = proxy.passed_down
        for tenth in (2, 7, 8, 9):
            # A refresh from nothing each time: another one would be over too soon to cut it.
            with following_from_nothing(proxy, client, whole * tenth // 10, hang_up) as starting:
                eventually(lambda starting=starting: starting.freshness.why)  # type: ignore[misc]
                assert_useless(starting)
                proxy.heal()
                assert_settled(starting, server)
        assert_settled(live, server)


def following_from_nothing(proxy: Proxy, client: Client, passed: int, hang_up: bool):  # type: ignore[no-untyped-def]
    proxy.cut_after(passed, hang_up=hang_up)
    return following(proxy.url, client=client.name, wait=None, operation_timeout=0.5)


@pytest.mark.parametrize("hang_up", [False, True])
def test_a_cut_in_the_middle_of_changes(client: Client, server: Served, proxy: Proxy, hang_up: bool) -> None:
    with following(proxy.url, client=client.name) as live:
        subschema = proxy.passed_down
        with flood(server, 900) as (writer,):
            for part in (1, 2, 3):
                proxy.cut_after(subschema + 7_000 * part, hang_up=hang_up)
                proxy.hang_up()
                eventually(lambda part=part: writer.made > 200 * part)  # type: ignore[misc]
        proxy.heal()
        proxy.hang_up()
        assert_settled(live, server)


def test_a_cut_in_the_middle_of_a_message(client: Client, server: Served, proxy: Proxy) -> None:
    with following(proxy.url, client=client.name) as live:
        # A large value comes in many pieces, of which the first few arrive.
        proxy.slow_down(bytes_per_second=1_000_000)
        modify(server, JOHN, description="x" * 1_000_000)
        time.sleep(0.1)
        proxy.swallow()
        assert_stale(live)
        proxy.heal()
        assert_settled(live, server)


def test_changes_of_our_own_over_a_lossy_network(server: Served, proxy: Proxy) -> None:
    """Whether they were made is not known, and so it is said; whoever asks later finds out."""
    change = mp.set("john@acme.example", notes="over a lossy network")
    with following(proxy.url) as live:
        assert_fresh(live)
        proxy.swallow(up=False, down=True)
        with pytest.raises(Unavailable):
            live.apply(change, bind=mp.Bind(WRITER, PASSWORD), timeout=1.0)
        assert_stale(live)
        with pytest.raises(Unavailable, match="nothing is written"):
            live.apply(change, bind=mp.Bind(WRITER, PASSWORD))
        proxy.heal()
        assert_settled(live, server)
        live.apply(change, bind=mp.Bind(WRITER, PASSWORD))
        assert live.account("john@acme.example").settings.notes == "over a lossy network"


# --- The end is prompt, whatever goes on ---


def while_it_starts(proxy: Proxy, server: Served) -> None:
    proxy.swallow()


def while_it_refreshes(proxy: Proxy, server: Served) -> None:
    proxy.slow_down(bytes_per_second=250_000)


def while_the_server_is_refused(proxy: Proxy, server: Served) -> None:
    proxy.refuse()


def while_the_server_hangs(proxy: Proxy, server: Served) -> None:
    server.pause()


@pytest.mark.parametrize("after", [0.02, 0.6])
@pytest.mark.parametrize(
    "state", [while_it_starts, while_it_refreshes, while_the_server_is_refused, while_the_server_hangs]
)
def test_closing_before_anything_is_known(
    client: Client, server: Served, proxy: Proxy, state: Callable[[Proxy, Served], None], after: float
) -> None:
    state(proxy, server)
    live = opened(proxy.url, client=client.name, wait=None, network_timeout=2.0, operation_timeout=2.0)
    time.sleep(after)
    closed_promptly(live)
    server.resume()


@pytest.mark.parametrize(
    "state", [while_it_starts, while_it_refreshes, while_the_server_is_refused, while_the_server_hangs]
)
@pytest.mark.parametrize("after", [3 * HEARTBEAT, 1.5])
def test_closing_while_it_is_followed(
    client: Client, server: Served, proxy: Proxy, state: Callable[[Proxy, Served], None], after: float
) -> None:
    live = opened(proxy.url, client=client.name, network_timeout=2.0, operation_timeout=0.5)
    state(proxy, server)
    time.sleep(after)
    closed_promptly(live)
    server.resume()


def test_closing_in_a_flood(client: Client, server: Served) -> None:
    live = opened(server.tcp_uri, client=client.name)
    with flood(server, 600, writers=2) as writers:
        eventually(lambda: all(writer.made > 50 for writer in writers))
        closed_promptly(live)


def test_waiting_ends_with_it(server: Served, proxy: Proxy) -> None:
    with following(proxy.url) as live:
        with connection(server):
            watch = live.watch()
        proxy.swallow()
        live.close()
        assert list(watch) == []
