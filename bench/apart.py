"""Calling a function in a fresh process, so that its memory is its own and goes away with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

__all__ = ["apart", "apart_without"]

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    """Call a function of a module, with arguments and result that can be pickled, in a new interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments, **named).result()


def apart_without(package: str, function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    """The same in an interpreter where a package is not installed, as far as anybody can see."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, hide, (package,)) as process:
        return process.submit(function, *arguments, **named).result()


def hide(package: str) -> None:
    sys.modules[package] = None  # type: ignore[assignment]  # which is how Python notes that there is none
