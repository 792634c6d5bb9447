"""The script that counts within Redis, and its words: calls as JSON, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any

from ..decision import Counter
from .protocol import HELD_SECONDS
from .spelling import spelled
from .standing_in import Call

__all__ = ["arguments", "counts", "digest", "script"]


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
    """What ``read`` has found: gauges that nobody has set are missing."""
    pairs = zip(call.charges, answer, strict=True)
    return {charge.counter: int(count) for charge, count in pairs if count is not None}
