"""LDAP URLs by example: the parts, the one way to print them, and where an error is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from mailpolicy.errors import InvalidUrl
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import Equal, Filter
from mailpolicy.ldap.url import Extension, LdapUrl, Scope


@pytest.mark.parametrize(
    ("text", "url", "canonical"),
    [
        ("ldap://", LdapUrl(), "ldap:///"),
        ("LDAP://H", LdapUrl(host="H"), "ldap://H/"),
        ("ldaps://h:636/", LdapUrl(scheme="ldaps", host="h", port=636), "ldaps://h:636/"),
        ("ldap://[2001:db8::1]:389/", LdapUrl(host="2001:db8::1", port=389), "ldap://[2001:db8::1]:389/"),
        ("ldap://[fe80::1%25eth0]/", LdapUrl(host="fe80::1%eth0"), "ldap://[fe80::1%25eth0]/"),
        ("ldapi://%2frun%2Fldapi/", LdapUrl(scheme="ldapi", host="/run/ldapi"), "ldapi://%2Frun%2Fldapi/"),
        ("ldapi://a:1/", LdapUrl(scheme="ldapi", host="a:1"), "ldapi://a%3A1/"),
        ("<URL:ldap:///o=mail>", LdapUrl(dn=DN("o=mail")), "ldap:///o=mail"),
        ("ldap:///ou=a%2Cb, o=mail", None, None),
        ("ldap:///ou=a%5c%2Cb%20,%20o=mail", LdapUrl(dn=DN("ou=a\\,b,o=mail")), "ldap:///ou=a%5C,b,o=mail"),
        ("ldap:///o=é", LdapUrl(dn=DN("o=é")), "ldap:///o=%C3%A9"),
        ("ldap:///o=%ff", LdapUrl(dn=DN("o=\\ff")), "ldap:///o=%5Cff"),
        ("ldap:///o=a/b#c", LdapUrl(dn=DN("o=a/b#c")), "ldap:///o=a/b%23c"),
        ("ldap:///?cn,,mail", LdapUrl(attributes=("cn", "mail")), "ldap:///?cn,mail"),
        ("ldap:///??SubTree", LdapUrl(scope=Scope.SUB), "ldap:///??sub"),
        ("ldap:///??base", LdapUrl(scope=Scope.BASE), "ldap:///"),
        ("ldap:///??subordinate", LdapUrl(scope=Scope.CHILDREN), "ldap:///??children"),
        ("ldap:///???cn=x", LdapUrl(filter=Equal("cn", "x")), "ldap:///???(cn=x)"),
        ("ldap:///???(cn=%5c2a%3f)", LdapUrl(filter=Equal("cn", "*?")), "ldap:///???(cn=%5C2a%3F)"),
        (
            "ldap:///????!x-effective,%21y=a%2Cb%3d,z=",
            LdapUrl(
                extensions=(
                    Extension("x-effective", critical=True),
                    Extension("y", "a,b=", critical=True),
                    Extension("z", ""),
                )
            ),
            "ldap:///????!x-effective,!y=a%2Cb=,z=",
        ),
    ],
)
def test_what_is_read_is_printed_in_one_way(text: str, url: LdapUrl | None, canonical: str | None) -> None:
    if url is None:  # what looks like a comma in a value is one between names
        with pytest.raises(InvalidUrl):
            LdapUrl.parse(text)
        return
    assert LdapUrl.parse(text) == url
    assert str(url) == canonical
    assert LdapUrl.parse(str(url)) == url


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("http://h/", 0, "one of ldap, ldaps, ldapi"),
        ("ldap:/h/", 0, "one of ldap, ldaps, ldapi"),
        ("<ldap://h/", 10, "a closing >"),
        ("<", 0, "one of ldap, ldaps, ldapi"),
        ("ldap://h:/", 9, "a port"),
        ("ldap://h:65536/", 9, "a port"),
        ("ldap://h:389x/", 12, "a slash"),
        ("ldap://[::1", 7, "a closing ]"),
        ("ldap://[::1]x/", 12, "a slash"),
        ("ldap://h?sub", 8, "a slash"),
        ("ldap:///o=%4", 10, "two hexadecimal digits"),
        ("ldap:///o=x%00", 11, "two hexadecimal digits"),
        ("ldap:///o=x,", 12, "an attribute name"),
        ("ldap:///o=%C3%A9é,x", 19, "= after the attribute name"),
        ("ldap:///o=x??subb", 13, "a scope"),
        ("ldap:///o=x??s%75bb", 13, "a scope"),
        ("ldap:///???(cn=%C3%A9%28)", 21, "\\28"),
        ("ldap:///???%28cn=x", 18, "a closing parenthesis"),
        ("ldap:///????", 12, "an extension after"),
        ("ldap:///????a?", 14, "at most four question marks"),
        ("ldap:///????a,!", 14, "an extension"),
        ("ldap:///\0", 8, "no NUL"),
        ("ldap:///o=\ud800", 10, "characters that UTF-8 can encode"),
    ],
)
def test_what_is_wrong_is_named(text: str, position: int, expected: str) -> None:
    with pytest.raises(InvalidUrl) as caught:
        LdapUrl.parse(text)
    assert (caught.value.text, caught.value.position) == (text, position)
    assert caught.value.expected.startswith(expected)


def test_the_position_of_an_error_is_where_it_stands_in_the_url() -> None:
    with pytest.raises(InvalidUrl) as caught:
        LdapUrl.parse("ldap:///ou=%e6%97%a5?mail?sub?(&(cn=%41%)(sn=y))")
    assert caught.value.position == 39
    with pytest.raises(InvalidUrl) as caught:
        LdapUrl.parse("ldap:///ou=%e6%97%a5?mail?sub?(&(cn=%41%2a%2A)(sn=%28))")
    assert caught.value.position == 42
    assert "something to look for between two asterisks" in str(caught.value)


def test_a_url_can_be_built_from_its_parts() -> None:
    url = LdapUrl(
        host="h",
        dn=DN("o=mail").child("ou", "a?b"),
        scope=Scope("sub"),
        filter=Filter.parse("(cn=a?)"),
        attributes=("mail",),
    )
    assert str(url) == "ldap://h/ou=a%3Fb,o=mail?mail?sub?(cn=a%3F)"


def test_nesting_in_a_url_is_bounded_too() -> None:
    depth = 20_000
    with pytest.raises(InvalidUrl) as caught:
        LdapUrl.parse("ldap:///???" + "(%21" * depth + "(cn=x)" + ")" * depth)
    assert caught.value.position == 11 + 4 * 1001


@pytest.mark.parametrize(
    "name", ["base", "one", "onelevel", "sub", "subtree", "children", "subord", "SUBORDINATE"]
)
def test_the_names_of_scopes(name: str) -> None:
    assert Scope.parse(name).value in ("base", "one", "sub", "children")


@pytest.mark.parametrize(
    "parts", [{"port": 0}, {"port": 65536}, {"attributes": ("cn,sn",)}, {"attributes": ("",)}]
)
def test_parts_that_no_text_could_say_are_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidUrl):
        LdapUrl(**parts)


def test_parts_may_come_as_they_are_at_hand() -> None:
    url = LdapUrl(host="", attributes=["cn", "sn"])
    assert LdapUrl.parse(str(url)) == url
