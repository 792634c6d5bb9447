"""Every version of a snapshot answers as its entries alone would, whatever was asked of those before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.ldif import read
from mailpolicy.ldap.matching import compile_filter, is_within
from mailpolicy.ldap.matching.names import parent_key
from mailpolicy.lookup.straight import RECEIVING, codes
from mailpolicy.model.search import search
from mailpolicy.model.text import ldif_lines
from mailpolicy.reasons import Level
from mailpolicy.snapshot import Index, Snapshot, load, version as versions_of
from mailpolicy.snapshot.affiliation import AFFILIATION, affiliation_of
from mailpolicy.snapshot.facets import LEVEL, PARENT, TERMS
from mailpolicy.snapshot.index import terms
from mailpolicy.snapshot.postings import Postings
from mailpolicy.snapshot.segment import SHAPE, Base, Facet, Segment
from mailpolicy.snapshot.stored import Stored, stored_names, values_of
from mailpolicy.snapshot.tree import Tree
from tests.drawn_versions import NAMES, History, Model, histories, pool, present

FACETS: tuple[Facet[Any], ...] = (
    LEVEL, PARENT, SHAPE, AFFILIATION, RECEIVING, *TERMS.values(), Stored("objectClass"), Stored("mail"),
    Stored("description"), Stored("nobody's"),
)  # fmt: skip


class Named:
    """The name of each entry, as a column."""

    def value(self, entry: Entry, dialect: object) -> str:
        return str(entry.dn)


NAMED = Named()

FILTERS = ("(cn=gold)", "(description=*B*)", "(!(mail=*))", "(|(uid=al)(mail>=b))", "(cn>=g)")
SCOPES = ("base", "one", "sub", "children")

ASKING: tuple[Callable[[Snapshot], object], ...] = (
    lambda snapshot: snapshot.revision,
    lambda snapshot: snapshot.rows,
    lambda snapshot: [segment.find(each) for segment in segments(snapshot) for each in FACETS],
    lambda snapshot: [*snapshot.within("ou=a,o=mail", "children")],
    lambda snapshot: [segment.derived(RECEIVING, codes) for segment in segments(snapshot)],
    lambda snapshot: [stored_names(segment) for segment in segments(snapshot)],
    lambda snapshot: [found(snapshot, filter) for filter in FILTERS],
    lambda snapshot: snapshot.referred("one", Level.DOMAIN),
    lambda snapshot: snapshot.column(NAMED, snapshot.rows),
)
"""Questions for which something is made and kept, which later versions take over or not."""


def segments(snapshot: Snapshot) -> tuple[Segment, Segment]:
    return snapshot.base, snapshot.recent


def found(snapshot: Snapshot, filter: str, base: str = "", scope: str = "sub") -> list[Entry]:
    return [*search(snapshot, base, scope, filter, None, None, False)]


def assert_tells(snapshot: Snapshot, model: Model) -> None:
    """The snapshot answers what a look at each entry answers, in the same order."""
    dialect, entries = snapshot.dialect, present(model)
    assert list(snapshot) == list(entries.values())
    assert len(snapshot) == len(entries)
    assert snapshot.column(NAMED, snapshot.rows) == [str(entry.dn) for entry in entries.values()]
    assert {key: snapshot.at(key) for key in model} == model
    for level in Level:
        of_level = [entry for entry in entries.values() if dialect.level_of(entry) is level]
        assert list(snapshot.of_level(level)) == of_level
    for base in {*map(snapshot.key, NAMES), *map(parent_key, model), "o=nowhere"}:
        for scope in SCOPES:
            within = [entry for key, entry in entries.items() if is_within(key, base, scope)]
            assert list(snapshot.within(base, scope)) == within, (base, scope)
    for index in Index:
        expected = slow_index(snapshot, entries, index)
        assert dict(snapshot.postings(index)) == expected
        assert {term: snapshot.lookup(index, term) for term in expected} == expected
    shared = {(index, term): found for index, term, found in snapshot.shared()}
    assert shared == {
        (index, term): several
        for index in Index
        for term, several in slow_index(snapshot, entries, index).items()
        if len(several) > 1
    }
    for filter in FILTERS:
        matches = compile_filter(Filter.parse(filter), snapshot.definitions)
        assert found(snapshot, filter) == [entry for entry in entries.values() if matches(entry)]
    for affiliation in {affiliation_of(dialect, entry) for entry in entries.values()} - {None}:
        rows = snapshot.matching(lambda segment: segment.find(AFFILIATION)[affiliation])  # noqa: B023
        assert snapshot.entries(rows) == [
            entry for entry in entries.values() if affiliation_of(dialect, entry) == affiliation
        ]


def slow_index(snapshot: Snapshot, entries: dict[str, Entry], index: Index) -> dict[str, tuple[Entry, ...]]:
    """The entries under each term, in the order of their keys."""
    expected: dict[str, tuple[Entry, ...]] = {}
    for _, entry in sorted(entries.items()):
        for term in dict.fromkeys(term for _, term in terms(snapshot.dialect, entry, index)):
            expected[term] = (*expected.get(term, ()), entry)
    return expected


def told(history: History, data: st.DataObject) -> Iterator[tuple[Snapshot, Model]]:
    """The versions, each of which is asked something before the next is made; and sometimes those before."""
    questions = st.lists(st.sampled_from(ASKING), max_size=3, unique=True)
    with patch.object(versions_of, "SMALLEST_BOUND", history.bound):
        for snapshot, model in history.versions():
            for ask in data.draw(questions):
                ask(snapshot)
            yield snapshot, model


@given(histories(), st.data())
def test_each_version_is_what_its_entries_say(history: History, data: st.DataObject) -> None:
    versions = list(told(history, data))
    # The last first: it must not lean on what the others are asked, nor they be disturbed by it.
    for snapshot, model in versions[:-4:-1]:
        assert_tells(snapshot, model)
    for snapshot, model in versions:
        assert list(snapshot) == list(present(model).values())
    assert_tells(*versions[0])


@given(histories(most_steps=12), st.data())
def test_the_revision_is_that_of_the_entries_alone(history: History, data: st.DataObject) -> None:
    for snapshot, model in list(told(history, data)):
        assert snapshot.revision == Snapshot.of(snapshot.dialect, present(model)).revision
    again = load(read([b"".join(ldif_lines(snapshot))]), dialect=snapshot.dialect.name)
    assert again.revision == snapshot.revision


def assert_facets(segment: Segment) -> None:
    """All that a segment has is what one of the same entries would make."""
    anew = type(segment)(segment.dialect, segment.entries, segment.numbers)
    for facet, known in segment._facets.items():
        expected = {key: set(rows) for key, rows in anew.find(facet).items()}
        assert {key: set(rows) for key, rows in known.items()} == expected, facet
        slow: dict[Any, set[int]] = {}
        for key, row in segment.numbers.items():
            entry = segment.entries[row]
            for each in () if entry is None else facet.keys(key, entry, segment.dialect):
                slow.setdefault(each, set()).add(row)
        assert slow == expected, facet
    assert segment.rows == anew.rows
    assert set(segment.covered) == set(segment.numbers.values())
    assert stored_names(segment) == stored_names(anew)
    assert set(segment.derived(PARENT, Tree).below("")) == set(anew.derived(PARENT, Tree).below(""))
    kinds, expected_kinds = (each.derived(RECEIVING, codes) for each in (segment, anew))
    assert kinds.rstrip(b"\0") == expected_kinds.rstrip(b"\0")
    for (facet, make), made in segment._derived.items():
        if make in (codes, Tree):
            continue
        assert made == make(anew.find(facet)), (facet, make)


@given(histories(), st.data())
def test_a_facet_is_kept_up_to_date(history: History, data: st.DataObject) -> None:
    for snapshot, _ in told(history, data):
        assert list(snapshot.base.numbers.values()) == list(range(len(snapshot.base.entries)))
        for segment in segments(snapshot):
            assert_facets(segment)


@settings(max_examples=20)
@given(st.integers(0, 40))
def test_the_changed_go_into_a_new_base_where_they_are_many(start: int) -> None:
    """The real bound: as many changed names as it bears, and one more."""
    entries = pool("native")
    dialect = load([], dialect="native").dialect
    snapshot = Snapshot.of(dialect, {f"uid={number},o=x": entries[number] for number in range(start)})
    bound = versions_of.SMALLEST_BOUND + versions_of.RARELY * int(start**0.5)
    base = snapshot.base
    for number in range(bound):
        snapshot = snapshot.changed({f"uid={number},o=x": entries[number + 41]})
        assert snapshot.base is base
    after = snapshot.changed({"uid=0,o=x": None})
    assert after.base is base
    after = snapshot.changed({"cn=one more,o=x": None})
    assert after.base is not base
    assert not after.recent.numbers
    assert list(after) == list(snapshot)


class Meanwhile:
    """A facet during whose change somebody else asks the segment for something."""

    def __init__(self, name: str) -> None:
        self.segment: Segment | None = None
        self.name = name

    def keys(self, name: str, entry: Entry, dialect: object) -> tuple[str]:
        if self.segment is not None:
            values_of(self.segment, self.name)
            stored_names(self.segment)
        return ("key",)

    def collected(self, segment: Segment) -> Any:
        return Postings.of(("key", row) for row, _ in segment)


@pytest.mark.parametrize("name", ["description", "mail"])
def test_what_is_asked_while_a_segment_changes_stays_with_it(name: str) -> None:
    one, other = differing(name)
    segment = Base(load([], dialect="native").dialect, [one], {"o=x": 0})
    meanwhile = Meanwhile(name)
    segment.find(meanwhile)
    meanwhile.segment = segment
    after = segment.changed({0: ("o=x", other)})
    meanwhile.segment = None
    assert_facets(after)
    assert values_of(after, name).by_key != values_of(segment, name).by_key


def differing(name: str) -> tuple[Entry, Entry]:
    """Two entries with different values of an attribute."""
    having = [entry for entry in pool("native") if name in entry.raw]
    return having[0], next(entry for entry in having if entry.raw[name] != having[0].raw[name])


def test_entries_that_come_and_go_leave_no_rows_behind() -> None:
    entries = pool("native")
    dialect = load([], dialect="native").dialect
    snapshot = Snapshot.of(dialect, {f"uid={number},o=x": entries[number] for number in range(40)})
    model = {f"uid={number},o=x": entries[number] for number in range(40)}
    for number in range(3_000):
        key = f"uid=guest {number},o=x"
        snapshot = snapshot.changed({key: entries[number % 40]}).changed({key: None})
        assert len(snapshot.base.numbers) + len(snapshot.recent.numbers) < 300
    assert list(snapshot) == list(model.values())
    assert list(snapshot.rows) == list(range(40))
    assert snapshot.revision == Snapshot.of(dialect, model).revision


def test_the_revision_is_known_also_when_rows_are_numbered_anew() -> None:
    entries = pool("native")
    dialect = load([], dialect="native").dialect
    snapshot = Snapshot.of(dialect, {f"uid={number},o=x": entries[0] for number in range(400)})
    assert snapshot.revision
    before = snapshot.base
    snapshot = snapshot.changed({f"uid={number},o=x": None for number in range(300)})
    assert len(before.numbers) == 400
    assert len(snapshot.base.numbers) == 100
    assert snapshot._total
    assert (
        snapshot.revision == Snapshot.of(dialect, dict.fromkeys(snapshot.base.numbers, entries[0])).revision
    )
