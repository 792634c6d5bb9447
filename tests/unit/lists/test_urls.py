"""Member URLs: what a server makes of them, and what their owners meant."""

from __future__ import annotations

import pytest

from mailpolicy.ldap.url import Scope
from mailpolicy.lists.meant import meant
from mailpolicy.lists.predicate import Predicate
from mailpolicy.lists.urls import MemberSearch, Unusable, member_searches, read_url
from mailpolicy.schema.dialects import DIALECTS, find_dialect
from tests.small_directories import mailing_list, snapshot_with
from tests.trees import entry

NATIVE = find_dialect("native")
PARIS = "ldap:///ou=people,o=mail??sub?(l=Paris)"


def search(text: str) -> MemberSearch:
    read = read_url(text.encode(), NATIVE)
    assert isinstance(read, MemberSearch), read
    return read


def unusable(text: str) -> Unusable:
    read = read_url(text.encode(), NATIVE)
    assert isinstance(read, Unusable), read
    return read


def test_a_search_has_a_base_a_scope_and_a_filter() -> None:
    read = search("LDAP:///OU=People, O=mail??ONE?%28l=Paris%29")
    assert (read.key, read.scope, str(read.filter)) == ("ou=people,o=mail", Scope.ONE, "(l=Paris)")
    assert read.says_scope
    assert not read.effective


def test_without_a_scope_it_is_the_base_and_without_a_filter_everything() -> None:
    read = search("ldap:///o=mail")
    assert (read.scope, str(read.filter), read.says_scope) == (Scope.BASE, "(objectClass=*)", False)
    assert str(search("ldap:///o=mail??sub?").filter) == "(objectClass=*)"


@pytest.mark.parametrize(
    ("extensions", "effective"),
    [
        ("?!x-effective", True),
        ("?!X-Effective", True),
        ("?%21x-effective", True),
        ("?x-foo,!x-effective=yes", True),
        ("?x-effective", False),
        ("?!x-foo", False),
        ("", False),
        ("?!", False),
        ("?a b", False),
    ],
)
def test_only_one_critical_extension_means_anything(extensions: str, effective: bool) -> None:
    read = search(PARIS + extensions)
    assert read.effective is effective
    assert isinstance(read.judge, Predicate) is effective


def test_a_value_is_read_as_it_is_compared() -> None:
    assert search(f"  {PARIS} ") == search(PARIS)
    assert search(f"<URL:{PARIS}>").key == "ou=people,o=mail"
    assert search(f"<{PARIS}?!x-effective>").effective


@pytest.mark.parametrize(
    ("text", "expected", "correction"),
    [
        (
            "ldap://ldap1/o=mail??sub?(l=Rom)",
            "at character 7: expected no host",
            "ldap:///o=mail??sub?(l=Rom)",
        ),
        ("ldap://ldap1:389/o=mail???(l=Rom)", "expected no host", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldaps://h/o=mail??one?(l=Rom)?!x-effective", "no host", "ldap:///o=mail??one?(l=Rom)?!x-effective"),
        ("ldapi://%2Frun%2Fldapi/o=mail", "expected no host", "ldap:///o=mail??sub"),
        ("ldap:///o=mail?mail?sub?(l=Rom)", "15: expected no attributes", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail?,?sub", "expected no attributes", "ldap:///o=mail??sub"),
        ("ldap:///o=mail??subb?(l=Rom)", "expected a scope", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?(l=Rom", "a closing parenthesis", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?(l=Rom))", "nothing after the filter", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?l=Rom)", "", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?&(l=Rom)(ou=x)", "", "ldap:///o=mail??sub?(&(l=Rom)(ou=x))"),
        ("ldap:///o=mail??sub?(l=Rom) Romans", "nothing after", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?(l=Rom)(ou=x)", "nothing after", None),
        ("ldap:///o=mail??sub?(l=R?m)", "", "ldap:///o=mail??sub?(l=R%3Fm)"),
        ("ldap:///o=mail??sub?(l=5%zt)", "hexadecimal digits", "ldap:///o=mail??sub?(l=5%25zt)"),
        ("ldap:///o=mail??sub?(l=Rom)?", "an extension after", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?(l=Rom)?,", "an extension after", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///o=mail??sub?(l=Rom)?x?y", "four question marks", None),
        ("ldap://o=mail??sub?(l=Rom)", "a slash", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:/o=mail??sub?(l=Rom)", "://", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap://??sub?(l=Rom)", "a slash", "ldap:///??sub?(l=Rom)"),
        ("ldap://", "a slash", "ldap:///??sub"),
        ("ldap://:0/o=mail??sub", "a port", "ldap:///o=mail??sub"),
        ("o=mail??sub?(l=Rom)", "://", "ldap:///o=mail??sub?(l=Rom)"),
        ("(l=Rom)", "://", "ldap:///??sub?(l=Rom)"),
        ("<ldap:///o=mail??sub?(l=Rom)", "a closing >", "ldap:///o=mail??sub?(l=Rom)"),
        ("ldap:///nonsense??sub", "=", None),
        ("ldap:///o=mail??sub?()", "an attribute", None),
        ("http://www.acme.example/", "://", None),
        ("ask Bob", "://", None),
        ("", "://", None),
    ],
)
def test_what_a_server_passes_over_comes_with_the_reason(
    text: str, expected: str, correction: str | None
) -> None:
    read = unusable(text)
    assert expected in read.problem
    assert read.meant == correction
    if correction is not None:
        assert search(correction).says_scope


def test_what_was_meant_is_itself_never_put_right_again() -> None:
    assert meant(PARIS) == PARIS


@pytest.mark.parametrize("depth", [1000, 1001, 5000, 100_000])
def test_a_filter_nested_too_deep_is_refused(depth: int) -> None:
    read = read_url(f"ldap:///??sub?{'(!' * depth}(l=Rom){')' * depth}".encode(), NATIVE)
    assert isinstance(read, MemberSearch if depth <= 1000 else Unusable)


def test_a_long_url_is_read_like_any_other() -> None:
    clauses = "".join(f"(uid=u{number})" for number in range(9000))
    assert len(search(f"ldap:///o=mail??sub?(|{clauses})").filter.inner) == 9000
    assert unusable(f"ldap:///o=mail??sub?(|{clauses}").meant is None


def test_bytes_that_are_no_text_are_no_url() -> None:
    assert isinstance(read_url(b"\xff\xfe", NATIVE), Unusable)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_url_is_remembered(dialect: str) -> None:
    spoken = find_dialect(dialect)
    assert read_url(PARIS.encode(), spoken) is read_url(PARIS.encode(), spoken)


def test_the_searches_of_a_list_are_those_of_its_urls_in_their_order() -> None:
    urls = (PARIS, "nonsense", "ldap:///o=mail??sub?(l=Rom)")
    snapshot = snapshot_with("native", mailing_list(*(f"memberURL: {url}" for url in urls)))
    found = member_searches(NATIVE, entry(snapshot, "list:all@acme.example"))
    assert tuple(each.text for each in found) == urls
    assert [type(each) for each in found] == [MemberSearch, Unusable, MemberSearch]
