"""The address book, asked at each keystroke."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import BASE, DOMAINS, LAST, ldif_file, plain
from bench.figure import Figure, Result, at_least
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale
from bench.servers import AS_FAST, slapd

__all__ = ["FIGURES"]

TYPED: Final = 3
"""Letters of a surname."""
MORE: Final = (
    "slapd compares one attribute. An address book compares the names, the address and the aliases of each, "
    "begins with the best match, and says of whom it gives what they are and why."
)
FEW: Final = 5
"""How many of the questions are put to the whole directory."""

LIMIT: Final = 20
"""What a completion shows."""


def completion(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.some)
    asked = [(f"d{number}.example", plain(LAST[number % len(LAST)])[:TYPED]) for number in range(DOMAINS)]
    with slapd(path.read_bytes()) as connection:
        yield from compared(
            path, connection, asked, "domain", f"a domain of {scale.some // DOMAINS:,}", scale
        )
        yield from compared(path, connection, asked[:FEW], "root", f"all {scale.some:,}", scale)


def compared(
    path: Path, connection: Any, asked: list[tuple[str, str]], reach: str, told: str, scale: Scale
) -> Iterator[Result]:
    """The same questions to both, to an address book of a domain or to one of the whole directory."""
    # As many as slapd gives; as it comes, an address book shows a hundred.
    unlimited = [mp.set(f"domain:{domain}", gal_max_results=0, gal_search_base=reach) for domain, _ in asked]
    directory = mp.open(path).with_changes(*unlimited)

    def ours(limit: int | None = None) -> list[Any]:
        return [list(directory.gal(*each, limit=limit)) for each in asked]

    def theirs(limit: int = 0) -> list[Any]:
        return [
            people(connection, BASE if reach == "root" else f"dc={domain},{BASE}", typed, limit)
            for domain, typed in asked
        ]

    first = seconds(ours)
    closed = {str(entry.dn) for entry in directory.search(BASE, filter="(mpAccountStatus=closed)")}
    for book, found in zip(ours(), theirs(), strict=True):
        assert {each.dn for each in book} >= set(found) - closed, "slapd finds somebody else"
    turns = in_turns(
        scale.rounds,
        gc_enabled=True,
        ours=lambda: seconds(ours),
        theirs=lambda: seconds(theirs),
        ours_few=lambda: seconds(partial(ours, LIMIT)),
        theirs_few=lambda: seconds(partial(theirs, LIMIT)),
    )
    shown = sum(map(len, ours())) / len(asked)
    yield Result(
        f"{TYPED} letters, {told} accounts, everybody who matches",
        ratio(turns["theirs"], turns["ours"]),
        unit=AS_FAST,
        note=f"{shown:.0f} people on average",
    )
    yield Result(
        f"{TYPED} letters, {told} accounts, the best {LIMIT} against any {LIMIT} of slapd",
        ratio(turns["theirs_few"], turns["ours_few"]),
        at_least(20),
        AS_FAST,
        why=MORE,
    )
    yield Result(
        f"{TYPED} letters, {told} accounts, the best {LIMIT} against all that slapd finds: it ranks none",
        ratio(turns["theirs"], turns["ours_few"]),
        at_least(20),
        AS_FAST,
        why=MORE,
    )
    yield Result.single(f"the first question about {told} accounts", turns["theirs"][0] / first, unit=AS_FAST)


def people(connection: Any, base: str, typed: str, limit: int) -> list[str]:
    """The names slapd finds, with what a completion shows of each; an index serves it."""
    from ldap import SIZELIMIT_EXCEEDED

    found: list[str] = []
    asked = connection.search_ext(base, 2, f"(cn=*{typed}*)", ["cn", "mail"], sizelimit=limit)
    try:
        while (answer := connection.result(asked, 0))[1]:
            found += [dn for dn, _ in answer[1]]
    except SIZELIMIT_EXCEEDED:
        pass
    return found


FIGURES = (
    Figure(
        "completion",
        "`acme.gal(domain, typed)`: the address book, ranked",
        "a substring search for `cn` below the domain, of slapd through python-ldap over its local socket",
        "on",
        completion,
    ),
)
