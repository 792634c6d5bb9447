"""A server that takes over from another one, and does not have all that was seen there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.live import Live
from mailpolicy.live.replica import doubts
from tests.live.faults.outcomes import assert_settled, eventually, following
from tests.live.faults.writers import PEOPLE, connection, modify
from tests.live.servers import Served, acme_server
from tests.slapd import require

pytestmark = pytest.mark.twin

JOHN = "john@acme.example"
HANK = "hank@globex.example"
"""Mail for whom nobody else takes."""


@pytest.fixture(autouse=True)
def not_in_doubt_for_long() -> None:
    """Here it is long enough to be looked at."""


@pytest.fixture
def pair() -> Iterator[tuple[Served, Served]]:
    """Two servers with the same entries, which know nothing of one another."""
    require()
    with ExitStack() as running:
        one = running.enter_context(acme_server(tcp=True))
        two = running.enter_context(acme_server(tcp=True))
        refill(two, one.dump())
        yield one, two


def refill(server: Served, database: bytes) -> None:
    server.stop()
    server.clear()
    server.load(database)
    server.start()


def answers(live: Live, address: str) -> str:
    try:
        return live.find(address).name
    except NotFound:
        return "not there"
    except Unavailable:
        return "unknown"


def never_missing(live: Live, address: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert answers(live, address) != "not there"
        time.sleep(0.005)


def test_who_is_behind_takes_away_nothing_for_good(pair: tuple[Served, Served]) -> None:
    one, two = pair
    time.sleep(1.1)  # or the change would have the number of what the other server has
    new = [("objectClass", [b"inetOrgPerson", b"mpAccount"]), ("uid", b"new"), ("cn", b"new"), ("sn", b"new"),
           ("mail", b"new@acme.example")]  # fmt: skip
    with connection(one) as wire:
        wire.add_s(f"uid=new,{PEOPLE}", new)
    with following(one.tcp_uri, two.tcp_uri) as live:
        assert answers(live, "new@acme.example") == "new@acme.example"
        one.stop()
        never_missing(live, "new@acme.example", 3)
        assert answers(live, JOHN) == JOHN
        assert answers(live, "new@acme.example") == "unknown"
        assert "is behind" in live.freshness.why
        with connection(two) as wire:
            wire.add_s(f"uid=new,{PEOPLE}", new)
        eventually(lambda: answers(live, "new@acme.example") == "new@acme.example")
        live.ready(20)


def test_who_is_being_filled_takes_away_nothing_for_good(
    pair: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    records = [each + b"\n\n" for each in one.dump().split(b"\n\n")]
    refill(two, b"".join(each for each in records if b"\nuid: hank\n" not in each))
    time.sleep(1.1)
    modify(two, "o=mail", description="later than anything on the other one")
    monkeypatch.setattr(doubts, "CONFIRM_AFTER", 3.0)
    with following(one.tcp_uri, two.tcp_uri) as live:
        assert answers(live, HANK) == HANK
        one.stop()
        never_missing(live, HANK, 2)
        assert answers(live, HANK) == "unknown"
        # It never comes: then that is how things are.
        eventually(lambda: answers(live, HANK) == "not there")
        assert_settled(live, two)


def test_an_equal_server_is_believed_at_once(pair: tuple[Served, Served]) -> None:
    one, two = pair
    with following(one.tcp_uri, two.tcp_uri) as live:
        assert_settled(live, one)
        one.stop()
        eventually(lambda: live.freshness and live.freshness.source == two.tcp_uri, "the other server")
        assert_settled(live, two)
