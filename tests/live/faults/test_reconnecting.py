"""Two hundred connections that break: everything they took is given back."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from contextlib import ExitStack

import pytest

from tests.live.backends import Client
from tests.live.faults.conftest import open_descriptors
from tests.live.faults.outcomes import assert_settled, eventually, following
from tests.live.faults.writers import PEOPLE, modify
from tests.live.proxy import Proxy
from tests.live.servers import Served

pytestmark = pytest.mark.twin

AT_A_TIME = 4
ROUNDS = 50


def test_two_hundred_reconnects_leave_nothing_behind(client: Client, server: Served, proxy: Proxy) -> None:
    with ExitStack() as open_ones:
        lives = [open_ones.enter_context(following(proxy.url, client=client.name)) for _ in range(AT_A_TIME)]
        threads, descriptors = threading.active_count(), settled_descriptors(proxy)
        for number in range(1, ROUNDS + 1):
            accepted = proxy.accepted
            proxy.hang_up()
            eventually(lambda accepted=accepted: proxy.accepted >= accepted + AT_A_TIME)  # type: ignore[misc]
            # Who is cut off before it has heard anything waits longer and longer.
            eventually(lambda: all(live.freshness for live in lives))
            if number % 10 == 0:
                modify(server, f"uid=john,{PEOPLE}", description=f"after {number} times")
        assert proxy.accepted >= AT_A_TIME * (ROUNDS + 1)
        for live in lives:
            assert_settled(live, server)
        assert threading.active_count() == threads
        # What is less is of tests before this one.
        eventually(lambda: not settled_descriptors(proxy) - descriptors, "as few descriptors")


def settled_descriptors(proxy: Proxy) -> Counter[str]:
    eventually(lambda: proxy.connections == AT_A_TIME, "one connection each")
    gc.collect()
    return open_descriptors()
