"""What came back from a question, as a prompt shows it."""

from __future__ import annotations

from tests.examples import ACME


def test_a_few_are_shown_one_by_one() -> None:
    assert repr(ACME.search("", filter="(uid=john)")) == f"({ACME.account('john@acme.example').entry!r},)"
    few = ACME.cos("premium").accounts
    assert repr(few) == repr(tuple(few)) == f"({', '.join(map(repr, few))})"
    assert repr(ACME.search("", filter="(uid=nobody)")) == "()"


def test_of_many_the_first_are_shown() -> None:
    found, accounts = ACME.search(""), ACME.accounts()
    first = ", ".join(map(repr, found[:3]))
    assert str(found) == repr(found) == f"<{len(found)} entries: {first}, …>"
    first = ", ".join(map(repr, accounts[:3]))
    assert repr(accounts) == f"<{len(accounts)} objects: {first}, …>"


def test_what_is_just_too_many() -> None:
    assert repr(ACME.search("", limit=10)).startswith("(<Entry ")
    assert repr(ACME.search("", limit=11)).startswith("<11 entries: <Entry ")
