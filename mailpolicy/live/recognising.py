"""Which dialect a server speaks, by the schema that it has, and by its entries where that does not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

from ..ldap.definitions import Definitions
from ..ldap.dn import DN
from ..ldap.entry import Entry
from ..ldap.filter import Equal, Or
from ..ldap.url import Scope
from ..reasons import Level
from ..schema import DIALECTS, Dialect, find_dialect
from .backend import Found

__all__ = ["Searched", "giving_away", "recognised", "spoken_by"]

TELLING: Final = (Level.GLOBAL, Level.DOMAIN, Level.COS, Level.SERVER)
"""Kinds of which there are few, and whose entries say most."""

ENOUGH: Final = 100

T = TypeVar("T")


class Searched(Protocol):
    """What gives some entries of a server, each made into something else."""

    def search(
        self, base: str, scope: Scope, filter: str, make: Callable[[Found], T], *, limit: int
    ) -> list[T]:
        """Give no more than `limit` of what is found."""
        ...


def recognised(line: Searched, base: str, schema: Definitions | None) -> Dialect:
    """Give the dialect whose classes are in the server's schema, and whose attributes if several have these.

    Where the schema does not tell, because the server has that of several or hides it, some entries do.
    """
    likely = likely_by(schema)
    return likely[0] if len(likely) == 1 else find_dialect("auto", entries_in(line, base, likely))


def spoken_by(schema: Definitions | None) -> Dialect | None:
    """The dialect that a server's schema is made for; None where that does not tell."""
    likely = likely_by(schema)
    return likely[0] if len(likely) == 1 else None


def giving_away(entries: Iterable[Entry]) -> Dialect | None:
    """The dialect that one of these entries can only be of; None where none of them tells."""
    every = [find_dialect(name) for name in DIALECTS]
    for entry in entries:
        for dialect in every:
            if dialect.level_of(entry) is not None and dialect.is_marked(entry):
                return dialect
    return None


def likely_by(schema: Definitions | None) -> list[Dialect]:
    """The dialect that the schema is made for, alone; else those that it may be made for."""
    classes, attributes = names_in(schema) if schema else (set(), set())
    every = [find_dialect(name) for name in DIALECTS]
    known = [each for each in every if not classes.isdisjoint(each.levels)]
    marked = [each for each in known if not attributes.isdisjoint(only_of(each, every))]
    return marked or known or every


def names_in(schema: Definitions) -> tuple[set[str], set[str]]:
    """All names of classes and of attributes, in lower case."""
    kinds = (schema.object_classes, schema.attribute_types)
    classes, attributes = ({name.lower() for each in kind for name in each.names} for kind in kinds)
    return classes, attributes


def only_of(dialect: Dialect, every: Iterable[Dialect]) -> set[str]:
    """The attributes that no other dialect has, in lower case."""
    others = {name for each in every if each is not dialect for name in attributes_of(each)}
    return attributes_of(dialect) - others


def attributes_of(dialect: Dialect) -> set[str]:
    return {each.name.lower() for each in dialect.attributes()}


def entries_in(line: Searched, base: str, dialects: Iterable[Dialect]) -> list[Entry]:
    """Some entries of those kinds that say most."""
    classes = {name for each in dialects for name, level in each.levels.items() if level in TELLING}
    filter = str(Or([Equal("objectClass", name) for name in sorted(classes)]))
    return line.search(base, Scope.SUB, filter, plain_entry, limit=ENOUGH)


def plain_entry(found: Found) -> Entry:
    """An entry by the standard schema alone, which is enough to tell what it is. Its name tells nothing."""
    _, attributes = found
    definitions = Definitions.standard()
    values = {definitions.canonical_name(name): tuple(several) for name, several in attributes.items()}
    return Entry(DN(), values, definitions)
