"""What the versions of a directory take: one that is dropped nothing, one that is kept a few kB."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import count, islice

import pytest

import mailpolicy as mp
from mailpolicy.ldap.ldif import read
from mailpolicy.model import Directory
from mailpolicy.snapshot import load
from mailpolicy.testing.generate import generate

ACCOUNTS = 3000
CHANGED = 200
"""How many accounts change in turn: twice as many as may stand before a base, so there are new ones."""

KB = 1000
GENERATIONS = 1000


@pytest.fixture
def directory() -> Iterator[Directory]:
    """A directory large enough for a copy to be noticed, with memory traced."""
    tracemalloc.start()
    yield Directory(load(read(["".join(generate(ACCOUNTS)).encode()])), "documented")
    tracemalloc.stop()


def generations(directory: Directory) -> Iterator[Directory]:
    """One version after the other; each has something else in its indexes, and is asked for it."""
    names = [account.dn for account in directory.accounts()[:CHANGED]]
    for number in count():
        turn, place = divmod(number, CHANGED)
        alias = None if turn % 2 else f"x{place}@acme.example"
        directory = directory.with_changes(
            mp.set(names[place], aliases=alias, mailbox_quota=f"{turn % 7} GiB")
        )
        directory.search("", filter="(uid=nobody)")
        yield directory


def memory() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_versions_that_are_dropped_leave_nothing_behind(directory: Directory) -> None:
    sizes = [
        memory() for _ in islice(generations(directory), 2 * CHANGED, GENERATIONS + 3 * CHANGED, CHANGED)
    ]
    assert max(sizes) - sizes[0] < 150 * KB, sizes


def test_a_version_that_is_kept_takes_some_kilobytes(directory: Directory) -> None:
    before = memory()
    versions = list(islice(generations(directory), GENERATIONS))
    assert (memory() - before) / len(versions) < 45 * KB
