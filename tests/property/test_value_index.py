"""An index finds the rows that trying each value finds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias
from unittest.mock import patch

from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.filter import Extensible, Filter
from mailpolicy.ldap.matching.assertions import Assertion, compile_assertion
from mailpolicy.ldap.matching.clauses import Clause
from mailpolicy.ldap.matching.conditions import Condition, Equals, HasParts, InOrder
from mailpolicy.ldap.matching.forms import by_octets, by_time
from mailpolicy.ldap.matching.names import stored_form
from mailpolicy.snapshot import values
from mailpolicy.snapshot.postings import Postings
from mailpolicy.snapshot.values import ValueIndex
from tests.twin import drawn, drawn_schema

DEFINITIONS = Definitions.standard() | Definitions.parse(drawn_schema.schema())

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
Forms: TypeAlias = list[list[bytes | None]]
"""The normal forms of each row's values."""


@st.composite
def asked(draw: Draw) -> tuple[Forms, list[Condition]]:
    """The values of one attribute, and conditions that filters put on them."""
    kinds = {kind.name: st.one_of(kind.values.map(str.encode), kind.invalid) for kind in drawn_schema.KINDS}
    kinds["objectClass"] = drawn.CLASS_NAMES.map(str.encode)
    name = draw(st.sampled_from(sorted(kinds)))
    held = draw(st.lists(st.lists(kinds[name], max_size=3), min_size=1, max_size=12))
    attribute = DEFINITIONS.attribute(name)
    assert attribute
    form = stored_form(attribute, DEFINITIONS)
    filters = draw(
        st.lists(drawn.simple_filters({name: [*chain.from_iterable(held)] or [b"x"]}), min_size=8, max_size=8)
    )
    conditions = [condition for filter in filters for condition in conditions_on(name, filter)]
    return [[form(value) for value in each] for each in held], conditions


def conditions_on(name: str, filter: Filter) -> list[Condition]:
    if isinstance(filter, Extensible):
        return []
    assert isinstance(filter, Assertion)
    clause = compile_assertion(filter, DEFINITIONS, None)
    if not isinstance(clause, Clause):
        return []
    return [condition for _, condition in clause.among([name], []) if condition is not None]


def indexed(forms: Forms) -> ValueIndex:
    return ValueIndex(Postings.of((form, row) for row, each in enumerate(forms) for form in each).by_key)


def found_slowly(forms: Forms, condition: Condition) -> list[int]:
    return [row for row, each in enumerate(forms) if any(condition.passes(form) for form in each)]


@given(asked(), st.sampled_from([0, values.FEW]))
def test_an_index_finds_what_trying_each_value_finds(
    question: tuple[Forms, list[Condition]], few: int
) -> None:
    forms, conditions = question
    with patch.object(values, "FEW", few):
        index = indexed(forms)
        for condition in conditions:
            assert list(index.rows(condition)) == found_slowly(forms, condition), condition


def by_length(form: bytes) -> int:
    """An order in which different forms have the same place."""
    return len(form)


# Few octets, the last of all among them: so that forms begin, end and contain alike.
octets = st.lists(st.sampled_from([b"a", b"b", b"\xff"]), max_size=4).map(b"".join)
parts_or_order = st.one_of(
    st.builds(HasParts, octets, st.lists(octets, max_size=2).map(tuple), octets),
    st.builds(HasParts, st.just(b""), st.tuples(octets), st.just(b"")),
    st.builds(InOrder, st.sampled_from([by_octets, by_time]), octets, st.booleans()),
    st.builds(InOrder, st.just(by_length), st.integers(0, 4), st.booleans()),
)


@settings(max_examples=3 * settings().max_examples)
@given(st.lists(st.lists(st.none() | octets, max_size=2), max_size=12), st.lists(parts_or_order, min_size=5))
def test_forms_that_are_nearly_alike_are_told_apart(forms: Forms, conditions: list[Condition]) -> None:
    with patch.object(values, "FEW", 0):
        index = indexed(forms)
        for condition in conditions:
            assert list(index.rows(condition)) == found_slowly(forms, condition), condition


some_forms = st.lists(st.none() | octets, max_size=2)
changes = st.dictionaries(st.integers(0, 7), some_forms, min_size=1, max_size=3)


@settings(max_examples=3 * settings().max_examples)
@given(
    st.lists(some_forms, min_size=8, max_size=8),
    st.lists(st.tuples(changes, st.lists(parts_or_order, min_size=1, max_size=4)), min_size=1, max_size=4),
    st.sampled_from([0, 1, values.FEW_CHANGED]),
)
def test_what_has_changed_is_found_with_the_order_of_before(
    forms: Forms, steps: list[tuple[dict[int, list[bytes | None]], list[Condition]]], few_changed: int
) -> None:
    with patch.object(values, "FEW", 0), patch.object(values, "FEW_CHANGED", few_changed):
        index, versions = indexed(forms), []
        for change, conditions in steps:
            for condition in conditions:
                index.rows(condition)
            versions.append((index, forms))
            index = index.changed(
                [(form, row) for row in change for form in forms[row]],
                [(form, row) for row, each in change.items() for form in each],
            )
            forms = [change.get(row, each) for row, each in enumerate(forms)]
        for condition in [condition for _, conditions in steps for condition in conditions]:
            for version, held in (*versions, (index, forms)):
                assert list(version.rows(condition)) == found_slowly(held, condition), condition


def test_a_change_of_a_few_values_puts_nothing_in_order_again() -> None:
    index = indexed([[b"%d" % number] for number in range(1000)])
    wanted = [HasParts(b"99", (), b""), HasParts(b"", (), b"99"), HasParts(b"", (b"99",), b"")]
    for condition in wanted:
        index.rows(condition)
    after = index.changed([(b"99", 99), (b"7", 7)], [(b"7", 99), (b"1990", 7)])
    with (
        patch.object(values, "SortedForms", side_effect=AssertionError),
        patch.object(values, "TextOfForms", side_effect=AssertionError),
    ):
        prefix, suffix, substring = (list(after.rows(condition)) for condition in wanted)
    assert prefix == list(range(990, 1000))
    assert suffix == [*range(199, 1000, 100)]
    assert substring == [7, *range(199, 900, 100), *range(990, 1000)]


@given(asked())
def test_how_an_index_finds_does_not_depend_on_what_it_was_asked_before(
    question: tuple[Forms, list[Condition]],
) -> None:
    forms, conditions = question
    with patch.object(values, "FEW", 0):
        index = indexed(forms)
        before = [index.way(condition) for condition in conditions]
        for condition in conditions:
            index.rows(condition)
        assert [index.way(condition) for condition in conditions] == before


@given(asked())
def test_how_many_rows_have_one_value_is_known_before(question: tuple[Forms, list[Condition]]) -> None:
    forms, _ = question
    index = indexed(forms)
    for each in {form for row in forms for form in row if form is not None}:
        assert index.cost(Equals(each)).rows == len(index.rows(Equals(each)))
