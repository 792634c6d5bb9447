"""How far several servers are behind each other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

from ..replica.probe import latest
from .item import Item, ok, unseen, wrong
from .subject import Subject

__all__ = ["lag"]

PATIENCE: Final = 2.0
"""Seconds in which a change may still be on its way."""

Numbers: TypeAlias = Mapping[int, str]
"""The last change that a server has, by the id of the server that took it."""


def lag(subjects: Sequence[Subject]) -> Iterator[Item]:
    """Compare what servers have of each other's changes; one alone is behind nobody."""
    if len(subjects) < 2:
        return
    seen = [change_numbers(each) for each in subjects]
    if not all(seen):
        hidden = [each.backend.url for each, numbers in zip(subjects, seen, strict=True) if not numbers]
        yield unseen(
            "replication", f"contextCSN cannot be read on {', '.join(hidden)}", "let this account read it"
        )
        return
    newest = newest_of(seen)
    deadline = time.monotonic() + PATIENCE
    while any(behind(each, newest) for each in seen) and time.monotonic() < deadline:
        time.sleep(PATIENCE / 20)
        seen = [change_numbers(each) for each in subjects]
    for subject, numbers in zip(subjects, seen, strict=True):
        name = f"replication to {subject.backend.url}"
        missing = behind(numbers, newest)
        if missing:
            remedy = "look at olcSyncrepl and the log there, and whether the servers reach each other"
            yield wrong(name, f"lacks {'; '.join(missing)}", remedy)
        else:
            yield ok(name, "has every change")


def change_numbers(subject: Subject) -> Numbers:
    """The `contextCSN` values of the database: `time#count#server#modifier`."""
    return latest(subject.backend, subject.suffix).latest


def newest_of(seen: Sequence[Numbers]) -> Numbers:
    servers = {server for numbers in seen for server in numbers}
    return {server: max(numbers.get(server, "") for numbers in seen) for server in sorted(servers)}


def behind(numbers: Numbers, newest: Numbers) -> list[str]:
    """Which changes of which servers are missing."""
    return [
        lacking(server, numbers.get(server), number)
        for server, number in newest.items()
        if numbers.get(server, "") < number
    ]


def lacking(server: int, seen: str | None, newest: str) -> str:
    if seen is None:
        return f"all changes of server {server}"
    return f"the changes of server {server} of {(moment(newest) - moment(seen)).total_seconds():,.1f} s"


def moment(number: str) -> datetime:
    return datetime.strptime(number.partition("#")[0], "%Y%m%d%H%M%S.%fZ").replace(tzinfo=UTC)
