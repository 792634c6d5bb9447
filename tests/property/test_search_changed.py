"""Searching a directory that has changed finds what trying its entries one by one finds."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st

from mailpolicy.errors import NotFound, Unavailable
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.matching import compile_filter, is_within
from mailpolicy.ldap.matching.names import parent_key
from mailpolicy.model import Directory
from mailpolicy.query import planner
from mailpolicy.snapshot import Snapshot, values, version as versions_of
from tests.drawn_versions import NAMES, History, Model, histories, present

FILTERS = (
    "(objectClass=*)", "(cn=gold)", "(cn>=g)", "(description=*B*)", "(mail=*@ACME.example)", "(mail=a*e)",
    "(!(mail=*))", "(!(cn=gold))", "(&(uid=al)(!(description=a)))", "(|(cn=gold)(mail>=b))",
    "(hasSubordinates=TRUE)", "(&(hasSubordinates=FALSE)(cn=*))", "(|(hasSubordinates=TRUE)(cn=gold))",
    "(cn:caseExactMatch:=Gold)", "(|(cn:caseExactMatch:=Gold)(uid=al))", "(noSuchAttribute=x)",
    "(!(noSuchAttribute=x))", "(&)", "(|)", "(2.5.18.9=TRUE)", "(!(2.5.18.9=TRUE))",
    f"{'(!' * 40}(2.5.18.9~=TRUE){')' * 40}",
)  # fmt: skip
SCOPES = ("base", "one", "sub", "children")
EFFORTS = ((planner.TEST, values.FEW), (10**6, values.FEW), (10**6, 0), (0, 0))
"""What trying an entry is taken to cost: what it does, or so much that all is looked up, or nothing."""

questions = st.tuples(
    st.sampled_from(FILTERS),
    st.sampled_from(["", *NAMES, "OU=A, o=mail", "o=nowhere"]),
    st.sampled_from(SCOPES),
    st.one_of(st.none(), st.integers(0, 3)),
    st.sampled_from(EFFORTS),
)


def slowly(snapshot: Snapshot, model: Model, filter: str, base: str, scope: str) -> tuple[int, list[Entry]]:
    """How many entries are in scope, and those of them for which the filter is true."""
    entries = present(model)
    above = set(map(parent_key, entries.keys() - {""}))
    matches = compile_filter(
        Filter.parse(filter),
        snapshot.definitions,
        has_subordinates=lambda entry: snapshot.key(entry.dn) in above,
    )
    within = [entry for key, entry in entries.items() if is_within(key, snapshot.key(base), scope)]
    return len(within), [entry for entry in within if matches(entry) is True]


def assert_searched(
    snapshot: Snapshot, model: Model, filter: str, base: str, scope: str, limit: int | None
) -> None:
    directory = Directory(snapshot, "documented")
    if base and snapshot.key(base) not in present(model):
        with pytest.raises((NotFound, Unavailable)):
            directory.search(base, scope, filter, limit=limit)
        return
    searched, expected = slowly(snapshot, model, filter, base, scope)
    result = directory.search(base, scope, filter, limit=limit)
    assert list(result) == expected[:limit]
    assert result.plan is None
    explained = directory.search(base, scope, filter, limit=limit, explain=True)
    assert explained == result
    assert explained.plan is not None
    assert (explained.plan.found, explained.plan.entries) == (len(expected), searched)
    assert directory.search(base, scope, filter, limit=limit) == result


@given(histories(), st.lists(questions, min_size=1, max_size=8), st.data())
def test_a_search_finds_what_a_scan_finds(
    history: History, asked: list[tuple[str, str, str, int | None, tuple[int, int]]], data: st.DataObject
) -> None:
    with patch.object(versions_of, "SMALLEST_BOUND", history.bound):
        versions = []
        for snapshot, model in history.versions():
            versions.append((snapshot, model))
            # What this version makes to answer, the next one takes over or not.
            Directory(snapshot, "documented").search("", filter=data.draw(st.sampled_from(FILTERS)))
    for filter, base, scope, limit, (test, few) in asked:
        with patch.object(planner, "TEST", test), patch.object(values, "FEW", few):
            for snapshot, model in (versions[-1], versions[0], versions[-2]):
                assert_searched(snapshot, model, filter, base, scope, limit)
                assert_searched(snapshot, model, filter, "", "sub", limit)
