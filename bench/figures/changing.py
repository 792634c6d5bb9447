"""A directory with a change: what it costs, and what is left of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.apart import apart
from bench.figure import Figure, Result, at_most
from bench.measure import Ratio, collector, seconds
from bench.memory import resident
from bench.scale import Scale

__all__ = ["FIGURES"]

CHUNKS: Final = 10


class Chain:
    """A directory that changes one value after another."""

    def __init__(self, accounts: int) -> None:
        self.accounts = accounts
        self.directory = mp.open(ldif_file(accounts))
        self.random = Random(0)

    def change(self, times: int) -> None:
        for _ in range(times):
            selector = address(self.random.randrange(self.accounts))
            quota = f"{self.random.randrange(1, 50)} GiB"
            self.directory = self.directory.with_changes(mp.set(selector, mailbox_quota=quota))


def changes(scale: Scale) -> Iterator[Result]:
    """Both chains chunk by chunk, so that the machine is the same for both; the sums are divided."""
    large, small = Chain(scale.many), Chain(scale.few)
    chunk = scale.changes // CHUNKS
    above: list[float] = []
    below: list[float] = []
    started = perf_counter()
    while len(above) < CHUNKS and (not above or perf_counter() - started < scale.patience):
        for chain, taken in ((large, above), (small, below)):
            with collector(enabled=True):
                taken.append(seconds(partial(chain.change, chunk)))
    rounds = [one / other for one, other in zip(above, below, strict=True)]
    yield Result(
        f"{scale.many:,} accounts against {scale.few:,}, {chunk * len(above):,} changes in a row",
        Ratio(sum(above) / sum(below), min(rounds), max(rounds)),
        at_most(3),
        note="" if len(above) == CHUNKS else f"{scale.changes:,} took longer than {scale.patience:.0f} s",
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
