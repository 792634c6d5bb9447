"""Requests and counts as JSON values. Quick, for a journal writes one for each decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from json import JSONEncoder
from json.encoder import encode_basestring_ascii
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import NOTHING, fields

from ..decision import Booking, Delivery, Device, Edit, Login, Post, Recovery, Request, Submission, Usage

__all__ = ["KINDS", "Json", "as_json", "as_text", "dumped", "kind_of", "plain", "quoted", "usage_json"]

Json: TypeAlias = dict[str, Any]

quoted: Final = encode_basestring_ascii
dumped: Final = JSONEncoder(separators=(",", ":")).encode

KINDS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {
        kind.__name__.lower(): kind
        for kind in (Login, Delivery, Submission, Post, Booking, Device, Edit, Recovery)
    }
)
"""The types of request, by the `kind` of their JSON form."""


def as_json(request: Request) -> Json:
    """A request as a JSON object: its `kind`, and what is not as by default.

    >>> import mailpolicy as mp
    >>> as_json(mp.Delivery("wile.e@customer.example", "john@acme.example", size=10_240))
    {'kind': 'delivery', 'sender': 'wile.e@customer.example', 'recipient': 'john@acme.example', 'size': 10240}

    Moments are written as in ISO 8601, with their zone.
    """
    kind, written = WRITTEN[type(request)]
    form: Json = {"kind": kind}
    for name, default, shape in written:
        value = getattr(request, name)
        if default is NOTHING or value != default:
            form[name] = value if shape is None else shape(value)
    return form


def as_text(request: Request) -> str:
    """The same as text: `json.loads(as_text(request)) == as_json(request)`.

    >>> import mailpolicy as mp
    >>> as_text(mp.Delivery("wile.e@customer.example", "john@acme.example", size=10_240))
    '{"kind":"delivery","sender":"wile.e@customer.example","recipient":"john@acme.example","size":10240}'
    """
    kind, written = WRITTEN[type(request)]
    values = vars(request)
    text = f'{{"kind":"{kind}"'
    for name, default, shape in written:
        value = values[name]
        if value is default or value == default:
            continue
        if type(value) is str:  # as nearly all are
            text += f',"{name}":{quoted(value)}'
        else:
            text += f',"{name}":{text_of(value if shape is None else shape(value))}'
    return text + "}"


def text_of(value: Any) -> str:
    """A value as text; most are text themselves, or numbers."""
    match value:
        case str():
            return quoted(value)
        case bool():
            return dumped(value)
        case int():
            return str(int(value))
    return dumped(value)


def kind_of(request: Request) -> str:
    """The `kind` of a request.

    >>> import mailpolicy as mp
    >>> kind_of(mp.Recovery("john@acme.example"))
    'recovery'
    """
    return WRITTEN[type(request)][0]


def usage_json(usage: Usage) -> Json:
    """Counts as a JSON object.

    >>> from mailpolicy.decision import Counter
    >>> usage_json(Usage({Counter("messages", "john@acme.example", 86400): 12}))
    {'counts': {'messages/86400 john@acme.example': 12}, 'doubt': '', 'counts_unseen': False}
    """
    return {
        "counts": {str(counter): count for counter, count in usage.counts.items()},
        "doubt": usage.doubt,
        "counts_unseen": usage.counts_unseen,
    }


def plain(value: Any) -> Any:
    """A value made of what JSON has; what it has no notation for is written as text.

    >>> plain(("a", 1, None, float("inf")))
    ['a', 1, None, 'inf']
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return str(value)


SHAPES: Final[Mapping[tuple[type[Any], str], Callable[[Any], Any]]] = {
    (Delivery, "addressed"): list,
    (Booking, "instances"): plain,
    (Booking, "busy"): plain,
    (Edit, "value"): plain,
}
"""What is no JSON value as it stands."""


def in_order(kind: type[Any]) -> list[Any]:
    """The fields of a type of request: what it must say, then what it may, as they are passed."""
    return sorted(fields(kind), key=lambda each: bool(each.kw_only))


WRITTEN: Final = {
    kind: (name, tuple((each.name, each.default, SHAPES.get((kind, each.name))) for each in in_order(kind)))
    for name, kind in KINDS.items()
}
