"""What the owner of a member URL probably meant that a server passes over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve

from ..errors import InvalidUrl
from ..ldap.url import Extension, LdapUrl, Scope
from .url_parts import EXTENSIONS, SCOPE, extensions_in, part, without_extensions

__all__ = ["meant"]

LONGEST: Final = 1 << 14
"""Characters of a URL that somebody has written by hand."""

_SCHEME = re.compile(r"(?:<)?(?:URL:)?ldap[si]?:/{0,3}(?=[^/?]*=|\?|\Z)", re.IGNORECASE)
_PORT = re.compile(r"://:[0-9]*/")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ANY_SCHEME = re.compile(r"[a-z]+:", re.IGNORECASE)


def meant(text: str) -> str | None:
    """The URL that works and comes nearest to one that does not; None where there is no telling.

    >>> meant("ldap://ldap1/o=mail?mail?sub?(ou=Sales)")
    'ldap:///o=mail??sub?(ou=Sales)'
    >>> meant("ldap:///o=mail??sub?(&(ou=Sales)(l=Paris)")
    'ldap:///o=mail??sub?(&(ou=Sales)(l=Paris))'
    >>> meant("ldap:///o=mail??sub?(l=Where?)")
    'ldap:///o=mail??sub?(l=Where%3F)'
    >>> meant("ask Bob")
    """
    if len(text) > LONGEST:
        return None
    if any(")" in each for each in text.split("?")[EXTENSIONS:]):
        head, _, filter = _parted(text)  # which has a question mark of its own
        text = f"{head}?{filter.replace('?', '%3F')}"
    whole, tail = without_extensions(text)
    for guess in _guesses(whole.strip("<> ")):
        try:
            return str(usable(LdapUrl.parse(guess), part(guess, SCOPE), extensions_in(tail)))
        except InvalidUrl:
            continue
    return None


def usable(url: LdapUrl, scope: str, extensions: tuple[Extension, ...]) -> LdapUrl:
    """The URL with nothing that makes a server pass it over, and a scope that finds more than its base."""
    return evolve(
        url,
        scheme="ldap",
        host=None,
        port=None,
        attributes=(),
        scope=url.scope if scope else Scope.SUB,
        extensions=extensions,
    )


def _guesses(text: str) -> Iterator[str]:
    """The text put right in one way or another, the least changed first."""
    text = _SCHEME.sub("ldap:///", text, count=1)
    yield text
    yield _PORT.sub(":///", text, count=1)
    yield _BAD_PERCENT.sub("%25", text)
    if "=" in text and not _ANY_SCHEME.match(text):
        yield f"ldap:///??sub?{text}" if text.startswith("(") else f"ldap:///{text}"
    head, mark, filter = _parted(text)
    if mark:
        yield from (f"{head}?{each}" for each in _filters(filter))
        parts = head.split("?")
        if len(parts) > 2:
            yield f"{'?'.join(parts[:2])}?sub?{filter}"


def _parted(text: str) -> tuple[str, str, str]:
    """What stands before the filter, and the filter."""
    parts = text.split("?", 3)
    return ("?".join(parts[:3]), "?", parts[3]) if len(parts) > 3 else (text, "", "")


def _filters(text: str) -> Iterator[str]:
    """A filter put right: as many parentheses closed as opened, or those around it that are missing."""
    missing = text.count("(") - text.count(")")
    if missing > 0:
        yield text + ")" * missing
    if missing < 0:
        yield text[:missing] if text.endswith(")" * -missing) else "(" * -missing + text
    if text[:1] in "&|!":
        yield f"({text})"
    if (end := text.rfind(")") + 1) < len(text) and "?" not in text[end:]:
        yield text[:end]  # a label after it, as other URLs may have
    yield text.strip()
