"""LDAP filters, against slapd with the same entries and indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from statistics import median
from time import perf_counter
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import BASE, different_values, ldif_file
from bench.figure import Figure, Result, Unmeasured, at_least
from bench.measure import Samples, in_turns, ratio, seconds
from bench.page import shown
from bench.scale import Scale
from bench.servers import AS_FAST, slapd

__all__ = ["FIGURES"]

PAIR: Final = "(&(departmentNumber=sales)(title=Analyst))"
FILTERS: Final = {
    "equality, 10 % of the entries": "(departmentNumber=sales)",
    "AND of two, 1 %": PAIR,
    "AND of five with NOT and `>=`, 60 %": (
        "(&(objectClass=mpAccount)(mpAccountStatus=active)(!(departmentNumber=sales))"
        f"(!(mpCos=cn=kiosk,ou=cos,{BASE}))(createTimestamp>=20080101000000Z))"
    ),
    "substring of a name that many have": "(cn=*kov*)",
    "substring of what hardly two have in common, 1 %": "(mpAliases=*99@d*)",
    "suffix": "(mail=*@d3.example)",
    "range of time, 25 %": "(createTimestamp<=20100101000000Z)",
}


def filters(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.some)
    directory = mp.open(path)
    with slapd(path.read_bytes()) as connection:
        for what, filter in FILTERS.items():
            yield from compared(directory, connection, what, filter, scale)


def fast_filters(scale: Scale) -> Iterator[Result]:
    if find_spec("pyroaring") is None:
        raise Unmeasured("pyroaring is not installed")
    yield from filters(scale)


def compared(
    directory: mp.Directory, connection: Any, what: str, filter: str, scale: Scale
) -> Iterator[Result]:
    """How many times as fast as slapd, both warm, and both with the same answer."""

    def ours() -> list[Any]:
        return [entry.dn for entry in directory.search(BASE, filter=filter)]

    def theirs() -> list[str]:
        # Attribute 1.1 of RFC 4511: names only, which is the least a server can send.
        return [dn for dn, _ in connection.search_ext_s(BASE, 2, filter, ["1.1"])]

    started = perf_counter()
    answer = ours()
    first = perf_counter() - started
    found = {str(dn) for dn in answer}
    assert found == set(theirs()), f"slapd and mailpolicy differ about {filter}"
    assert found, f"nothing matches {filter}"
    values = different_values(scale.some)
    counts = [f"{name} {values[name]:,}" for name in dict.fromkeys(re.findall(r"\((\w+)[<>]?=", filter))]
    turns = in_turns(
        scale.rounds, gc_enabled=True, ours=lambda: seconds(ours), theirs=lambda: seconds(theirs)
    )
    yield Result(
        f"{what}: `{filter}`",
        ratio(turns["theirs"], turns["ours"]),
        at_least(20),
        unit=AS_FAST,
        note=f"{len(found):,} entries; different values: {', '.join(counts)}",
        why=(bare_sets if filter == PAIR else bare_picks)(directory, filter, turns),
    )
    yield Result.single(
        "asked for the first time, after the lines above", median(turns["theirs"]) / first, unit=AS_FAST
    )


def bare_sets(directory: mp.Directory, filter: str, turns: Samples) -> str:
    """What is left of the time if the rows of both terms are given as Python sets."""
    dns = [entry.dn for entry in directory.search(BASE)]
    places = {dn: place for place, dn in enumerate(dns)}
    first, second = (
        {places[entry.dn] for entry in directory.search(BASE, filter=term)}
        for term in re.findall(r"\(\w+=\w+\)", filter)
    )

    def by_hand() -> list[Any]:
        return [dns[place] for place in sorted(first & second)]

    assert by_hand() == [entry.dn for entry in directory.search(BASE, filter=filter)]
    bare = median(in_turns(len(turns["ours"]), gc_enabled=True, bare=lambda: seconds(by_hand))["bare"])
    return (
        f"To intersect two Python sets of {len(first):,} and {len(second):,} row numbers, to sort what "
        f"is left and to pick the DNs from a list takes {bare / median(turns['ours']):.0%} of our time and "
        f"is {shown(median(turns['theirs']) / bare)} times as fast as slapd. With the extra `fast` the rows "
        "are compressed bitmaps: see the same line there."
    )


def bare_picks(directory: mp.Directory, filter: str, turns: Samples) -> str:
    """What is left of the time if it is known where the entries stand."""
    entries = list(directory.search(BASE))
    found = set(directory.search(BASE, filter=filter))
    places = [place for place, entry in enumerate(entries) if entry in found]

    def by_hand() -> list[Any]:
        return [entries[place].dn for place in places]

    assert by_hand() == [entry.dn for entry in directory.search(BASE, filter=filter)]
    bare = median(in_turns(len(turns["ours"]), gc_enabled=True, bare=lambda: seconds(by_hand))["bare"])
    return (
        f"To pick the DNs of {len(places):,} entries from a list, where it is known where they stand, "
        f"takes {bare / median(turns['ours']):.0%} of our time and is "
        f"{shown(median(turns['theirs']) / bare)} times as fast as slapd."
    )


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
