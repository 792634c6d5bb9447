"""Modify requests as RFC 4511 section 4.6 and slapd have them, step by step and value by value.

Slow on purpose: what a server does to an entry, to hold the lists that we send against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.ldif.records import Modification
from mailpolicy.ldap.matching.names import normalizer
from mailpolicy.ldap.matching.rules import find_rule
from mailpolicy.ldap.matching.syntaxes import is_valid

Values = Mapping[str, tuple[bytes, ...]]


class Refused(Exception):
    """The server would not do it."""


def modified(
    before: Values, steps: Iterable[Modification], definitions: Definitions
) -> dict[str, list[bytes]]:
    entry = {name: list(values) for name, values in before.items()}
    for step in steps:
        had = entry.get(step.attribute, [])
        match step.operation:
            case "delete":
                entry[step.attribute] = deleted(step, had, definitions)
            case "add":
                entry[step.attribute] = added(step, had, definitions)
            case "replace":
                entry[step.attribute] = added(step, [], definitions)
            case _:
                raise Refused(step.operation)
    return {name: values for name, values in entry.items() if values}


def deleted(step: Modification, had: list[bytes], definitions: Definitions) -> list[bytes]:
    if not had:
        raise Refused("no such attribute")
    if not step.values:
        return []
    known = definitions.attribute(step.attribute)
    if known is None or find_rule(known.equality) is None:
        raise Refused("inappropriate matching")
    left = list(had)
    for value in step.values:
        if not is_valid(value, known.syntax):
            raise Refused("invalid syntax")
        same = [each for each in left if equal(step.attribute, each, value, definitions)]
        if not same:
            raise Refused("no such value")
        left.remove(same[0])
    return left


def added(step: Modification, had: list[bytes], definitions: Definitions) -> list[bytes]:
    known = definitions.attribute(step.attribute)
    if had and (known is None or find_rule(known.equality) is None):
        raise Refused("inappropriate matching")
    entry = list(had)
    for value in step.values:
        if any(equal(step.attribute, each, value, definitions) for each in entry):
            raise Refused("value exists")
        entry.append(value)
    if known is not None and known.single_value and len(entry) > 1:
        raise Refused("constraint violation")
    return entry


def equal(attribute: str, one: bytes, other: bytes, definitions: Definitions) -> bool:
    known = definitions.attribute(attribute)
    rule = find_rule(known.equality) if known else None
    if rule is None:
        return one == other
    form = normalizer(rule, definitions)
    forms = form(one), form(other)
    return one == other or (None not in forms and forms[0] == forms[1])
