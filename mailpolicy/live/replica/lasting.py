"""Work that takes long, with signs of life."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TypeVar, cast

from .steps import Step

__all__ = ["lasting"]

T = TypeVar("T")


def lasting(
    work: Generator[None, None, T], every: float, sign: Callable[[], Step]
) -> Generator[Step, None, T]:
    """Give a step each so many seconds while work goes on, and what comes of it in the end.

    As long as work goes on the server answers.
    """
    end = time.monotonic() + every
    while True:
        try:
            next(work)
        except StopIteration as done:
            return cast("T", done.value)
        if time.monotonic() >= end:
            yield sign()
            end = time.monotonic() + every
