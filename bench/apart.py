"""Calling a function in a fresh process, so that its memory is its own and goes away with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final, ParamSpec, TypeVar

__all__ = ["apart", "apart_without"]

P = ParamSpec("P")
R = TypeVar("R")

HIDDEN: Final[list[str]] = []
"""What was hidden from this process, so that those it starts do not see it either."""


def apart(function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    """Call a function of a module, with arguments and result that can be pickled, in a new interpreter."""
    return called(HIDDEN, function, *arguments, **named)


def apart_without(package: str, function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    """The same where a package is not installed, as far as anybody can see, also in processes of its own."""
    return called([*HIDDEN, package], function, *arguments, **named)


def called(without: list[str], function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, hide, (without,)) as process:
        return process.submit(function, *arguments, **named).result()


def hide(packages: list[str]) -> None:
    HIDDEN.extend(packages)
    for package in packages:
        sys.modules[package] = None  # type: ignore[assignment]  # how Python notes that there is none
