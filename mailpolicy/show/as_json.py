"""Results as JSON values: the shapes that programs read, the same in every release.

A value is what the codec of its setting makes of it: `json_schema` describes it. Secrets are null,
their stored text is never there. Bytes that are no UTF-8 become U+FFFD in `raw`, and in the values of
an entry an object of their own, `{"base64": "…"}`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ..inherit import Effective, Shadowed
from ..ldap.entry import Entry, Value
from ..model import Object
from ..query import SearchPlan, SearchStep
from ..reasons import Origin, Reason
from ..schema import SETTINGS, Codec, Dialect
from ..schema.public import public_values
from ..status import Status

__all__ = [
    "effective_json",
    "entry_json",
    "object_json",
    "plan_json",
    "search_json",
    "settings_json",
    "status_json",
]

Json: TypeAlias = dict[str, Any]


def settings_json(thing: Object) -> Json:
    """An object with everything that applies to it: `{"object": …, "settings": [effective, …]}`."""
    dialect = thing.directory.snapshot.dialect
    found = [effective_json(each, dialect) for each in thing.settings.effective()]
    return {"object": object_json(thing), "settings": found}


def object_json(thing: Object) -> Json:
    """Which object it is: `{"kind", "name", "dn"}`."""
    return {"kind": thing.kind, "name": thing.name, "dn": thing.dn}


def effective_json(effective: Effective[Any], dialect: Dialect) -> Json:
    """A value with its story.

    `{"name", "value", "secret", "own", "origin", "joined", "shadowed", "ceiling", "inherited", "reasons"}`:
    `own` says whether it stands on the object itself, and then `inherited` is what would apply without.
    `inherited` and `ceiling` have the same shape as the whole, and are null where there is none; each of
    the `shadowed` is `{"value", "origin", "why", "text"}`, and its value is null where nobody can read it.
    """
    codecs = codecs_of(effective, dialect)
    beneath, ceiling = effective.without_own, effective.ceiling
    return {
        "name": effective.name,
        "value": value_json(effective.value, effective.secret, codecs[effective.name]),
        "secret": effective.secret,
        "own": effective.is_own,
        "origin": origin_json(effective.origin),
        "joined": [origin_json(each) for each in effective.joined],
        "shadowed": [shadowed_json(each, effective, codecs) for each in effective.shadowed],
        "ceiling": None if ceiling is None else effective_json(ceiling, dialect),
        "inherited": None if beneath is None else effective_json(beneath, dialect),
        "reasons": [reason_json(each) for each in effective.reasons],
    }


def codecs_of(effective: Effective[Any], dialect: Dialect) -> Mapping[str, Codec[Any]]:
    """How to write the value, by the name of the setting, and what it shadows, by attribute."""
    setting = SETTINGS.get(effective.name)
    if setting is None:
        attribute = dialect.attribute(effective.name)
        assert attribute is not None  # it was just explained
        return {effective.name: attribute.codec}
    binding = dialect.binding(setting, effective.own)
    parts = () if binding is None else binding.parts
    return {setting.name: setting.codec} | {part.attribute: part.codec for part in parts}


def shadowed_json(each: Shadowed, effective: Effective[Any], codecs: Mapping[str, Codec[Any]]) -> Json:
    codec = codecs.get(each.origin.attribute or "", codecs[effective.name])
    return {
        "value": value_json(each.value, effective.secret, codec),
        "origin": origin_json(each.origin),
        "why": each.why,
        "text": each.text,
    }


def value_json(value: Any, secret: bool, codec: Codec[Any]) -> object:
    return None if value is None or secret else codec.to_json(value)


def origin_json(origin: Origin) -> Json:
    """Where a value stands: `{"level", "dn", "attribute", "raw"}`."""
    raw = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in origin.raw]
    return {"level": origin.level, "dn": origin.dn, "attribute": origin.attribute, "raw": raw}


def reason_json(reason: Reason) -> Json:
    """One step of an explanation: `{"id", "matched", "text", "origins"}`."""
    origins = [origin_json(each) for each in reason.origins]
    return {"id": reason.id, "matched": reason.matched, "text": reason.text, "origins": origins}


def status_json(thing: Object, status: Status) -> Json:
    """What an object may do; `until` is a moment as RFC 3339 writes it, or null.

    `{"object", "name", "login", "receive", "send", "modify", "table", "until", "reasons"}`
    """
    return {
        "object": object_json(thing),
        "name": status.name,
        "login": status.login,
        "receive": status.receive,
        "send": status.send,
        "modify": status.modify,
        "table": status.table,
        "until": None if status.until is None else status.until.isoformat(),
        "reasons": [reason_json(each) for each in status.reasons],
    }


def search_json(entries: Iterable[Entry], dialect: Dialect, plan: SearchPlan | None = None) -> Json:
    """The entries that a search found: `{"entries": [entry, …]}`; and its `plan`, where there is one."""
    found: Json = {"entries": [entry_json(each, dialect) for each in entries]}
    return found if plan is None else {**found, "plan": plan_json(plan)}


def plan_json(plan: SearchPlan) -> Json:
    """How a search was done: `{"filter", "steps": [step, …], "entries", "tested", "found"}`.

    `entries` is how many were searched, `tested` how many of them were tried one by one.
    """
    return {
        "filter": plan.filter,
        "steps": [step_json(each) for each in plan.steps],
        "entries": plan.entries,
        "tested": plan.tested,
        "found": plan.found,
    }


def step_json(step: SearchStep) -> Json:
    """How a part of a filter was answered: `{"depth", "part", "found_by", "rows"}`."""
    return {"depth": step.depth, "part": step.part, "found_by": step.found_by, "rows": step.rows}


def entry_json(entry: Entry, dialect: Dialect) -> Json:
    """An entry: `{"dn", "attributes": {name: [value, …]}, "secret": [name, …]}`.

    The attributes named in `secret` are there, but not shown.
    """
    found = {name: public_values(entry, name, dialect) for name in entry}
    return {
        "dn": entry.dn,
        "attributes": {name: list(map(stored_json, values)) for name, values in found.items() if values},
        "secret": [name for name, values in found.items() if values is None],
    }


def stored_json(value: Value) -> object:
    if isinstance(value, str):
        try:
            value.encode()
            return value
        except UnicodeEncodeError:
            value = value.encode("utf-8", "surrogateescape")
    return {"base64": b64encode(value).decode()}
