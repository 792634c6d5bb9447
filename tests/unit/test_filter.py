"""Filters by example: how they are read, built and printed, and where an error is said to be."""

from __future__ import annotations

import copy
import pickle

import pytest

from mailpolicy.errors import InvalidFilter
from mailpolicy.ldap.filter import (
    DEEPEST,
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)


@pytest.mark.parametrize(
    ("text", "meant", "canonical"),
    [
        ("(cn=x)", Equal("cn", "x"), "(cn=x)"),
        ("cn=x", Equal("cn", "x"), "(cn=x)"),
        ("(cn=)", Equal("cn", ""), "(cn=)"),
        ("(cn= x )", Equal("cn", " x "), "(cn= x )"),
        ("( cn=x)", Equal("cn", "x"), "(cn=x)"),
        ("(cn=a=b)", Equal("cn", "a=b"), "(cn=a=b)"),
        ("(cn=\\2a)", Equal("cn", "*"), "(cn=\\2a)"),
        ("(cn=\\*\\(\\)\\\\)", Equal("cn", "*()\\"), "(cn=\\2a\\28\\29\\5c)"),
        ("(cn=\\C3\\A9)", Equal("cn", "é"), "(cn=é)"),
        ("(cn=\\ff)", Equal("cn", b"\xff"), "(cn=\\ff)"),
        ("(cn=\udcff)", Equal("cn", b"\xff"), "(cn=\\ff)"),
        ("(cn=\\00\n)", Equal("cn", "\0\n"), "(cn=\\00\\0a)"),
        ("(cn>=x)", GreaterOrEqual("cn", "x"), "(cn>=x)"),
        ("(cn<=x)", LessOrEqual("cn", "x"), "(cn<=x)"),
        ("(cn~=x)", Approx("cn", "x"), "(cn~=x)"),
        ("(cn=*)", Present("cn"), "(cn=*)"),
        ("(cn=* )", Substrings("cn", final=" "), "(cn=* )"),
        ("(cn=a*)", Substrings("cn", "a"), "(cn=a*)"),
        ("(cn=*a)", Substrings("cn", final="a"), "(cn=*a)"),
        ("(cn=*a*)", Substrings("cn", any=["a"]), "(cn=*a*)"),
        ("(cn=a*b*c*d)", Substrings("cn", "a", ["b", "c"], "d"), "(cn=a*b*c*d)"),
        ("(cn=\\2a*\\2a)", Substrings("cn", "*", final="*"), "(cn=\\2a*\\2a)"),
        ("(cn:=x)", Extensible(None, "cn", False, "x"), "(cn:=x)"),
        ("(cn::=x)", Extensible(None, "cn", False, "x"), "(cn:=x)"),
        ("(cn:DN:=x)", Extensible(None, "cn", True, "x"), "(cn:dn:=x)"),
        ("(cn:2.5.13.5:=x)", Extensible("2.5.13.5", "cn", False, "x"), "(cn:2.5.13.5:=x)"),
        ("(:dn:caseExactMatch:=x)", Extensible("caseExactMatch", None, True, "x"), "(:dn:caseExactMatch:=x)"),
        ("(dn:dn:dn:=\\2a)", Extensible("dn", "dn", True, "*"), "(dn:dn:dn:=\\2a)"),
        ("(cn;lang-de;x=y)", Equal("cn;lang-de;x", "y"), "(cn;lang-de;x=y)"),
        ("(2.5.4.3=x)", Equal("2.5.4.3", "x"), "(2.5.4.3=x)"),
        ("(&)", And([]), "(&)"),
        ("(|\t\n)", Or([]), "(|)"),
        ("( ! (cn=x))", Not(Equal("cn", "x")), "(!(cn=x))"),
        (
            "(&\n  (cn=x)\n  (|(a=1)(b=2))\n)",
            And([Equal("cn", "x"), Or([Equal("a", "1"), Equal("b", "2")])]),
            "(&(cn=x)(|(a=1)(b=2)))",
        ),
    ],
)
def test_what_is_read_is_printed_in_one_way(text: str, meant: Filter, canonical: str) -> None:
    filter = Filter.parse(text)
    assert filter == meant
    assert type(filter) is type(meant)
    assert str(filter) == str(meant) == canonical
    assert repr(filter) == f"Filter.parse({canonical!r})"


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "an attribute, an operator and a value"),
        (" (cn=x)", 0, "an attribute name"),
        ("cn", 0, "an attribute, an operator and a value"),
        ("(cn)", 1, "an attribute, an operator and a value"),
        ("()", 1, "an attribute, an operator and a value"),
        ("(=x)", 1, "an attribute name"),
        ("(cn =x)", 3, "an attribute name"),
        ("(c_n>=x)", 2, "an attribute name"),
        ("(cn;=x)", 3, "an attribute name"),
        ("(1..2=x)", 2, "an attribute name"),
        ("(cn=x", 5, "a closing parenthesis"),
        ("cn=x)", 4, "\\29"),
        ("(cn=a(b)", 5, "\\28"),
        ("(cn=(x))", 4, "\\28"),
        ("((cn=x))", 1, "\\28"),
        ("(cn=\\zz)", 4, "two hexadecimal digits"),
        ("(cn=a*\\2)", 6, "two hexadecimal digits"),
        ("(cn=x\\", 5, "a closing parenthesis"),
        ("(cn>=a*)", 6, "\\2a"),
        ("(cn:=*)", 5, "\\2a"),
        ("(cn=a**b)", 6, "something to look for"),
        ("(cn=**)", 5, "something to look for"),
        ("(cn=\\**b*c**d)", 11, "something to look for"),
        ("(:=x)", 1, "an attribute or a matching rule"),
        ("(:dn:=x)", 1, "an attribute or a matching rule"),
        ("(cn:a_b:=x)", 5, "attribute:dn:rule"),
        ("(cn:foo:bar:=x)", 7, "attribute:dn:rule"),
        ("(cn=x) ", 6, "nothing after the filter"),
        ("(cn=x)(cn=y)", 6, "nothing after the filter"),
        ("(!)", 2, "a filter in parentheses after !"),
        ("(!(a=b)(c=d))", 7, "a closing parenthesis after the one filter"),
        ("(!(a=b) )", 7, "a closing parenthesis after the one filter"),
        ("(!cn=x)", 2, "a filter in parentheses"),
        ("(&cn=x)", 2, "a filter in parentheses"),
        ("(&(cn=x)|(cn=y))", 8, "a filter in parentheses"),
        ("(&(cn=x)", 8, "a filter in parentheses, or a closing parenthesis"),
        ("(&(cn=x\0))", 7, "no NUL"),
        ("(cn=\ud800)", 4, "characters that UTF-8 can encode"),
    ],
)
def test_what_is_wrong_is_named(text: str, position: int, expected: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        Filter.parse(text)
    assert (caught.value.text, caught.value.position) == (text, position)
    assert caught.value.expected.startswith(expected)


@pytest.mark.parametrize("attribute", ["", "c n", "cn=x)(a", "cn;", "é", "*"])
def test_an_attribute_cannot_smuggle_anything_in(attribute: str) -> None:
    for build in (Equal, GreaterOrEqual, LessOrEqual, Approx):
        with pytest.raises(InvalidFilter):
            build(attribute, "x")
    with pytest.raises(InvalidFilter):
        Present(attribute)
    with pytest.raises(InvalidFilter):
        Substrings(attribute, "x")
    with pytest.raises(InvalidFilter):
        Extensible(None, attribute, False, "x")
    with pytest.raises(InvalidFilter):
        Extensible(attribute, None, False, "x")


def test_what_would_print_as_something_else_cannot_be_built() -> None:
    with pytest.raises(InvalidFilter):
        Substrings("cn")
    with pytest.raises(InvalidFilter):
        Substrings("cn", "")
    with pytest.raises(InvalidFilter):
        Substrings("cn", "a", ["", "b"])
    with pytest.raises(InvalidFilter):
        Extensible(None, None, True, "x")


def test_filters_compare_by_what_they_say() -> None:
    text = "(&(cn=a*)(!(sn=b)))"
    assert Filter.parse(text) == Filter.parse(f"( {text[1:]}")
    assert len({Filter.parse(text), Filter.parse(text), Filter.parse("(cn=a*)")}) == 2
    assert Filter.parse("(cn=a)") != Filter.parse("(CN=a)")
    assert Filter.parse("(cn=a)") != "(cn=a)"


def test_filters_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Equal("cn", "x").value = b"y"  # type: ignore[misc]


def test_what_is_inside() -> None:
    filter = Filter.parse("(|(&(a=1)(!(b=2)))(c=3))")
    assert [str(each) for each in filter.inner] == ["(&(a=1)(!(b=2)))", "(c=3)"]
    assert [each.depth for each in (filter, *filter.inner)] == [3, 2, 0]
    assert Present("cn").inner == ()
    match filter:
        case Or((And((Equal("a"), Not(Equal("b")))), Equal(attribute, value))):
            assert (attribute, value) == ("c", b"3")
        case _:
            pytest.fail("filters can be taken apart with match")


# --- depth --------------------------------------------------------------------------------------------


def nested(mark: str, depth: int) -> str:
    return f"({mark}" * depth + "(cn=x)" + ")" * depth


@pytest.mark.parametrize("mark", "&|!")
def test_the_deepest_filter(mark: str) -> None:
    filter = Filter.parse(nested(mark, DEEPEST))
    assert filter.depth == DEEPEST
    assert str(filter) == nested(mark, DEEPEST)
    assert filter == Filter.parse(str(filter))
    assert hash(filter) == hash(Filter.parse(str(filter)))
    assert len(repr(filter)) > DEEPEST
    assert pickle.loads(pickle.dumps(filter)) == filter
    assert copy.deepcopy(filter) == filter
    with pytest.raises(InvalidFilter):
        Filter.parse(nested(mark, DEEPEST + 1))


@pytest.mark.parametrize("depth", [DEEPEST + 2, 20_000, 200_000])
@pytest.mark.parametrize("mark", "&|!")
def test_what_is_deeper_is_refused(mark: str, depth: int) -> None:
    for text in (nested(mark, depth), f"({mark}" * depth, nested(mark, depth)[:-1]):
        with pytest.raises(InvalidFilter) as caught:
            Filter.parse(text)
        assert caught.value.expected == "at most 1000 filters around one another"
        assert caught.value.position == 2 * (DEEPEST + 1)


def test_parentheses_alone_are_refused() -> None:
    for text in ("(" * 20_000, "(" * 20_000 + "cn=x" + ")" * 20_000, ")" * 20_000):
        with pytest.raises(InvalidFilter):
            Filter.parse(text)


def test_nothing_deeper_can_be_built() -> None:
    filter: Filter = Present("cn")
    for _ in range(DEEPEST):
        filter = Not(filter)
    with pytest.raises(InvalidFilter):
        Not(filter)
    with pytest.raises(InvalidFilter):
        And([Present("cn"), filter])


def test_wide_filters_take_time_in_proportion() -> None:
    text = "(|" + "(mail=a*b)" * 100_000 + ")"
    assert str(Filter.parse(text)) == text
