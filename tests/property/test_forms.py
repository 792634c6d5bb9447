"""Whatever is written can be read again; whatever is read is a request or an explained problem."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from attrs import fields
from hypothesis import given, strategies as st

from mailpolicy.decision import Counter, Request, Usage
from mailpolicy.forms import (
    InvalidForm,
    as_json,
    request_from_json,
    request_from_maillog,
    request_from_policy_text,
    usage_from_json,
    usage_json,
)
from mailpolicy.forms.models import REQUESTS
from mailpolicy.forms.writing import KINDS

# Lone surrogates too: bytes from outside that were no UTF-8.
TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\udcff@\0\n"), max_size=12)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES | st.just(UTC))  # noqa: DTZ001
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PERIODS = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=3).map(tuple)
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "size": st.integers(0),
    "recipients": st.integers(0),
    "addressed": st.none() | st.lists(TEXT, max_size=3).map(tuple),
    "instances": PERIODS,
    "busy": PERIODS,
    "code_age": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "value": JSON,
    "password_is": st.sampled_from(["right", "wrong", "unknown", "ignored"]),
}


def drawn(kind: type[Any]) -> st.SearchStrategy[Any]:
    parts = {}
    for each in fields(kind):
        by_type = st.booleans() if isinstance(each.default, bool) else TEXT
        parts[each.name] = BY_NAME.get(each.name, by_type)
    return st.builds(kind, **parts)


def every_request() -> st.SearchStrategy[Request]:
    return st.one_of([drawn(kind) for kind in KINDS.values()])


@given(every_request())
def test_what_is_written_can_be_read(request: Request) -> None:
    text = json.dumps(as_json(request), allow_nan=False)
    assert request_from_json(text) == request
    assert request_from_json(as_json(request)) == request


COUNTERS = st.builds(Counter, st.sampled_from(["messages", "mailbox"]), TEXT, st.integers(0, 10**6))


@given(st.dictionaries(COUNTERS, st.integers(0)), TEXT, st.booleans())
def test_counts_that_are_written_can_be_read(counts: dict[Counter, int], doubt: str, unseen: bool) -> None:
    usage = Usage(counts, doubt, unseen)
    assert usage_from_json(json.dumps(usage_json(usage))) == usage


NAMES = sorted({name for model in REQUESTS.values() for name in model.model_fields})


@given(
    st.dictionaries(st.sampled_from(NAMES) | TEXT, JSON, max_size=6),
    st.sampled_from([*KINDS, "x", 3]),
)
def test_anything_else_is_explained(form: dict[str, Any], kind: object) -> None:
    with suppress(InvalidForm):
        found = request_from_json({**form, "kind": kind})
        assert request_from_json(as_json(found)) == found


@given(st.text() | st.binary())
def test_any_text_is_a_request_or_explained(text: str | bytes) -> None:
    for read in (request_from_json, usage_from_json):
        with suppress(InvalidForm):
            read(text)


PIECES = st.sampled_from(
    [
        "postfix/smtpd[1]: ",
        "NOQUEUE: ",
        "from=<",
        "to=<",
        ">",
        '"',
        "\\",
        "[",
        "]",
        " client=",
        "size=",
        "\n",
        "=",
        "recipient=",
        "sender=",
        "proto=",
        "a@b",
    ]
)


@given(st.lists(PIECES | TEXT).map("".join))
def test_any_pasted_text_is_a_request_or_explained(text: str) -> None:
    for read in (request_from_policy_text, request_from_maillog):
        with suppress(InvalidForm):
            found = read(text)
            assert request_from_json(as_json(found)) == found
