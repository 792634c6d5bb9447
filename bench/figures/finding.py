"""Whose address this is, in a directory too large for any cache of the processor."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Result, at_most
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]


def find(scale: Scale) -> Iterator[Result]:
    directory = mp.open(ldif_file(scale.many))
    known = {address(number): number for number in range(scale.many)}
    directory.find(address(0))
    random = Random(0)
    numbers = [random.choices(range(scale.many), k=scale.asked) for _ in range(scale.rounds)]
    our_turns, their_turns = fresh(numbers), fresh(numbers)

    def ours() -> float:
        texts, find = next(our_turns), directory.find

        def ask() -> None:
            for text in texts:
                find(text)

        return seconds(ask)

    def theirs() -> float:
        texts = next(their_turns)

        def ask() -> None:
            for text in texts:
                known[text]

        return seconds(ask)

    turns = in_turns(scale.rounds, gc_enabled=False, ours=ours, theirs=theirs)
    yield Result(
        f"{scale.asked:,} random ones of {scale.many:,} addresses",
        ratio(turns["ours"], turns["theirs"]),
        at_most(4),
    )


def fresh(numbers: list[list[int]]) -> Iterator[list[str]]:
    """The addresses of each round as new texts: one that was looked up before knows its hash."""
    return ([address(number) for number in asked] for asked in numbers)


FIGURES = (
    Figure("find", "`acme.find(address)`", "`dict[address]`, a dict of the same addresses", "off", find),
)
