"""JSON Schema: what an object's settings look like to another program."""

from __future__ import annotations

import json
from typing import Any

from ..catalog import SETTINGS
from ..codec import Json
from ..dialect import Dialect
from ..setting import Setting

__all__ = ["json_schema"]


def json_schema(dialect: Dialect) -> str:
    """The JSON Schema of effective settings by name, or of a deployed server's attributes by LDAP name.

    Secrets are in neither: they are never written as JSON.
    """
    if dialect.name == "native":
        title = "Effective settings"
        properties = {each.name: setting_schema(each) for each in SETTINGS.values() if not each.secret}
    else:
        title = f"Attributes of {dialect.name.capitalize()}"
        properties = {
            each.name: or_null(each.codec.json_schema()) for each in dialect.attributes() if not each.secret
        }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def setting_schema(setting: Setting[Any]) -> Json:
    schema = setting.codec.json_schema()
    if setting.default is None:
        schema = or_null(schema)
    else:
        schema = {**schema, "default": setting.codec.to_json(setting.default)}
    return {"description": setting.summary, **schema}


def or_null(schema: Json) -> Json:
    """The value may be absent."""
    return {"anyOf": [schema, {"type": "null"}]}
