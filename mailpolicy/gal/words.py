"""Text as people type it, and the words in it: without case and accents, and without punctuation around.

A word begins at the start of a token and after each character in it that is neither letter nor digit, so
`Jean-Luc` is found by `jean` and by `luc`, and `john.doe@acme.example` by `john`, by `doe` and as a whole.
Nothing begins in the domain of an address: everybody in it would be found by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from unicodedata import combining, normalize

__all__ = ["Query", "folded", "folded_address", "of_address", "of_names", "tokens"]

TOKEN: Final = re.compile(r"[^\s,;:\"()<>\[\]{}*|/\\\U0010ffff]+")
"""What stands between white space and the punctuation that people put around names and addresses."""

LATER: Final = re.compile(r"(?<=[\W_])[^\W_]")
"""Where a word begins inside a token."""


def folded(text: str) -> str:
    """The text without case and accents, its tokens one space apart.

    >>> folded("  Zoë MÜLLER, Straße"), folded("ﬁnance"), folded("<Ann@Acme.example>")
    ('zoe muller strasse', 'finance', 'ann@acme.example')
    """
    return " ".join(tokens(text))


def folded_address(address: str) -> str:
    """The same of an address, both halves for themselves; of a malformed one what can be made of it."""
    local, at, domain = address.rpartition("@")
    return f"{folded(local)}{at}{folded(domain)}"


def tokens(text: str) -> list[str]:
    """The folded tokens of a text."""
    if text.isascii():
        return TOKEN.findall(text.lower())
    bare = "".join([each for each in normalize("NFKD", text) if not combining(each)])
    # Folding case may give accents anew: `ΐ` has none that is one character.
    again = normalize("NFKD", bare.casefold())
    return TOKEN.findall("".join([each for each in again if not combining(each)]))


class Query(NamedTuple):
    """What was typed: as a whole, and word by word."""

    whole: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Query:
        """Read what was typed.

        >>> Query.of(' "John Doe" <john@')
        Query(whole='john doe john@', words=('john', 'doe', 'john@'))
        """
        found = tokens(text)
        return cls(" ".join(found), tuple(found))


def of_names(names: Iterable[str]) -> Iterator[str]:
    """The words of folded names, each with what follows it in its token."""
    for name in names:
        for token in name.split(" "):
            yield token
            yield from later(token)


def of_address(address: str) -> Iterator[str]:
    """The words of a folded address: itself, and the later ones of its local part.

    >>> list(of_address("john.doe@acme.example"))
    ['john.doe@acme.example', 'doe']
    """
    yield from address.split(" ")
    for token in address.rpartition("@")[0].split(" "):
        yield from later(token)


def later(token: str) -> Iterator[str]:
    if not token.isalnum():
        for found in LATER.finditer(token):
            yield token[found.start() :]
