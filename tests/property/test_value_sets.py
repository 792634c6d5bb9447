"""Values are added and removed as by comparing each with each, but each is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.check import entry_findings
from mailpolicy.edit import applied
from mailpolicy.edit.values import missing, place_of, united, without
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.matching.rules import Rule
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot import Finding, Snapshot
from tests.trees import ANN, native

DEFINITIONS = find_dialect("native").definitions
SETS = st.lists(st.sampled_from([b"a", b"A", b" a ", b"b", b"+1 2", b"+12", b"", b"\xff"]), max_size=8).map(
    tuple
)

Values = tuple[bytes, ...]


def slowly_united(attribute: str, some: Values, more: Values) -> Values:
    for each in more:
        if place_of(DEFINITIONS, attribute, some, each) is None:
            some = (*some, each)
    return some


def slowly_without(attribute: str, some: Values, less: Values) -> Values:
    for each in less:
        at = place_of(DEFINITIONS, attribute, some, each)
        if at is not None:
            some = some[:at] + some[at + 1 :]
    return some


@given(st.sampled_from(["cn", "telephoneNumber", "mpMemberAddresses", "unheardOf"]), SETS, SETS)
def test_as_one_by_one(attribute: str, some: Values, others: Values) -> None:
    assert united(DEFINITIONS, attribute, some, others) == slowly_united(attribute, some, others)
    assert without(DEFINITIONS, attribute, some, others) == slowly_without(attribute, some, others)
    assert missing(DEFINITIONS, attribute, some, others) == [
        each for each in others if place_of(DEFINITIONS, attribute, some, each) is None
    ]


def test_each_value_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def normalizer(rule: Rule, definitions: Definitions) -> Callable[[bytes], bytes]:
        def form(value: bytes) -> bytes:
            compared.append(value)
            return value

        return form

    monkeypatch.setattr("mailpolicy.edit.values.normalizer", normalizer)
    some = tuple(b"%d" % number for number in range(100))
    others = tuple(b"%d" % number for number in range(50, 150))
    assert len(united(DEFINITIONS, "cn", some, others)) == 150
    assert len(without(DEFINITIONS, "cn", some, others)) == 50
    assert len(compared) == 400


def test_what_was_wrong_before_matters_only_where_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[object] = []

    def judge(snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
        judged.append(entry)
        return entry_findings(snapshot, entry)

    monkeypatch.setattr("mailpolicy.edit.apply.entry_findings", judge)
    applied(native({"mpAliases": ["a@acme.example"]}), [mp.add_value(ANN, aliases="b@acme.example")])
    assert len(judged) == 1
