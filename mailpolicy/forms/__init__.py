"""JSON forms of requests and decisions: what journals hold, what other programs send.

Writing takes nothing but this library; reading what others wrote takes pydantic, which is loaded when it is
first needed.
"""

from __future__ import annotations

from .plain import TYPES, as_json, decision_as_json
from .reading import request_from_json, schema

__all__ = ["TYPES", "as_json", "decision_as_json", "request_from_json", "schema"]
