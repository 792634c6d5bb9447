"""Searches over the entries of a directory."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    InvalidFilter,
    InvalidUrl,
    InvalidValue,
    NotFound,
)
from mailpolicy.ldap.matching import Matcher, compile_filter
from mailpolicy.query import planner
from mailpolicy.query.weigh import weighed
from tests.examples import ACME


class TestSearch:
    def test_url_and_arguments_say_the_same(self) -> None:
        base = "ou=people,dc=acme.example,o=mail"
        by_url = ACME.search(f"ldap:///{base}?cn,mail?sub?(ou=Sales)")
        assert by_url == ACME.search(base, "sub", "(ou=Sales)", ["cn", "mail"])
        assert by_url == ACME.search(base, filter=mp.Filter.parse("(ou=sales)"), attributes=("CN", "Mail"))
        assert len(by_url) > 3
        assert all(set(entry) <= {"cn", "mail"} for entry in by_url)

    def test_no_scope_in_a_url_is_base(self) -> None:
        assert len(ACME.search("ldap:///dc=acme.example,o=mail")) == 1

    def test_scopes_and_limit(self) -> None:
        assert [entry.dn for entry in ACME.search("o=mail", "base")] == ["o=mail"]
        assert len(ACME.search("o=mail", "one")) < len(ACME.search("o=mail", "children"))
        assert len(ACME.search("", "sub")) == len(ACME.search("o=mail")) == len(ACME.snapshot)
        assert len(ACME.search("o=mail", limit=3)) == 3
        assert ACME.search("o=mail", limit=0) == ()

    def test_a_plan_is_of_the_search_it_comes_with(self) -> None:
        acme = mp.open("ldif/examples/acme.ldif")
        first, second = (acme.search("", filter="(l=Paris)", limit=1, explain=True) for _ in range(2))
        assert (len(first), len(second)) == (1, 1)
        assert first.plan is not None
        assert second.plan is not None
        assert [step.found_by for step in first.plan.steps] == ["equality of l (made now)"]
        assert [step.found_by for step in second.plan.steps] == ["equality of l"]

    @pytest.mark.parametrize("limit", [None, 3])
    @pytest.mark.parametrize("explain", [False, True])
    def test_the_indexes_are_asked_once(self, limit: int | None, explain: bool) -> None:
        with patch.object(planner, "weighed", wraps=weighed) as asked:
            ACME.search("", filter="(|(l=Paris)(cn:caseExactMatch:=x))", limit=limit, explain=explain)
        assert [call.args[1] for call in asked.mock_calls] == [ACME.snapshot.base]

    def test_no_more_are_tried_than_a_limit_takes(self) -> None:
        tried: list[mp.Entry] = []

        def compiled(*arguments: Any, **options: Any) -> Matcher:
            matches = compile_filter(*arguments, **options)

            def counted(entry: mp.Entry) -> bool | None:
                tried.append(entry)
                return matches(entry)

            return counted

        with patch.object(planner, "compile_filter", compiled):
            filter = "(|(uid=jane)(cn:caseExactMatch:=Zoë Müller)(!(sn:caseExactMatch:=x)))"
            found = ACME.search("", filter=filter, limit=20)
        everybody = list(ACME.snapshot)
        assert list(found) == [entry for entry in everybody if entry in found]
        assert found[-1] == tried[-1]
        assert len(tried) <= everybody.index(found[-1]) + 1

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("o=gone",), NotFound),
            (("o=mail", "sub", "(mail=*"), InvalidFilter),
            (("o=mail", "sideways"), InvalidValue),
            (("nonsense",), InvalidValue),
            (("ldap://host/o=mail",), InvalidUrl),
            (("ldap:///o=mail????!x-unknown",), InvalidUrl),
            (("ldap:///o=gone??sub?",), NotFound),
        ],
    )
    def test_what_it_refuses(self, arguments: tuple[Any, ...], error: type[Exception]) -> None:
        with pytest.raises(error):
            ACME.search(*arguments)
