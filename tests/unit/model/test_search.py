"""Searches over the entries of a directory."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    InvalidFilter,
    InvalidUrl,
    InvalidValue,
    NotFound,
)
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
