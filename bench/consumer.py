"""Following a server with what python-ldap ships, written as its documentation does."""

from __future__ import annotations

from collections.abc import Callable

import ldap
from ldap.ldapobject import SimpleLDAPObject
from ldap.syncrepl import SyncreplConsumer

from bench.servers import Account

__all__ = ["Consumer", "paged_search", "refreshed"]

ATTRIBUTES = ("*", "+")
PAGE = 1000

Entry = tuple[str, dict[str, list[bytes]]]


class Consumer(SimpleLDAPObject, SyncreplConsumer):  # type: ignore[misc]
    """Calls a function for each entry that comes; starts from a cookie if one is given."""

    def __init__(
        self,
        server: Account,
        arrived: Callable[[str, dict[str, list[bytes]], str], object],
        cookie: str | None = None,
    ) -> None:
        super().__init__(server.url)
        self.is_refreshed = False
        self.arrived = arrived
        self.cookie = cookie
        self.simple_bind_s(server.name, server.password)
        self.number = self.syncrepl_search(
            server.base,
            ldap.SCOPE_SUBTREE,
            mode="refreshAndPersist",
            filterstr="(objectClass=*)",
            attrlist=list(ATTRIBUTES),
        )

    def poll(self, timeout: float | None = None) -> None:
        """Take one message."""
        self.syncrepl_poll(msgid=self.number, timeout=timeout)

    def syncrepl_entry(self, dn: str, attributes: dict[str, list[bytes]], uuid: str) -> None:
        self.arrived(dn, attributes, uuid)

    def syncrepl_refreshdone(self) -> None:
        self.is_refreshed = True

    def syncrepl_get_cookie(self) -> str | None:
        return self.cookie


def refreshed(server: Account) -> dict[str, Entry]:
    """All entries of a server by UUID, at the end of the refresh."""
    entries: dict[str, Entry] = {}

    def keep(dn: str, attributes: dict[str, list[bytes]], uuid: str) -> None:
        entries[uuid] = dn, attributes

    consumer = Consumer(server, keep)
    while not consumer.is_refreshed:
        consumer.poll()
    consumer.unbind_ext()
    return entries


def paged_search(server: Account) -> list[Entry]:
    """All entries of a server, page by page."""
    from ldap.controls.libldap import SimplePagedResultsControl

    connection = ldap.initialize(server.url)
    connection.simple_bind_s(server.name, server.password)
    control = SimplePagedResultsControl(True, PAGE, "")
    entries: list[Entry] = []
    while True:
        number = connection.search_ext(
            server.base,
            ldap.SCOPE_SUBTREE,
            "(objectClass=*)",
            list(ATTRIBUTES),
            serverctrls=[control],
        )
        _, found, _, controls = connection.result3(number)
        entries += found
        control.cookie = controls[0].cookie
        if not control.cookie:
            connection.unbind_ext()
            return entries
