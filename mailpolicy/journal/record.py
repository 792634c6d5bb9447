"""A line of the journal.

Names that have nothing to say are left out: an empty list, a request's default. What is written is put
together by hand, for every decision pays for it; what is read goes through the forms, which check it.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Final

from attrs import evolve, frozen

from ..decision import Decision, Edit, Reply, Request, Usage, Verdict
from ..forms.writing import as_text, dumped, quoted
from ..schema import SETTINGS
from .concealing import WITHHELD, Concealing
from .hiding import hide

__all__ = ["Record", "line_of"]

MICROSECONDS: Final = 1_000_000

MOST_ALIKE: Final = 1024


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
    """A decision as one line, with its line break; `concealing` hides who it is about."""
    text = text_of(decision, adapter, message, seconds)
    if concealing is not None:
        form = json.loads(text)
        hide(form, decision, concealing)
        text = dumped(form)
    return text + "\n"


def text_of(decision: Decision, adapter: str, message: str, seconds: float) -> str:
    """A decision as JSON."""
    usage, outcome, revision = decision.usage, decision.outcome, decision.revision
    came = came_to(outcome.verdict, outcome.rule, outcome.reply, outcome.said)
    parts = [
        f'"at":"{decision.at.isoformat()}",{came}',
        f'"request":{as_text(told(decision.request))}',
        f'"revision":{"null" if revision is None else quoted(revision)}',
        f'"microseconds":{int(seconds * MICROSECONDS)}',
    ]
    if usage.counts_unseen:
        parts.append('"counts_unseen":true')
    if usage.counts:
        parts.append(f'"counts":{dumped({str(counter): count for counter, count in usage.counts.items()})}')
    if usage.doubt:
        parts.append(f'"doubt":{quoted(usage.doubt)}')
    if outcome.observed:
        parts.append(f'"observed":{dumped([each.rule for each in outcome.observed])}')
    if outcome.errors:
        parts.append(f'"errors":{dumped([f"{each.rule}: {each.error}" for each in outcome.errors])}')
    if outcome.unknown:
        parts.append(f'"unknown":{quoted(outcome.unknown)}')
    if adapter:
        parts.append(f'"adapter":{quoted(adapter)}')
    if message:
        parts.append(f'"message":{quoted(message)}')
    return f"{{{','.join(parts)}}}"


@lru_cache(MOST_ALIKE)
def came_to(verdict: Verdict, rule: str | None, reply: Reply | None, said: tuple[str, ...]) -> str:
    """What was decided, and by which rules: the same few for most decisions."""
    parts = [f'"verdict":"{verdict}"']
    if rule is not None:
        parts.append(f'"rule":{quoted(rule)}')
    if reply is not None:
        parts.append(f'"reply":{quoted(str(reply))}')
    if said:
        parts.append(f'"said":{dumped(said)}')
    return ",".join(parts)


def told(request: Request) -> Request:
    """The same; where a password or a key is changed, or something by another name, not what it becomes."""
    if not isinstance(request, Edit) or request.value is None or not request.field:
        return request
    setting = SETTINGS.get(request.field)
    return evolve(request, value=WITHHELD) if setting is None or setting.secret else request
