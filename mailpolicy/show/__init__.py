"""What people and programs see: tables and LDIF on a screen, results as JSON."""

from __future__ import annotations

from .as_json import (
    effective_json,
    entry_json,
    object_json,
    plan_json,
    search_json,
    settings_json,
    status_json,
)
from .entries import attributes_table, ldif_text
from .lists import memberships_table, reasons_table
from .lists_as_json import expansion_json, memberships_json, preview_json, verdict_json
from .screen import Screen

__all__ = [
    "Screen",
    "attributes_table",
    "effective_json",
    "entry_json",
    "expansion_json",
    "ldif_text",
    "memberships_json",
    "memberships_table",
    "object_json",
    "plan_json",
    "preview_json",
    "reasons_table",
    "search_json",
    "settings_json",
    "status_json",
    "verdict_json",
]
