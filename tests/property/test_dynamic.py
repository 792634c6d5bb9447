"""What dynamic lists find follows any change: it is what trying every entry of each version finds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from random import Random
from unittest.mock import patch

from hypothesis import given, strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.matching import Matcher, compile_filter, is_within
from mailpolicy.ldap.matching.names import parent_key
from mailpolicy.ldap.url import LdapUrl
from mailpolicy.lists.dynamic import finding, found, is_found
from mailpolicy.lists.predicate import Predicate
from mailpolicy.lists.triggers import TRIGGER
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.snapshot import Snapshot, version as versions_of
from tests.drawn_versions import History, Model, Step, present

NAMES = (
    "o=mail", "ou=a,o=mail", "ou=b,ou=a,o=mail", "uid=ann,ou=a,o=mail", "UID=Bob, ou=a,o=mail",
    "uid=eve,ou=b,ou=a,o=mail", "cn=x,uid=ann,ou=a,o=mail", "cn=one,o=mail", "cn=two,ou=a,o=mail",
    "cn=three,o=mail", "cn=y,o=else",
)  # fmt: skip
KINDS = {
    "account": ("inetOrgPerson", "mpAccount"),
    "list": ("groupOfURLs", "mpList"),
    "unit": ("organizationalUnit",),
    "domain": ("domain", "mpDomain"),
    "cos": ("mpClassOfService",),
    "config": ("mpConfig",),
}
VALUES = {
    "ou": ("Sales", "SALES", " it ", "x"),
    "cn": ("Ann", "gold", "ann  b"),
    "sn": ("Ann", "Doe"),
    "cn;lang-de": ("Anna",),
    "mail": ("ann@acme.example", "Bob@ACME.example"),
    "mpImapEnabled": ("TRUE", "FALSE"),
    "mpAccountStatus": ("closed", "active"),
    "mpCos": ("cn=one,o=mail", "cn=three,o=mail"),
    "associatedDomain": ("acme.example",),
    "mpDomainStatus": ("closed", "active"),
    "employeeNumber": ("7", "12"),
    "description": ("a", "b\udcff"),
    "noSuchAttribute": ("x",),
}
FILTERS = (
    "(ou=sales)", "(OU=IT)", "(|(ou=Sales)(mail=ann@acme.example))", "(&(objectClass=mpAccount)(ou=Sales))",
    "(objectClass=inetOrgPerson)", "(objectClass=person)", "(objectClass=*)", "(name=ann)", "(cn=Anna)",
    "(cn;lang-de=anna)", "(cn;lang-de=gold)", "(!(ou=Sales))", "(&(cn=*)(!(ou=x)))", "(mpImapEnabled=TRUE)",
    "(&(mpImapEnabled=TRUE)(ou=x))", "(employeeNumber>=1)", "(mail=*@acme.example)", "(cn~=an)",
    "(noSuchAttribute=x)", "(!(noSuchAttribute=x))", "(|(noSuchAttribute=x)(cn=gold))",
    "(hasSubordinates=TRUE)", "(2.5.18.9=TRUE)",
    "(&(hasSubordinates=FALSE)(cn=*))", "(!(hasSubordinates=TRUE))",
    "(cn:caseExactMatch:=Ann)", "(|(cn:caseExactMatch:=gold)(ou=x))", "(entryDN=uid=ann,ou=a,o=mail)", "(&)",
    "(cn=an*)", "(mail=b*@acme.example)", "(ou=*s)", "(|)", "(!" * 40 + "(ou=x)" + ")" * 40,
)  # fmt: skip
EFFECTIVE = (
    "(imap-enabled=TRUE)", "(!(imap-enabled=TRUE))", "(&(imap-enabled=TRUE)(ou=sales))", "(status=closed)",
    "(|(cos=gold)(ou=x))", "(&(kind=account)(!(status=active)))", "(noSuchSetting=x)",
    "(&(hasSubordinates=TRUE)(imap-enabled=TRUE))",
)  # fmt: skip
BASES = ("", "o=mail", "OU=A, o=mail", "ou=b,ou=a,o=mail", "uid=ann,ou=a,o=mail", "o=nowhere")
SCOPES = ("base", "one", "sub", "children", "")
UNUSABLE = ("nonsense", "ldap://h/??sub?(ou=x)", "ldap:///?mail?sub?(ou=x)", "ldap:///??sub?(ou=x")


@cache
def pool() -> tuple[Entry, ...]:
    """The same entries in every run."""
    random = Random("dynamic lists")
    return tuple(an_entry(random, kind) for kind in ["account", "list", "list", *KINDS] * 24)


PLACES = {
    "account": ("uid=ann,ou=a,o=mail", "uid=bob,ou=a,o=mail", "uid=eve,o=mail"),
    "list": ("cn=l1,o=mail", "cn=l2,o=mail"),
    "cos": ("cn=one,o=mail", "cn=three,o=mail"),
    "domain": ("dc=acme,o=mail",),
    "config": ("cn=config,o=mail",),
}


@cache
def inheriting() -> tuple[Entry, ...]:
    """Entries of which some inherit from others, and lists that ask what applies."""
    random = Random("effective lists")
    return tuple(
        an_entry(random, kind, (name,), effective=1.0)
        for kind, places in PLACES.items()
        for name in places
        for _ in range(6)
    )


def an_entry(random: Random, kind: str, places: tuple[str, ...] = NAMES, effective: float = 0.3) -> Entry:
    definitions = find_dialect("native").definitions
    values = {"objectClass": [*KINDS[kind]]}
    for name, texts in VALUES.items():
        if random.random() < 0.4:
            values[name] = random.sample(texts, random.randint(1, min(2, len(texts))))
    if kind == "list" or random.random() < 0.1:
        values["memberURL"] = [a_url(random, effective) for _ in range(random.choice([1, 1, 2]))]
    stored = {
        definitions.canonical_name(name): tuple(text.encode("utf-8", "surrogateescape") for text in texts)
        for name, texts in values.items()
    }
    return Entry(DN.parse(random.choice(places)), stored, definitions)


def a_url(random: Random, effective: float) -> str:
    if random.random() < 0.1:
        return random.choice(UNUSABLE)
    base, scope = ("o=mail", "sub") if effective == 1 else (random.choice(BASES), random.choice(SCOPES))
    place = f"ldap:///{base}??{scope}"
    if random.random() < effective:
        return f"{place}?{random.choice(EFFECTIVE)}?!x-effective"
    return f"{place}?{random.choice(FILTERS)}"


@st.composite
def histories(draw: st.DrawFn, entries_to_draw: tuple[Entry, ...] = (), min_start: int = 2) -> History:
    entries = st.sampled_from(entries_to_draw or pool())
    several = st.lists(entries, max_size=3).map(tuple)
    gone = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
    steps = st.lists(st.builds(Step, several, gone), min_size=1, max_size=8).map(tuple)
    start = st.lists(entries, min_size=min_start, max_size=min_start + 8).map(tuple)
    return History(find_dialect("native"), draw(start), draw(steps), draw(st.integers(-2, 4)))


def slowly_found(snapshot: Snapshot, model: Model, list_entry: Entry) -> list[Entry]:
    """Every entry that one of the list's URLs finds, tried one by one."""
    entries, found = present(model), set()
    alone = Snapshot.of(snapshot.dialect, entries)
    for value in list_entry.raw.get("memberURL", ()):
        if value.decode() in UNUSABLE:
            continue
        url = LdapUrl.parse(value.decode())
        base, filter = snapshot.key(url.dn), url.filter or Filter.parse("(objectClass=*)")
        matches: Matcher = partial(Predicate.read(filter, snapshot.dialect).matches, alone)
        if not url.extensions:
            above = set(map(parent_key, entries.keys() - {""}))
            has_subordinates = partial(stands_above, alone, above)
            matches = compile_filter(filter, snapshot.definitions, has_subordinates=has_subordinates)
        for key, entry in entries.items():
            if is_within(key, base, url.scope) and matches(entry) is True:
                found.add(key)
    return [entry for key, entry in entries.items() if key in found]


def stands_above(snapshot: Snapshot, above: set[str], entry: Entry) -> bool:
    return snapshot.key(entry.dn) in above


def assert_found(snapshot: Snapshot, model: Model) -> None:
    entries = present(model)
    lists = [each for each in entries.values() if snapshot.level_of(each) is Level.LIST]
    expected = {each.dn: slowly_found(snapshot, model, each) for each in lists}
    for each in lists:
        assert snapshot.entries(found(snapshot, each)) == expected[each.dn]
    for entry in entries.values():
        finders = [each for each in lists if entry in expected[each.dn]]
        assert [each for each in lists if is_found(snapshot, each, entry)] == finders
        assert [snapshot._entry(row) for row in finding(snapshot, entry)] == finders


def lists_in(snapshot: Snapshot) -> Iterator[Entry]:
    return (each for each in snapshot if "memberURL" in each)


@given(histories() | histories(inheriting(), min_start=12), st.data())
def test_what_is_kept_is_what_would_be_found_from_scratch(history: History, data: st.DataObject) -> None:
    with patch.object(versions_of, "SMALLEST_BOUND", history.bound):
        versions = []
        for snapshot, model in history.versions():
            versions.append((snapshot, model))
            for each in lists_in(snapshot):
                if data.draw(st.booleans()):
                    found(snapshot, each)
    for snapshot, model in versions[::-1]:
        assert_found(snapshot, model)


@given(histories())
def test_a_list_that_is_not_there_finds_what_it_would(history: History) -> None:
    *_, (snapshot, model) = history.versions()
    for draft in pool()[:20]:
        assert snapshot.entries(found(snapshot, draft)) == slowly_found(snapshot, model, draft)


@given(histories())
def test_the_index_of_triggers_is_kept_up_to_date(history: History) -> None:
    with patch.object(versions_of, "SMALLEST_BOUND", history.bound):
        for snapshot, _ in history.versions():
            for segment in (snapshot.base, snapshot.recent):
                known = segment.find(TRIGGER)
                anew = type(segment)(segment.dialect, segment.entries, segment.numbers).find(TRIGGER)
                assert {key: set(rows) for key, rows in known.items()} == {
                    key: set(rows) for key, rows in anew.items()
                }
