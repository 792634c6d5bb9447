"""From somebody up to her lists, and a thousand dynamic lists that stay right while accounts change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from time import perf_counter
from typing import Any, Final

import mailpolicy as mp
from bench.accounts import BASE, DEPARTMENTS, address
from bench.figure import Figure, Result, at_least, at_most
from bench.mailing_lists import dynamic, list_address
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale
from bench.servers import AS_FAST, slapd
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.matching import compile_filter

__all__ = ["FIGURES"]

LISTS: Final = (10, 100, 1_000)
ASKED: Final = 200
"""How many accounts are asked for in a round."""
CHANGES: Final = 50
"""How many accounts change in a round, one after the other."""
FILTER: Final = "(departmentNumber=sales)"


def lists_of(scale: Scale) -> Iterator[Result]:
    data = {number: "".join(dynamic(scale.some, number)) for number in LISTS}
    directories = {number: mp.loads(text) for number, text in data.items()}
    accounts = [address(number * 7919 % scale.some) for number in range(ASKED)]

    def asking(number: int) -> Callable[[], float]:
        return lambda: seconds(lambda: [directories[number].lists_of(each) for each in accounts])

    with slapd(data[LISTS[-1]].encode()) as connection:

        def searching() -> list[Any]:
            filters = [f"(mail={each})" for each in accounts]
            return [connection.search_ext_s(BASE, 2, each, ["1.1"]) for each in filters]

        first = {number: asking(number)() for number in LISTS}
        samples = in_turns(
            scale.rounds,
            gc_enabled=True,
            theirs=lambda: seconds(searching),
            few=asking(LISTS[0]),
            some=asking(LISTS[1]),
            many=asking(LISTS[2]),
        )
    turns = dict(zip(LISTS, (samples["few"], samples["some"], samples["many"]), strict=True))
    for number in reversed(LISTS):
        on = sum(len(directories[number].lists_of(each)) for each in accounts) / ASKED
        yield Result(
            f"{number:,} dynamic lists and the large ones, against slapd",
            ratio(samples["theirs"], turns[number]),
            at_least(1) if number == LISTS[-1] else None,
            AS_FAST,
            note=f"an account is on {on:.2g} lists",
        )
    for number in LISTS[1:]:
        yield Result(
            f"{number:,} lists against {LISTS[0]}",
            ratio(turns[number], turns[LISTS[0]]),
        )
    yield Result.single(
        f"the first {ASKED} accounts that are asked for among {LISTS[-1]:,} lists, against slapd",
        median(samples["theirs"]) / first[LISTS[-1]],
        unit=AS_FAST,
    )


class Changing:
    """A directory that knows the members of all its lists, and changes one account after another."""

    def __init__(self, accounts: int, lists: int) -> None:
        self.accounts = accounts
        self.directory = mp.loads("".join(dynamic(accounts, lists)))
        self.names = [each.name for each in self.directory.lists()]
        for name in self.names:
            len(self.directory.expand(name))
        self.numbers = count()

    def change(self) -> None:
        """Change the department of an account, and ask for the members of one list.

        That brings all lists up to date: what every other one finds is looked up, not worked out.
        """
        number = next(self.numbers)
        department = DEPARTMENTS[number % len(DEPARTMENTS)]
        account = address(number * 7919 % self.accounts)
        self.directory = self.directory.with_changes(mp.set(account, departmentNumber=department))
        self.directory.expand(list_address("small-0"))

    def round(self) -> float:
        """The seconds of one change, on average."""
        started = perf_counter()
        for _ in range(CHANGES):
            self.change()
        return (perf_counter() - started) / CHANGES

    def check(self) -> None:
        """Compare the members of all lists with those that a search finds after all these changes."""
        for each in self.directory.lists():
            [url] = each.settings.member_urls or ()
            filter = str(url.filter)
            found = {str(entry.dn) for entry in self.directory.search(str(url.dn), filter=filter)}
            assert {str(member.dn) for member in self.directory.expand(each)} == found, each


def kept_right(scale: Scale) -> Iterator[Result]:
    most = LISTS[-1]
    many, few = Changing(scale.some, most), Changing(scale.some, LISTS[0])
    directory = many.directory
    entries = list(directory.search(BASE))
    directory.search(BASE, filter=FILTER)

    def scan() -> list[Any]:
        matches = compile_filter(Filter.parse(FILTER), directory.snapshot.definitions)
        return [entry for entry in entries if matches(entry) is True]

    def search() -> list[Any]:
        return list(directory.search(BASE, filter=FILTER))

    assert len(scan()) == len(search())
    samples = in_turns(
        scale.rounds,
        gc_enabled=True,
        ours=many.round,
        fewer=few.round,
        scan=lambda: seconds(scan),
        search=lambda: seconds(search),
    )
    few.check()
    many.check()
    told = f"{len(many.names):,} lists right again"
    yield Result(
        f"{told}, against trying each of {len(entries):,} entries on the compiled filter of one list",
        ratio(samples["ours"], samples["scan"]),
        at_most(0.1),
    )
    yield Result(
        f"{told}, against finding the {len(search()):,} members of that list by index",
        ratio(samples["ours"], samples["search"]),
    )
    yield Result(f"{told}, against {len(few.names):,} lists", ratio(samples["ours"], samples["fewer"]))


FIGURES = (
    Figure(
        "lists-of",
        "`acme.lists_of(address)`",
        "an indexed search for the address, of slapd through python-ldap over its local socket",
        "on",
        lists_of,
    ),
    Figure(
        "lists-kept",
        "a change of an account, and one question about a list, after which all lists are right again",
        "working out from scratch whom one list finds, of 10 % of the accounts",
        "on",
        kept_right,
    ),
)
