"""Directories that change step by step, for hypothesis to draw, and what the slow way knows of each version.

The entries are made once and drawn from then on: they share few names, addresses, ids and references,
so that one replaces, hides, duplicates and finds another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import TypeAlias

from attrs import frozen
from hypothesis import strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.matching import dn_key
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import Dialect, find_dialect
from mailpolicy.snapshot import Snapshot

Model: TypeAlias = dict[str, Entry | None]
"""Every entry by key, in the order in which names were first seen; None for one that is gone."""

DIALECTS = ("native", "carbonio", "zimbra")
POOL = 160
"""How many different entries there are in each dialect."""

NAMES = (
    "", "o=mail", "ou=a,o=mail", "ou=b,ou=a,o=mail", "uid=ann,o=mail", "UID=Bob, ou=a,o=mail",
    "uid=eve,ou=b,ou=a,o=mail", "cn=x,uid=ann,o=mail", "dc=acme,o=mail", "dc=alias,o=mail", "cn=gold,o=mail",
    "cn=silver,ou=a,o=mail", "cn=all,o=mail", "uid=al,o=mail", "cn=config,o=mail", "cn=y,o=else",
)  # fmt: skip
"""Where entries stand; nothing says that there is one above each of them."""

ADDRESSES = (
    "ann@acme.example", "bob@acme.example", "eve@acme.example", "all@alias.example", "Ann@ACME.example",
    "ann+x@acme.example", '"a b"@acme.example', "ann@alias.example", "no address", "ann@",
    "ann@bücher.example", "ann@xn--bcher-kva.example", "@acme.example",
)  # fmt: skip
ASKED = (
    *ADDRESSES, " ann@acme.example", '"ann"@acme.example', "ann+y@alias.example", "bob+z@acme.example",
    "nobody@acme.example", "nobody@alias.example", "bob@chain.example", "", "@", "a@b@c",
    "postmaster@acme.example", "ann-x@acme.example", f"{'a' * 80}@acme.example", f"ann@{'a' * 64}.example",
)  # fmt: skip
"""Addresses to look for: those that are stored, others that mean the same, others that nobody has."""

DOMAINS = ("acme.example", "alias.example", "Chain.Example", "bücher.example", "no domain")
REFERENCES = (
    "one",
    "two",
    "dc=acme,o=mail",
    "dc=alias,o=mail",
    "uid=ann,o=mail",
    "gold",
    "acme.example",
    "?",
)

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "address": ADDRESSES,
    "aliases": ADDRESSES,
    "catch_all_addresses": ("@acme.example", "@alias.example"),
    "mail_status": ("enabled", "disabled", "disabled", "nonsense"),
    "cos": REFERENCES,
    "domain_name": DOMAINS,
    "domain_kind": ("alias", "local"),
    "alias_target": REFERENCES,
    "recipient_delimiter": ("+", "-+", ""),
}
LEVELS = {
    "address": (Level.ACCOUNT, Level.RESOURCE, Level.LIST),
    "aliases": (Level.ACCOUNT, Level.RESOURCE, Level.LIST),
    "catch_all_addresses": (Level.ACCOUNT,),
    "mail_status": (Level.ACCOUNT, Level.RESOURCE, Level.LIST, Level.DOMAIN),
    "cos": (Level.ACCOUNT, Level.RESOURCE),
    "domain_name": (Level.DOMAIN,),
    "domain_kind": (Level.DOMAIN,),
    "alias_target": (Level.DOMAIN,),
    "recipient_delimiter": (Level.DOMAIN, Level.GLOBAL),
}
KINDS = (*Level, Level.ACCOUNT, Level.ACCOUNT, Level.ACCOUNT, Level.DOMAIN, Level.ALIAS)


@cache
def pool(dialect: str) -> tuple[Entry, ...]:
    """The same entries in every run."""
    random, spoken = Random(dialect), find_dialect(dialect)
    return tuple(an_entry(random, spoken) for _ in range(POOL))


def an_entry(random: Random, dialect: Dialect) -> Entry:
    level = random.choice(KINDS)
    values = {"cn": random.choice([["gold"], ["silver", "Gold"], ["al"]]), "uid": ["al"]}
    classes = dialect.object_classes.get(level, ("organizationalUnit",))
    values["objectClass"] = [*classes]
    for setting, levels in LEVELS.items():
        binding = dialect.binding(setting, level) if level in levels else None
        several = 2 if setting in ("aliases", "address") else 1
        for part in binding.parts if binding else ():
            if random.random() < 0.7:
                values[part.attribute] = random.choices(SETTINGS[setting], k=random.randint(1, several))
    if level is Level.RESOURCE:
        values["zimbraAccountCalendarUserType"] = ["RESOURCE"]
    if level is Level.ALIAS:
        values["mail"] = [random.choice(ADDRESSES)]
    others = {
        dialect.old_address_attribute: ADDRESSES,
        dialect.id_attribute: ("one", "two", "Two", "three"),
        dialect.alias_target_attribute: REFERENCES if level is Level.ALIAS else (),
        "description": ("a", "b\nc", "a b", "\udcff"),
    }
    for attribute, texts in others.items():
        if attribute and texts and random.random() < 0.5:
            values[attribute] = [random.choice(texts)]
    stored = {
        dialect.definitions.canonical_name(name): tuple(encoded(text) for text in several)
        for name, several in values.items()
    }
    return Entry(DN.parse(random.choice(NAMES)), stored, dialect.definitions, random.randint(1, 99))


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@frozen
class Step:
    """Entries that come in place of others, and the names of those that go."""

    come: tuple[Entry, ...]
    go: tuple[str, ...]

    def edited(self, dialect: Dialect) -> dict[str, Entry | None]:
        gone = {dn_key(DN.parse(name), dialect.definitions): None for name in self.go}
        return gone | {dn_key(each.dn, dialect.definitions): each for each in self.come}


@frozen
class History:
    """How a directory began, and what happened to it."""

    dialect: Dialect
    start: tuple[Entry, ...]
    steps: tuple[Step, ...]
    bound: int
    """How many changed entries stand before a base at least; so few that most histories go past it."""

    def versions(self) -> Iterator[tuple[Snapshot, Model]]:
        """Each version with what the slow way knows of it; the next one is made when it is asked for."""
        model: Model = Step(self.start, ()).edited(self.dialect)
        snapshot = Snapshot.of(self.dialect, {key: each for key, each in model.items() if each})
        yield snapshot, model
        for step in self.steps:
            edited = step.edited(self.dialect)
            model = model | edited
            snapshot = snapshot.changed(edited)
            yield snapshot, model


@st.composite
def histories(draw: st.DrawFn, most_steps: int = 8) -> History:
    dialect = draw(st.sampled_from(DIALECTS))
    entries = st.sampled_from(pool(dialect))
    several = st.lists(entries, max_size=3).map(tuple)
    gone = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
    steps = st.lists(st.builds(Step, several, gone), min_size=1, max_size=most_steps).map(tuple)
    start = st.lists(entries, max_size=10).map(tuple)
    return History(find_dialect(dialect), draw(start), draw(steps), draw(st.integers(-2, 4)))


def present(model: Model) -> dict[str, Entry]:
    """The entries that are there."""
    return {key: entry for key, entry in model.items() if entry is not None}
