"""Which stored values a filter looks at.

A *value test* answers for one stored value, a *test* for an entry: True, False, or None for
Undefined (RFC 4511, section 4.5.1.7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from ..entry import Entry
from ..shape import MOST_SHAPES, Shape

__all__ = [
    "COMPUTED",
    "ENTRY_DN",
    "HAS_SUBORDINATES",
    "Judged",
    "Test",
    "ValueTest",
    "any_value",
    "undefined",
]

ValueTest: TypeAlias = Callable[[bytes], bool | None]
Test: TypeAlias = Callable[[Entry], bool | None]
Judged: TypeAlias = Iterable[tuple[str, ValueTest | None]]
"""Stored attributes that count, and how values of each are tested; None where it has no such rule."""

ENTRY_DN = "1.3.6.1.1.20"
HAS_SUBORDINATES = "2.5.18.9"
SUBSCHEMA_SUBENTRY = "2.5.18.10"
COMPUTED = frozenset((ENTRY_DN, HAS_SUBORDINATES, SUBSCHEMA_SUBENTRY))
"""What a server works out when asked: every entry has these, and stored values of them do not count."""


def undefined(entry: Entry) -> None:
    """The test of a filter that means nothing under this schema."""


def any_value(judged: Callable[[Shape], Judged]) -> Test:
    """The test that a value of an attribute that counts passes its value test.

    `judged` says what counts in entries of a shape, and is asked once for each: there are few. An
    entry that has an attribute without a value test leaves the filter Undefined.
    """

    @lru_cache(MOST_SHAPES)
    def judged_once(shape: Shape) -> tuple[tuple[str, ValueTest | None], ...]:
        return tuple(judged(shape))

    def test(entry: Entry) -> bool | None:
        result: bool | None = False
        for name, value_test in judged_once(entry.shape):
            if value_test is None:
                result = None
                continue
            for value in entry.stored(name):
                outcome = value_test(value)
                if outcome is not False:
                    return outcome
        return result

    return test
