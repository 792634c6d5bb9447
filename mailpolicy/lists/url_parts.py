"""The parts of the text of a member URL, whether or not it can be read."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from ..ldap.url import Extension

__all__ = ["ATTRIBUTES", "EXTENSIONS", "FILTER", "SCOPE", "extensions_in", "part", "without_extensions"]

ATTRIBUTES: Final = 1
SCOPE: Final = 2
FILTER: Final = 3
EXTENSIONS: Final = 4
"""After how many question marks these stand."""


def part(text: str, number: int) -> str:
    """What stands after so many question marks.

    >>> part("ldap:///o=mail??sub", SCOPE)
    'sub'
    """
    parts = text.removesuffix(">").split("?")
    return parts[number] if number < len(parts) else ""


def without_extensions(text: str) -> tuple[str, str | None]:
    """The URL without what a server does not look at, and that; None where there is no such part.

    >>> without_extensions("<ldap:///o=mail??sub??!x-effective>")
    ('<ldap:///o=mail??sub?>', '!x-effective')
    """
    parts = text.split("?")
    if len(parts) != EXTENSIONS + 1:
        return text, None
    end = ">" if text.startswith("<") and text.endswith(">") else ""
    return "?".join(parts[:EXTENSIONS]) + end, parts[EXTENSIONS].removesuffix(end)


def extensions_in(text: str | None) -> tuple[Extension, ...]:
    """The extensions that stand there, whatever they are called.

    >>> for each in extensions_in("!x-effective,,a b=c"):
    ...     print(each)
    !x-effective
    a b=c
    """
    found = []
    for written in (text or "").split(","):
        name, equals, value = unquote(written, errors="surrogateescape").partition("=")
        if written:
            found.append(Extension(name.removeprefix("!"), value if equals else None, name.startswith("!")))
    return tuple(found)
