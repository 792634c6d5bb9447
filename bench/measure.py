"""Taking turns: what is compared runs in the same process, round after round, and medians are divided.

A machine that is slow for a second is slow for both sides, so the ratio holds where the seconds do not.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from statistics import median
from time import perf_counter

from attrs import frozen

__all__ = ["Ratio", "Samples", "collector", "in_turns", "ratio", "seconds"]

Samples = Mapping[str, list[float]]
"""Seconds, or seconds for one operation: a list for each side, one number for each round."""


@frozen
class Ratio:
    """How many times one is the other: of the medians, and of the rounds that say least and most."""

    middle: float
    lowest: float
    highest: float


def in_turns(
    rounds: int, *, gc_enabled: bool, patience: float = inf, **sides: Callable[[], float]
) -> Samples:
    """Let each side take its turn, in every other round the last one first.

    A side prepares what it needs and gives the seconds of what counts. Garbage of the one is
    collected before the other's turn, so that nobody pays for it. After so many seconds of `patience`
    no other round begins.
    """
    samples: dict[str, list[float]] = {name: [] for name in sides}
    started = perf_counter()
    for number in range(rounds):
        if number and perf_counter() - started > patience:
            break
        names = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in names:
            with collector(enabled=gc_enabled):
                samples[name].append(sides[name]())
    return samples


@contextmanager
def collector(*, enabled: bool) -> Iterator[None]:
    """Run a block after a full collection, with Python's garbage collector on or off."""
    gc.collect()
    before = gc.isenabled()
    switch(on=enabled)
    try:
        yield
    finally:
        switch(on=before)


def switch(*, on: bool) -> None:
    if on:
        gc.enable()
    else:
        gc.disable()


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes; what it gives is thrown away after the clock has stopped."""
    started = perf_counter()
    kept = action()
    taken = perf_counter() - started
    del kept
    return taken


def ratio(above: list[float], below: list[float]) -> Ratio:
    """Divide medians; the spread is that of the rounds.

    >>> ratio([2.0, 3.0, 9.0], [1.0, 1.0, 3.0])
    Ratio(middle=3.0, lowest=2.0, highest=3.0)
    """
    rounds = [one / other for one, other in zip(above, below, strict=True)]
    return Ratio(median(above) / median(below), min(rounds), max(rounds))
