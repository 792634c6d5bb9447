"""A server that is killed forgets how far it was, and so that something has been deleted."""

from __future__ import annotations

import pytest

from mailpolicy.live.replica import session
from tests.live.faults.outcomes import assert_settled, assert_stale, following
from tests.live.faults.writers import PEOPLE, connection
from tests.live.proxy import Proxy
from tests.live.servers import Served


def test_a_deletion_that_a_killed_server_forgets(
    server: Served, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "AFTER_RETURN", 0.5)
    server.restart()  # which notes how far it is: a kill leaves that note as it is
    with following(proxy.url) as live:
        assert_settled(live, server)
        proxy.refuse()
        assert_stale(live)
        with connection(server) as wire:
            wire.delete_s(f"uid=zoe,{PEOPLE}")
        server.kill()
        server.start()
        proxy.heal()
        assert_settled(live, server)
