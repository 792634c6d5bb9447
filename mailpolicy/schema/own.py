"""The schema of our own directories, made from the catalog.

Attributes for which an RFC has a name keep that name; the others are `mp` and the name of the
setting. Every attribute and class has its number for good: the file `numbers.txt` gives it, and is
only ever appended to, so that no number changes when the catalog grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from ..ldap.definitions import AttributeType, Definitions, ObjectClass, ObjectClassKind
from ..reasons import Level
from . import syntax
from .catalog import SETTINGS
from .syntax import Syntax

__all__ = ["CHOICES", "LOCKOUT_FAILURE", "LOCKOUT_STARTED", "OLD_ADDRESS", "own_definitions"]

ARC: Final = "2.25.58274635808913008429394021345423263997"
"""A UUID as an OID (X.667): nobody has to be asked for it, and nobody else has it."""

OLD_ADDRESS: Final = "mpOldAddress"
ALIAS_TARGET: Final = "mpAliasTarget"
"""On an alias domain the setting of that name, on an alias the entry to which its mail goes."""
CHOICES: Final = "mpChoices"
LOCKOUT_STARTED: Final = "mpLockoutStartedAt"
LOCKOUT_FAILURE: Final = "mpLockoutFailureAt"

BESIDES: Final[Mapping[str, tuple[Syntax, bool, str]]] = {
    OLD_ADDRESS: (syntax.TEXT, False, "Address the object had before; mail to it still arrives"),
    CHOICES: (syntax.EXACT, False, "A choice offered for a setting: its name, a space, one value"),
    LOCKOUT_STARTED: (syntax.TIME, True, "When too many wrong passwords locked the account"),
    LOCKOUT_FAILURE: (syntax.TIME, False, "When a wrong password was given"),
}
"""Attributes that are no settings: syntax, whether single-valued, meaning."""

AUXILIARY, STRUCTURAL = ObjectClassKind.AUXILIARY, ObjectClassKind.STRUCTURAL

CLASSES: Final = (
    ("mpAccount", AUXILIARY, Level.ACCOUNT, ("mail",), (OLD_ADDRESS, LOCKOUT_STARTED, LOCKOUT_FAILURE)),
    ("mpDomain", AUXILIARY, Level.DOMAIN, ("associatedDomain",), (CHOICES,)),
    ("mpClassOfService", STRUCTURAL, Level.COS, ("cn",), (CHOICES,)),
    ("mpList", AUXILIARY, Level.LIST, ("mail",), (OLD_ADDRESS,)),
    ("mpResource", STRUCTURAL, Level.RESOURCE, ("cn", "mail"), (OLD_ADDRESS, "userPassword")),
    ("mpConfig", STRUCTURAL, Level.GLOBAL, ("cn",), (CHOICES, "description")),
    ("mpAlias", STRUCTURAL, Level.ALIAS, ("mail", ALIAS_TARGET), ("cn", "description")),
    ("mpServer", STRUCTURAL, Level.SERVER, ("cn",), ("description",)),
)
"""Name, kind, the level whose settings it may have, what it must have, what else it may have."""

MEANING: Final = {
    Level.ACCOUNT: "A mailbox and its owner; beside inetOrgPerson",
    Level.DOMAIN: "A mail domain; beside domain, or organization and dcObject",
    Level.COS: "A class of service: what accounts that name it inherit",
    Level.LIST: "A mailing list, dynamic if it has a memberURL; beside groupOfURLs",
    Level.RESOURCE: "A room or a thing that can be booked",
    Level.GLOBAL: "What holds for everybody who has nothing nearer",
    Level.ALIAS: "An address that leads to another entry",
    Level.SERVER: "A machine of the mail system",
}


@cache
def own_definitions() -> Definitions:
    """Our attribute types and object classes."""
    return Definitions(attribute_types=tuple(_attributes()), object_classes=tuple(_classes()))


@cache
def numbers() -> Mapping[str, int]:
    """The number of every attribute and class of ours, by name."""
    lines = files(__package__).joinpath("tables/numbers.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: int(number) for number, name in rows}


def _attributes() -> Iterator[AttributeType]:
    for each in SETTINGS.values():
        if each.attribute.startswith("mp"):
            meaning = each.summary.rstrip(".")
            yield _attribute(each.attribute, each.codec.syntax, meaning, single=not each.codec.multiple)
    for name, (form, single, meaning) in BESIDES.items():
        yield _attribute(name, form, meaning, single=single)


def _attribute(name: str, form: Syntax, meaning: str, *, single: bool) -> AttributeType:
    return AttributeType(
        oid=f"{ARC}.1.{numbers()[name]}",
        names=(name,),
        description=meaning,
        equality=form.equality,
        ordering=form.ordering,
        substrings=form.substrings,
        syntax=form.oid,
        single_value=single,
    )


def _classes() -> Iterator[ObjectClass]:
    for name, kind, level, must, also in CLASSES:
        stored = {each.attribute for each in SETTINGS.values() if level in each.on}
        yield ObjectClass(
            oid=f"{ARC}.2.{numbers()[name]}",
            names=(name,),
            description=MEANING[level],
            superiors=("top",),
            kind=kind,
            must=must,
            may=tuple(sorted((stored | set(also)) - set(must))),
        )
