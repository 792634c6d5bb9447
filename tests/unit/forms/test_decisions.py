"""JSON forms of decisions: all of a decision is in them, and the schema says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import jsonschema
import pytest

import mailpolicy as mp
from mailpolicy.decision import (
    DEFAULT_POLICY,
    AutoReply,
    Charge,
    Counter,
    DeclineInstances,
    DeliverTo,
    Delivery,
    Device,
    DeviceOrder,
    Effect,
    FileInto,
    Folder,
    Header,
    Notice,
    Opinion,
    Order,
    Policy,
    Rule,
    Submission,
    Usage,
    Verdict,
    decide,
)
from mailpolicy.forms import decision_json, request_from_json, schema, usage_from_json
from mailpolicy.forms.decisions import effect_json
from mailpolicy.forms.models import DecisionForm
from tests.examples import ACME, JOHN
from tests.milters import Away

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
EFFECTS: tuple[Effect, ...] = (
    DeliverTo((JOHN,)),
    FileInto(Folder.JUNK),
    AutoReply(JOHN, "a@b", "Gone", Charge(Counter("replied", f"{JOHN} a@b", 60), 1, 1)),
    Header("Sender", JOHN),
)
SENT = Counter("messages", JOHN, 86400)


def full(request: Any, directory: Any, context: Any) -> Opinion:
    return Opinion(
        Verdict.REDIRECT,
        "everything at once",
        charges=(Charge(SENT, 1, 500),),
        notices=(Notice("quota", (JOHN,), JOHN, "Nearly full"),),
        effects=EFFECTS,
        redirect_to="jane@acme.example",
    )


def failing(request: Any, directory: Any, context: Any) -> Opinion:
    raise ZeroDivisionError("a fault")


def watching(request: Any, directory: Any, context: Any) -> Opinion:
    return Opinion(Verdict.REJECT, "would refuse")


POLICY = Policy(
    (
        Rule("site.watching", watching, (Delivery,), "x", "y", "audit"),
        Rule("site.failing", failing, (Delivery,), "x", "y", on_unknown="pass"),
        Rule("site.full", full, (Delivery,), "x", "y"),
    )
)


def checked(form: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(form, allow_nan=False))
    assert found == form
    whole = schema()
    jsonschema.validate(found, {"$ref": "#/$defs/DecisionForm", "$defs": whole["$defs"]})
    DecisionForm.model_validate(found)
    return found


def test_everything_a_decision_has() -> None:
    usage = Usage({SENT: 12}, "the store is away")
    decision = mp.decide(ACME, Delivery("a@b", JOHN), at=AT, usage=usage, policy=POLICY)
    form = checked(decision_json(decision))
    assert form["verdict"] == "redirect"
    assert form["reply"] is None
    assert form["rule"] == "site.full"
    assert form["redirect_to"] == "jane@acme.example"
    assert form["at"] == "2026-03-01T09:00:00+00:00"
    assert form["revision"] == ACME.revision
    assert form["freshness"]["state"] == "fresh"
    assert form["charges"] == [{"counter": f"messages/86400 {JOHN}", "amount": 1, "limit": 500}]
    # What goes elsewhere is neither delivered here nor answered.
    assert form["effects"] == [{"effect": "header", "name": "Sender", "value": JOHN}]
    assert form["notices"] == [{"kind": "quota", "recipients": [JOHN], "about": JOHN, "text": "Nearly full"}]
    assert form["observed"] == [
        {"rule": "site.watching", "mode": "audit", "verdict": "reject", "text": "would refuse"}
    ]
    assert form["errors"] == [{"rule": "site.failing", "error": "ZeroDivisionError: a fault"}]
    assert [each["id"] for each in form["reasons"]] == ["usage", "site.watching", "site.failing", "site.full"]
    assert request_from_json(form["request"]) == decision.request
    assert usage_from_json(form["usage"]) == usage


def test_a_refusal() -> None:
    form = checked(decision_json(mp.decide(ACME, Delivery("", "noone@globex.example"), at=AT)))
    assert form["reply"] == {"code": 550, "status": "5.1.1", "text": "There is no such address here"}


def test_where_nobody_can_tell() -> None:
    form = checked(decision_json(mp.decide(Away(), Delivery("", JOHN), at=AT)))
    assert form["verdict"] == "defer"
    assert form["revision"] is None
    assert "ldap1.acme.example" in form["unknown"]


def test_the_trail_is_left_out_where_nobody_wants_it() -> None:
    decision = mp.decide(ACME, Submission(JOHN, JOHN, "a@b"), at=AT)
    assert "reasons" not in checked(decision_json(decision, reasons=False))


@pytest.mark.parametrize("request_", [Submission(JOHN, JOHN, "a@b"), Delivery("a@b", JOHN)])
def test_origins_are_told(request_: Submission | Delivery) -> None:
    form = checked(decision_json(mp.decide(ACME, request_, at=AT, policy=DEFAULT_POLICY)))
    origins = [origin for each in form["reasons"] for origin in each["origins"]]
    assert origins
    assert all(set(each) == {"level", "dn", "attribute", "raw"} for each in origins)


def test_every_effect_has_a_form() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    effects: tuple[Effect, ...] = (
        *EFFECTS,
        DeviceOrder(Order.WIPE),
        DeclineInstances(((noon, noon + timedelta(hours=1)),)),
    )
    assert {type(each) for each in effects} == set(get_args(Effect))
    assert [effect_json(each) for each in effects] == [
        {"effect": "deliver_to", "addresses": [JOHN]},
        {"effect": "file_into", "folder": "Junk"},
        {
            "effect": "auto_reply",
            "sender": JOHN,
            "recipient": "a@b",
            "text": "Gone",
            "charge": {"counter": f"replied/60 {JOHN} a@b", "amount": 1, "limit": 1},
        },
        {"effect": "header", "name": "Sender", "value": JOHN},
        {"effect": "device_order", "order": "wipe"},
        {
            "effect": "decline_instances",
            "instances": [["2026-03-02T12:00:00+00:00", "2026-03-02T13:00:00+00:00"]],
        },
    ]


def test_a_reply_that_counts_nothing() -> None:
    assert effect_json(AutoReply(JOHN, "a@b", "Gone"))["charge"] is None


def test_a_wiped_device_is_written_as_its_form_says() -> None:
    decision = decide(ACME, Device(JOHN, "a telephone", state="wipe"))
    assert DecisionForm.model_validate(decision_json(decision)).effects[0].effect == "device_order"
