"""Whether the server finds by index what is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ...errors import NotFound
from ...ldap.definitions import Definitions
from ...reasons import Level
from ...schema import Dialect
from ...snapshot.index import sources
from ..stamps import ENTRY_CSN, ENTRY_UUID
from .following import SYNC
from .item import Item, ok, some, unseen, wrong
from .subject import Subject, text

__all__ = ["indexes", "wanted"]

ALWAYS: Final = ("objectClass", ENTRY_UUID, ENTRY_CSN)
POLLING: Final = "modifyTimestamp"
"""Where changes are not told they are looked for by it."""


def wanted(dialect: Dialect) -> tuple[str, ...]:
    """The attributes whose values lead to an object; each needs an index for equality."""
    leading = (attribute for level in Level for _, attribute, _ in sources(dialect, level))
    return tuple(dict.fromkeys((*ALWAYS, *leading)))


def indexes(subject: Subject) -> Iterator[Item]:
    """Compare the indexes of the database with what is looked up."""
    needed = [*wanted(subject.dialect), *(() if subject.supports(SYNC) else (POLLING,))]
    found = configured(subject)
    if found is None:
        yield unseen(
            "indexes", "cn=config cannot be read by this account", f"have olcDbIndex: {','.join(needed)} eq"
        )
        return
    present = indexed(found, subject.dialect.definitions)
    missing = [each for each in needed if each not in present]
    if missing:
        yield wrong("indexes", f"missing for {some(missing)}", f"olcDbIndex: {','.join(missing)} eq")
    else:
        yield ok("indexes", f"for all {len(needed)} attributes that are looked up")


def configured(subject: Subject) -> Sequence[str] | None:
    """The `olcDbIndex` of the database that holds the base; None where the configuration cannot be read."""
    where = text(next(iter(subject.root_dse.get("configcontext", ())), b"cn=config"))
    search = subject.backend.search(where, filter="(olcSuffix=*)", attributes=["olcSuffix", "olcDbIndex"])
    try:
        for _, attributes in search:
            found = {name.lower(): list(map(text, values)) for name, values in attributes.items()}
            suffixes = map(subject.key, found.get("olcsuffix", ()))
            if subject.key(subject.suffix) in suffixes and "olcdbindex" in found:
                return found["olcdbindex"]
    except NotFound:
        pass
    return None


def indexed(lines: Iterable[str], definitions: Definitions) -> set[str]:
    """The attributes that have an index for equality.

    >>> lines = ["default pres,eq", "cn,surname", "mail eq,sub", "memberURL pres"]
    >>> sorted(indexed(lines, Definitions.standard()))
    ['cn', 'mail', 'sn']
    """
    found: set[str] = set()
    usual = ""
    for line in lines:
        names, _, kinds = line.partition(" ")
        if names == "default":
            usual = kinds
        elif "eq" in (kinds.strip() or usual).split(","):
            found.update(map(definitions.canonical_name, names.split(",")))
    return found
