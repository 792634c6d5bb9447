"""Starting from what an earlier run has kept: with no server at all, and from a file that is damaged."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.freshness import State
from tests.live.faults.outcomes import (
    assert_settled,
    assert_stale,
    assert_useless,
    eventually,
    following,
    opened,
)
from tests.live.faults.writers import LARGE, PEOPLE, connection, make_large, modify
from tests.live.proxy import Proxy
from tests.live.servers import Served

pytestmark = pytest.mark.twin


@pytest.fixture
def cache(tmp_path: Path, server: Served) -> Path:
    """What a run has kept that followed the server."""
    path = tmp_path / "cache"
    with following(server.tcp_uri, cache=path):
        eventually(path.exists, "the cache")
    return path


def test_starting_while_every_server_is_down(server: Served, cache: Path) -> None:
    modify(server, f"uid=john,{PEOPLE}", description="not in the cache")
    server.stop()
    with following(server.tcp_uri, cache=cache) as live:
        assert_stale(live, "Connection refused")
        assert live.freshness.method == "cache"
        server.start()
        change_much(server)
        assert_settled(live, server)
        assert live.freshness.method == "syncrepl"


def test_starting_from_what_is_too_old(server: Served, cache: Path) -> None:
    server.stop()
    time.sleep(1.0)
    with following(server.tcp_uri, cache=cache, stale_for=1) as live:
        assert_useless(live)
        server.start()
        assert_settled(live, server)


def test_only_what_has_happened_meanwhile_is_fetched(server: Served, proxy: Proxy, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    make_large(server, "o=mail")
    for much in (True, False):
        before = proxy.passed_down
        with following(proxy.url, cache=cache, wait=None) as live:
            assert_settled(live, server)
            eventually(cache.exists, "the cache")
            assert (proxy.passed_down - before > LARGE) is much
        if much:
            change_much(server)


def change_much(server: Served) -> None:
    with connection(server) as wire:
        wire.delete_s(f"uid=zoe,{PEOPLE}")
        wire.rename_s(PEOPLE, "ou=folk", None, True)
        wire.rename_s("ou=folk,dc=acme.example,o=mail", "ou=people", None, True)


@pytest.mark.parametrize("part", [0.0, 0.001, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_cache_that_is_damaged_is_refused_and_named(
    server: Served, cache: Path, damage: str, part: float, caplog: pytest.LogCaptureFixture
) -> None:
    whole = cache.read_bytes()
    place = int(len(whole) * part)
    flipped = whole[:place] + bytes((whole[place] ^ 0x10,)) + whole[place + 1 :]
    cache.write_bytes(whole[:place] if damage == "cut" else flipped)
    server.stop()
    with caplog.at_level(logging.WARNING), following(server.tcp_uri, cache=cache, wait=None) as live:
        assert str(cache) in caplog.text
        assert live.freshness.state is State.STARTING
        assert_useless(live)
        server.start()
        assert_settled(live, server)


def test_nothing_to_start_from(server: Served, tmp_path: Path) -> None:
    server.stop()
    with pytest.raises(Unavailable, match="Connection refused"):
        opened(server.tcp_uri, cache=tmp_path / "cache", wait=0.5)
