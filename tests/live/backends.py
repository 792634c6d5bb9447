"""Both clients, each as a function that connects: what the tests of the backends run over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from mailpolicy.live.backend import Backend
from mailpolicy.live.bind import Bind
from mailpolicy.live.servers import Servers
from tests.slapd import PASSWORD, Slapd

LIBRARIES = {"python_ldap": "ldap", "ldap3": "ldap3"}


@frozen
class Client:
    """One of the clients: `opened(slapd)` gives a backend that is bound as the root of this server."""

    name: str

    def require(self) -> None:
        """Skip the calling test where its library is not installed."""
        pytest.importorskip(LIBRARIES[self.name])

    @contextmanager
    def opened(self, slapd: Slapd, url: str | None = None, **options: Any) -> Iterator[Backend]:
        backend = self.connect(url or slapd.uri, **{"bind": Bind(slapd.root_dn, PASSWORD), **options})
        try:
            yield backend
        finally:
            backend.close()

    def connect(
        self,
        url: str,
        *,
        bind: Bind | None = None,
        start_tls: bool = False,
        ca_file: Path | None = None,
        network_timeout: float = 5.0,
        operation_timeout: float = 10.0,
    ) -> Backend:
        servers = Servers(
            urls=(url,),
            base="dc=example",
            bind=bind,
            start_tls=start_tls,
            ca_file=ca_file,
            network_timeout=network_timeout,
            operation_timeout=operation_timeout,
            client=self.name,
        )
        return servers.connect(url)


CLIENTS = [Client(name) for name in LIBRARIES]
