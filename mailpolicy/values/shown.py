"""Any value on one line, for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .grant import Grant

__all__ = ["shown"]


def shown(value: object) -> str:
    """Write a value as it stands in tables and messages, without the password that a grant may hold.

    >>> shown(True), shown(None), shown(("a", "b")), shown(frozenset()), shown({"imap": ("10.0.0.0/8",)})
    ('TRUE', '—', 'a, b', 'none', 'imap: 10.0.0.0/8')
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Grant):
        return value.public()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return "; ".join(f"{shown(key)}: {shown(each)}" for key, each in value.items()) or "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(shown, value))) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "none"
    return str(value)
