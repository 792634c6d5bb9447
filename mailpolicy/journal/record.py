"""A line of the journal.

Names that have nothing to say are left out: an empty list, a request's default. What is written is made of
plain dicts by hand, for every decision pays for it; what is read goes through the forms, which check it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from ..decision import REPLIES, Decision, Reply, Request, Usage, Verdict
from ..forms import as_json
from .concealing import Concealing

__all__ = ["Record", "line_of"]

MICROSECONDS: Final = 1_000_000

WITHHELD: Final = "(withheld)"
"""In the place of words that may name somebody."""
NAMES: Final = frozenset(
    {
        "account",
        "actor",
        "header_from",
        "list",
        "login",
        "organizer",
        "recipient",
        "resource",
        "sender",
        "target",
    }
)
"""What of a request names somebody, whether or not it looks like an address."""
OURS: Final = frozenset(each.text for each in REPLIES.values())
"""Texts of replies that name nobody. Others are written by a site or by whoever refuses mail."""

written: Final = json.JSONEncoder(separators=(",", ":")).encode


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
    decision: Decision, adapter: str, message: str, seconds: float, concealing: Concealing | None = None
) -> str:
    """A decision as one line, with its line break; `concealing` hides addresses."""
    usage = decision.usage
    line: dict[str, Any] = {
        "at": decision.at.isoformat(),
        "verdict": decision.verdict,
        "request": as_json(decision.request),
        "revision": decision.revision,
        "microseconds": int(seconds * MICROSECONDS),
    }
    if decision.rule is not None:
        line["rule"] = decision.rule
    if decision.reply is not None:
        line["reply"] = str(decision.reply)
    if decision.said:
        line["said"] = decision.said
    if usage.counts_unseen:
        line["counts_unseen"] = True
    if usage.counts:
        line["counts"] = {str(counter): count for counter, count in usage.counts.items()}
    if usage.doubt:
        line["doubt"] = usage.doubt
    if decision.observed:
        line["observed"] = [each.rule for each in decision.observed]
    if decision.errors:
        line["errors"] = [f"{each.rule}: {each.error}" for each in decision.errors]
    if decision.unknown:
        line["unknown"] = decision.unknown
    if adapter:
        line["adapter"] = adapter
    if message:
        line["message"] = message
    if concealing is not None:
        conceal(line, decision, concealing)
    return written(line) + "\n"


def conceal(line: dict[str, Any], decision: Decision, concealing: Concealing) -> None:
    """Hide who it is about: names are hashed, and words that may name them are left out."""
    hide, name = concealing.hide, concealing.name
    line["request"] = {
        key: name(value) if key in NAMES else concealed(value, concealing)
        for key, value in line["request"].items()
    }
    if addressed := getattr(decision.request, "addressed", None):
        line["request"]["addressed"] = [name(each) for each in addressed]
    reply = decision.reply
    if reply is not None and reply.text not in OURS:
        line["reply"] = without_words(reply)
    if "counts" in line:
        line["counts"] = {
            str(counter._replace(of=hide(counter.of))): count
            for counter, count in decision.usage.counts.items()
        }
    if "doubt" in line:
        line["doubt"] = hide(line["doubt"])
    if "errors" in line:
        line["errors"] = [f"{each.rule}: {each.error.partition(':')[0]}" for each in decision.errors]
    if "unknown" in line:
        line["unknown"] = WITHHELD
    if "message" in line:
        # The name of a message, which may have one of its recipients behind it, in any spelling.
        first, blank, rest = line["message"].partition(" ")
        line["message"] = f"{hide(first)}{blank}{name(rest)}"


def without_words(reply: Reply) -> str:
    return f"{reply.code} {reply.status} {WITHHELD}"


def concealed(value: Any, concealing: Concealing) -> Any:
    """The same with every address hidden, also inside of it."""
    match value:
        case str():
            return concealing.hide(value) if "@" in value else value
        case list():
            return [concealed(each, concealing) for each in value]
        case dict():
            return {concealing.hide(key): concealed(each, concealing) for key, each in value.items()}
    return value
