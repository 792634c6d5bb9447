"""URLs of servers as operators write them: several on a line, and one base for all of them.

>>> split_urls("ldap://ldap1 ldap://ldap2:1389/ou=a%20b,o=mail")
(('ldap://ldap1', 'ldap://ldap2:1389'), 'ou=a b,o=mail')
"""

from __future__ import annotations

import re
from typing import Final

from ..errors import InvalidUrl
from ..ldap.url import LdapUrl

__all__ = ["LOCAL_SOCKET", "PORTS", "place_of", "split_urls"]

PORTS: Final = {"ldap": 389, "ldaps": 636}
"""Where a server listens whose URL names no port."""
LOCAL_SOCKET: Final = "/var/run/slapd/ldapi"
"""Where Debian's slapd listens and its libldap looks, where `ldapi:///` names no other."""

SCHEMES: Final = ("ldap", "ldaps", "ldapi")
HIDDEN: Final = "…@…"
BESIDE: Final = "no name and password in a URL, but beside it: bind=Bind(name, password)"
HARMLESS: Final = re.compile(
    r"(?:[a-z]+://)?(?:\[[0-9a-f:.]*\]|(?!ldap[is]?:)(?:[\w.-]|%2F)*)(?::[0-9]{0,5})?(?:/(?!.*(?:@|%40)).*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A scheme, a host, a port of digits and a base: where nobody can have written a password."""


def split_urls(text: str) -> tuple[tuple[str, ...], str | None]:
    """Each URL without its base, and the base that any of them has: `""` after a slash, None without one."""
    places: list[str] = []
    bases: dict[str, str] = {}
    for url in text.split():
        parsed = read(url, text)
        places.append(
            str(LdapUrl(scheme=parsed.scheme, host=parsed.host, port=parsed.port)).removesuffix("/")
        )
        if "/" in url.partition("://")[2]:
            bases.setdefault(str(parsed.dn), url)
    named = [base for base in bases if base]
    if len(named) > 1:
        raise InvalidUrl(text, f"one base for all of them, not {' and '.join(map(repr, named))}")
    return tuple(places), named[0] if named else "" if bases else None


def place_of(url: str) -> LdapUrl:
    """A URL that names a server and no more."""
    place = read(url, url)
    if place.dn:
        raise InvalidUrl(url, "no base in the URL of one server: it is one for all of them")
    return place


def read(url: str, text: str) -> LdapUrl:
    """The parts of one URL in `text`. Raises InvalidUrl, which repeats no password that stands there."""
    authority = url.partition("://")[2].partition("/")[0].partition("?")[0]
    if "@" in authority and not url.lower().startswith("ldapi:"):
        raise InvalidUrl(HIDDEN, BESIDE)
    parsed = parts_of(url)
    if isinstance(parsed, InvalidUrl):
        # Not from the problem itself, which has the text; and a blank in a password makes two URLs of one.
        if "@" in text or "%40" in text or not HARMLESS.fullmatch(url):
            raise InvalidUrl(HIDDEN, f"{parsed.expected}, and no password in a URL")
        raise parsed
    if parsed.scheme != "ldapi" and ("@" in (parsed.host or "") or "%3a" in authority.lower()):
        raise InvalidUrl(HIDDEN, BESIDE)
    # What stands behind a question mark may be an extension, and those that name a password are many.
    plain, question, _ = url.partition("?")
    if parsed.scheme not in SCHEMES:
        raise InvalidUrl(f"{plain}{question and '?…'}", "ldap://, ldaps:// or ldapi://", 0)
    if question:
        expected = "a server and a base, without attributes, a scope or a filter"
        raise InvalidUrl(f"{plain}?…", expected, len(plain))
    return parsed


def parts_of(url: str) -> LdapUrl | InvalidUrl:
    """The parts of a URL, or what is wrong with it."""
    try:
        return LdapUrl.parse(url)
    except InvalidUrl as problem:
        return problem
