"""URLs of servers as operators write them: several on a line, and one base for all of them.

>>> split_urls("ldap://ldap1 ldap://ldap2:1389/ou=a%20b,o=mail")
(('ldap://ldap1', 'ldap://ldap2:1389'), 'ou=a b,o=mail')
"""

from __future__ import annotations

from typing import Final

from ..errors import InvalidUrl
from ..ldap.url import LdapUrl

__all__ = ["place_of", "split_urls"]

SCHEMES: Final = ("ldap", "ldaps", "ldapi")
HIDDEN: Final = "…@…"


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
        raise InvalidUrl(HIDDEN, "no name and password in a URL, but beside it: bind=Bind(name, password)")
    try:
        parsed = LdapUrl.parse(url)
    except InvalidUrl as problem:
        if "@" not in text:
            raise
        raise InvalidUrl(HIDDEN, f"{problem.expected}, and no password in a URL") from None
    if parsed.scheme not in SCHEMES:
        raise InvalidUrl(url, "ldap://, ldaps:// or ldapi://", 0)
    if parsed.attributes or parsed.filter or parsed.extensions or "?" in url:
        raise InvalidUrl(url, "a server and a base, without attributes, a scope or a filter", url.find("?"))
    return parsed
