"""A predicate comes to the same for one entry, for all at once, and for those who ask each object slowly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unittest.mock import patch

from attrs import frozen
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
from mailpolicy.ldap.matching import compile_filter
from mailpolicy.lists.predicate import Predicate, clauses, swept
from mailpolicy.lists.predicate.clauses import Case, Outcomes
from mailpolicy.lists.predicate.logic import settled
from mailpolicy.lists.why.outcome import Judge, explained, outcome_of, responsible, why_not
from mailpolicy.model import Directory
from mailpolicy.snapshot import Snapshot, version as versions_of
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
    few = data.draw(st.sampled_from([0, 64]))
    with patch.object(clauses, "ALL_AT_ONCE", at_once), patch.object(swept, "FEW", few):
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


# Why


@given(directories(), st.booleans(), st.data())
def test_nothing_is_against_those_for_whom_it_is_true_and_only_them(
    drawn: Drawn, effective: bool, data: st.DataObject
) -> None:
    filter = data.draw(filters(drawn))
    snapshot = drawn.load()
    predicate = Predicate.read(filter, drawn.dialect)
    matches = compile_filter(filter, drawn.dialect.definitions)
    for entry in snapshot:
        if effective:
            judge, outcome = Judge.effective(predicate, snapshot, entry), predicate.matches(snapshot, entry)
        else:
            judge, outcome = Judge.stored(snapshot, entry), matches(entry)
        assert outcome_of(filter, judge).outcome is outcome
        against, whole = why_not(filter, judge), explained(filter, judge)
        assert (against == ()) is (outcome is True)
        assert whole == against or outcome is True
        assert whole
        assert {reason.matched for reason in whole} == {outcome is True}


@frozen(eq=False)
class Fixed:
    """A clause that comes to an outcome, whoever is judged."""

    filter: Filter
    said: bool | None

    def outcome(self, case: Case) -> bool | None:
        return self.said

    def outcomes(self, snapshot: Snapshot, among: Rows) -> Outcomes:
        raise NotImplementedError


NAMES = "abcde"
logical = st.recursive(
    st.sampled_from([Present(name) for name in NAMES]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(And), st.lists(inner, max_size=3).map(Or), inner.map(Not)
    ),
    max_leaves=8,
)
said = st.fixed_dictionaries({f"({name}=*)": st.sampled_from([True, False, None]) for name in NAMES})
SOMEBODY = Case(None, None, None)  # type: ignore[arg-type]  # nobody is looked at


def plainly(filter: Filter, outcomes: Mapping[str, bool | None]) -> bool | None:
    if not isinstance(filter, And | Or | Not):
        return outcomes[str(filter)]
    decisive = None if isinstance(filter, Not) else isinstance(filter, Or)
    return settled(decisive, [plainly(each, outcomes) for each in filter.inner])


@given(logical, said, said)
def test_the_clauses_named_suffice_whatever_the_others_come_to(
    filter: Filter, outcomes: dict[str, bool | None], others: dict[str, bool | None]
) -> None:
    judge = Judge(SOMEBODY, lambda each: Fixed(each, outcomes[str(each)]))
    whole = outcome_of(filter, judge)
    assert whole.outcome is plainly(filter, outcomes)
    named = {str(each.filter) for each, _ in responsible(whole)} & outcomes.keys()
    otherwise = {name: outcomes[name] if name in named else others[name] for name in outcomes}
    assert (plainly(filter, otherwise) is True) is (whole.outcome is True)
