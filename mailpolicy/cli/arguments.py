"""What words of a question mean, and what is wrong with them."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import TypeVar

from ..errors import InvalidValue

__all__ = ["count", "is_url", "readable"]

T = TypeVar("T")


def readable(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse` as the type of an argument: what it refuses is a mistake in the question."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except InvalidValue as problem:
            raise ArgumentTypeError(str(problem)) from problem

    return read


def count(text: str) -> int:
    """The type of an argument that is a number of things, and not none."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)


def is_url(text: str) -> bool:
    """Tell a URL from a filter, which may have one inside."""
    return "://" in text.partition("(")[0].partition("=")[0]
