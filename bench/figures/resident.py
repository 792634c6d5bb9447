"""What an account takes in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from bench.accounts import BASE, address, ldif_file
from bench.apart import apart
from bench.figure import Figure, Result, at_most
from bench.memory import peak, resident
from bench.scale import Scale

__all__ = ["FIGURES"]


@frozen
class Memory:
    """Bytes that a load added to a process: what stayed, and the most there was."""

    kept: int
    most: int


def memory(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.many)
    ours, theirs = apart(our_memory, path), apart(plain_memory, path)
    kilobytes = ours.kept / scale.many / 1000
    yield Result.single(
        f"each of {scale.many:,} accounts, indexed by address and two attributes",
        kilobytes,
        goal=at_most(1.3),
        unit="kB",
        note=f"while loading at most {ours.most / ours.kept:.2f} times that",
    )
    yield Result.single("the same against a dict of lists of str for each", ours.kept / theirs.kept)


def our_memory(path: Path) -> Memory:
    import mailpolicy as mp

    # Loaded before, so that the code is not counted as accounts.
    mp.open(ldif_file(100)).search(BASE, filter="(departmentNumber=sales)")
    before = resident()
    directory = mp.open(path)
    directory.find(address(0))
    for filter in ("(departmentNumber=sales)", "(title=Analyst)"):
        directory.search(BASE, filter=filter)
    return Memory(resident() - before, peak() - before)


def plain_memory(path: Path) -> Memory:
    from bench.baselines import dicts_of_lists

    before = resident()
    kept = dicts_of_lists(path)
    memory = Memory(resident() - before, peak() - before)
    del kept
    return memory


FIGURES = (
    Figure(
        "memory",
        "resident memory of an account",
        "a number of bytes; and a dict of lists of str for each, in another process",
        "on",
        memory,
    ),
)
