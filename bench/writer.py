"""Another process that changes accounts at a steady rate."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from typing import Final

from attrs import define, frozen

from bench.accounts import BASE, address
from bench.servers import Account

__all__ = ["STAMP", "Flow", "writing"]

STAMP: Final = "description"
"""Where each change says when it was sent, in nanoseconds of the monotonic clock of this machine."""


@frozen
class Flow:
    """So many changes, one a piece of accounts that are drawn, and so many in a second.

    `outstanding` may be sent before the first of them is answered: with more than one the server is
    never idle.
    """

    changes: int
    rate: float
    outstanding: int = 1


@define
class Writing:
    """What has become of it, known at the end."""

    rate: float = 0.0


@contextmanager
def writing(server: Account, accounts: int, flow: Flow, seed: int) -> Iterator[Writing]:
    """Let a process write while the block runs, which waits for its end."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=write, args=(server, accounts, flow, seed, theirs))
    process.start()
    assert ours.recv() == "ready"  # Starting takes longer than some floods.
    done = Writing()
    ours.send("go")
    yield done
    done.rate = ours.recv()
    process.join()


def write(server: Account, accounts: int, flow: Flow, seed: int, told: Connection) -> None:
    """Change accounts, none of them twice."""
    import ldap

    connection = ldap.initialize(server.url)
    connection.simple_bind_s(server.name, server.password)
    names = [name(number) for number in Random(seed).sample(range(accounts), min(flow.changes, accounts))]
    told.send("ready")
    told.recv()
    answers: deque[int] = deque()
    started = time.monotonic()
    for number in range(flow.changes):
        pause = started + number / flow.rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        stamp = b"%d" % time.monotonic_ns()
        answers.append(
            connection.modify_ext(names[number % len(names)], [(ldap.MOD_REPLACE, STAMP, [stamp])])
        )
        if len(answers) >= flow.outstanding:
            connection.result3(answers.popleft())
    for answer in answers:
        connection.result3(answer)
    told.send(flow.changes / (time.monotonic() - started))
    connection.unbind_ext()


def name(number: int) -> str:
    """The DN of an account."""
    uid, _, domain = address(number).partition("@")
    return f"uid={uid},ou=people,dc={domain},{BASE}"
