"""What an account takes in memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from bench.accounts import BASE, address, ldif_file
from bench.apart import apart
from bench.figure import Figure, Result, at_most
from bench.memory import peak, resident
from bench.scale import Scale
from bench.servers import CLIENTS, Account, followed
from mailpolicy.live import Servers

__all__ = ["FIGURES"]


INDEXED: Final = ("(departmentNumber=sales)", "(title=Analyst)")
SETTLING: Final = 2.0
"""Seconds in which a live directory looks around once it has everything."""
UNIQUE: Final = "(employeeNumber=0000077)"


@frozen
class Memory:
    """Bytes that a load added to a process: what stayed, and the most there was."""

    kept: int
    most: int


def memory(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.many)
    ours, theirs = apart(our_memory, path, INDEXED), apart(plain_memory, path)
    more = apart(our_memory, path, (*INDEXED, UNIQUE))
    yield Result.single(
        f"each of {scale.many:,} accounts, indexed by address, departmentNumber (10 different values) and "
        "title (7)",
        ours.kept / scale.many / 1000,
        goal=at_most(1.3),
        unit="kB",
        note=f"while loading at most {ours.most / ours.kept:.2f} times that",
    )
    yield Result.single(
        "the same, and by employeeNumber, of which every account has another",
        more.kept / scale.many / 1000,
        unit="kB",
    )
    yield Result.single("the first against a dict of lists of str for each", ours.kept / theirs.kept)


def our_memory(path: Path, filters: tuple[str, ...]) -> Memory:
    import mailpolicy as mp

    # Loaded before, so that the code is not counted as accounts.
    mp.open(ldif_file(100)).search(BASE, filter="(departmentNumber=sales)")
    before = resident()
    directory = mp.open(path)
    directory.find(address(0))
    for filter in filters:
        directory.search(BASE, filter=filter)
    return Memory(resident() - before, peak() - before)


def live(scale: Scale) -> Iterator[Result]:
    with TemporaryDirectory() as folder:
        dump = Path(folder) / "dump.ldif"
        with followed(ldif_file(scale.some).read_bytes(), dump) as server:
            ours = {client: apart(live_memory, server, client) for client in CLIENTS}
        theirs = apart(file_memory, dump)
    for client, memory in ours.items():
        yield Result.single(
            f"{scale.some:,} accounts, with {client}",
            memory.kept / theirs.kept,
            goal=at_most(1.2),
            note=f"while it is opened at most {memory.most / theirs.most:.2f} times as much as the file",
        )


def live_memory(server: Account, client: str) -> Memory:
    import mailpolicy as mp

    mp.open(ldif_file(100)).find(address(0))
    Servers.parse(server.url, client=client).speaking()
    before = resident()
    with server.opened(client=client) as directory:
        directory.find(address(0))
        time.sleep(SETTLING)
        return Memory(resident() - before, peak() - before)


def file_memory(path: Path) -> Memory:
    import mailpolicy as mp

    mp.open(ldif_file(100)).find(address(0))
    before = resident()
    directory = mp.open(path)
    directory.find(address(0))
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
    Figure(
        "live-memory",
        "resident memory of a live directory",
        "the same, in another process, opened from what slapcat writes",
        "on",
        live,
    ),
)
