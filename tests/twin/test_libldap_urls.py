"""URLs as libldap takes them apart, and what it lets pass that we refuse."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from mailpolicy.errors import InvalidDN, InvalidFilter, InvalidUrl
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.url import LdapUrl, Scope
from tests.odd_text import any_text, check_position, corpus, damaged, pieces
from tests.twin import libldap
from tests.twin.libldap_differences import deliberate

pytestmark = [pytest.mark.twin, libldap.needed]

SCOPES = {Scope.BASE: 0, Scope.ONE: 1, Scope.SUB: 2, Scope.CHILDREN: 3}


def our_url(text: str) -> libldap.Url | InvalidUrl:
    try:
        url = LdapUrl.parse(text)
    except InvalidUrl as error:
        check_position(error)
        return error
    return libldap.Url(
        scheme=url.scheme.encode(),
        host=None if url.host is None else as_bytes(url.host),
        port=url.port or {"ldaps": 636, "ldapi": 0}.get(url.scheme, 389),
        dn=as_bytes(url.dn),
        attributes=[as_bytes(name) for name in url.attributes],
        scope=SCOPES[url.scope],
        filter=None if url.filter is None else as_bytes(str(url.filter)),
        extensions=[as_bytes(str(extension)) for extension in url.extensions],
    )


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def their_url(text: str) -> libldap.Url | InvalidUrl | None:
    """libldap's reading, with DN and filter spelled as we do; an error of ours if they are not any."""
    url = libldap.url(as_bytes(text))
    if url is None:
        return None
    try:
        filter = None if url.filter is None else as_bytes(str(Filter.parse(as_text(url.filter))))
        return url._replace(dn=as_bytes(DN(as_text(url.dn or b""))), filter=filter)
    except (InvalidDN, InvalidFilter) as error:
        return InvalidUrl(text, error.expected)


def as_text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def same_url(text: str) -> None:
    ours, theirs = our_url(text), their_url(text)
    if not isinstance(ours, InvalidUrl):
        assert ours == theirs
        assert LdapUrl.parse(str(LdapUrl.parse(text))) == LdapUrl.parse(text)
    elif theirs is not None and not isinstance(theirs, InvalidUrl):
        assert deliberate(ours), (ours, theirs)


URLS = corpus("urls")


@pytest.mark.parametrize("text", URLS)
def test_url_corpus(text: str) -> None:
    same_url(text)


def test_the_urls_are_odd_enough() -> None:
    theirs = [url for text in URLS if (url := libldap.url(text.encode()))]
    ours = [text for text in URLS if not isinstance(our_url(text), InvalidUrl)]
    assert len(URLS) > 160
    assert len(theirs) > len(ours) > 75


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("ldap:///dc=%4g", 11),
        ("ldap://h/?%", 10),
        ("ldapi://%2/", 8),
        ("ldap:///dc=x%00y", 12),
        ("ldap://h??dc=x", 8),
        ("ldap://h:99999/", 9),
        ("ldap://h:0/", 9),
        ("ldap://h: 389/", 9),
        ("ldap://[::1]x/", 12),
        ("ldap:///x", 9),
        ("ldap:///dc=x???()", 16),
        ("ldap:///dc=x????!", 16),
    ],
)
def test_what_libldap_lets_pass_we_refuse(text: str, position: int) -> None:
    assert libldap.url(text.encode()) is not None
    ours = our_url(text)
    assert isinstance(ours, InvalidUrl)
    assert ours.position == position


URL_PIECES = (
    "ldap://", "ldap:///", "ldapi://", "LDAPS://", "<", "URL:", ">", "h", "[::1]", "]", "[", ":389", ":",
    "389", "/", "/", "?", "?", "?", "dc=x", "cn", "a,b", "sub", "one", "base", "children", "Subordinate",
    "(a=b)", "a=*", "!", "!x", "x=y", ",", "%20", "%2C", "%3f", "%", "%4g", "é", "#", " ", "99999", "@",
)  # fmt: skip


@given(
    st.builds(
        "{}{}".format,
        st.sampled_from(["", "ldap://", "ldapi://", "ldap://h/", "ldap:///dc=x?"]),
        pieces(*URL_PIECES),
    )
)
def test_odd_urls(text: str) -> None:
    same_url(text)


@given(damaged(st.sampled_from(URLS), *URL_PIECES))
def test_damaged_urls(text: str) -> None:
    same_url(text)


@given(any_text)
def test_any_text_in_a_url(text: str) -> None:
    same_url(f"ldap://{text}")
    same_url(f"ldap:///dc={text}")
    same_url(f"ldap:///???{text}")
