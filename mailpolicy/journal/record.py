"""A line of the journal.

Names that have nothing to say are left out: an empty list, a request's default. What is written is made of
plain dicts by hand, for every decision pays for it; what is read goes through the forms, which check it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from ..decision import Decision, Request, Usage, Verdict
from ..forms import as_json

__all__ = ["Record", "line_of"]

MICROSECONDS: Final = 1_000_000


@frozen
class Record:
    """A decision as the journal has it."""

    at: datetime
    request: Request
    usage: Usage
    revision: str | None
    verdict: Verdict
    rule: str | None = None
    reply: str = ""
    said: tuple[str, ...] = ()
    """The rules that spoke, by their ids, in order."""
    observed: tuple[str, ...] = ()
    """Those among them that were only watched and would have refused."""
    errors: tuple[str, ...] = ()
    unknown: str = ""
    adapter: str = ""
    message: str = ""
    microseconds: int = 0


def line_of(
    decision: Decision, adapter: str, message: str, seconds: float, conceal: Callable[[str], str] | None
) -> str:
    """A decision as one line, with its line break; `conceal` hides addresses."""
    request = as_json(decision.request)
    counts = {str(counter): count for counter, count in decision.usage.counts.items()}
    if conceal is not None:
        request = {key: concealed(value, conceal) for key, value in request.items()}
        counts = {conceal(key): count for key, count in counts.items()}
    line: dict[str, Any] = {
        "at": decision.at.isoformat(),
        "verdict": decision.verdict,
        "request": request,
        "revision": decision.revision,
        "microseconds": int(seconds * MICROSECONDS),
    }
    if decision.rule is not None:
        line["rule"] = decision.rule
    if decision.reply is not None:
        line["reply"] = str(decision.reply)
    if decision.said:
        line["said"] = decision.said
    if decision.usage.counts_unseen:
        line["counts_unseen"] = True
    more = {
        "counts": counts,
        "doubt": decision.usage.doubt,
        "observed": [each.rule for each in decision.observed],
        "errors": [f"{each.rule}: {each.error}" for each in decision.errors],
        "unknown": decision.unknown,
        "adapter": adapter,
        "message": message,
    }
    line.update((name, found) for name, found in more.items() if found)
    return json.dumps(line, separators=(",", ":")) + "\n"


def concealed(value: Any, conceal: Callable[[str], str]) -> Any:
    """The same with every address hidden, also in lists."""
    if isinstance(value, str):
        return conceal(value) if "@" in value else value
    return [concealed(each, conceal) for each in value] if isinstance(value, list | tuple) else value
