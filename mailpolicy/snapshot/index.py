"""Which values of an entry lead to it: addresses, ids, names.

Everything that finds an object by something other than its DN goes through these indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from ..errors import InvalidValue
from ..ldap.entry import Entry
from ..reasons import Level
from ..schema.dialects import Dialect
from ..values import DomainName, folded

__all__ = ["Index", "folded_address", "folded_domain", "folded_name", "sources", "terms"]


class Index(StrEnum):
    """The ways to an entry."""

    ADDRESS = "address"
    """The primary address or an alias of an account, list or resource; the address of an alias entry."""
    OLD_ADDRESS = "old_address"
    """An address the object once had."""
    CATCH_ALL = "catch_all"
    """The domain whose unknown addresses the account takes."""
    DOMAIN = "domain"
    """The name of a domain."""
    NAME = "name"
    """The common name of a class of service or server; the local part that an alias entry is named by."""
    ID = "id"
    """The id by which other entries of the deployed systems refer to this one."""


def folded_address(text: str) -> str:
    """The spelling under which an address is indexed; a malformed one still finds itself."""
    try:
        return folded(text)
    except InvalidValue:
        return text.strip().lower()


def folded_domain(text: str) -> str:
    """The spelling under which a domain name is indexed, with or without an `@` before it."""
    name = text.strip().removeprefix("@")
    try:
        return str(DomainName(name))
    except InvalidValue:
        return name.lower()


def folded_name(text: str) -> str:
    """The spelling under which a common name is indexed."""
    return " ".join(text.lower().split())


Fold: TypeAlias = Callable[[str], str]
Source: TypeAlias = tuple[Index, str, Fold]

SETTINGS: tuple[tuple[Index, str, Fold], ...] = (
    (Index.ADDRESS, "address", folded_address),
    (Index.ADDRESS, "aliases", folded_address),
    (Index.CATCH_ALL, "catch_all_addresses", folded_domain),
    (Index.DOMAIN, "domain_name", folded_domain),
)
"""The settings that are indexed, each under the attribute its dialect gives it."""


@lru_cache(maxsize=256)
def sources(dialect: Dialect, level: Level) -> tuple[Source, ...]:
    """The attributes of an object of this kind that lead to it: index, attribute, and how its values fold."""
    return tuple(_sources(dialect, level))


def _sources(dialect: Dialect, level: Level) -> Iterable[Source]:
    for index, name, fold in SETTINGS:
        binding = dialect.binding(name, level)
        for part in binding.parts if binding else ():
            yield index, part.attribute, fold
    if dialect.old_address_attribute:
        yield Index.OLD_ADDRESS, dialect.old_address_attribute, folded_address
    if dialect.id_attribute:
        yield Index.ID, dialect.id_attribute, str.lower
    if level in (Level.COS, Level.SERVER):
        yield Index.NAME, "cn", folded_name
    if level is Level.ALIAS:
        yield Index.NAME, "uid", folded_name


def terms(dialect: Dialect, entry: Entry, of: Index | None = None) -> Iterator[tuple[Index, str]]:
    """Give the folded terms that lead to an entry, of one index or of all."""
    level = dialect.level_of(entry)
    for index, attribute, fold in sources(dialect, level) if level else ():
        if of is None or of is index:
            for value in entry.stored(attribute):
                yield index, fold(value.decode("utf-8", "surrogateescape"))
