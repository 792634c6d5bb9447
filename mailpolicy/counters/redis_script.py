"""The script that counts within Redis, and its words: calls as JSON, and what it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final

from ..decision import Counter
from .protocol import HELD_SECONDS
from .spelling import spelled
from .standing_in import Call

__all__ = ["PREFIX", "answers_to", "arguments", "counts", "digest", "script"]

PREFIX: Final = "{mailpolicy} "
"""In braces, so that all keys are on one server where there are many."""
NUMBER: Final = re.compile(r"-?[0-9]{1,20}")


@cache
def script() -> str:
    """The script."""
    return files(__package__).joinpath("count.lua").read_text("utf-8")


@cache
def digest() -> str:
    """The name by which Redis knows the script."""
    return sha1(script().encode(), usedforsecurity=False).hexdigest()


def arguments(client: str, number: int, calls: Sequence[Call]) -> tuple[str, ...]:
    """What the script is called with."""
    return client, str(number), json.dumps([worded(call) for call in calls]), str(int(HELD_SECONDS))


def worded(call: Call) -> dict[str, Any]:
    return {
        "verb": call.verb,
        "message": spelled(call.message),
        "at": repr(float(call.at)),  # as text, for a number would lose its last digits on the way
        "token": call.token,
        "counters": [
            (spelled(str(counter)), counter.window, amount, limit) for counter, amount, limit in call.charges
        ],
    }


def counts(call: Call, answer: Sequence[str | None]) -> dict[Counter, int]:
    """What ``read`` has found: gauges that nobody has set are missing, and what stands in foreign keys."""
    pairs = zip(call.charges, answer, strict=True)
    return {charge.counter: int(count) for charge, count in pairs if count is not None}


def answers_to(said: Any, number: int, calls: Sequence[Call]) -> bool:
    """Whether that is what the script says to these calls: who answers may be any program."""
    if not isinstance(said, list) or len(said) != len(calls) + 2 or said[0] != str(number):
        return False
    if not isinstance(said[-1], list):  # the names of counters with something foreign in a key
        return False
    return all(is_answer(call, answer) for call, answer in zip(calls, said[1:-1], strict=True))


def is_answer(call: Call, answer: Any) -> bool:
    if call.verb != "read":
        return isinstance(answer, int) and 0 <= answer <= len(call.charges)
    if not isinstance(answer, list) or len(answer) != len(call.charges):
        return False
    return all(each is None or (isinstance(each, str) and NUMBER.fullmatch(each)) for each in answer)
