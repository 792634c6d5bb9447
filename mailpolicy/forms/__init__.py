"""Requests and decisions as JSON, and requests out of what mail servers write.

What is written here can be read here: `request_from_json(as_json(request)) == request`. Reading checks
everything and says all that is wrong at once. It needs pydantic, which is imported when something is read.
"""

from __future__ import annotations

from .decisions import decision_json
from .maillog import request_from_maillog, said_in
from .pasted import pasted
from .policy_text import request_from_policy_text
from .problems import InvalidForm
from .reading import request_from_json, schema, usage_from_json
from .writing import as_json, usage_json

__all__ = [
    "InvalidForm",
    "as_json",
    "decision_json",
    "pasted",
    "request_from_json",
    "request_from_maillog",
    "request_from_policy_text",
    "said_in",
    "schema",
    "usage_from_json",
    "usage_json",
]
