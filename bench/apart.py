"""Calling a function in a fresh process, so that its memory is its own and goes away with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

__all__ = ["apart"]

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R], /, *arguments: P.args, **named: P.kwargs) -> R:
    """Call a function of a module, with arguments and result that can be pickled, in a new interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments, **named).result()
