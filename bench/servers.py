"""A slapd with the entries of a directory, to be asked over its local socket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from bench.accounts import BASE
from bench.figure import Unmeasured

__all__ = ["AS_FAST", "MAIL", "MEMBERS", "slapd"]

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
SECONDS: Final = 600
"""How long to wait for an answer: the largest lists take a minute."""


@contextmanager
def slapd(data: bytes, *, dynlist: str = "") -> Iterator[Any]:
    """A connection to a server with these entries, as long as the block runs."""
    # Here, because the tests' server needs what only developers have installed.
    from tests.slapd import SEARCH_PATH, Slapd

    if shutil.which("slapd", path=SEARCH_PATH) is None:
        raise Unmeasured("slapd is not installed")
    server = Slapd(
        suffix=BASE,
        extra_schema=[schema()],
        indexes=INDEXES,
        modules=("dynlist",) if dynlist else (),
        overlays=(DYNLIST + dynlist,) if dynlist else (),
        data=data,
    )
    with server:
        connection = server.connect()
        connection.set_option(import_module("ldap").OPT_TIMEOUT, SECONDS)
        yield connection


def schema() -> str:
    lines = SCHEMA.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))
