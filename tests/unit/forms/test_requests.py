"""JSON forms of requests and counts: what is written, and what is said of what cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import jsonschema
import pytest
from attrs import fields

from mailpolicy.decision import (
    Booking,
    Counter,
    Delivery,
    Device,
    Edit,
    Login,
    Post,
    Recovery,
    Request,
    Submission,
    Usage,
)
from mailpolicy.forms import (
    InvalidForm,
    as_json,
    request_from_json,
    schema,
    usage_from_json,
    usage_json,
)
from mailpolicy.forms.said import SAID
from mailpolicy.forms.writing import KINDS, kind_of

NINE, TEN = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)

REQUESTS: list[tuple[Request, dict[str, object]]] = [
    (Login("john", service="admin"), {"kind": "login", "account": "john", "service": "admin"}),
    (
        Login("john", password_is="wrong"),
        {"kind": "login", "account": "john", "password_is": "wrong"},
    ),
    (
        Delivery("", "a@b", addressed=()),
        {"kind": "delivery", "sender": "", "recipient": "a@b", "addressed": []},
    ),
    (
        Submission("john", "", "a@b", recipients=2, client="::1"),
        {
            "kind": "submission",
            "login": "john",
            "sender": "",
            "recipient": "a@b",
            "client": "::1",
            "recipients": 2,
        },
    ),
    (Post("l@b", "a@b"), {"kind": "post", "list": "l@b", "sender": "a@b"}),
    (
        Booking("r@b", "a@b", ((NINE, TEN),), recurring=True),
        {
            "kind": "booking",
            "resource": "r@b",
            "organizer": "a@b",
            "instances": [["2026-03-01T09:00:00+00:00", "2026-03-01T10:00:00+00:00"]],
            "recurring": True,
        },
    ),
    (Device("john", "X1", state="wipe"), {"kind": "device", "account": "john", "id": "X1", "state": "wipe"}),
    (
        Edit("john", "jane", field="forwards", value=("a@b", 1, None)),
        {"kind": "edit", "actor": "john", "target": "jane", "field": "forwards", "value": ["a@b", 1, None]},
    ),
    (Recovery("john", code_age=2.5), {"kind": "recovery", "account": "john", "code_age": 2.5}),
]


@pytest.mark.parametrize(("request_", "form"), REQUESTS, ids=lambda each: type(each).__name__)
def test_the_forms(request_: Request, form: dict[str, object]) -> None:
    assert as_json(request_) == form
    assert json.loads(json.dumps(form)) == form
    assert as_json(request_from_json(form)) == form
    if not isinstance(request_, Edit):  # of a tuple JSON makes a list
        assert request_from_json(json.dumps(form)) == request_
    assert kind_of(request_) == form["kind"]


def test_every_type_has_a_form_and_words() -> None:
    assert {kind for kind, _ in ((type(each), form) for each, form in REQUESTS)} == set(KINDS.values())
    for name, kind in KINDS.items():
        assert set(SAID[name]) == {each.name for each in fields(kind)}


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        (
            {},
            ["kind: missing; expected one of login, delivery, submission, post, booking, device, edit"],
        ),
        ({"kind": "delivry"}, ["kind: 'delivry': did you mean delivery?"]),
        ({"kind": 3}, ["kind: 3: expected one of login, "]),
        ({"kind": "delivery"}, ["sender: missing; expected a text", "recipient: missing; expected a text"]),
        (
            {"kind": "post", "list": "a", "sender": "b", "sise": 3},
            ["sise: unknown; did you mean size?"],
        ),
        ({"kind": "post", "list": 1, "sender": "b"}, ["list: 1: expected a text"]),
        ({"kind": "post", "list": "a", "sender": None}, ["sender: null: expected a text"]),
        (
            {"kind": "post", "list": "a", "sender": "b", "size": "3"},
            ["size: '3': expected a whole number, not below 0"],
        ),
        ({"kind": "post", "list": "a", "sender": "b", "size": True}, ["size: true: expected a whole number"]),
        ({"kind": "post", "list": "a", "sender": "b", "size": -1}, ["size: -1: expected a whole number"]),
        ({"kind": "login", "account": "a", "secure": 1}, ["secure: 1: expected true or false"]),
        (
            {"kind": "delivery", "sender": "", "recipient": "a", "addressed": "b"},
            ["addressed: 'b': expected a list of texts, or null"],
        ),
        (
            {"kind": "booking", "resource": "a", "organizer": "b", "busy": [["2026-03-01T09:00:00", "x"]]},
            [
                "busy.0.0: ",
                "busy.0.1: 'x': expected a list of pairs of moments such as 2026-03-01T09:00:00+01:00",
            ],
        ),
        (
            {"kind": "booking", "resource": "a", "organizer": "b", "busy": [[1772355600, 1772355600]]},
            ["busy.0.0: 1772355600: expected a list of pairs", "busy.0.1: 1772355600: "],
        ),
    ],
)
def test_what_is_wrong_with_a_request(form: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(InvalidForm) as caught:
        request_from_json(form)
    assert len(caught.value.problems) == len(problems)
    for problem, expected in zip(caught.value.problems, problems, strict=True):
        assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected JSON: "),
        ("{", "expected JSON: "),
        ("[]", "[]: expected an object"),
        ('"x"', "'x': expected an object"),
        (b"\xff", "expected UTF-8"),
        ('{"kind": "recovery", "account": "a", "code_age": NaN}', "expected JSON: NaN is no number there"),
        ("[" * 100_000, "expected an object that is nested less deeply"),
    ],
)
def test_what_is_no_object(text: str | bytes, problem: str) -> None:
    with pytest.raises(InvalidForm) as caught:
        request_from_json(text)
    assert str(caught.value).startswith(problem)


def test_counts() -> None:
    usage = Usage(
        {Counter("messages", "john@acme.example", 60): 3, Counter("mailbox", "a b"): 0}, "away", True
    )
    assert usage_from_json(json.dumps(usage_json(usage))) == usage
    assert usage_from_json({}) == Usage()


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (
            {"counts": {"messages/x john": 1}},
            "counts.messages/x john: 'messages/x john': expected an object of whole",
        ),
        ({"counts": {"messages/060 john": 1}}, "counts.messages/060 john: "),
        ({"counts": {"mailbox john": -1}}, "counts.mailbox john: -1: "),
        ({"count": {}}, "count: unknown; did you mean counts?"),
        ({"doubt": None}, "doubt: null: expected a text"),
    ],
)
def test_what_is_wrong_with_counts(form: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidForm) as caught:
        usage_from_json(form)
    assert str(caught.value).startswith(problem)


def test_the_schema() -> None:
    found = schema()
    jsonschema.Draft202012Validator.check_schema(found)
    validator = jsonschema.Draft202012Validator(found)
    for _, form in REQUESTS:
        validator.validate(form)
    for wrong in ({"kind": "post", "list": "a"}, {"kind": "login", "account": "a", "x": 1}, {"account": "a"}):
        assert not validator.is_valid(wrong)
    for each in found["$defs"]["Login"]["properties"].values():
        assert each["description"]


WITHOUT_PYDANTIC = """
import sys
sys.modules["pydantic"] = None
from mailpolicy.forms import InvalidForm, as_json, request_from_json
from mailpolicy.decision import Recovery
print(as_json(Recovery("john")))
try:
    request_from_json({"kind": "recovery", "account": "john"})
except InvalidForm as problem:
    print(problem)
"""


def test_writing_needs_no_pydantic_and_reading_says_so() -> None:
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYDANTIC], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == [
        "{'kind': 'recovery', 'account': 'john'}",
        "reading it takes pydantic; install it with: pip install 'mailpolicy[cli]'",
    ]
