"""Which values of an entry lead to it: addresses, ids, names.

Everything that finds an object by something other than its DN goes through these indexes. What
an entry contributes is a function of the entry and its dialect alone, so an index is kept up to
date by taking away what the old entry contributed and adding what the new one does.
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
from ..values import Address, DomainName

__all__ = ["Index", "Term", "Terms", "folded_address", "folded_domain"]


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


Term: TypeAlias = tuple[Index, str]


def folded_address(text: str) -> str:
    """The spelling under which an address is indexed; a malformed one still finds itself."""
    try:
        return Address(text)
    except InvalidValue:
        return text.strip().lower()


def folded_domain(text: str) -> str:
    """The spelling under which a domain name is indexed, with or without an `@` before it."""
    name = text.strip().removeprefix("@")
    try:
        return DomainName(name)
    except InvalidValue:
        return name.lower()


def folded_name(text: str) -> str:
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


class Terms:
    """What entries contribute to the indexes, for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._sources = {level: tuple(sources(dialect, level)) for level in Level}

    def of(self, entry: Entry, level: Level | None) -> Iterator[Term]:
        """Give the terms under which `entry`, an object of kind `level`, is found."""
        if level is None:
            return
        raw = entry.raw
        for index, attribute, fold in self._sources[level]:
            for value in raw.get(attribute, ()):
                yield index, fold(value.decode("utf-8", "surrogateescape"))


@lru_cache(maxsize=16)
def terms_of(dialect: Dialect) -> Terms:
    return Terms(dialect)


def sources(dialect: Dialect, level: Level) -> Iterable[Source]:
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
