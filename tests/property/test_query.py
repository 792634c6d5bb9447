"""What the indexes find is what trying the filter on each entry finds."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import And, Equal, Extensible, Filter, Not, Or, Present, Substrings
from mailpolicy.ldap.matching import compile_filter
from mailpolicy.ldap.matching.evaluate import SHALLOW
from mailpolicy.query import Query, planner
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot import values
from mailpolicy.snapshot.rows import Rows
from mailpolicy.snapshot.segment import Base, Segment
from tests.twin import drawn, drawn_schema

DIALECT = find_dialect("native").using(Definitions.parse(drawn_schema.schema()))
DEFINITIONS = DIALECT.definitions

Drawn = tuple[list[drawn.DrawnEntry], list[tuple[int, str, Filter]]]

efforts = st.sampled_from([(planner.TEST, values.FEW), (10**6, values.FEW), (10**6, 0), (0, 0)])
"""What trying an entry is taken to cost: what it does, or so much that all is looked up, or nothing."""


def entry_of(each: drawn.DrawnEntry) -> Entry:
    held = {DEFINITIONS.canonical_name(name): tuple(held) for name, held in each.attributes.items()}
    return Entry(each.name_below(DN(drawn_schema.SUFFIX)), held, DEFINITIONS)


def segment_of(entries: list[Entry]) -> Base:
    return Base(DIALECT, list(entries), {str(row): row for row in range(len(entries))})


def has_subordinates(entry: Entry) -> bool:
    return len(entry) % 2 == 0


def assert_found(filter: Filter, segment: Segment, within: Rows | None = None) -> None:
    definitions = segment.dialect.definitions
    matches = compile_filter(filter, definitions, has_subordinates=has_subordinates)
    among = segment.rows if within is None else within
    found = [row for row in among if (entry := segment.at(row)) is not None and matches(entry) is True]
    query = Query(filter, definitions, has_subordinates=has_subordinates)
    assert list(query.rows(segment, within)) == found
    certain, possible = query.bounds(segment, within)
    assert set(certain) <= set(found) <= set(possible)
    plan = query.explain(segment, within)
    assert (plan.found, plan.entries) == (len(found), len(among))
    assert str(plan).endswith(f"{len(found)}")


@given(drawn.directories(), efforts, st.data())
def test_a_query_finds_what_trying_each_entry_finds(
    directory: Drawn, effort: tuple[int, int], data: st.DataObject
) -> None:
    entries, questions = directory
    segment = segment_of([entry_of(each) for each in entries])
    with patch.object(planner, "TEST", effort[0]), patch.object(values, "FEW", effort[1]):
        filters = [filter for _, _, filter in questions]
        for filter in (
            *filters,
            *map(Not, filters),
            And(filters[:3]),
            Not(And(filters[2:])),
            Or(filters[1:]),
        ):
            assert_found(filter, segment)
        within = Rows.of(data.draw(st.sets(st.sampled_from(list(segment.rows)))))
        assert_found(And([Or(filters[:2]), Not(filters[2])]), segment, within)


@given(drawn.directories(), drawn.directories(), efforts)
def test_a_query_finds_what_has_changed(before: Drawn, after: Drawn, effort: tuple[int, int]) -> None:
    entries = [entry_of(each) for each in before[0]]
    filters = [filter for _, _, filter in (*before[1], *after[1])]
    segment = segment_of(entries)
    with patch.object(planner, "TEST", effort[0]), patch.object(values, "FEW", effort[1]):
        for filter in filters:
            assert_found(filter, segment)
        changed = {row: (str(row), entry_of(each)) for row, each in enumerate(after[0], start=1)}
        for filter in filters:
            assert_found(filter, segment.changed({0: ("0", None), **changed}))
            assert_found(filter, segment)


# Few words, so that parts of filters meet in the same entries; a subtype of `job` has no known rule.
SITE = """
attributetype ( 2.25.1 NAME 'job' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.25.2 NAME 'sideJob' SUP job )
attributetype ( 2.25.3 NAME 'oddJob' SUP job EQUALITY certificateExactMatch )
"""
PLAIN = find_dialect("native").using(Definitions.parse(SITE))
words = st.sampled_from([b"a", b"b", b"ab"])
some_words = st.lists(words, max_size=2, unique=True).map(tuple)
STORED = ("job", "job;lang-de", "sideJob", "oddJob", "title")
few_entries = st.lists(
    st.fixed_dictionaries(dict.fromkeys(STORED, some_words)).map(
        lambda held: Entry(DN("o=x"), {name: each for name, each in held.items() if each}, PLAIN.definitions)
    ),
    max_size=12,
)
names = st.sampled_from(["job", "job", "sideJob", "title", "job;lang-de", "noSuchJob"])
simple = st.one_of(
    st.builds(Equal, names, words),
    st.builds(Present, names),
    st.builds(lambda name, part: Substrings(name, None, [], part), names, words),
    st.builds(lambda name, word: Extensible("caseExactMatch", name, False, word), names, words),
)
combined = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        *(st.lists(inner, min_size=2, max_size=3).map(kind) for kind in (And, Or)),
    ),
    max_leaves=8,
)


@settings(max_examples=5 * settings().max_examples)
@given(few_entries, combined, efforts)
def test_parts_of_a_filter_meet(entries: list[Entry], filter: Filter, effort: tuple[int, int]) -> None:
    segment = Base(PLAIN, list(entries), {str(row): row for row in range(len(entries))})
    with patch.object(planner, "TEST", effort[0]), patch.object(values, "FEW", effort[1]):
        for each in (filter, Not(filter)):
            assert_found(each, segment)


@settings(max_examples=settings().max_examples // 4)
@given(drawn.directories(), st.integers(SHALLOW - 2, SHALLOW + 2))
def test_a_deep_filter_is_answered_too(directory: Drawn, depth: int) -> None:
    entries, questions = directory
    filter, beside = questions[0][2], questions[1][2]
    for number in range(depth):
        filter = Not(filter) if number % 3 else And([filter, Or([beside])])
    assert_found(filter, segment_of([entry_of(each) for each in entries]))
