"""LDAP filters, against slapd with the same entries and indexes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import BASE, ldif_file
from bench.figure import Figure, Result, Unmeasured, at_least
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]

SCHEMA: Final = Path(__file__).parents[2] / "ldif/schema/mailpolicy.ldif"
INDEXES: Final = (
    "objectClass,departmentNumber,title,mpAccountStatus,mpCos,createTimestamp eq",
    "cn,mail,mpAliases eq,sub",
)
FILTERS: Final = {
    "equality, 10 % of the entries": "(departmentNumber=sales)",
    "AND of two, 1 %": "(&(departmentNumber=sales)(title=Analyst))",
    "AND of five with NOT and `>=`, 60 %": (
        "(&(objectClass=mpAccount)(mpAccountStatus=active)(!(departmentNumber=sales))"
        f"(!(mpCos=cn=kiosk,ou=cos,{BASE}))(createTimestamp>=20080101000000Z))"
    ),
    "substring": "(cn=*kov*)",
    "suffix": "(mail=*@d3.example)",
    "range of time, 25 %": "(createTimestamp<=20100101000000Z)",
}


def filters(scale: Scale) -> Iterator[Result]:
    # Here, because the tests' server needs what only developers have installed.
    from tests.slapd import SEARCH_PATH, Slapd

    if shutil.which("slapd", path=SEARCH_PATH) is None:
        raise Unmeasured("slapd is not installed")
    path = ldif_file(scale.some)
    directory = mp.open(path)
    server = Slapd(suffix=BASE, extra_schema=[server_schema()], indexes=INDEXES, data=path.read_bytes())
    with server:
        connection = server.connect()
        for what, filter in FILTERS.items():
            yield compared(directory, connection, what, filter, scale.rounds)


def fast_filters(scale: Scale) -> Iterator[Result]:
    if find_spec("pyroaring") is None:
        raise Unmeasured("pyroaring is not installed")
    yield from filters(scale)


def compared(directory: mp.Directory, connection: Any, what: str, filter: str, rounds: int) -> Result:
    """How many times as fast as slapd, both warm, and both with the same answer."""

    def ours() -> list[Any]:
        return [entry.dn for entry in directory.search(BASE, filter=filter)]

    def theirs() -> list[str]:
        # Attribute 1.1 of RFC 4511: names only, which is the least a server can send.
        return [dn for dn, _ in connection.search_ext_s(BASE, 2, filter, ["1.1"])]

    found = {str(dn) for dn in ours()}
    assert found == set(theirs()), f"slapd and mailpolicy differ about {filter}"
    assert found, f"nothing matches {filter}"
    turns = in_turns(rounds, gc_enabled=True, ours=lambda: seconds(ours), theirs=lambda: seconds(theirs))
    return Result(
        f"{what}: `{filter}`",
        ratio(turns["theirs"], turns["ours"]),
        at_least(20),
        unit="× as fast",
        note=f"{len(found):,} entries",
    )


def server_schema() -> str:
    lines = SCHEMA.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


FIGURES = (
    Figure(
        "filters",
        "all DNs that a filter finds, in a list",
        "slapd with indexes, asked over its local socket with python-ldap for the DNs alone",
        "on",
        filters,
    ),
    Figure(
        "filters-fast",
        "the same with the extra `fast`",
        "the same slapd",
        "on",
        fast_filters,
        fast=True,
    ),
)
