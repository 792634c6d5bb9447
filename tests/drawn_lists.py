"""Directories with lists that change step by step, for hypothesis to draw.

Lists name each other, accounts in every way the ladder knows, addresses outside and what is no address;
some find their members, lists among them. As in `drawn_versions` the entries are made once, and share few
names and addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from unittest.mock import patch

from attrs import frozen
from hypothesis import strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import Dialect, find_dialect
from mailpolicy.snapshot import Snapshot, version as versions_of
from tests.drawn_versions import DIALECTS, Step, encoded

POOL = 300

DOMAINS = ("acme.example", "alias.example", "chain.example")
PEOPLE = (
    "ann@acme.example",
    "bob@acme.example",
    "ann.x@acme.example",
    "eve@alias.example",
    "Ann@ACME.example",
)
LISTS = ("l1@acme.example", "l2@acme.example", "l3@acme.example", "l4@alias.example", "l5@acme.example")
OUTSIDE = ("x@outside.example", "X@Outside.Example", "y@outside.example", "ann@bücher.example")
SPELLED = (
    "ann+news@acme.example", "ANN@acme.example", "ann@alias.example", "bob@chain.example",
    "l1+x@acme.example", "l2@alias.example", "ann.x+y@chain.example", "nobody@acme.example",
    "nobody@alias.example", "old@acme.example", "old@chain.example", '"ann"@acme.example',
    "alias@acme.example", "old+x@acme.example",
    "alias+z@alias.example", "ann-x@acme.example", "l1-request@acme.example",
)  # fmt: skip
WRONG = ("no address", "@acme.example", "ann@", "", "a@b@c", "ann@acme..example")
MEMBERS = (*PEOPLE, *LISTS, *LISTS, *OUTSIDE, *SPELLED, *WRONG)

NAMES = (
    "o=mail", "dc=acme,o=mail", "dc=alias,o=mail", "dc=chain,o=mail", "cn=config,o=mail", "ou=x,o=mail",
    "uid=ann,o=mail", "uid=bob,o=mail", "uid=eve,ou=x,o=mail", "uid=room,o=mail", "mail=alias,o=mail",
    "cn=l1,o=mail", "cn=l2,o=mail", "cn=l3,ou=x,o=mail", "cn=l4,o=mail", "cn=l5,ou=x,o=mail",
    "cn=external,cn=l5,o=mail",
)  # fmt: skip
REFERENCES = (
    "one",
    "two",
    "three",
    "uid=ann,o=mail",
    "UID=Ann, o=mail",
    "UID=bob, o=mail",
    "CN=l1 , O=mail",
    "?",
)
TARGETS = ("dc=acme,o=mail", "acme.example", "dc=alias,o=mail", "one", "?")
FILTERS = (
    "(description=a)", "(description=b)", "(|(description=a)(cn=gold))", "(objectClass=groupOfURLs)",
    "(mail=*)", "(objectClass=*)", "(!(description=a))", "(uid=ann)", "(noSuchAttribute=x)",
)  # fmt: skip
SEARCHES = tuple(
    f"ldap:///{base}?{scope}{filter}"
    for base in ("", "o=mail", "ou=x,o=mail", "cn=external,cn=l5,o=mail")
    for scope in ("?sub?", "??")
    for filter in FILTERS
)

SETTINGS = {
    "address": {Level.ACCOUNT: PEOPLE, Level.RESOURCE: PEOPLE, Level.LIST: LISTS},
    "aliases": {Level.ACCOUNT: (*PEOPLE, *WRONG), Level.RESOURCE: PEOPLE,
                Level.LIST: (*LISTS, *PEOPLE), Level.ALIAS: ("alias@acme.example", "bob@acme.example")},
    "catch_all_addresses": {Level.ACCOUNT: ("@acme.example", "@alias.example", "@outside.example")},
    "mail_status": dict.fromkeys((Level.ACCOUNT, Level.RESOURCE, Level.LIST), ("enabled", "disabled")),
    "hidden_from_gal": dict.fromkeys((Level.ACCOUNT, Level.LIST), ("TRUE", "FALSE")),
    "domain_name": {Level.DOMAIN: (*DOMAINS, *DOMAINS, "outside.example")},
    "domain_kind": {Level.DOMAIN: ("alias", "local")},
    "alias_target": {Level.DOMAIN: TARGETS},
    "recipient_delimiter": {Level.DOMAIN: ("+", "-+", "."), Level.GLOBAL: ("+", "-", "")},
    "member_addresses": {Level.LIST: MEMBERS, Level.ACCOUNT: MEMBERS, None: MEMBERS},
    "member_urls": {Level.LIST: SEARCHES},
}  # fmt: skip
USUAL = {
    "uid=ann,o=mail": {"address": "ann@acme.example"},
    "uid=bob,o=mail": {"address": "bob@acme.example"},
    "uid=eve,ou=x,o=mail": {"address": "eve@alias.example"},
    **{name: {"address": address} for name, address in zip(NAMES[11:16], LISTS, strict=True)},
    "dc=acme,o=mail": {"domain_name": "acme.example", "domain_kind": "local"},
    "dc=alias,o=mail": {
        "domain_name": "alias.example",
        "domain_kind": "alias",
        "alias_target": "acme.example",
    },
    "dc=chain,o=mail": {
        "domain_name": "chain.example",
        "domain_kind": "alias",
        "alias_target": "dc=alias,o=mail",
    },
}
TURNING = (Level.DOMAIN, Level.GLOBAL, Level.ALIAS)
"""A change of one of these may lead many addresses elsewhere."""
CHANCES = {
    "address": 0.9,
    "mail_status": 0.3,
    "member_addresses": 0.7,
    "domain_name": 1.0,
    "member_urls": 0.4,
}
MOST = {"member_addresses": 7, "aliases": 2, "member_urls": 2}
KINDS = (
    *[Level.LIST] * 6, *[Level.ACCOUNT] * 4, Level.RESOURCE, *[Level.ALIAS] * 2, *[Level.DOMAIN] * 3,
    Level.GLOBAL, Level.COS, None,
)  # fmt: skip


@cache
def pool(dialect: str) -> tuple[Entry, ...]:
    """The same entries in every run."""
    random, spoken = Random(f"lists of {dialect}"), find_dialect(dialect)
    return tuple(an_entry(random, spoken) for _ in range(POOL))


@cache
def standing(dialect: str) -> tuple[tuple[Entry, ...], ...]:
    """The entries of the pool by where they stand."""
    by_name = [tuple(each for each in pool(dialect) if each.dn == DN.parse(name)) for name in NAMES]
    return tuple(filter(None, by_name))


def an_entry(random: Random, dialect: Dialect) -> Entry:
    level = random.choice(KINDS)
    dn = random.choice(likely(level))
    values = {"cn": [random.choice(["gold", "silver"])], "uid": [random.choice(["ann", "bob"])]}
    values["objectClass"] = [*dialect.object_classes.get(level, ("organizationalUnit",))]
    if level is Level.LIST and random.random() < 0.4:
        values["objectClass"] = [*dialect.dynamic_list_classes]
    for setting, texts in SETTINGS.items():
        binding = dialect.binding(setting, level or Level.LIST) if level in texts else None
        for part in binding.parts if binding else ():
            if random.random() < CHANCES.get(setting, 0.4):
                values[part.attribute] = random.choices(
                    texts[level], k=random.randint(1, MOST.get(setting, 1))
                )
    if level is Level.RESOURCE:
        values["zimbraAccountCalendarUserType"] = ["RESOURCE"]
    for setting, text in USUAL.get(dn, {}).items() if random.random() < 0.7 else ():
        if level in SETTINGS[setting]:
            values[dialect.binding(setting, level).parts[0].attribute] = [text]  # type: ignore[union-attr]
    if level is Level.ALIAS:
        values["mail"] = [random.choice(("alias@acme.example", "alias@acme.example", "bob@acme.example"))]
    for attribute, texts in others_of(dialect, level).items():
        if attribute and random.random() < 0.5:
            values[attribute] = [random.choice(texts)]
    stored = {
        dialect.definitions.canonical_name(name): tuple(dict.fromkeys(encoded(text) for text in several))
        for name, several in values.items()
    }
    return Entry(DN.parse(dn), stored, dialect.definitions)


def others_of(dialect: Dialect, level: Level | None) -> dict[str | None, tuple[str, ...]]:
    """What is no setting."""
    found: dict[str | None, tuple[str, ...]] = {
        dialect.old_address_attribute: ("old@acme.example", "bob@acme.example"),
        dialect.id_attribute: ("one", "Two", "three"),
        "description": ("a", "b"),
    }
    if level is Level.ALIAS:
        found[dialect.alias_target_attribute] = REFERENCES
    if level is Level.ACCOUNT:
        found[dialect.system_attribute] = ("TRUE", "FALSE")
    return found


def likely(level: Level | None) -> tuple[str, ...]:
    """Where such an entry stands: mostly at a place of its kind, so that there are some of each."""
    starts = {Level.LIST: "cn=l", Level.ACCOUNT: "uid", Level.DOMAIN: "dc=", Level.ALIAS: "mail="}
    start = starts.get(level, "")  # type: ignore[call-overload]  # None is no key
    return (*NAMES, *[name for name in NAMES if start and name.startswith(start)] * 5)


def tweaks(dialect: Dialect, entry: Entry) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The attributes that make a difference on such an entry, each with values that it may have."""
    level = dialect.level_of(entry)
    classes = (("organizationalUnit",), dialect.dynamic_list_classes, *dialect.object_classes.values())
    found: list[tuple[str, tuple[tuple[str, ...], ...]]] = [("objectClass", classes)]
    for setting, texts in SETTINGS.items():
        binding = dialect.binding(setting, level or Level.LIST) if level in texts else None
        found += [(part.attribute, apart(texts[level])) for part in binding.parts] if binding else []
    others = others_of(dialect, level).items()
    return found + [(attribute, apart(texts)) for attribute, texts in others if attribute]


def apart(texts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return ((), *((text,) for text in texts))


def tweaked(draw: st.DrawFn, dialect: Dialect, entry: Entry) -> Entry:
    """An entry with one attribute otherwise: the least that can change."""
    attribute, values = draw(st.sampled_from(tweaks(dialect, entry)))
    name = dialect.definitions.canonical_name(attribute)
    stored = tuple(map(encoded, draw(st.sampled_from(values))))
    return Entry(entry.dn, {**entry.raw, name: stored}, dialect.definitions)


@frozen
class Lists:
    """How a directory with lists began, and what happened to it."""

    dialect: Dialect
    start: tuple[Entry, ...]
    steps: tuple[Step, ...]
    bound: int
    lost: int

    def versions(self) -> Iterator[Snapshot]:
        """Each version; the next one is made when it is asked for."""
        entries = {key: each for key, each in Step(self.start, ()).edited(self.dialect).items() if each}
        snapshot = Snapshot.of(self.dialect, entries, lost=self.lost)
        yield snapshot
        for step in self.steps:
            with patch.object(versions_of, "SMALLEST_BOUND", self.bound):
                snapshot = snapshot.changed(step.edited(self.dialect))
            yield snapshot


@st.composite
def directories_with_lists(draw: st.DrawFn, most_steps: int = 0) -> Lists:
    dialect = draw(st.sampled_from(DIALECTS))
    entries = st.sampled_from(pool(dialect))
    turning = st.sampled_from(
        [each for each in pool(dialect) if find_dialect(dialect).level_of(each) in TURNING]
    )
    several = st.lists(entries | entries | turning, max_size=3).map(tuple)
    gone = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
    steps = st.lists(st.builds(Step, several, gone), max_size=most_steps).map(tuple)
    places = (st.sampled_from([None, *at]) for at in standing(dialect))
    start = st.tuples(*places).map(lambda found: tuple(each for each in found if each))
    lost = draw(st.sampled_from([0, 0, 0, 1]))
    return Lists(find_dialect(dialect), draw(start), draw(steps), draw(st.integers(-2, 4)), lost)
