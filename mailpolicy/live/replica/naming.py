"""Which values are the names of other entries, and who has them."""

from __future__ import annotations

from collections.abc import Iterator, Set as AbstractSet
from functools import lru_cache

from ...ldap.definitions import Definitions, Usage
from ...ldap.entry import Entry
from ...ldap.matching.names import stored_form
from ...ldap.matching.rules import Form, find_rule
from ...snapshot import Snapshot
from ...snapshot.segment import Segment
from ...snapshot.stored import stored_names, values_of
from ...snapshot.values import ValueIndex

__all__ = ["attributes_naming", "named", "referrers", "values_naming"]


def referrers(snapshot: Snapshot, names: AbstractSet[str]) -> Iterator[Entry]:
    """The entries that have one of these names, by their keys, as a value. Some may come twice."""
    forms = {name.encode("utf-8", "surrogateescape") for name in names}
    recent = snapshot.recent.entries
    for segment in (snapshot.base, snapshot.recent):
        for index in indexes(segment):
            for form in forms & index.by_key.keys():
                for row in index[form]:
                    entry = segment.at(row)
                    if entry is not None and (segment is snapshot.recent or row not in recent):
                        yield entry


def values_naming(snapshot: Snapshot) -> Iterator[str]:
    """The keys of all names that are values."""
    for segment in (snapshot.base, snapshot.recent):
        for index in indexes(segment):
            yield from (text(form) for form in index.by_key if form is not None)


def indexes(segment: Segment) -> Iterator[ValueIndex]:
    """The values of every attribute whose values are names."""
    definitions = segment.dialect.definitions
    for attribute in stored_names(segment).names:
        if form_of(attribute, definitions) is not None:
            yield values_of(segment, attribute)


def attributes_naming(entry: Entry, definitions: Definitions) -> Iterator[str]:
    """The attributes of an entry whose values are names."""
    return (name for name in entry if form_of(name, definitions) is not None)


def named(attribute: str, value: bytes, definitions: Definitions) -> str | None:
    """The key of the name that a value is; None where it is none."""
    form = form_of(attribute, definitions)
    found = None if form is None else form(value)
    return None if found is None else text(found)


@lru_cache(maxsize=4096)
def form_of(description: str, definitions: Definitions) -> Form | None:
    """How the names are compared that people give as values of an attribute; None where there are none.

    What the server itself notes down, such as who has made an entry, stays as it is for ever.
    """
    attribute = definitions.attribute(description.partition(";")[0])
    if attribute is None or attribute.usage is not Usage.USER_APPLICATIONS:
        return None
    rule = find_rule(attribute.equality)
    return stored_form(attribute, definitions) if rule is not None and rule.is_name else None


def text(form: bytes) -> str:
    return form.decode("utf-8", "surrogateescape")
