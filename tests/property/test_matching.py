"""What holds of matching for every value, name and filter."""

from __future__ import annotations

from hypothesis import example, given, settings, strategies as st

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import AVA, DN, RDN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import And, Filter, Not, Or
from mailpolicy.ldap.matching import compile_filter, dn_key, is_below, is_within, parent_key, prepare
from mailpolicy.ldap.matching.evaluate import SHALLOW
from mailpolicy.ldap.matching.forms import by_number
from mailpolicy.ldap.matching.names import _rdn_key
from mailpolicy.ldap.matching.prep import LONG, Part, squeeze, to_ascii
from mailpolicy.ldap.matching.times import normal_time
from tests.reference_filter import evaluate
from tests.twin import drawn, drawn_schema

DEFINITIONS = Definitions.standard() | Definitions.parse(drawn_schema.schema())

MARKS = (
    st.text(st.sampled_from("ae\u0301\u0316\u0344\u0f71\u0f72\u0f73\u1e9b\u0323\uac00\u1161\u11a8"))
    | st.text()
)

octets = st.binary() | st.text().map(str.encode) | drawn_schema.text.map(str.encode)


def _entry(each: drawn.DrawnEntry) -> Entry:
    values = {DEFINITIONS.canonical_name(name): tuple(held) for name, held in each.attributes.items()}
    return Entry(each.name_below(DN(drawn_schema.SUFFIX)), values, DEFINITIONS)


@given(drawn.directories())
def test_a_compiled_filter_says_what_the_obvious_evaluation_says(
    directory: tuple[list[drawn.DrawnEntry], list[tuple[int, str, Filter]]],
) -> None:
    entries, questions = directory
    for _, _, filter in questions:
        matches = compile_filter(filter, DEFINITIONS)
        for each in map(_entry, entries):
            assert matches(each) == evaluate(filter, each, DEFINITIONS)


@settings(max_examples=settings().max_examples // 4)
@given(drawn.directories(), st.lists(st.sampled_from([And, Or, Not]), min_size=1, max_size=100))
def test_a_deep_filter_says_what_it_says_level_by_level(
    directory: tuple[list[drawn.DrawnEntry], list[tuple[int, str, Filter]]], around: list[type[Filter]]
) -> None:
    entries, questions = directory
    entry = _entry(entries[0])
    filter = questions[0][2]
    for number in range(SHALLOW):
        filter = Not(filter) if number % 3 else And([filter, Or([filter])])
    outcome = compile_filter(filter, DEFINITIONS)(entry)
    others = [(beside, compile_filter(beside, DEFINITIONS)(entry)) for _, _, beside in questions]
    for number, kind in enumerate(around):
        beside, other = others[number % len(others)]
        if kind is Not:
            filter, outcome = Not(filter), None if outcome is None else not outcome
        elif kind is And:
            filter = And([filter, beside])
            outcome = False if False in (outcome, other) else None if None in (outcome, other) else True
        else:
            filter = Or([filter, beside])
            outcome = True if True in (outcome, other) else None if None in (outcome, other) else False
    assert compile_filter(filter, DEFINITIONS)(entry) is outcome


@given(octets)
def test_what_is_prepared_without_case_stays_as_it_is(value: bytes) -> None:
    prepared = prepare(value, fold=False)
    assert prepared is None or prepare(prepared, fold=False) == prepared


@given(st.binary().map(lambda value: value.replace(b"\0", b" ")), st.sampled_from(Part))
def test_squeezing_only_takes_spaces(value: bytes, part: Part) -> None:
    squeezed = squeeze(value, part)
    assert b"  " not in squeezed
    assert squeezed.split() == value.split()


@given(st.integers(), st.integers())
def test_integers_sort_as_numbers(left: int, right: int) -> None:
    places = by_number(str(left).encode()), by_number(str(right).encode())
    assert None not in places
    assert (places[0] < places[1]) == (left < right)
    assert (places[0] == places[1]) == (left == right)


@given(drawn_schema.times | drawn_schema.bad_times)
def test_a_normal_time_is_its_own_normal_form(value: str) -> None:
    normal = normal_time(value.encode())
    assert normal is None or normal_time(normal) == normal


values = drawn_schema.text.filter(bool).map(lambda value: AVA("cn", value))


@given(st.lists(values, min_size=1, max_size=4))
def test_the_key_of_the_parent_is_the_parent_of_the_key(avas: list[AVA]) -> None:
    dn = DN.build(*avas)
    key = dn_key(dn, DEFINITIONS)
    assert parent_key(key) == dn_key(dn.parent, DEFINITIONS)
    assert is_below(key, parent_key(key))
    assert is_within(key, parent_key(key), "one")
    assert not is_below(parent_key(key), key)


# Text of either kind and under each of its names, and what is compared in some other way.
naming = st.sampled_from(["cn", "CN", "2.5.4.3", "dc", "serialNumber"]) | st.sampled_from(
    ["objectClass", "member", "uidNumber", "homeDirectory", "userPassword", "noSuch", "1.2.3"]
)
named = (
    st.text("aZ= ", max_size=3) | st.text("aZ09._@- #+=,\\é", max_size=4) | st.sampled_from(["person", "007"])
)


@given(
    st.lists(
        st.builds(AVA, naming, named).map(lambda ava: (ava,))
        | st.tuples(st.builds(AVA, naming, named), values),
        max_size=3,
    )
)
@example([(AVA("cn", "a=b"),)])
@example([(AVA("homeDirectory", "A"),)])
def test_the_key_of_a_plain_name_is_made_by_the_same_rules(parts: list[RDN]) -> None:
    dn = DN.build(*parts)
    key = dn_key(dn, DEFINITIONS)
    assert key == ",".join(_rdn_key(rdn, DEFINITIONS) for rdn in dn.rdns)
    assert type(key) is str


@given(st.lists(values, min_size=1, max_size=3), st.permutations(["cn", "sn", "uid"]))
def test_the_order_within_a_part_of_a_name_does_not_count(avas: list[AVA], names: list[str]) -> None:
    rdn = [AVA(name, ava.value) for name, ava in zip(names, avas, strict=False)]
    assert dn_key(DN.build(tuple(rdn)), DEFINITIONS) == dn_key(DN.build(tuple(rdn[::-1])), DEFINITIONS)


@given(MARKS)
def test_long_text_is_prepared_as_short_text_is(text: str) -> None:
    value, filling = text.encode(), b"x" * LONG
    short, long = prepare(b"x" + value, fold=True), prepare(filling + value, fold=True)
    assert short is not None
    assert long == filling[1:] + short
    assert to_ascii(filling + value) == filling + to_ascii(b"x" + value)[1:]


def test_a_text_of_marks_is_prepared_in_time() -> None:
    # By insertion, as Python sorts them, these would take minutes.
    marks = "a" + "\u0301\u0316" * 200_000
    assert prepare(marks.encode(), fold=True) == ("\u00e1" + "\u0316" * 200_000 + "\u0301" * 199_999).encode()
