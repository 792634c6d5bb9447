"""What a forked server does not share: two children answer, and what they wrote to is their own."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from random import Random
from typing import Final

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Result
from bench.measure import Ratio
from bench.memory import private, resident
from bench.scale import Scale

__all__ = ["FIGURES"]

CHILDREN: Final = 2
FINDS: Final = 10_000


def fork(scale: Scale) -> Iterator[Result]:
    directory = mp.open(ldif_file(scale.many))
    directory.find(address(0))
    host = resident()
    for frozen in (False, True):
        if frozen:
            gc.freeze()
        answered, collected = children(directory, scale.many)
        told = "after `gc.freeze()` by the host" if frozen else "without `gc.freeze()`"
        yield Result(f"{FINDS:,} answers, {told}", share(answered, host), unit="of the host's")
        yield Result(
            f"and a full collection in the child, {told}", share(collected, host), unit="of the host's"
        )


def children(directory: mp.Directory, accounts: int) -> tuple[list[int], list[int]]:
    """Private bytes of each child: after its answers, and after a full collection."""
    reports = [child(directory, accounts, seed) for seed in range(CHILDREN)]
    told = [report_of(process, pipe) for process, pipe in reports]
    return [answered for answered, _ in told], [collected for _, collected in told]


def child(directory: mp.Directory, accounts: int, seed: int) -> tuple[int, int]:
    """Fork a child that answers and reports; give its process id and the pipe to read from."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        random = Random(seed)
        for _ in range(FINDS):
            directory.find(address(random.randrange(accounts)))
        answered = private()
        gc.collect()
        os.write(writing, f"{answered} {private()}".encode())
    finally:
        # Without what Python does at its end: that is the business of the host.
        os._exit(0)


def report_of(process: int, pipe: int) -> tuple[int, int]:
    with os.fdopen(pipe) as report:
        answered, collected = map(int, report.read().split())
    os.waitpid(process, 0)
    return answered, collected


def share(private: list[int], host: int) -> Ratio:
    shares = [each / host for each in private]
    return Ratio(sum(shares) / len(shares), min(shares), max(shares))


FIGURES = (
    Figure(
        "fork",
        "private memory of each of two children forked after loading",
        "the resident memory of the host",
        "on",
        fork,
    ),
)
