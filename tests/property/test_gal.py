"""The address book finds what looking at everybody finds, in the same order, also after changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from unittest.mock import patch

from hypothesis import given, strategies as st

from mailpolicy.gal import gal
from mailpolicy.gal.beginnings import Beginnings
from mailpolicy.gal.words import Query
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.matching import dn_key
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot import Snapshot
from tests.reference.gal import address_book

NAMES = (
    "Anna", "Änne", "anna-lena", "John", "Doe", "do", "O'Neill", "Jörg", "ß", "Straße", "ﬁnn", "Ann Doe",
    "王小明", "", "İpek", "Doe, John", "n", "A_b", "x", "\udcff", "Anna (Sales)", "e\u0301mile", "Řehoř", "٣",
    "Łukasz", "Øæ",
)  # fmt: skip
LOCALS = ("anna", "john.doe", "j", '"ann doe"', "o'neill", "x-y_z", "élan", "no", "an", "doe")
HOMES = ("acme.example", "sub.acme.example", "notacme.example")
TYPED = (
    "", "a", "an", "ann", "anna", "ANNA", "j", "jo", "john d", "d j", "doe", "oe", "ohn", "nn", "e", "n",
    "neill", "o'n", "strasse", "s", "ss", "fi", "王", "小", "i", "anna@", "anna@acme",
    "john.doe@acme.example", "doe@", "@", "acme", "ann doe", '"Ann', "x", "y", "z", "lena a",
    "emile", "reh", "a b", "nn oe", "zz", "*", "a*", "sales", "'", "-", "anna -", "y_z", ".d", "an an",
    "٣", "lu", "oae",
)  # fmt: skip
FLAGS = {
    "hidden_from_gal": ("TRUE", "FALSE", "perhaps"),
    "mail_status": ("disabled", "enabled", "?"),
    "account_status": ("active", "closed", "pending", "locked", "?"),
}


@cache
def pool(name: str) -> tuple[Entry, ...]:
    random, dialect = Random(name), find_dialect(name)

    def texts(setting: str, level: Level, choices: list[str]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        binding = dialect.binding(setting, level)
        if binding and choices:
            attribute = dialect.definitions.canonical_name(binding.parts[0].attribute)
            yield attribute, tuple(each.encode("utf-8", "surrogateescape") for each in choices)

    def entry() -> Entry:
        level = random.choice([Level.ACCOUNT] * 3 + [Level.LIST, Level.RESOURCE, Level.ALIAS])
        values = {"objectClass": tuple(each.encode() for each in dialect.object_classes[level])}
        values["zimbraAccountCalendarUserType"] = (b"RESOURCE",) if level is Level.RESOURCE else (b"USER",)
        for setting, most in {"display_name": 2, "first_name": 2, "last_name": 1}.items():
            values |= texts(setting, level, random.choices(NAMES, k=random.randint(0, most)))
        if random.random() < 0.5:
            values["cn"] = (random.choice(NAMES).encode("utf-8", "surrogateescape"),)
        for setting, most in {"address": 1, "aliases": 2}.items():
            some = [f"{random.choice(LOCALS)}@{random.choice(HOMES)}" for _ in range(random.randint(0, most))]
            values |= texts(setting, level, some or [f"{random.choice(LOCALS)}@{HOMES[0]}"])
        for setting, choices in FLAGS.items():
            if random.random() < 0.15:
                values |= texts(setting, level, [random.choice(choices)])
        for mark in filter(None, (dialect.external_attribute, dialect.system_attribute)):
            if random.random() < 0.1:
                values[mark] = (b"TRUE",)
        dn = DN.parse(f"uid={random.randint(1, 60)},o=mail")
        kept = {name: several for name, several in values.items() if several}
        return Entry(dn, kept, dialect.definitions)

    return tuple(entry() for _ in range(300))


def home(name: str, base: str) -> Entry:
    dialect = find_dialect(name)
    spelled = base if name == "native" else base.upper()
    attributes = {
        "objectClass": dialect.object_classes[Level.DOMAIN],
        dialect.binding("domain_name", Level.DOMAIN).parts[0].attribute: ("acme.example",),
        dialect.binding("gal_search_base", Level.DOMAIN).parts[0].attribute: (spelled,),
    }
    values = {
        attribute: tuple(each.encode() for each in several) for attribute, several in attributes.items()
    }
    return Entry(DN.parse("dc=acme,o=mail"), values, dialect.definitions)


REACHED = {"domain": {HOMES[0]}, "subdomains": {HOMES[0], HOMES[1]}, "root": None}


@given(st.data())
def test_gal_is_the_reference(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["native", "carbonio"]))
    base = data.draw(st.sampled_from(list(REACHED)))
    dialect, domain = find_dialect(name), home(name, base)
    entries = st.lists(st.sampled_from(pool(name)), max_size=60)

    def keyed(several: list[Entry]) -> dict[str, Entry | None]:
        return {dn_key(each.dn, dialect.definitions): each for each in several}

    snapshot = Snapshot.of(dialect, keyed([domain, *data.draw(entries)]))  # type: ignore[arg-type]
    steps = data.draw(st.lists(st.lists(st.sampled_from(pool(name)), max_size=4), max_size=4))
    asked = data.draw(st.lists(st.sampled_from(TYPED), min_size=1, max_size=12))
    with (
        patch("mailpolicy.gal.book.SMALLEST_BOUND", data.draw(st.integers(-3, 4))),
        patch("mailpolicy.gal.book.MOST_LATE", data.draw(st.sampled_from([2, 8, 1000]))),
        patch("mailpolicy.gal.beginnings.SMALLEST", 2),
        patch("mailpolicy.gal.beginnings.GROWTH", 2),
        patch("mailpolicy.gal.shelf.FEW", (1, 3)),
    ):
        versions = [snapshot]
        for step in [None, *steps]:
            if step is not None:
                gone = {f"uid={data.draw(st.integers(1, 60))},o=mail": None}
                versions.append(versions[-1].changed(keyed(step) | gone))
            # Now and then nobody asks, or somebody asks what was before.
            snapshot = data.draw(st.sampled_from(versions))
            for typed in asked if data.draw(st.booleans()) else ():
                limit = data.draw(st.sampled_from([1, 2, 5, 100]))
                found = gal(snapshot, domain, typed, limit=limit)
                expected = address_book(snapshot, REACHED[base], typed)
                assert [each.entry for each in found] == expected[:limit], typed
                assert found.more == (len(expected) > limit)
                for each in found:
                    assert len(each.reasons) == len(Query.of(typed).words)


@given(
    st.lists(st.tuples(st.text("ab", max_size=4), st.integers(0, 30)), max_size=200),
    st.text("ab", max_size=3),
    st.integers(1, 40),
)
def test_beginnings(pairs: list[tuple[str, int]], part: str, limit: int) -> None:
    with patch("mailpolicy.gal.beginnings.SMALLEST", 2), patch("mailpolicy.gal.beginnings.GROWTH", 3):
        texts = Beginnings(pairs)
    begun = sorted({place for text, place in pairs if text.startswith(part)})
    same = sorted({place for text, place in pairs if text == part})
    assert texts.first(texts.beginning(part), limit) == begun[:limit]
    assert texts.first(texts.equal(part), limit) == same[:limit]
