"""The address book, asked at each keystroke."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
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
LIMIT: Final = 20
"""What a completion shows."""


def completion(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.some)
    # As many as slapd gives; as it comes, an address book shows a hundred.
    unlimited = [mp.set(f"domain:d{number}.example", gal_max_results=0) for number in range(DOMAINS)]
    directory = mp.open(path).with_changes(*unlimited)
    questions = [(f"d{number}.example", plain(LAST[number % len(LAST)])[:TYPED]) for number in range(DOMAINS)]
    with slapd(path.read_bytes()) as connection:

        def ours(limit: int | None = None) -> list[Any]:
            return [list(directory.gal(*each, limit=limit)) for each in questions]

        def theirs(limit: int = 0) -> list[Any]:
            return [people(connection, *each, limit) for each in questions]

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
    told = f"{TYPED} letters, a domain of {scale.some // DOMAINS:,} accounts"
    shown = sum(map(len, ours())) / len(questions)
    yield Result(
        f"{told}, everybody who matches",
        ratio(turns["theirs"], turns["ours"]),
        at_least(20),
        AS_FAST,
        note=f"{shown:.0f} people on average",
        why=MORE,
    )
    yield Result(
        f"{told}, the best {LIMIT} against any {LIMIT} of slapd",
        ratio(turns["theirs_few"], turns["ours_few"]),
        at_least(20),
        AS_FAST,
        why=MORE,
    )
    yield Result.single("the first question to each domain", turns["theirs"][0] / first, unit=AS_FAST)


def people(connection: Any, domain: str, typed: str, limit: int) -> list[str]:
    """The names slapd finds, with what a completion shows of each; an index serves it."""
    from ldap import SIZELIMIT_EXCEEDED

    found: list[str] = []
    asked = connection.search_ext(
        f"dc={domain},{BASE}", 2, f"(cn=*{typed}*)", ["cn", "mail"], sizelimit=limit
    )
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
