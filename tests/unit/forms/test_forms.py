"""JSON forms of requests: there and back for any request, and a mistake is named with its key."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from attrs import NOTHING, fields
from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.errors import InvalidValue
from mailpolicy.forms import TYPES, as_json, decision_as_json, request_from_json, schema

TEXT = st.text(st.characters(codec=None), max_size=20)
MOMENT = st.datetimes(timezones=st.just(UTC))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "size": st.integers(0, 2**40),
    "recipients": st.integers(0, 1000),
    "addressed": st.none() | st.lists(TEXT, max_size=3).map(tuple),
    "instances": st.lists(st.tuples(MOMENT, MOMENT), max_size=3).map(tuple),
    "busy": st.lists(st.tuples(MOMENT, MOMENT), max_size=3).map(tuple),
    "code_age": st.none() | st.floats(0, 1e6),
    "value": st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT, max_size=2),
}


def drawn(kind: type[Any]) -> st.SearchStrategy[Any]:
    strategies = {}
    for each in fields(kind):
        if each.name in VALUES:
            strategies[each.name] = VALUES[each.name]
        elif isinstance(each.default, bool):
            strategies[each.name] = st.booleans()
        else:
            strategies[each.name] = TEXT
    required = {each.name for each in fields(kind) if each.default is NOTHING}
    optional = {name: strategy for name, strategy in strategies.items() if name not in required}
    return st.fixed_dictionaries(
        {name: strategies[name] for name in sorted(required)}, optional=optional
    ).map(lambda said: kind(**said))


@given(st.one_of(*map(drawn, TYPES.values())))
def test_there_and_back(request_: Any) -> None:
    form = as_json(request_)
    assert request_from_json(json.dumps(form)) == request_
    assert request_from_json(form) == request_


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"type": "delivry"}', "did you mean delivery"),
        ('{"sender": ""}', "one of delivery"),
        ('{"type": "delivery", "sender": ""}', "recipient: missing"),
        (
            '{"type": "delivery", "sender": "", "recipient": "a@b", "siez": 1}',
            "siez: unknown, did you mean size",
        ),
        ('{"type": "delivery", "sender": "", "recipient": "a@b", "size": "big"}', "size: "),
        ('{"type": "delivery", "sender": "", "recipient": "a@b", "spam": "yes"}', "spam: "),
        ('{"type": "delivery", "sender": 7, "recipient": "a@b"}', "sender: "),
    ],
)
def test_a_mistake_is_named(form: str, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        request_from_json(form)


def test_every_mistake_at_once() -> None:
    with pytest.raises(InvalidValue) as caught:
        request_from_json({"type": "delivery", "size": "big", "spam": 3})
    for key in ("sender", "recipient", "size", "spam"):
        assert f"{key}: " in str(caught.value)


def test_decisions_are_json_of_plain_types() -> None:
    acme = mp.open("ldif/examples/acme.ldif")
    decision = mp.decide(acme, mp.Delivery("a@b.example", "nobody@globex.example"))
    form = decision_as_json(decision)
    assert json.loads(json.dumps(form)) == form
    assert form["verdict"] == "reject"
    assert form["reasons"][-1]["id"] == "recipient.exists"


def test_the_schema_tells_requests_apart() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(as_json(mp.Delivery("", "john@acme.example", size=3)))
    assert not validator.is_valid({"type": "delivery", "sender": ""})
    assert not validator.is_valid({"type": "parcel", "sender": "", "recipient": "a@b"})
