"""What an address book gives: whom it found, and what it could not find out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Self

from attrs import field, frozen

from ..errors import Unavailable
from ..ldap.entry import Entry
from ..ldap.text import decode
from ..reasons import Level, Origin, Reason
from ..schema import Dialect
from ..tables import Cell, Style, Table
from .listing import Match, attributes
from .words import Query, folded, folded_address, of_address, of_name

__all__ = ["AddressBook", "Found"]

EXTERNAL: Final = "external"

SAID: Final = {
    Match.EXACT: "name or address",
    Match.BEGINNING: "beginning",
    Match.WORD: "words",
    Match.WITHIN: "within the name",
    Match.ELSEWHERE: "found by the other server",
}

NAMED: Final = ("display_name", "first_name", "last_name")
ADDRESSED: Final = ("address", "aliases")


@frozen
class Found:
    """Somebody or something that can be written to.

    `kind` is account, list or resource, and external for what another server knows. `match` says how
    well it matches what was typed, and `reasons` by which of its names and addresses.

    >>> import mailpolicy as mp
    >>> from mailpolicy.gal import gal
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> john = gal(acme.snapshot, acme.domain("acme.example").entry, "doe")[0]
    >>> john.name, john.address, john.kind, john.match.name
    ('John Doe', 'john@acme.example', 'account', 'WORD')
    >>> john.reasons[0].text
    "'doe' begins a word of displayName: John Doe"
    """

    name: str
    """The name people see; the address where there is none."""
    address: str
    kind: str
    dn: str
    match: Match
    entry: Entry | None = field(repr=False)
    """None for what another server gave in a form of its own."""
    _query: Query = field(repr=False, eq=False)
    _dialect: Dialect = field(repr=False, eq=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it was found, typed word by typed word."""
        if self.kind == EXTERNAL or self.entry is None:
            return (Reason("gal.external", True, "the external address book found it"),)
        return tuple([why(self._dialect, self.entry, Level(self.kind), word) for word in self._query.words])


def why(dialect: Dialect, entry: Entry, level: Level, word: str) -> Reason:
    """By which stored value a typed word finds an entry: one of which it begins a word, else the name."""
    values = list(searched(dialect, entry, level))
    for attribute, text, words in values:
        if any(each.startswith(word) for each in words):
            return found_in("gal.word", entry, level, attribute, text, f"{word!r} begins a word of")
    within = ((attribute, text) for attribute, text, _ in values if word in folded(text))
    return found_in("gal.within", entry, level, *next(within), f"{word!r} stands within")


def found_in(id: str, entry: Entry, level: Level, attribute: str, text: str, said: str) -> Reason:
    return Reason(
        id, True, f"{said} {attribute}: {text}", (Origin(level, str(entry.dn), attribute, (text,)),)
    )


def searched(dialect: Dialect, entry: Entry, level: Level) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Each stored value that is searched, with its attribute and its words."""
    displayed, others = attributes(dialect, level, NAMED[0]), attributes(dialect, level, *NAMED[1:])
    shown = displayed if any(map(entry.stored, displayed)) else ["cn"]
    for attribute in dict.fromkeys([*shown, *others]):
        for text in map(decode, entry.stored(attribute)):
            yield attribute, text, of_name(text)
    for attribute in attributes(dialect, level, *ADDRESSED):
        for text in map(decode, entry.stored(attribute)):
            yield attribute, text, of_address(folded_address(text))


class AddressBook(tuple[Found, ...]):
    """Whom somebody finds who types something: a tuple, the best first, that shows itself as a table.

    `more` says that there are others beyond the limit. Where the external half did not answer, or some
    records of the source could not be used, `unknown` is the error that says so, of the external half
    where both are so: whoever is not found may be there all the same. `reasons` say it for people, each
    of them, and why nobody at all may be found.
    """

    more: bool
    unknown: Unavailable | None
    reasons: tuple[Reason, ...]

    def __new__(
        cls,
        found: Iterable[Found] = (),
        more: bool = False,
        unknown: Unavailable | None = None,
        reasons: Sequence[Reason] = (),
    ) -> Self:
        book = super().__new__(cls, found)
        book.more = more
        book.unknown = unknown
        book.reasons = tuple(reasons)
        return book

    def __getnewargs__(self) -> tuple[tuple[Found, ...], bool, Unavailable | None, tuple[Reason, ...]]:
        return tuple(self), self.more, self.unknown, self.reasons

    def as_table(self) -> Table:
        """Whom it found, for people."""
        rows = [
            (Cell(each.name, Style.OWN), each.address, each.kind, Cell(SAID[each.match], Style.NOTE))
            for each in self
        ]
        title = [f"{len(self):,} found", *(["there are more"] if self.more else [])]
        return Table(
            "; ".join([*title, *(each.text for each in self.reasons)]),
            ["name", "address", "kind", "by"],
            rows,
        )

    def _repr_html_(self) -> str:
        return self.as_table().html()
