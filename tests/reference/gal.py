"""The address book in the slow and obvious way: look at everybody, score, sort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import combining, normalize

from mailpolicy.inherit import layers_of, resolve
from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema import find_setting
from mailpolicy.snapshot import Snapshot
from mailpolicy.snapshot.affiliation import affiliation_of

KINDS = [Level.ACCOUNT, Level.LIST, Level.RESOURCE]
PUNCTUATION = ',;:"()<>[]{}*|/\\\U0010ffff'


def bare(text: str) -> str:
    return "".join(each for each in normalize("NFKD", text) if not combining(each))


def fold(text: str) -> str:
    plain = bare(bare(text).casefold()) if not text.isascii() else text.lower()
    for letter, typed in zip("øłđħŧıæœ", ("o", "l", "d", "h", "t", "i", "ae", "oe"), strict=True):
        plain = plain.replace(letter, typed)
    return " ".join("".join(" " if each in PUNCTUATION else each for each in plain).split())


def fold_address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return fold(local) + at + fold(domain)


def begins(typed: str, text: str) -> bool:
    """Whether a typed word begins a word of a folded text: after nothing but what is no letter or digit."""
    places = [found.start() for found in re.finditer(re.escape(typed), text)]
    return any(place == 0 or text[place - 1] == " " or starts_later(text, place) for place in places)


def starts_later(text: str, place: int) -> bool:
    before, first = text[place - 1], text[place]
    return not before.isalnum() and first.isalnum()


def texts(snapshot: Snapshot, entry: Entry, level: Level, setting: str) -> list[str]:
    binding = snapshot.dialect.binding(setting, level)
    stored = [value for part in (binding.parts if binding else ()) for value in entry.stored(part.attribute)]
    return [value.decode("utf-8", "surrogateescape") for value in stored]


def is_in(snapshot: Snapshot, entry: Entry, level: Level) -> bool:
    dialect = snapshot.dialect
    marks = [dialect.external_attribute, dialect.system_attribute]
    if any(mark and b"TRUE" in entry.stored(mark)[:1] for mark in marks):
        return False
    layers = layers_of(snapshot, entry)[:1]
    if resolve(snapshot, layers, find_setting("hidden_from_gal")):
        return False
    if dialect.statuses == "documented":
        if resolve(snapshot, layers, find_setting("mail_status")) == "disabled":
            return False
        if level is not Level.LIST:
            status = resolve(snapshot, layers, find_setting("account_status"))
            return status not in ("closed", "pending", "disabled")
    return True


def score(snapshot: Snapshot, entry: Entry, level: Level, query: str) -> tuple[int, int, str, str] | None:
    address = next(iter(texts(snapshot, entry, level, "address")), None)
    if address is None or not is_in(snapshot, entry, level):
        return None
    shown = texts(snapshot, entry, level, "display_name")
    parts = [*texts(snapshot, entry, level, "first_name"), *texts(snapshot, entry, level, "last_name")]
    common = [value.decode("utf-8", "surrogateescape") for value in entry.stored("cn")]
    name = next(iter([*shown, *common]), " ".join([*parts, *shown])).strip()
    whole = fold_address(address)
    first = fold(name) if name else whole.rpartition("@")[0]
    aliases = [fold_address(each) for each in texts(snapshot, entry, level, "aliases")]
    names = [first, *map(fold, [*parts, *shown])]
    key = KINDS.index(level), first, whole
    typed = fold(query)
    if not typed:
        return (0, *key)
    if typed in (first, whole) or whole.startswith(typed + "@"):
        return (0, *key)
    if first.startswith(typed) or whole.startswith(typed):
        return (1, *key)
    begun = [
        any(begins(word, each) for each in names) or any(in_address(word, each) for each in [whole, *aliases])
        for word in typed.split()
    ]
    if all(begun):
        return (2, *key)
    if all(is_begun or word in first for word, is_begun in zip(typed.split(), begun, strict=True)):
        return (3, *key)
    return None


def in_address(word: str, address: str) -> bool:
    """At the beginning the whole address counts; later only what stands before its `@`."""
    local = address.rpartition("@")[0]
    return any(each.startswith(word) for each in address.split(" ")) or begins(word, local)


def everybody(snapshot: Snapshot, names: set[str] | None) -> Iterator[tuple[int, Entry, Level]]:
    """Everybody whose address is in one of the domains, or in any."""
    for row in snapshot.rows:
        (entry,) = snapshot.entries(type(snapshot.rows).of([row]))
        level = snapshot.level_of(entry)
        affiliation = affiliation_of(snapshot.dialect, entry)
        if level in KINDS and affiliation and (names is None or affiliation.domain in names):
            yield row, entry, level


def address_book(snapshot: Snapshot, names: set[str] | None, query: str) -> list[Entry]:
    """All who match, the best first."""
    found = []
    for row, entry, level in everybody(snapshot, names):
        scored = score(snapshot, entry, level, query)
        if scored is not None:
            found.append(((*scored, row), entry))
    return [entry for _, entry in sorted(found, key=lambda each: each[0])]
