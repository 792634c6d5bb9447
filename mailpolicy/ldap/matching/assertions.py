"""Simple filters, compiled: what can be known before an entry is seen is worked out once.

That is the attribute with its subtypes, the rule, and the normal form of the asserted value. Where
one of them is missing, the filter is Undefined for every entry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from ..definitions import AttributeType, Definitions
from ..entry import Entry
from ..filter import Approx, Equal, GreaterOrEqual, LessOrEqual, Present, Substrings
from .clauses import Clause
from .conditions import Anything, Condition, Equals, HasParts, InOrder, OneOf, Passes
from .descriptions import Description
from .names import dn_key, normalizer, split_uid
from .phonetic import asserted_words, sounds_like, stored_words
from .prep import Part
from .rules import CLASS_ATTRIBUTES, Rule, approximate_rule, find_rule
from .syntaxes import is_valid
from .values import COMPUTED, ENTRY_DN, HAS_SUBORDINATES, Test, undefined

__all__ = ["Assertion", "HasSubordinates", "asserted_form", "class_condition", "compile_assertion", "name_of"]

HasSubordinates: TypeAlias = Callable[[Entry], bool]
"""Tells whether an entry has entries below it: the one thing that is not in the entry."""

Assertion: TypeAlias = Present | Equal | Substrings | GreaterOrEqual | LessOrEqual | Approx

ConditionOf: TypeAlias = Callable[[AttributeType], Condition | None]
"""Gives the condition on values of an attribute, by its own rules; None where it has no such rule."""


def compile_assertion(
    filter: Assertion, definitions: Definitions, has_subordinates: HasSubordinates | None
) -> Clause | Test:
    """What a filter asserts of one attribute: a clause about stored values.

    Where it is about what a server works out, it is a test instead, and where it is Undefined for
    every entry, the test `undefined`.
    """
    description = Description.read(filter.attribute, definitions)
    if description is None:
        return undefined
    attribute = description.attribute
    if attribute.oid in COMPUTED and isinstance(filter, Present):
        return lambda entry: True
    if attribute.oid in (ENTRY_DN, HAS_SUBORDINATES) and isinstance(filter, Equal | Approx):
        return _computed(attribute, filter.value, definitions, has_subordinates)
    condition_of = _condition_of(filter, attribute, definitions)
    if condition_of is None:
        return undefined
    subtypes = definitions.subtypes(attribute)
    return Clause(
        description, {each.name: condition_of(each) for each in subtypes if each.oid not in COMPUTED}
    )


def asserted_form(rule: Rule, value: bytes, definitions: Definitions) -> bytes | None:
    """The normal form of an asserted value; None where it is not of the rule's syntax."""
    if not is_valid(value, rule.syntax):
        return None
    return (rule.asserted_form or normalizer(rule, definitions))(value)


def name_of(entry: Entry, definitions: Definitions) -> bytes:
    """The entry's own name as rules about names compare it."""
    return dn_key(entry.dn, definitions).encode("utf-8", "surrogateescape")


def class_condition(value: bytes, definitions: Definitions) -> OneOf | None:
    """The condition that an object class is the asserted one or derives from it; None if there is none."""
    wanted = definitions.object_class(value.decode("utf-8", "surrogateescape"))
    return OneOf(_class_spellings(wanted.oid, definitions)) if wanted else None


@lru_cache(maxsize=256)
def _class_spellings(oid: str, definitions: Definitions) -> frozenset[bytes]:
    """How the class of that OID, and each that derives from it, may be written."""
    wanted = definitions.object_class(oid)
    return frozenset(
        spelling.lower().encode()
        for each in definitions.object_classes
        if wanted in definitions.superclasses(each)
        for spelling in (*each.names, each.oid)
    )


def _computed(
    attribute: AttributeType,
    value: bytes,
    definitions: Definitions,
    has_subordinates: HasSubordinates | None,
) -> Test:
    rule = find_rule(attribute.equality)
    wanted = asserted_form(rule, value, definitions) if rule else None
    if wanted is None:
        return undefined
    if attribute.oid == ENTRY_DN:
        return lambda entry: name_of(entry, definitions) == wanted
    if has_subordinates is None:
        return undefined
    return lambda entry: has_subordinates(entry) == (wanted == b"TRUE")


def _condition_of(
    filter: Assertion, attribute: AttributeType, definitions: Definitions
) -> ConditionOf | None:
    """The condition on stored values, by their attribute; None where the assertion is Undefined."""
    match filter:
        case Present():
            return lambda stored: Anything()
        case Equal(value=value) | Approx(value=value) if attribute.oid in CLASS_ATTRIBUTES:
            condition = class_condition(value, definitions)
            return (lambda stored: condition) if condition else None
        case Equal(value=value):
            return _equal(value, attribute, definitions)
        case Approx(value=value):
            return _approximate(value, attribute, definitions)
        case GreaterOrEqual(value=value):
            return _ordered(value, attribute, definitions, at_least=True)
        case LessOrEqual(value=value):
            return _ordered(value, attribute, definitions, at_least=False)
        case Substrings():
            return _substrings(filter, attribute, definitions)


def _equal(value: bytes, attribute: AttributeType, definitions: Definitions) -> ConditionOf | None:
    rule = find_rule(attribute.equality)
    wanted = asserted_form(rule, value, definitions) if rule else None
    if wanted is None:
        return None
    condition = Equals(wanted)
    return lambda stored: condition if find_rule(stored.equality) else None


def _approximate(value: bytes, attribute: AttributeType, definitions: Definitions) -> ConditionOf | None:
    rule = find_rule(attribute.equality)
    wanted = asserted_form(rule, value, definitions) if rule else None
    if rule is None or wanted is None:
        return None
    if rule is find_rule("uniqueMemberMatch"):
        same = Passes(lambda normal: _is_same_member(normal, wanted))
        return lambda stored: same
    if approximate_rule(attribute) is None:
        return _equal(value, attribute, definitions)
    sounds = asserted_words(wanted)
    alike = Passes(lambda normal: sounds_like(stored_words(normal or b""), sounds))
    return lambda stored: alike


def _is_same_member(stored: bytes | None, wanted: bytes) -> bool:
    """Tell whether two members have the same name, and no different unique identifiers."""
    if stored is None:
        return False
    (left, left_uid), (right, right_uid) = split_uid(stored), split_uid(wanted)
    return left == right and (left_uid == right_uid or not left_uid or not right_uid)


def _ordered(
    value: bytes, attribute: AttributeType, definitions: Definitions, *, at_least: bool
) -> ConditionOf | None:
    rule = find_rule(attribute.ordering)
    wanted = asserted_form(rule, value, definitions) if rule else None
    if wanted is None:
        return None

    def condition_of(stored: AttributeType) -> Condition | None:
        stored_rule = find_rule(stored.ordering)
        order = stored_rule.order if stored_rule else None
        bound = order(wanted) if order else None
        return None if order is None or bound is None else InOrder(order, bound, at_least)

    return condition_of


def _substrings(filter: Substrings, attribute: AttributeType, definitions: Definitions) -> ConditionOf | None:
    rule = find_rule(attribute.equality)
    if rule is None or find_rule(attribute.substrings) is None:
        return None
    form = normalizer(rule, definitions)

    def part_form(value: bytes | None, part: Part) -> bytes | None:
        """The form of an asserted part; a part that is not asserted is empty, which every value has."""
        return b"" if value is None else form(value, part) if is_valid(value, rule.syntax) else None

    initial, final = part_form(filter.initial, Part.INITIAL), part_form(filter.final, Part.FINAL)
    middles = [part_form(each, Part.ANY) for each in filter.any]
    between = tuple([each for each in middles if each is not None])
    if initial is None or final is None or len(between) < len(middles):
        return None
    condition = HasParts(initial, between, final)
    return lambda stored: condition if find_rule(stored.substrings) else None
