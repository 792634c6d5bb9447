"""Text as people type it, and the words in it: without case and accents, and without punctuation around.

A word begins at the start of a token and after each character in it that is neither letter nor digit, so
`Jean-Luc` is found by `jean` and by `luc`, and `john.doe@acme.example` by `john`, by `doe` and as a whole.
Nothing begins in the domain of an address: everybody in it would be found by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import combining, normalize

__all__ = ["Query", "folded", "folded_address", "of_address", "of_name", "tokens"]

TOKEN: Final = re.compile(r"[^\s,;:\"()<>\[\]{}*|/\\\U0010ffff]+")
"""What stands between white space and the punctuation that people put around names and addresses."""

STROKES: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode does not take apart, as people type them who have no such keys."""

MOST_REPEATED: Final = 1 << 13
"""Of how many names it is remembered what is made of them: many people share a few."""

LATER: Final = re.compile(r"(?<=[\W_])[^\W_]")
"""Where a word begins inside a token."""


def folded(text: str) -> str:
    """The text without case and accents, its tokens one space apart.

    >>> folded("  Zoë MÜLLER, Straße"), folded("Łukasz"), folded("<Ann@Acme.example>")
    ('zoe muller strasse', 'lukasz', 'ann@acme.example')
    """
    return " ".join(tokens(text))


def folded_address(address: str) -> str:
    """The same of an address, both halves for themselves; of a malformed one what can be made of it."""
    local, at, domain = address.rpartition("@")
    return f"{folded(local)}{at}{folded_domain(domain)}"


folded_domain = lru_cache(MOST_REPEATED)(folded)


def tokens(text: str) -> list[str]:
    """The folded tokens of a text."""
    if text.isascii():
        return TOKEN.findall(text.lower())
    bare = "".join([each for each in normalize("NFKD", text) if not combining(each)])
    # Folding case may give accents anew: `ΐ` has none that is one character.
    again = normalize("NFKD", bare.casefold())
    plain = "".join([each for each in again if not combining(each)])
    return TOKEN.findall(plain.translate(STROKES))


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


@lru_cache(MOST_REPEATED)
def of_name(name: str) -> tuple[str, ...]:
    """The words of a name, each with what follows it in its token.

    >>> of_name("Anna-Lena Müller")
    ('anna-lena', 'lena', 'muller')
    """
    return tuple([word for token in tokens(name) for word in (token, *later(token))])


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
