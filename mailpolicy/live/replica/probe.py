"""Asking a server that is silent whether it is still there, and what it knows by now."""

from __future__ import annotations

from typing import Final

from ...errors import NotFound
from ...ldap.dn import DN
from ...ldap.url import Scope
from ..backend import Attributes, Backend
from .cookies import Cookies

__all__ = ["SYNC_REQUEST", "contexts", "latest", "offers_sync"]

SYNC_REQUEST: Final = b"1.3.6.1.4.1.4203.1.9.1.1"
CONTEXT_CSN: Final = "contextCSN"


def offers_sync(root_dse: Attributes) -> bool:
    """Whether the server knows the Sync Request control; it may still refuse it for a database."""
    return SYNC_REQUEST in root_dse.get("supportedControl", ())


def contexts(root_dse: Attributes, base: str) -> str | None:
    """The suffix of the database that `base` lies in, whose entry knows the last changes."""
    wanted = DN(base)
    suffixes = [DN(value.decode("utf-8", "surrogateescape")) for value in root_dse.get("namingContexts", ())]
    folded = DN(wanted.lower())
    near = [each for each in suffixes if folded == each.lower() or folded.is_below(DN(each.lower()))]
    return max(near, key=len, default=None)


def latest(backend: Backend, suffix: str | None) -> Cookies:
    """The last changes that the server knows of; Unavailable where it does not answer.

    Nothing where it keeps that to itself: that it answers is then all we know.
    """
    if suffix is None:
        backend.root_dse()
        return Cookies()
    try:
        found = [*backend.search(suffix, Scope.BASE, attributes=(CONTEXT_CSN,))]
    except NotFound:
        return Cookies()
    numbers = [number for _, attributes in found for number in attributes.get(CONTEXT_CSN, ())]
    return Cookies.of(number.decode("ascii", "replace") for number in numbers)
