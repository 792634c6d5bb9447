"""Searches through indexes, case by case."""

from __future__ import annotations

import pytest

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import Equal, Filter, Not
from mailpolicy.query import Query
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot.rows import Rows
from mailpolicy.snapshot.segment import Base
from mailpolicy.snapshot.stored import is_indexed

DIALECT = find_dialect("native")
CITIES = ("Rome", "Turin", "Pisa")


def person(number: int) -> Entry:
    held = {
        "objectClass": (b"inetOrgPerson",),
        "uid": (b"user%d" % number,),
        "mail": (b"user%d@%s.example" % (number, b"acme" if number % 2 else b"other"),),
        "l": (CITIES[number % 3].encode(),),
        "sn": (b"Doe",),
    }
    if number % 10 == 0:
        held["description"] = (b"x%d" % number,)
    return Entry(DN(f"uid=user{number},o=mail"), held, DIALECT.definitions)


def new_segment() -> Base:
    entries = [person(number) for number in range(600)]
    return Base(DIALECT, list(entries), {str(row): row for row in range(len(entries))})


@pytest.fixture
def segment() -> Base:
    return new_segment()


def query(text: str) -> Query:
    return Query(Filter.parse(text), DIALECT.definitions)


def test_a_plan_says_which_index_was_used_and_what_came_of_it(segment: Base) -> None:
    plan = query("(&(objectClass=person)(mail=*@acme.example)(|(l=rome)(uid=user7)))").explain(segment)
    assert (plan.entries, plan.tested, plan.found) == (600, 0, 101)
    assert str(plan) == (
        "(&(objectClass=person)(mail=*@acme.example)(|(l=rome)(uid=user7)))\n"
        "\n"
        "part                     found by                              rows\n"
        "all of these                                                   101\n"
        "  (objectClass=person)   each value of objectClass (made now)  600\n"
        "  (mail=*@acme.example)  suffix of mail (made now)             300\n"
        "  any of these                                                 101\n"
        "    (l=rome)             equality of l (made now)              200\n"
        "    (uid=user7)          equality of uid (made now)            1\n"
        "entries tested                                                 0\n"
        "entries found            of 600                                101"
    )


def test_what_no_index_knows_is_tried_on_the_entries_that_are_left(segment: Base) -> None:
    plan = query("(&(cn:dn:caseExactMatch:=x)(l=pisa)(description=*))").explain(segment)
    assert [(step.part, step.found_by, step.rows) for step in plan.steps] == [
        ("all of these", "", 20),
        ("(description=*)", "presence of description", 60),
        ("(l=pisa)", "equality of l (made now)", 200),
        ("(cn:dn:caseExactMatch:=x)", "entry by entry", 20),
    ]
    assert (plan.tested, plan.found) == (20, 0)


def test_no_index_is_made_for_few_entries(segment: Base) -> None:
    assert list(query("(uid=user5)").rows(segment)) == [5]
    assert list(query("(&(mail=*r5@*)(uid=user5))").rows(segment)) == [5]
    assert list(query("(mail=*r5@*)").rows(segment, Rows.of([4, 5]))) == [5]
    assert not is_indexed(segment, "mail")
    assert list(query("(mail=*r5@*)").rows(segment)) == [5]
    assert is_indexed(segment, "mail")


def test_what_is_certain_is_so_in_every_part(segment: Base) -> None:
    either = "(|(l=rome)(&(l=turin)(uid:caseExactMatch:=x)))"
    certain, possible = query(f"(&{either}(|(l=rome)(l=turin)(sn=doe)))").bounds(segment)
    assert set(certain) == set(range(0, 600, 3))
    assert set(possible) == set(range(0, 600, 3)) | set(range(1, 600, 3))


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("(shoeSize=7)", "undefined"),
        ("(telephoneNumber=7)", "no entry has it"),
        ("(!(mail=*))", "all but presence of mail"),
        ("(uid>=user7)", "undefined"),
        ("(mail=user1*)", "prefix of mail"),
        ("(mail=*acme*)", "substring of mail"),
        ("(sn~=dough)", "each value of sn"),
        ("(name=doe)", "equality of l, sn"),
        ("(hasSubordinates=TRUE)", "undefined"),
        ("(entryDN=uid=user7,o=mail)", "entry by entry"),
    ],
)
def test_how_it_was_found_is_said(segment: Base, text: str, found_by: str) -> None:
    query(text).rows(segment)
    (step,) = query(text).explain(segment).steps
    said = step.found_by.partition(" of ")
    assert "".join([*said[:2], ", ".join(sorted(said[2].split(", ")))]) == found_by


def test_which_indexes_were_made_for_it_is_said_once(segment: Base) -> None:
    query("(sn=doe)").rows(segment)
    for made in (" (made now)", ""):
        (step,) = query("(name=doe)").explain(segment).steps
        assert set(step.found_by.removeprefix("equality of ").split(", ")) == {f"l{made}", "sn"}


def test_an_attribute_without_a_value_is_not_there() -> None:
    entry = Entry(DN("cn=x"), {"cn": (b"x",), "sn": ()}, DIALECT.definitions)
    segment = Base(DIALECT, [entry] * 600, {str(row): row for row in range(600)})
    assert (query("(sn=*)").explain(segment).found, query("(!(sn=*))").explain(segment).found) == (0, 600)


def test_the_same_search_of_the_same_entries_has_the_same_plan() -> None:
    wanted = query("(&(|(mail=*acme*)(uid=user7))(!(l=pisa))(sn=d*)(uid:caseExactMatch:=user7))")
    first, second = new_segment(), new_segment()
    for _ in range(3):
        assert wanted.explain(first) == wanted.explain(second)


def test_a_filter_that_is_nested_too_deep_to_walk_is_tried_entry_by_entry(segment: Base) -> None:
    filter: Filter = Equal("uid", "user7")
    for _ in range(1000):
        filter = Not(filter)
    plan = Query(filter, DIALECT.definitions).explain(segment)
    assert (plan.tested, plan.found) == (600, 1)


@pytest.mark.parametrize(("text", "found"), [("(&)", 600), ("(|)", 0), ("(!(&))", 0), ("(!(|))", 600)])
def test_filters_without_parts(segment: Base, text: str, found: int) -> None:
    plan = query(text).explain(segment)
    assert (plan.tested, plan.found) == (0, found)


def test_an_index_that_many_parts_need_is_made_once_instead_of_trying_each_on_every_entry(
    segment: Base,
) -> None:
    parts = "".join(f"(uid=user{number})" for number in range(0, 1200, 2))
    bounds = query(f"(|{parts})").bounds(segment)
    assert bounds.is_exact
    assert len(bounds.certain) == 300
