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
from .screen import Screen

__all__ = [
    "Screen",
    "attributes_table",
    "effective_json",
    "entry_json",
    "ldif_text",
    "object_json",
    "plan_json",
    "search_json",
    "settings_json",
    "status_json",
]
