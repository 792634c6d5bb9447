"""What the object classes of an entry require and allow (RFC 4512 section 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import frozen

from ..ldap.definitions import Definitions, ObjectClass
from ..ldap.entry import Entry
from ..snapshot import Finding, Severity

__all__ = ["class_findings"]

CLASS_COMBINATIONS: Final = 1024
"""How many combinations of object classes are remembered; a directory has a few dozen."""

OBJECT_CLASS: Final = "objectClass"
EXTENSIBLE: Final = "extensibleobject"


@frozen
class Classes:
    """What several object classes say together, those they derive from included.

    `must` names for each required attribute a class that requires it. With `anything` there is no
    telling what is allowed: one class is extensibleObject or not known, or there is none at all.
    """

    unknown: tuple[str, ...]
    must: tuple[tuple[str, str], ...]
    allowed: frozenset[str]
    anything: bool


@lru_cache(CLASS_COMBINATIONS)
def classes_of(definitions: Definitions, values: tuple[bytes, ...]) -> Classes:
    names = [value.decode("utf-8", "surrogateescape") for value in values]
    known = [found for name in names if (found := definitions.object_class(name))]
    everything = list(dict.fromkeys(each for one in known for each in definitions.superclasses(one)))
    must = {
        definitions.canonical_name(attribute): each.name for each in everything for attribute in each.must
    }
    may = {definitions.canonical_name(attribute) for each in everything for attribute in each.may}
    unknown = tuple(name for name in names if definitions.object_class(name) is None)
    return Classes(
        unknown,
        tuple({OBJECT_CLASS: "top", **must}.items()),
        frozenset(may.union(must, {OBJECT_CLASS})),
        bool(unknown) or not known or any(is_extensible(each) for each in everything),
    )


def is_extensible(object_class: ObjectClass) -> bool:
    return EXTENSIBLE in map(str.lower, object_class.names)


def class_findings(definitions: Definitions, entry: Entry) -> Iterator[Finding]:
    """Give what the object classes of an entry have against it."""
    raw = entry.raw
    classes = classes_of(definitions, raw.get(OBJECT_CLASS, ()))
    for name in classes.unknown:
        text = "the schema has no such object class; expected one that it has"
        yield Finding("unknown-class", text, Severity.ERROR, str(entry.dn), OBJECT_CLASS, entry.line, name)
    for attribute, required_by in classes.must:
        if attribute not in raw and not has_with_options(entry, attribute):
            text = f"the object class {required_by} requires a value; expected one"
            yield Finding("missing-attribute", text, dn=str(entry.dn), attribute=attribute, line=entry.line)
    if not raw.keys() <= classes.allowed:
        for name in raw:
            if name not in classes.allowed and (finding := strange(definitions, entry, name, classes)):
                yield finding


def has_with_options(entry: Entry, attribute: str) -> bool:
    return any(name.startswith(f"{attribute};") for name in entry.raw)


def strange(definitions: Definitions, entry: Entry, name: str, classes: Classes) -> Finding | None:
    """Say what is wrong with an attribute whose description the classes do not name as it is.

    Options do not count, and operational attributes need no class. Values are left out: nobody knows
    whether those of an attribute from elsewhere are secret.
    """
    known = definitions.attribute(name)
    if known is None:
        text = "the schema has no such attribute; expected one that it has"
        return Finding("unknown-attribute", text, Severity.WARNING, str(entry.dn), name, entry.line)
    if known.operational or known.name in classes.allowed or classes.anything:
        return None
    text = "no object class of the entry allows this attribute; expected one that does, or no such value"
    return Finding("attribute-not-allowed", text, Severity.WARNING, str(entry.dn), name, entry.line)
