"""Whose address this is, in a directory too large for any cache of the processor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random
from typing import Final

import mailpolicy as mp
from bench.accounts import address, alias, ldif_file
from bench.figure import Figure, Result, at_most
from bench.measure import Ratio, in_turns, ratio, seconds
from bench.scale import Scale
from mailpolicy.errors import NotFound

__all__ = ["FIGURES"]

Spelled = Callable[[int], str]
"""What somebody asks for who means the account of a number."""


def with_detail(number: int) -> str:
    local, _, domain = address(number).partition("@")
    return f"{local}+news@{domain}"


FOUND: Final[dict[str, Spelled]] = {
    "an alias": alias,
    "the primary address in capitals": lambda number: address(number).upper(),
    "the primary address with a detail, `+news`": with_detail,
}
NOT_FOUND: Final[dict[str, Spelled]] = {
    "an unknown address of a known domain": lambda number: f"nobody.{address(number)}",
    "an address of an unknown domain": lambda number: f"{address(number)}.org",
}


def find(scale: Scale) -> Iterator[Result]:
    directory = mp.open(ldif_file(scale.many))
    known = {address(number): number for number in range(scale.many)}
    random = Random(0)
    numbers = [random.choices(range(scale.many), k=scale.asked) for _ in range(scale.rounds)]

    def compared(spelled: Spelled, ask: Callable[[mp.Directory, Iterable[str]], None]) -> Ratio:
        our_turns, their_turns = fresh(numbers, spelled), fresh(numbers, address)
        turns = in_turns(
            scale.rounds,
            gc_enabled=False,
            ours=lambda: seconds(partial(ask, directory, next(our_turns))),
            theirs=lambda: seconds(partial(look_up, known, next(their_turns))),
        )
        return ratio(turns["ours"], turns["theirs"])

    assert directory.find(address(0)).dn == directory.find(alias(0)).dn
    yield Result(
        f"{scale.asked:,} random ones of {scale.many:,} primary addresses as they are stored",
        compared(address, ask_for_known),
        at_most(4),
    )
    for what, spelled in FOUND.items():
        yield Result(what, compared(spelled, ask_for_known))
    for what, spelled in NOT_FOUND.items():
        yield Result(f"{what}, the error caught", compared(spelled, ask_for_unknown))


def fresh(numbers: list[list[int]], spelled: Spelled) -> Iterator[list[str]]:
    """The addresses of each round as new texts: one that was looked up before knows its hash."""
    return ([spelled(number) for number in asked] for asked in numbers)


def ask_for_known(directory: mp.Directory, texts: Iterable[str]) -> None:
    find = directory.find
    for text in texts:
        find(text)


def ask_for_unknown(directory: mp.Directory, texts: Iterable[str]) -> None:
    find = directory.find
    for text in texts:
        try:
            find(text)
        except NotFound:
            continue
        raise AssertionError(text)


def look_up(known: dict[str, int], texts: Iterable[str]) -> None:
    for text in texts:
        known[text]


FIGURES = (
    Figure(
        "find",
        "`acme.find(address)`",
        "`dict[address]`, a dict of the primary addresses, asked for them as they are stored",
        "off",
        find,
    ),
)
