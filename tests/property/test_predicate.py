"""A predicate comes to the same for one entry, for all at once, and for those who ask each object slowly."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

from hypothesis import given, strategies as st

from mailpolicy.ldap.filter import (
    And,
    Approx,
    Equal,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)
from mailpolicy.lists.predicate import Predicate, clauses
from mailpolicy.model import Directory
from mailpolicy.snapshot import Snapshot, snapshot as versions_of
from mailpolicy.snapshot.rows import Rows
from tests.reference.directories import COS_NAMES, TEXTS, Drawn, directories
from tests.reference.predicate import KINDS, evaluate

WORDS = (
    *TEXTS, *COS_NAMES, *KINDS, "true", "deliver", "defer", "reject", "pending", "shutdown",
    "Ann@ACME.example", "user0@acme.example", "5GiB", "unlimited", "2d", "imap none", "smtp 2001:db8::/32",
    "ACTIVE", "",
)  # fmt: skip
OTHERS = (
    "status", "login", "receive", "send", "modify", "cos", "kind", "account-status", "domain-status",
    "mail-status", "is-global-admin", "imap-enabled", "mailbox-quota", "two-factor-policy", "display-name",
    "objectClass", "mail", "uid", "nonsense", "mail;nonsense", "tls-private-key",
)  # fmt: skip
"""Names beside those of the settings that the directory talks about."""


def simple(names: list[str]) -> st.SearchStrategy[Filter]:
    name = st.sampled_from([*names, *names, *OTHERS])
    text = st.sampled_from([each for each in WORDS if each])
    part = st.none() | st.sampled_from(["a", "act", "A", "e", "5", "example", "1"])
    substrings = st.tuples(name, part, part, part).filter(lambda drawn: any(drawn[1:]))
    return st.one_of(
        st.builds(Present, name),
        st.builds(Equal, name, st.sampled_from(WORDS)),
        st.builds(Equal, name, text),
        st.builds(GreaterOrEqual, name, text),
        st.builds(LessOrEqual, name, text),
        st.builds(Approx, name, text),
        substrings.map(
            lambda drawn: Substrings(drawn[0], drawn[1], (drawn[2],) if drawn[2] else (), drawn[3])
        ),
    )


def filters(drawn: Drawn) -> st.SearchStrategy[Filter]:
    names = [setting.name.replace("_", "-") for setting in drawn.focus]
    return st.recursive(
        simple(names),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(And), st.lists(inner, max_size=3).map(Or), inner.map(Not)
        ),
        max_leaves=5,
    )


def versions(drawn: Drawn, data: st.DataObject, asked: Predicate) -> Iterator[Snapshot]:
    """A directory before some entries came and others went, and after that; changes are a part or apart."""
    future = drawn.load()
    keys = [future.key(entry.dn) for entry in future]
    later, gone = (data.draw(st.lists(st.sampled_from(keys), unique=True)) for _ in range(2))
    without = future.changed(dict.fromkeys(later))
    before = drawn.load([each for each in drawn.records if without.entry(each.dn) is not None])
    if data.draw(st.booleans()):
        asked.rows(before)
    yield before
    changes = {key: future.at(key) for key in later} | dict.fromkeys(gone)
    with patch.object(versions_of, "SMALLEST_BOUND", data.draw(st.sampled_from([32, -99]))):
        yield before.changed(changes)


@given(directories(), st.sampled_from(["documented", "server"]), st.sampled_from([0, 16, 10**9]), st.data())
def test_all_at_once_is_one_by_one_is_obvious(
    drawn: Drawn, statuses: str, at_once: int, data: st.DataObject
) -> None:
    filter = data.draw(filters(drawn))
    predicate = Predicate.read(filter, drawn.dialect, statuses)
    with patch.object(clauses, "ALL_AT_ONCE", at_once):
        for snapshot in versions(drawn, data, predicate):
            directory = Directory(snapshot, statuses)
            outcomes = {}
            for row, entry in zip(snapshot.rows, snapshot, strict=True):
                outcomes[row] = evaluate(filter, directory, entry)
                assert predicate.matches(snapshot, entry) is outcomes[row], (str(filter), entry.dn)
            true = [row for row, outcome in outcomes.items() if outcome]
            assert list(predicate.rows(snapshot)) == true
            assert list(predicate.rows(snapshot)) == true, "remembered"
            among = Rows.of(data.draw(st.sets(st.sampled_from(list(outcomes)))) if outcomes else ())
            assert list(predicate.rows(snapshot, among)) == [row for row in among if row in true]


@given(directories(), st.data())
def test_what_is_a_problem_is_undefined_for_everybody(drawn: Drawn, data: st.DataObject) -> None:
    filter = data.draw(simple([setting.name.replace("_", "-") for setting in drawn.focus]))
    predicate = Predicate.read(filter, drawn.dialect)
    snapshot = drawn.load()
    for problem in predicate.problems:
        assert problem.part == str(filter)
        assert {predicate.matches(snapshot, entry) for entry in snapshot} <= {None}
        assert not predicate.rows(snapshot)
        assert not Predicate.read(Not(filter), drawn.dialect).rows(snapshot)
