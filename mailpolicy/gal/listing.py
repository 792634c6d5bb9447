"""What the address book holds of one object, and who is in it at all.

In it are accounts, lists (static and dynamic) and resources that have an address. Out of it are those
that are `hidden_from_gal`, the mail system's own accounts, and those of people outside who only share
folders. In a directory whose status table is the `documented` one, whoever cannot get mail is out as
well: an address that mail does not know (`mail_status` disabled), an account that is itself closed,
pending or disabled. Nobody wants to be offered an address from which mail comes back. The deployed servers
do not look at any status there, and an answer about them must match theirs: so they are all in.

That is decided by the entry alone. The status of a domain is the same for all its people, who then have
other worries than the address book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ..ldap.entry import Entry
from ..ldap.shape import MOST_SHAPES, Shape
from ..ldap.text import decode
from ..reasons import Level
from ..schema import Dialect, Part, find_setting
from ..schema.catalog.status import MailStatus
from ..status.table import CAPABILITIES, Receive
from .words import Query, folded, folded_address, of_address, of_name

__all__ = ["KINDS", "Listing", "Match", "attributes", "listing_of", "made", "matched"]

KINDS: Final = (Level.ACCOUNT, Level.LIST, Level.RESOURCE)
"""What the address book holds, in this order where nothing else decides; others come after them."""

DECIDING: Final = {
    "documented": ("hidden_from_gal", "mail_status", "account_status"),
    "server": ("hidden_from_gal",),
}
"""The settings that take an object out, by the status table of its dialect."""

YES: Final = b"TRUE"

MOST_SAID: Final = 1 << 12
"""How many different things that entries say about their visibility are remembered."""


class Match(IntEnum):
    """How well an object matches what was typed; the best come first."""

    EXACT = 0
    """It is the whole name, the whole address, or all before the `@`."""
    BEGINNING = 1
    """The name or the address begins with it."""
    WORD = 2
    """Each word of it begins a word of a name, of the address or of an alias."""
    WITHIN = 3
    """The same, but some of the words stand within the name only."""
    ELSEWHERE = 4
    """Another server found it, by something that only it knows."""


class Listing(NamedTuple):
    """An object as it is searched; listings sort as they are shown where all match equally."""

    order: int
    """The place of its kind among the kinds."""
    name: str
    """The folded name."""
    address: str
    """The folded address."""
    row: int
    shown_name: str
    shown_address: str
    words: str
    """A line break before each word that can be the beginning of something; none begins another."""


def made(
    order: int, row: int, name: str, address: str, names: Iterable[str], aliases: Iterable[str]
) -> Listing:
    """Make a listing of text as it is stored; `names` are those that are searched beside the shown one.

    What has no name goes by what stands before the `@` of its address, and shows all of it.
    """
    whole = folded_address(address)
    known = folded(name) if name else whole.rpartition("@")[0]
    words = {*of_name(known), *of_address(whole)}
    for each in names:
        words.update(of_name(each))
    for alias in aliases:
        words.update(of_address(folded_address(alias)))
    # One object is shared where folding changes nothing, as in most addresses.
    shared = address if whole == address else whole
    return Listing(order, known, shared, row, name or address, address, joined(words))


def joined(words: Iterable[str]) -> str:
    """The words that begin no other, each after a line break: who begins with the other begins with it."""
    ordered = sorted(words)
    kept = [
        word for word, after in zip(ordered, [*ordered[1:], ""], strict=True) if not after.startswith(word)
    ]
    return "".join([f"\n{word}" for word in kept])


def matched(query: Query, listing: Listing) -> Match | None:
    """How well a listing matches; None where it does not. What nobody typed matches everybody alike."""
    whole, words = query
    if not words:
        return Match.WORD
    name, address = listing.name, listing.address
    if whole in (name, address) or address.startswith(f"{whole}@"):
        return Match.EXACT
    if name.startswith(whole) or address.startswith(whole):
        return Match.BEGINNING
    missing = [word for word in words if f"\n{word}" not in listing.words]
    if not missing:
        return Match.WORD
    return Match.WITHIN if all(word in name for word in missing) else None


class Places(NamedTuple):
    """Where the entries of one shape say what the address book asks, in the row of their values."""

    shown: int | None
    names: tuple[slice, ...]
    """The others beside the shown one."""
    address: int | None
    aliases: tuple[slice, ...]
    marks: tuple[int, ...]
    """Each TRUE there takes the account out."""
    said: tuple[tuple[str, slice], ...]
    """What else decides about its visibility, setting by setting."""


def listing_of(dialect: Dialect, level: Level, entry: Entry, row: int) -> Listing | None:
    """What the address book holds of an object; None where it is not in it."""
    shown, named, addressed, aliased, marks, said = places_of(dialect, level, entry.shape)
    values = entry.row
    if addressed is None or any(values[mark] == YES for mark in marks):
        return None
    if any(keeps_out(dialect, level, setting, tuple(values[place])) for setting, place in said):
        return None
    address = decode(values[addressed])
    names = texts(values, named)
    name = (decode(values[shown]) if shown is not None else " ".join(names)).strip()
    return made(KINDS.index(level), row, name, address, names, texts(values, aliased))


def texts(values: Sequence[bytes], places: Iterable[slice]) -> list[str]:
    return [decode(value) for place in places for value in values[place]]


@lru_cache(MOST_SHAPES)
def places_of(dialect: Dialect, level: Level, shape: Shape) -> Places:
    displayed, own = (
        attributes(dialect, level, "display_name"),
        attributes(dialect, level, "first_name", "last_name"),
    )
    shown = next(having(shape, [*displayed, "cn"]), None)
    address = next(having(shape, attributes(dialect, level, "address")), None)
    marks = filter(None, (dialect.external_attribute, dialect.system_attribute))
    return Places(
        None if shown is None else shown.start,
        (*having(shape, own), *(slice(place.start + 1, place.stop) for place in having(shape, displayed))),
        None if address is None else address.start,
        tuple(having(shape, attributes(dialect, level, "aliases"))),
        tuple([place.start for place in having(shape, marks)]),
        tuple(
            (setting, place)
            for setting in DECIDING[dialect.statuses]
            if level in find_setting(setting).on
            for place in having(shape, attributes(dialect, level, setting))
        ),
    )


def having(shape: Shape, names: Iterable[str]) -> Iterator[slice]:
    places = map(shape.places.get, names)
    return (place for place in places if place is not None and place.start < place.stop)


def attributes(dialect: Dialect, level: Level, *settings: str) -> list[str]:
    """Where objects of a kind store some settings."""
    return [part.attribute for setting in settings for part in parts(dialect, level, setting)]


def parts(dialect: Dialect, level: Level, setting: str) -> tuple[Part, ...]:
    binding = dialect.binding(setting, level)
    return binding.parts if binding else ()


@lru_cache(MOST_SAID)
def keeps_out(dialect: Dialect, level: Level, setting: str, values: tuple[bytes, ...]) -> bool:
    """Whether what an object says about one setting takes it out; what cannot be read says nothing."""
    (part,) = parts(dialect, level, setting)
    value: Any = part.codec.read(tuple(map(decode, values)))[0]
    if setting == "hidden_from_gal":
        return value is True
    if setting == "mail_status":
        return value is MailStatus.DISABLED
    return value is not None and CAPABILITIES[value].receive is Receive.REJECT
