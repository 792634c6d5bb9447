"""Filters that find every entry which an index has under a term.

An index knows values in one folded spelling, and a server compares them by its matching rules. So a
filter asks for all spellings that fold to the term and that the server holds for different; who asks
looks at what comes back, as a filter may find more.

Left out are spellings that no mail system would find either: with needless backslashes, a blank after the
`@`, two final dots, or white space other than blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Final

from ...errors import InvalidValue
from ...ldap.filter import And, Equal, Filter, Or, Present, Substrings
from ...reasons import Level
from ...schema import Dialect
from ...snapshot import Index
from ...snapshot.index import sources
from ...values.address import unquoted
from ...values.domain import u_label

__all__ = ["filter_for", "of_level"]

MOST_SPELLINGS: Final = 64
"""Of a text with several places that can be written in two ways, such as labels beyond ASCII."""

FIRM: Final = re.compile(r"[!-~]+(?![^ -~])")
"""ASCII text that is the same in every normal form: no character of it composes with what follows."""

CHARACTERS: Final = {"ς": ("ς", "σ"), "i\u0307": ("i\u0307", "i")}
"""What Python makes of `Σ` at the end of a word and of `İ`, and what OpenLDAP makes of them."""

BLANK: Final = " "
"""To a server, text of nothing but blanks is one blank, and to an index nothing."""

IN_CONTEXT: Final = re.compile(f"({'|'.join(CHARACTERS)})")

PLACES: Final[dict[Level, tuple[Level, ...]]] = {
    Level.ACCOUNT: (Level.ACCOUNT, Level.RESOURCE),
    Level.RESOURCE: (Level.ACCOUNT, Level.RESOURCE),
}
"""Kinds that only their values tell apart in some dialects."""


def of_level(dialect: Dialect, level: Level) -> Filter:
    """What every entry of a kind meets: a class of it, or one that derives from it."""
    kinds = PLACES.get(level, (level,))
    return any_of(Equal("objectClass", name) for name, kind in dialect.levels.items() if kind in kinds)


def filter_for(dialect: Dialect, index: Index, term: str) -> Filter | None:
    """What every entry meets that the index has under the term; None where there can be none."""
    if index is Index.NAME:
        return any_of(named(dialect, term))
    spelt = tuple(SPELLINGS[index](term))
    names = attributes(dialect, index)
    return any_of(Equal(name, encoded(text or BLANK)) for name in names for text in spelt) if names else None


@lru_cache(maxsize=64)
def attributes(dialect: Dialect, index: Index) -> tuple[str, ...]:
    """The attributes that an index is made of."""
    every = (source for level in Level for source in sources(dialect, level))
    return tuple(dict.fromkeys(attribute for of, attribute, _ in every if of is index))


def named(dialect: Dialect, term: str) -> Iterator[Filter]:
    """The entries of a common name: there are few, so the pieces of the name tell them well enough."""
    for level in (Level.COS, Level.SERVER):
        yield And([of_level(dialect, level), in_pieces("cn", term)])
    uid = any_of(Equal("uid", encoded(text or BLANK)) for text in as_lowered(term))
    yield And([of_level(dialect, Level.ALIAS), uid])


def in_pieces(attribute: str, term: str) -> Filter:
    """Values with the pieces of ASCII text that a term has, in this order."""
    pieces = FIRM.findall(term)
    return Substrings(attribute, None, pieces, None) if pieces else Present(attribute)


def addresses(term: str) -> Iterator[str]:
    """How an address may be stored: with a final dot, in needless quotes, its domain in either alphabet."""
    local, at, domain = term.rpartition("@")
    if not at:
        yield from as_lowered(term)
        return
    for name in alphabets(domain):
        for each in quotings(local):
            yield from as_lowered(f"{each}@{name}")
            yield from as_lowered(f"{each}@{name}.")


def quotings(local: str) -> Iterable[str]:
    """A local part with and without quotes: those it has may be needless, as an `@` is understood without."""
    try:
        plain = unquoted(local, local, 0)
    except InvalidValue:
        return (local,)
    return dict.fromkeys((local, plain, f'"{plain}"'))


def domains(term: str) -> Iterator[str]:
    """How the name of a domain may be stored: after an `@`, with a final dot, in either alphabet."""
    for name in alphabets(term):
        for text in (name, f"{name}."):
            yield from as_lowered(text)
            yield from as_lowered(f"@{text}")


def alphabets(domain: str) -> Iterator[str]:
    """A name in A-labels and in U-labels, and with some of each."""
    if "xn--" not in domain:
        yield domain
        return
    labels = [dict.fromkeys((label, u_label(label))) for label in domain.split(".")]
    yield from map(".".join, islice(product(*labels), MOST_SPELLINGS))


def as_lowered(text: str) -> Iterator[str]:
    """The text, and what may become of the same capitals where each is made small without its neighbours."""
    if text.isascii():
        yield text
        return
    pieces = [CHARACTERS.get(piece, (piece,)) for piece in IN_CONTEXT.split(text)]
    yield from map("".join, islice(product(*pieces), MOST_SPELLINGS))


SPELLINGS: Final[dict[Index, Callable[[str], Iterable[str]]]] = {
    Index.ADDRESS: addresses,
    Index.OLD_ADDRESS: addresses,
    Index.CATCH_ALL: domains,
    Index.DOMAIN: domains,
    Index.ID: as_lowered,
}


def any_of(filters: Iterable[Filter]) -> Filter:
    several = tuple(filters)
    return several[0] if len(several) == 1 else Or(several)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
