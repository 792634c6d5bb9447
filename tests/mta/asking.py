"""A Postfix whose tables are ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from mailpolicy.model.held import Held
from mailpolicy.mta.tables import SocketmapSession, Tables
from tests.mta.serving import served
from tests.postfix import Postfix, require
from tests.postfix_files import Maps

__all__ = ["asking"]

NO_LDAP: Final[Maps] = {"virtual_mailbox_maps": ()}


def tables_at(port: int) -> dict[str, str]:
    """What main.cf says of a socketmap server.

    Where mailboxes are is said by the table of mailboxes, also for an address that an alias leads to: what
    is none is returned, as a mailbox server would do it.
    """
    named = {name: f"socketmap:inet:127.0.0.1:{port}:{name}" for name in ("domains", "aliasdomains")}
    return {
        "virtual_mailbox_domains": named["domains"],
        "virtual_alias_domains": named["aliasdomains"],
        "virtual_mailbox_maps": f"socketmap:inet:127.0.0.1:{port}:mailbox",
        "virtual_alias_maps": f"socketmap:inet:127.0.0.1:{port}:alias",
        "transport_maps": f"pipemap:{{socketmap:inet:127.0.0.1:{port}:mailbox, static:$default_transport}}",
    }


@contextmanager
def asking(
    source: Held, tables: Tables | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Postfix]:
    """A Postfix that asks a directory; in `settings`, ``PORT`` is where."""
    require()
    options = Tables() if tables is None else tables
    with served(lambda outlet: SocketmapSession(outlet, source, options)) as port:
        more = {name: value.replace("PORT", str(port)) for name, value in (settings or {}).items()}
        with Postfix(NO_LDAP, ldap_uri="", base="", settings={**tables_at(port), **more}) as postfix:
            yield postfix
