"""The definitions that a server has, which say what its entries mean."""

from __future__ import annotations

from ..ldap.definitions import Definitions
from .backend import Attributes, Backend

__all__ = ["definitions_of", "subschema_of"]

WANTED = {"attributetypes": "attributeTypes", "objectclasses": "objectClasses"}
"""Syntaxes and matching rules are not learnt: they would be names for what we cannot do."""


def subschema_of(backend: Backend) -> str:
    """The definitions as LDIF; nothing where the server does not show them."""
    shown: Attributes = backend.subschema()
    lines = [
        f"{WANTED[name.lower()]}: {value.decode('utf-8', 'surrogateescape')}"
        for name, values in shown.items()
        if name.lower() in WANTED
        for value in values
    ]
    return "\n".join(lines)


def definitions_of(subschema: str) -> Definitions | None:
    """What they say; what cannot be read of them is left to our own."""
    return Definitions.parse(subschema, strict=False) if subschema else None
