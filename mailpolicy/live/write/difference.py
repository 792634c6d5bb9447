"""The smallest list of modifications that leads from an entry as it is to the one it shall be.

Single values are deleted and added, never whole attributes replaced: what others have added meanwhile
stays, and a value that they have taken away is missed by the server, which then refuses everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from ...ldap.definitions import Definitions
from ...ldap.ldif.records import Modification
from ...ldap.matching.rules import find_rule
from ...ldap.matching.syntaxes import is_valid

__all__ = ["Values", "difference"]

Values: TypeAlias = Mapping[str, tuple[bytes, ...]]
"""The values of an entry by attribute, as `Entry.raw` gives them."""


def difference(
    before: Values, after: Values, definitions: Definitions, replaced: Collection[str] = ()
) -> tuple[Modification, ...]:
    """Give what to modify; nothing for what stays, and the order of values is no difference.

    A value in another spelling is another one: the old is deleted before the new is added, for an
    attribute cannot have both. The attributes `replaced` get all their values anew: what `before` shows
    of them may not be all that is there.

    >>> before = {"mail": (b"a@acme.example", b"b@acme.example"), "sn": (b"Doe",)}
    >>> after = {"mail": (b"b@acme.example", b"c@acme.example"), "sn": (b"Doe",)}
    >>> for each in difference(before, after, Definitions.standard()):
    ...     print(each.operation, each.attribute, *each.values)
    delete mail b'a@acme.example'
    add mail b'c@acme.example'
    """
    found: list[Modification] = []
    for name in dict.fromkeys((*before, *after, *replaced)):
        old, new = before.get(name, ()), after.get(name, ())
        if name in replaced:
            found.append(Modification("replace", name, new))
        elif old != new:
            found += of_attribute(name, old, new, definitions)
    return tuple(found)


def of_attribute(
    name: str, old: tuple[bytes, ...], new: tuple[bytes, ...], definitions: Definitions
) -> list[Modification]:
    had, wanted = set(old), set(new)
    gone = tuple([each for each in old if each not in wanted])
    fresh = tuple([each for each in new if each not in had])
    if gone and not can_be_named(name, gone, definitions):
        return [Modification("replace", name, new) if new else Modification("delete", name)]
    if fresh and old and not has_equality(name, definitions):
        return [Modification("replace", name, new)]
    steps = [Modification("delete", name, gone), Modification("add", name, fresh)]
    return [each for each in steps if each.values]


def can_be_named(name: str, values: tuple[bytes, ...], definitions: Definitions) -> bool:
    """Whether a server would know which values to delete.

    It has to compare them (RFC 4511 section 4.6), and does not read what is no value of the attribute,
    though it may have such from an earlier schema.
    """
    known = definitions.attribute(name)
    syntax = known.syntax if known else None
    return has_equality(name, definitions) and all(is_valid(each, syntax) for each in values)


def has_equality(name: str, definitions: Definitions) -> bool:
    known = definitions.attribute(name)
    return known is not None and find_rule(known.equality) is not None
