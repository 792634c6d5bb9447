"""The values of an entry as they may be shown to anybody who may see the entry at all."""

from __future__ import annotations

from ..ldap.entry import Entry, Value
from .dialect import Dialect

__all__ = ["public_values"]


def public_values(entry: Entry, name: str, dialect: Dialect) -> tuple[Value, ...] | None:
    """The values of an attribute; None for a secret, and those of a grant without their passwords."""
    if dialect.is_secret(name):
        return None
    values = entry.get(name)
    attribute = dialect.attribute(name.partition(";")[0])
    texts = tuple(each for each in values if isinstance(each, str))
    if attribute is None or len(texts) < len(values):
        return values
    return attribute.conceal(texts)
