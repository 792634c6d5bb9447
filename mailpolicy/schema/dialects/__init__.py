"""The dialects: every file of this folder is one, and adding a file adds one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Final

from ...errors import NotFound
from ...ldap.entry import Entry
from ..dialect import Dialect, LdapSetting

__all__ = ["DIALECTS", "Dialect", "LdapSetting", "find_dialect"]

DIALECTS: Final = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
"""The names by which dialects are chosen."""

FALLBACK: Final = "native"


def find_dialect(name: str, entries: Iterable[Entry] = ()) -> Dialect:
    """The dialect of that name; `auto` looks at the entries until one of them gives it away.

    >>> find_dialect("carbonio")
    <Dialect carbonio>
    >>> find_dialect("exchange")
    Traceback (most recent call last):
    mailpolicy.errors.NotFound: no dialect 'exchange'
    """
    if name == "auto":
        return recognised(entries)
    if name not in DIALECTS:
        raise NotFound("dialect", name)
    return _dialect(name)


@cache
def _dialect(name: str) -> Dialect:
    dialect: Dialect = import_module(f".{name}", __package__).DIALECT
    return dialect


def recognised(entries: Iterable[Entry]) -> Dialect:
    """The dialect that one of the entries gives away, reading no further than that.

    Carbonio and Zimbra share classes and nearly all attributes: an attribute that only one of them
    has decides; where there is none, the first that knows the classes is as good as the other.
    """
    likely: Dialect | None = None
    dialects = [_dialect(name) for name in DIALECTS]
    for entry in entries:
        for dialect in dialects:
            if dialect.level_of(entry) is not None:
                if dialect.is_marked(entry):
                    return dialect
                likely = likely or dialect
    return likely or _dialect(FALLBACK)
