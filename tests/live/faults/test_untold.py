"""A connection that breaks between what has happened and the telling of it: the next one tells."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from mailpolicy.errors import Unavailable
from mailpolicy.live import Bind, Servers
from mailpolicy.live.backend import Backend
from mailpolicy.live.replica import Replica, follow
from tests.live.faults.writers import PEOPLE, modify
from tests.live.servers import PASSWORD, POLICY, Served

pytestmark = pytest.mark.twin


class Breaking:
    """A backend that answers no search."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def search(self, *_: Any, **__: Any) -> Any:
        raise Unavailable(self._backend.url, why="is cut")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


def go_on(replica: Replica) -> None:
    """Leave the replica as it is: it goes on with its cookie."""


def begin_anew(replica: Replica) -> None:
    replica.forget()


@pytest.mark.parametrize("then", [go_on, begin_anew])
def test_what_a_broken_connection_has_brought_is_told_by_the_next(
    server: Served, then: Callable[[Replica], None]
) -> None:
    servers, replica = Servers((str(server.tcp_uri),), "o=mail", Bind(POLICY, PASSWORD)), Replica("o=mail")
    john = f"uid=john,{PEOPLE}"
    with closing(servers.connected()) as backend:
        next(follow(backend, replica))
    modify(server, john, description="not told of at first")
    with closing(servers.connected()) as backend, pytest.raises(Unavailable, match="is cut"):
        next(follow(Breaking(backend), replica))
    then(replica)
    with closing(servers.connected()) as backend:
        assert [change.dn for change in next(follow(backend, replica)).changes] == [john]
