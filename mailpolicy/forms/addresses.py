"""Addresses as mail servers write them in logs and requests."""

from __future__ import annotations

from ..values.address import NEEDS_QUOTES, quoted

__all__ = ["address"]


def address(text: str) -> str:
    """An address whose local part is quoted where it must be: Postfix leaves the quotes out.

    >>> address("a b@acme.example"), address("john@acme.example"), address('"a b"@acme.example')
    ('"a b"@acme.example', 'john@acme.example', '"a b"@acme.example')
    """
    local, at, domain = text.rpartition("@")
    if not at or (len(local) > 1 and local[0] == local[-1] == '"') or not NEEDS_QUOTES.search(local):
        return text
    return f"{quoted(local)}@{domain}"
