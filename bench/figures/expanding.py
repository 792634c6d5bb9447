"""Who is on a list: large dynamic ones against slapd, nested static ones against a loop over sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import BASE, address
from bench.figure import Figure, Result, at_least, at_most
from bench.mailing_lists import LARGE, dynamic, list_address, nested, nested_lists
from bench.measure import in_turns, ratio, seconds
from bench.scale import FULL, Scale
from bench.servers import AS_FAST, MAIL, MEMBERS, slapd

__all__ = ["FIGURES"]

ASKED: Final = 200
"""How many members are asked for in a round."""
REPEATS: Final = 5
"""Answers in a turn, where they do not take seconds."""
NESTED: Final = 10
"""So many accounts for each nested list; 10,000 lists among 100,000."""
TO_BEAT: Final = {"1200": 50, "10000": 500, "50000": 2500}
"""How many times as fast as slapd's overlay."""


def dynamic_members(scale: Scale) -> Iterator[Result]:
    data = "".join(dynamic(scale.some, 0))
    directory = mp.loads(data)
    with slapd(data.encode(), dynlist=MEMBERS) as connection, slapd(data.encode(), dynlist=MAIL) as of_mail:
        for name, filter in LARGE.items():
            yield from expanded(directory, connection, of_mail, name, filter, scale)


def membership(scale: Scale) -> Iterator[Result]:
    data = "".join(dynamic(scale.some, 0))
    with slapd(data.encode(), dynlist=MEMBERS) as connection:
        directory = mp.loads(data)
        for name in LARGE:
            yield asked_for(directory, connection, name, scale)


def expanded(
    directory: mp.Directory, connection: Any, of_mail: Any, name: str, filter: str, scale: Scale
) -> Iterator[Result]:
    """How many times as fast as the overlay, and as a client that makes the search of the URL itself."""

    def ours() -> list[str]:
        return list(directory.expand(list_address(name)).addresses)

    def client() -> list[bytes]:
        found = connection.search_ext_s(BASE, 2, filter, ["mail"])
        return [values["mail"][0] for _, values in found]

    mails = partial(values_of, of_mail, f"mail-{name}", "mail")
    names = partial(values_of, connection, name, "member")
    first = seconds(ours)
    members = set(ours())
    assert members == {each.decode() for each in client()}, f"slapd and mailpolicy differ about {name}"
    if scale != FULL:  # where each of the two takes up to a minute
        assert set(mails()) == {each.encode() for each in members}
        assert len(set(names())) == len(members)
    told = f"{len(members):,} members"
    with_client = in_turns(
        scale.rounds, gc_enabled=True, ours=lambda: average(ours), client=lambda: average(client)
    )
    yield Result(
        f"{told}, against a client that makes the search for mail",
        ratio(with_client["client"], with_client["ours"]),
        at_least(20),
        AS_FAST,
    )
    with_overlay = in_turns(
        scale.rounds,
        gc_enabled=True,
        patience=scale.patience,
        ours=lambda: average(ours),
        mails=lambda: seconds(mails),
        names=lambda: seconds(names),
    )
    yield Result(
        f"{told}, against the overlay asked for their mail",
        ratio(with_overlay["mails"], with_overlay["ours"]),
        at_least(TO_BEAT[name]),
        AS_FAST,
        why=(
            "The time of the overlay grows with the square of the members, ours with their number: the "
            "larger the list, the larger the ratio."
        ),
    )
    yield Result(
        f"{told}, against the overlay asked for their names",
        ratio(with_overlay["names"], with_overlay["ours"]),
        unit=AS_FAST,
    )
    yield Result.single(
        f"{told}, for the first time, against that client",
        median(with_client["client"]) / first,
        unit=AS_FAST,
    )


def average(ask: Callable[[], object]) -> float:
    """The seconds of one answer; the first one after other work finds no cache of the processor warm."""
    return seconds(lambda: [ask() for _ in range(REPEATS)]) / REPEATS


def values_of(connection: Any, name: str, attribute: str) -> list[bytes]:
    """What an entry has of an attribute."""
    dn = f"cn={name},ou=lists,{BASE}"
    [(_, values)] = connection.search_ext_s(dn, 0, "(objectClass=*)", [attribute])
    return values.get(attribute, [])  # type: ignore[no-any-return]


def asked_for(directory: mp.Directory, connection: Any, name: str, scale: Scale) -> Result:
    """Whether accounts are on a list; some are and most are not."""
    asked = directory.list(list_address(name))
    accounts = [address(number * 7919 % scale.some) for number in range(ASKED)]
    names = [str(directory.account(each).dn).encode() for each in accounts]

    def ours() -> list[bool]:
        return [asked.is_member(each) for each in accounts]

    def theirs() -> list[bool]:
        dn = f"cn={name},ou=lists,{BASE}"
        return [connection.compare_ext_s(dn, "member", each) for each in names]

    answers = ours()
    assert answers == theirs()
    turns = in_turns(
        scale.rounds, gc_enabled=True, ours=lambda: seconds(ours), theirs=lambda: seconds(theirs)
    )
    return Result(
        f"{sum(answers)} of {ASKED} accounts are on the list of about {int(name):,}",
        ratio(turns["theirs"], turns["ours"]),
        at_least(20),
        AS_FAST,
        why=(
            "Either side takes microseconds. Ours are those of reading the address, finding its row and "
            "looking for it among those of the list."
        ),
    )


def nested_members(scale: Scale) -> Iterator[Result]:
    size = max(50, scale.some // NESTED)
    lists = nested_lists(size, scale.some)
    directory = mp.loads("".join(nested(scale.some, lists)))
    start = list_address("static-0")

    def ours() -> list[str]:
        return list(directory.expand(start).addresses)

    def theirs() -> list[str]:
        return everybody(lists, start)

    first = seconds(ours)
    assert sorted(ours()) == sorted(theirs())
    turns = in_turns(
        scale.rounds, gc_enabled=True, ours=lambda: seconds(ours), theirs=lambda: seconds(theirs)
    )
    memberships = sum(map(len, lists.values()))
    told = f"{len(lists):,} lists with {memberships:,} memberships, {len(theirs()):,} members"
    yield Result(told, ratio(turns["ours"], turns["theirs"]), at_most(3))
    yield Result.single(
        "for the first time: the addresses of members are looked up, and what they lead to is kept",
        first / median(turns["theirs"]),
    )


def everybody(lists: dict[str, set[str]], start: str) -> list[str]:
    """Those who are on a list or below it, breadth first."""
    met, layer = {start}, [start]
    while layer:
        new = set().union(*[lists[each] for each in layer]) - met
        met |= new
        layer = [each for each in new if each in lists]
    return [each for each in met if each not in lists]


FIGURES = (
    Figure(
        "expand",
        "`list(expansion.addresses)` of a dynamic list, expanded anew each time",
        "slapd with its dynlist overlay, and a client of it, both through python-ldap over its local socket",
        "on",
        dynamic_members,
    ),
    Figure(
        "is-member",
        "`is_member` of a dynamic list",
        "`ldapcompare` of `member` with the overlay, through python-ldap",
        "on",
        membership,
    ),
    Figure(
        "expand-nested",
        "`list(expansion.addresses)` of nested static lists",
        "a breadth-first search over a dict of Python sets",
        "on",
        nested_members,
    ),
)
