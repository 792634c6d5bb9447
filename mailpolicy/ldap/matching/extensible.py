"""Extensible filters, compiled: a rule by name, any attribute it fits, the parts of the entry's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..definitions import AttributeType, Definitions
from ..entry import Entry
from ..filter import Extensible
from ..shape import Shape
from .assertions import asserted_form, class_condition, name_of
from .descriptions import Description
from .names import normalizer
from .rules import CLASS_ATTRIBUTES, Rule, find_rule, is_usable
from .values import COMPUTED, ENTRY_DN, Judged, Test, ValueTest, any_value, undefined

__all__ = ["compile_extensible"]


def compile_extensible(filter: Extensible, definitions: Definitions) -> Test:
    """The test of an extensible filter (RFC 4511, section 4.5.1.7.7)."""
    if filter.attribute is None:
        return _of_any_attribute(filter, definitions)
    description = Description.read(filter.attribute, definitions)
    if description is None:
        return undefined
    attribute = description.attribute
    value_test = _value_test(filter, attribute, definitions)
    if value_test is None:
        return undefined
    if attribute.oid == ENTRY_DN:
        return lambda entry: value_test(name_of(entry, definitions))
    subtypes = definitions.subtypes(attribute)
    counting = [each.name for each in subtypes if each.oid not in COMPUTED]

    def judged(shape: Shape) -> Judged:
        return [(name, value_test) for name in description.among(counting, shape.places, shape.tagged)]

    if not (filter.dn_attributes and description.is_plain):
        return any_value(judged)
    oids = {each.oid for each in subtypes}
    return _first_not_false(
        any_value(judged), _of_name(definitions, lambda each: each.oid in oids, value_test)
    )


def _value_test(filter: Extensible, attribute: AttributeType, definitions: Definitions) -> ValueTest | None:
    """How one value is tested; None where the rule is unknown, does not fit, or the value is not its own."""
    if attribute.oid in CLASS_ATTRIBUTES:
        condition = None if filter.rule else class_condition(filter.value, definitions)
        return condition.passes if condition else None
    rule = find_rule(filter.rule or attribute.equality)
    if rule is None or not is_usable(rule, attribute):
        return None
    wanted = asserted_form(rule, filter.value, definitions)
    return None if wanted is None else _matches(rule, wanted, definitions)


def _matches(rule: Rule, wanted: bytes, definitions: Definitions) -> ValueTest:
    form, compare = normalizer(rule, definitions), rule.compare

    def value_test(value: bytes) -> bool | None:
        normal = form(value)
        return False if normal is None else compare(normal, wanted)

    return value_test


def _of_any_attribute(filter: Extensible, definitions: Definitions) -> Test:
    rule = find_rule(filter.rule)
    wanted = asserted_form(rule, filter.value, definitions) if rule else None
    if rule is None or wanted is None:
        return undefined
    # OpenLDAP prepares the value once for the filter, and what comes out of that for each attribute.
    wanted = asserted_form(rule, wanted, definitions)
    if wanted is None:
        return lambda entry: False
    value_test = _matches(rule, wanted, definitions)

    def fits(attribute: AttributeType | None) -> bool:
        return (
            attribute is not None
            and attribute.oid not in CLASS_ATTRIBUTES
            and attribute.oid not in COMPUTED
            and is_usable(rule, attribute)
        )

    def judged(shape: Shape) -> Judged:
        return [(name, value_test) for name in shape.places if fits(definitions.attribute(name))]

    stored = any_value(judged)
    if not filter.dn_attributes:
        return stored
    return _first_not_false(stored, _of_name(definitions, fits, value_test))


def _of_name(
    definitions: Definitions, is_meant: Callable[[AttributeType], bool], value_test: ValueTest
) -> Test:
    """The test of the values in the entry's name whose attribute is meant."""

    def test(entry: Entry) -> bool | None:
        for rdn in entry.dn.rdns:
            for ava in rdn:
                attribute = definitions.attribute(ava.attribute)
                if attribute and is_meant(attribute):
                    outcome = value_test(ava.value)
                    if outcome is not False:
                        return outcome
        return False

    return test


def _first_not_false(*tests: Test) -> Test:
    def test(entry: Entry) -> bool | None:
        outcomes: Iterable[bool | None] = (each(entry) for each in tests)
        return next((outcome for outcome in outcomes if outcome is not False), False)

    return test
