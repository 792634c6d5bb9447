"""A directory with a change: what it costs, and what is left of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import mailpolicy as mp
from bench.accounts import BASE, address, ldif_file
from bench.apart import apart
from bench.figure import Figure, Result, at_most
from bench.measure import Ratio, collector, seconds
from bench.memory import resident
from bench.page import shown
from bench.scale import Scale

__all__ = ["FIGURES"]

CHUNKS: Final = 10
ASKED: Final = ("(mpMailboxQuota=5 GiB)", "(departmentNumber=sales)", "(cn=*kov*)", "(mail=*@d3.example)")


class Chain:
    """A directory that changes one value after another."""

    def __init__(self, accounts: int, asked: Iterable[str] = ()) -> None:
        self.accounts = accounts
        started = perf_counter()
        self.directory = mp.open(ldif_file(accounts))
        self.directory.find(address(0))
        self.loading = perf_counter() - started
        for filter in asked:
            self.directory.search(BASE, filter=filter)
        self.random = Random(0)
        self.longest = 0.0

    def change(self, times: int) -> None:
        for _ in range(times):
            selector = address(self.random.randrange(self.accounts))
            quota = f"{self.random.randrange(1, 50)} GiB"
            started = perf_counter()
            self.directory = self.directory.with_changes(mp.set(selector, mailbox_quota=quota))
            self.longest = max(self.longest, perf_counter() - started)


def changes(scale: Scale) -> Iterator[Result]:
    yield from chains(scale, "no value index made")
    yield from chains(scale, f"{len(ASKED)} value indexes made before", ASKED)


def chains(scale: Scale, told: str, asked: Iterable[str] = ()) -> Iterator[Result]:
    """Both chains chunk by chunk, so that the machine is the same for both; the sums are divided."""
    large, small = Chain(scale.many, asked), Chain(scale.few, asked)
    chunk = scale.changes // CHUNKS
    above: list[float] = []
    below: list[float] = []
    started = perf_counter()
    while len(above) < CHUNKS and (not above or perf_counter() - started < scale.patience):
        for chain, taken in ((large, above), (small, below)):
            with collector(enabled=True):
                taken.append(seconds(partial(chain.change, chunk)))
    rounds = [one / other for one, other in zip(above, below, strict=True)]
    done = chunk * len(above)
    yield Result(
        f"{scale.many:,} accounts against {scale.few:,}, {done:,} changes in a row, {told}",
        Ratio(sum(above) / sum(below), min(rounds), max(rounds)),
        at_most(3),
        note="" if len(above) == CHUNKS else f"{scale.changes:,} took longer than {scale.patience:.0f} s",
    )
    yield Result.single(
        f"the longest single change among {scale.many:,} accounts",
        large.longest * 1000,
        unit="ms",
        note=f"{shown(large.longest * done / sum(above))} times the mean; "
        f"{shown(large.longest / large.loading)} times loading the file",
    )


def generations(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.some)
    one = apart(memory_after, path, 1, keep=False)
    last = apart(memory_after, path, scale.generations, keep=False)
    every = apart(memory_after, path, scale.generations, keep=True)
    yield Result.single(f"{scale.generations:,} generations, the last one kept", last / one)
    yield Result.single(f"{scale.generations:,} generations, all kept", every / one)


def memory_after(path: Path, times: int, *, keep: bool) -> int:
    """Bytes that a directory takes with its changes made, all generations kept or just the last."""
    mp.open(ldif_file(100)).with_changes(mp.set(address(0), mailbox_quota="1 GiB"))
    before = resident()
    directory = mp.open(path)
    kept = [directory]
    for number in range(times):
        directory = directory.with_changes(mp.set(address(number), mailbox_quota="2 GiB"))
        if keep:
            kept.append(directory)
        else:
            kept[0] = directory
    return resident() - before


FIGURES = (
    Figure(
        "changes",
        "`with_changes` of one value, each on the outcome of the one before",
        "the same on a small directory; the sums are divided, the spread is that of chunks",
        "on",
        changes,
    ),
    Figure(
        "generations",
        "resident memory after changes of one value",
        "the same after a single change",
        "on",
        generations,
    ),
)
