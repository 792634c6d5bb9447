"""Decisions as JSON values."""

from __future__ import annotations

from typing import Final

from ..decision import (
    AutoReply,
    Charge,
    Decision,
    DeclineInstances,
    DeliverTo,
    DeviceOrder,
    Effect,
    FileInto,
    Header,
    Reply,
)
from ..freshness import Freshness
from ..reasons import Reason
from .writing import Json, as_json, usage_json

__all__ = ["decision_json"]

EFFECTS: Final = {
    DeliverTo: "deliver_to",
    FileInto: "file_into",
    AutoReply: "auto_reply",
    Header: "header",
    DeviceOrder: "device_order",
    DeclineInstances: "decline_instances",
}


def decision_json(decision: Decision, *, reasons: bool = True) -> Json:
    """A decision as a JSON object, with its request and counts; `schema()` describes it.

    Without `reasons` the trail is not worked out.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> form = decision_json(mp.decide(acme, mp.Delivery("", "nobody@globex.example")))
    >>> form["verdict"], form["rule"], form["reply"]["code"], form["reasons"][-1]["id"]
    ('reject', 'recipient.exists', 550, 'recipient.exists')
    """
    form: Json = {
        "verdict": str(decision.verdict),
        "reply": reply_json(decision.reply),
        "rule": decision.rule,
        "redirect_to": decision.redirect_to,
        "unknown": decision.unknown,
        "request": as_json(decision.request),
        "usage": usage_json(decision.usage),
        "at": decision.at.isoformat(),
        "revision": decision.revision,
        "freshness": freshness_json(decision.freshness),
    }
    if reasons:
        form["reasons"] = [reason_json(each) for each in decision.reasons]
    return {
        **form,
        "charges": [charge_json(each) for each in decision.charges],
        "effects": [effect_json(each) for each in decision.effects],
        "notices": [
            {
                "kind": each.kind,
                "recipients": list(each.recipients),
                "about": each.about,
                "text": each.text,
            }
            for each in decision.notices
        ],
        "observed": [
            {
                "rule": each.rule,
                "mode": str(each.mode),
                "verdict": str(each.verdict),
                "text": each.text,
            }
            for each in decision.observed
        ],
        "errors": [{"rule": each.rule, "error": each.error} for each in decision.errors],
    }


def reply_json(reply: Reply | None) -> Json | None:
    """A reply: `{"code", "status", "text"}`."""
    return None if reply is None else {"code": reply.code, "status": reply.status, "text": reply.text}


def charge_json(charge: Charge) -> Json:
    """What is to be counted."""
    return {"counter": str(charge.counter), "amount": charge.amount, "limit": charge.limit}


def freshness_json(freshness: Freshness) -> Json:
    """How far a directory can be taken for one of now."""
    return {
        "state": str(freshness.state),
        "source": freshness.source,
        "method": freshness.method,
        "age": freshness.age,
        "since": None if freshness.since is None else freshness.since.isoformat(),
        "why": freshness.why,
    }


def reason_json(reason: Reason) -> Json:
    """A step of a trail."""
    return {
        "id": reason.id,
        "matched": reason.matched,
        "text": reason.text,
        "origins": [
            {
                "level": str(each.level),
                "dn": each.dn,
                "attribute": each.attribute,
                "raw": list(each.raw),
            }
            for each in reason.origins
        ],
    }


def effect_json(effect: Effect) -> Json:
    """An effect: which, and what it says."""
    form: Json = {"effect": EFFECTS[type(effect)]}
    match effect:
        case DeliverTo():
            form["addresses"] = list(effect.addresses)
        case FileInto():
            form["folder"] = str(effect.folder)
        case AutoReply():
            form |= {"sender": effect.sender, "recipient": effect.recipient, "text": effect.text}
            form["charge"] = None if effect.charge is None else charge_json(effect.charge)
        case Header():
            form |= {"name": effect.name, "value": effect.value}
        case DeviceOrder():
            form["order"] = str(effect.order)
        case DeclineInstances():
            form["instances"] = [[begin.isoformat(), end.isoformat()] for begin, end in effect.instances]
    return form
