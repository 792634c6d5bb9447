"""The searches of a dynamic list: what its member URLs come to, the way slapd's dynlist overlay reads them.

A URL that the overlay passes over does not make the others invalid, and nobody is told: the list is
just shorter. So it is a value here, `Unusable`, that says why and what was probably meant.

=====================================  ==================================================================
a URL                                  with slapd 2.5, overlay dynlist, `groupOfURLs memberURL member`
=====================================  ==================================================================
without a scope                        finds its base only, as RFC 4516 says
without a filter, or an empty one      finds every entry in scope
with an empty base                     searches all that the database holds, if its suffix is empty too
whose base does not exist              finds nobody
with a host, also the socket of ldapi  is passed over; an empty host with a port is none
with an attribute part                 is passed over, whatever attributes it names
that cannot be parsed                  is passed over, and so is one whose filter cannot be
with extensions                        is searched: not even critical ones are looked at
with a ? after the filter and nothing  is passed over: an extension has to follow
`ldaps:///`, `ldapi:///`, `pldap:///`  is as `ldap:///`
`<URL:ldap:///…>`, in upper case       is read as any other
without a slash, `ldap://`             ends the server; here it is passed over
several, which overlap                 find what any of them finds, once
finding lists, or the list itself      finds the entries: nothing is expanded, computed members do not match
=====================================  ==================================================================

A value is read as it is compared: without outer spaces, inner runs of them squeezed, after NFKC.
`docs/differences.md` lists where we read a URL in another way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from attrs import field, frozen

from ..errors import InvalidUrl
from ..ldap.entry import Entry
from ..ldap.filter import Filter, Present
from ..ldap.matching import dn_key, prepare
from ..ldap.url import Extension, LdapUrl, Scope
from ..query import Query
from ..reasons import Level
from ..schema import Dialect
from .meant import meant
from .predicate import Predicate
from .url_parts import ATTRIBUTES, SCOPE, extensions_in, part, without_extensions

__all__ = ["EFFECTIVE", "MemberSearch", "Unusable", "member_searches", "read_url", "url_attributes"]

EFFECTIVE: Final = "x-effective"
"""The critical extension that asks for effective settings and statuses instead of stored values."""

EVERYTHING: Final = Present("objectClass")

LONG: Final = 2048
"""From this length on, a URL is one of few, or somebody's mischief."""
MOST_URLS: Final = 1 << 14
MOST_LONG_URLS: Final = 256


@frozen
class MemberSearch:
    """One search for members: the entries in `scope` of `base` for which the filter is true.

    >>> from mailpolicy.schema import find_dialect
    >>> native = find_dialect("native")
    >>> read_url(b"ldap:///OU=People, o=mail??sub?(login=TRUE)?!x-effective", native)
    MemberSearch(key='ou=people,o=mail', scope='sub', filter=Filter.parse('(login=TRUE)'), effective=True)
    """

    text: str = field(repr=False)
    """The URL as it is compared."""
    key: str
    """What the base is compared as."""
    scope: Scope = field(repr=lambda scope: repr(scope.value), eq=False)
    filter: Filter = field(eq=False)
    effective: bool
    """Whether the filter is about effective settings and statuses."""
    url: LdapUrl = field(repr=False, eq=False)
    """The URL, but for its extensions."""
    says_scope: bool = field(repr=False, eq=False)
    """Whether the URL itself states the scope; its base it is if not."""
    extensions: tuple[Extension, ...] = field(repr=False, eq=False)
    judge: Query | Predicate = field(repr=False, eq=False)
    """The filter, read once: a predicate where it is about what applies."""
    asks_tree: bool = field(repr=False, eq=False)
    """Whether the filter asks what stands below an entry, and so more than that entry."""


@frozen
class Unusable:
    """A URL that finds nobody because a server passes it over: why, and how it would be put right.

    >>> from mailpolicy.schema import find_dialect
    >>> native = find_dialect("native")
    >>> read_url(b"ldap://ldap1/o=mail??sub?(ou=Sales)", native).meant
    'ldap:///o=mail??sub?(ou=Sales)'
    """

    text: str
    problem: str
    """Where something is wrong, counted from 0, and what was expected there."""
    meant: str | None
    """What its owner probably meant; None where there is no telling."""


def member_searches(dialect: Dialect, entry: Entry) -> tuple[MemberSearch | Unusable, ...]:
    """The searches that find the members of a list, in the order of its URLs; none for a static one."""
    return tuple(
        [read_url(value, dialect) for name in url_attributes(dialect) for value in entry.stored(name)]
    )


@lru_cache(maxsize=16)
def url_attributes(dialect: Dialect) -> tuple[str, ...]:
    """The attributes that hold member URLs."""
    binding = dialect.binding("member_urls", Level.LIST)
    return tuple([part.attribute for part in binding.parts]) if binding else ()


def read_url(value: bytes, dialect: Dialect) -> MemberSearch | Unusable:
    """What a stored URL comes to; remembered, as the same few are asked for again and again."""
    return (_read if len(value) < LONG else _read_long)(value, dialect)


def _read_anew(value: bytes, dialect: Dialect) -> MemberSearch | Unusable:
    compared = prepare(value, fold=False)
    text = (value if compared is None else compared).decode("utf-8", "surrogateescape")
    whole, tail = without_extensions(text)
    try:
        url = LdapUrl.parse(whole)
        _check(url, whole)
        extensions = extensions_in(tail)
        if tail is not None and not extensions:
            raise InvalidUrl(text, "an extension after the fourth question mark", len(text) - len(tail))
    except InvalidUrl as wrong:
        return Unusable(text, _problem(wrong), meant(text))
    filter = EVERYTHING if url.filter is None else url.filter
    query = Query(filter, dialect.definitions)
    effective = any(each.critical and each.name.lower() == EFFECTIVE for each in extensions)
    return MemberSearch(
        text=text,
        key=dn_key(url.dn, dialect.definitions),
        scope=url.scope,
        filter=filter,
        effective=effective,
        url=url,
        says_scope=bool(part(whole, SCOPE)),
        extensions=extensions,
        judge=Predicate.read(filter, dialect) if effective else query,
        asks_tree=query.asks_tree,
    )


_read = lru_cache(MOST_URLS)(_read_anew)
_read_long = lru_cache(MOST_LONG_URLS)(_read_anew)


def _check(url: LdapUrl, text: str) -> None:
    """Refuse what is a good URL, but not one that a server finds members by."""
    start = text.index("://") + 3
    if url.host:
        raise InvalidUrl(text, "no host, for a server only searches itself", start)
    if attributes := part(text, ATTRIBUTES):
        position = text.index(f"?{attributes}") + 1
        raise InvalidUrl(text, "no attributes, for members are found and not values", position)
    if "/" not in text[start:]:
        raise InvalidUrl(text, "a slash before what is searched", len(text))


def _problem(wrong: InvalidUrl) -> str:
    at = "" if wrong.position is None else f"at character {wrong.position}: "
    return f"{at}expected {wrong.expected}"
