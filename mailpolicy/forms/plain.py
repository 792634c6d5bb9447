"""From requests and decisions to plain dicts, as JSON has them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import NOTHING, asdict, fields, has

from ..decision import (
    Booking,
    Decision,
    Delivery,
    Device,
    Edit,
    Login,
    Post,
    Recovery,
    Request,
    Submission,
)
from ..reasons import Reason

__all__ = ["TYPES", "as_json", "decision_as_json"]

TYPES: Final[dict[str, type[Any]]] = {
    kind.__name__.lower(): kind
    for kind in (Delivery, Submission, Post, Login, Recovery, Edit, Device, Booking)
}
"""The requests by the word that the JSON form has for them."""

FIELDS: Final = {
    kind: (word, tuple((each.name, each.default) for each in fields(kind))) for word, kind in TYPES.items()
}


def as_json(request: Request) -> dict[str, Any]:
    """A request as JSON has it: its type, and what it says beyond the defaults.

    >>> import mailpolicy as mp
    >>> as_json(mp.Delivery("", "john@acme.example", size=2048))
    {'type': 'delivery', 'sender': '', 'recipient': 'john@acme.example', 'size': 2048}
    """
    word, known = FIELDS[type(request)]
    form: dict[str, Any] = {"type": word}
    for name, default in known:
        value = getattr(request, name)
        if default is NOTHING or value != default:
            form[name] = plain(value)
    return form


def decision_as_json(decision: Decision, *, reasons: bool = True) -> dict[str, Any]:
    """A decision as JSON has it, with its trail unless nobody wants it."""
    form: dict[str, Any] = {
        "at": decision.at.isoformat(),
        "request": as_json(decision.request),
        "verdict": str(decision.verdict),
        "rule": decision.rule,
        "reply": None if decision.reply is None else str(decision.reply),
        "redirect_to": decision.redirect_to or None,
        "unknown": decision.unknown or None,
        "charges": [
            {"counter": str(each.counter), "amount": each.amount, "limit": each.limit or None}
            for each in decision.charges
        ],
        "effects": [{"type": type(each).__name__, **plain(each)} for each in decision.effects],
        "notices": plain(decision.notices),
        "observed": plain(decision.observed),
        "errors": plain(decision.errors),
        "revision": decision.revision,
        "freshness": str(decision.freshness),
    }
    if reasons:
        form["reasons"] = [reason_as_json(each) for each in decision.reasons]
    return form


def reason_as_json(reason: Reason) -> dict[str, Any]:
    return {
        "id": reason.id,
        "matched": reason.matched,
        "text": reason.text,
        "origins": [
            {"level": str(each.level), "dn": each.dn, "attribute": each.attribute, "raw": list(each.raw)}
            for each in reason.origins
        ],
    }


def plain(value: Any) -> Any:
    """Whatever a request or a decision holds, of the types that JSON knows."""
    if isinstance(value, Enum):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if has(type(value)):
        return {name: plain(each) for name, each in asdict(value, recurse=False).items()}
    return str(value)
