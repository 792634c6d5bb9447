"""Languages with their regional customs."""

from __future__ import annotations

import re
from typing import Final

from ..errors import InvalidValue

__all__ = ["Locale"]

SHAPE: Final = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?:[-_](?P<script>[a-z]{4}))?"
    r"(?:[-_](?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:[-_](?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.ASCII | re.IGNORECASE,
)


class Locale(str):
    """A language tag in its canonical case: language, then script, region and variants if given.

    POSIX names (`en_US`) are read too, because that is what the deployed servers store.

    >>> Locale("en_US"), Locale("ZH-hant-tw")
    (Locale('en-US'), Locale('zh-Hant-TW'))
    >>> Locale("english")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'english': expected a language tag such as en or pt-BR

    The shape of RFC 5646 without extensions and private use; tags are not looked up in the registry.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Locale:
        found = SHAPE.fullmatch(text.strip())
        if found is None:
            raise InvalidValue(text, "a language tag such as en or pt-BR")
        tag = found["language"].lower()
        if found["script"]:
            tag += "-" + found["script"].title()
        if found["region"]:
            tag += "-" + found["region"].upper()
        return str.__new__(cls, tag + found["variants"].lower().replace("_", "-"))

    def __repr__(self) -> str:
        return f"Locale({str(self)!r})"
