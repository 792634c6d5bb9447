"""One thing that was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

__all__ = ["Item", "Verdict", "ok", "some", "unseen", "warning", "wrong"]


class Verdict(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and still should not be so."""
    WRONG = "wrong"
    UNSEEN = "unseen"
    """It cannot be told from here."""


@frozen
class Item:
    """What was looked at, how it is, what was found, and what to do about it."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}{f'; {self.remedy}' if self.remedy else ''}"


def ok(name: str, text: str) -> Item:
    """As it should be."""
    return Item(name, Verdict.OK, text)


def warning(name: str, text: str, remedy: str) -> Item:
    """It works, and still should not be so."""
    return Item(name, Verdict.WARNING, text, remedy)


def wrong(name: str, text: str, remedy: str) -> Item:
    """It has to be changed."""
    return Item(name, Verdict.WRONG, text, remedy)


def unseen(name: str, text: str, remedy: str) -> Item:
    """It cannot be told from here."""
    return Item(name, Verdict.UNSEEN, text, remedy)


FEW = 6


def some(names: Sequence[str]) -> str:
    """Names in a sentence, the first of them if there are many.

    >>> some(["a", "b"]), some(list("abcdefgh"))
    ('a, b', 'a, b, c, d, e, f and 2 more')
    """
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
