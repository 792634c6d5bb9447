"""A slapd with the entries of a directory, to be asked over its local socket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

import mailpolicy as mp
from bench.accounts import BASE
from bench.figure import Unmeasured
from mailpolicy.live import Servers
from mailpolicy.live.backend import Backend

__all__ = ["AS_FAST", "CLIENTS", "MAIL", "MEMBERS", "Account", "followed", "slapd"]

CLIENTS: Final = ("python-ldap", "ldap3")
AS_FAST: Final = "× as fast"
SCHEMA: Final = Path(__file__).parents[1] / "ldif/schema/mailpolicy.ldif"
INDEXES: Final = (
    "objectClass,departmentNumber,title,mpAccountStatus,mpCos,createTimestamp eq",
    "cn,mail,mpAliases eq,sub",
)
DYNLIST: Final = "dn: olcOverlay=dynlist\nobjectClass: olcDynListConfig\nolcOverlay: dynlist\nolcDlAttrSet: "
MEMBERS: Final = "groupOfURLs memberURL member"
"""The overlay puts the names of members into lists."""
MAIL: Final = "labeledURIObject labeledURI"
"""The overlay puts what the URLs ask for into the entries that have them.

It cannot know then which attributes it may have to supply, and each search of the whole tree takes most of a
second. So such a server is asked for nothing else.
"""
FOLLOWED: Final = ("objectClass,entryUUID,entryCSN eq",)
"""What syncprov asks for."""
SESSION_LOG: Final = 100_000
"""Changes that a server remembers for those who come back."""
SECONDS: Final = 600
"""How long to wait for an answer: the largest lists take a minute."""


@contextmanager
def slapd(data: bytes, *, dynlist: str = "") -> Iterator[Any]:
    """A connection to a server with these entries, as long as the block runs."""
    server = made(
        indexes=INDEXES,
        modules=("dynlist",) if dynlist else (),
        overlays=(DYNLIST + dynlist,) if dynlist else (),
        data=data,
    )
    with server:
        connection = server.connect()
        connection.set_option(import_module("ldap").OPT_TIMEOUT, SECONDS)
        yield connection


@frozen
class Account:
    """Where a server is and who may read and write it; goes to other processes."""

    url: str
    name: str
    password: str = field(repr=False)
    base: str = BASE

    def opened(self, **options: Any) -> mp.Live:
        """A live directory on it."""
        live = mp.open(f"{self.url}/{self.base}", bind=mp.Bind(self.name, self.password), **options)
        assert isinstance(live, mp.Live)
        return live

    def connected(self) -> Backend:
        """A connection through our adapter of python-ldap."""
        servers = Servers.parse(
            f"{self.url}/{self.base}", bind=mp.Bind(self.name, self.password), client="python-ldap"
        )
        return servers.connected()


@contextmanager
def followed(data: bytes, dump: Path | None = None) -> Iterator[Account]:
    """A server with these entries that tells what changes (RFC 4533), as long as the block runs.

    Whatever it has, operational attributes included, is written to `dump` as LDIF before.
    """
    server = made(indexes=FOLLOWED, syncprov=True, session_log=SESSION_LOG, data=data)
    if dump is not None:
        dump.write_bytes(server.dump())
    with server:
        from tests.slapd import PASSWORD

        yield Account(server.uri, server.root_dn, PASSWORD)


def made(**configuration: Any) -> Any:
    # Here, because the tests' server needs what only developers have installed.
    from tests.slapd import SEARCH_PATH, Slapd

    if shutil.which("slapd", path=SEARCH_PATH) is None:
        raise Unmeasured("slapd is not installed")
    return Slapd(suffix=BASE, extra_schema=[schema()], **configuration)


def schema() -> str:
    lines = SCHEMA.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))
