"""Whatever spelling a value is stored in, the server finds its entry by the term that the value folds to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import ldap
import pytest
from hypothesis import assume, example, given, strategies as st

from mailpolicy.live.asking import Asking
from mailpolicy.snapshot.index import sources
from tests.live.asking_servers import counted, schema_of
from tests.slapd import Slapd, require

pytestmark = pytest.mark.twin

ROOT = "dn: o=mail\nobjectClass: organization\no: mail\n"
ENTRIES = {
    "native": f"""{ROOT}
dn: uid=john,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: john
cn: john
sn: john
mail: john@acme.example

dn: dc=acme,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme
associatedDomain: acme.example

dn: cn=basic,o=mail
objectClass: mpClassOfService
cn: basic
""",
    "carbonio": f"""{ROOT}
dn: uid=john,o=mail
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: john
cn: john
sn: john
zimbraId: 1
zimbraAccountStatus: active

dn: dc=acme,o=mail
objectClass: dcObject
objectClass: organization
objectClass: zimbraDomain
dc: acme
o: acme
zimbraId: 2
zimbraDomainName: acme.example
zimbraDomainType: local

dn: uid=alias,o=mail
objectClass: zimbraAlias
uid: alias
zimbraId: 3
zimbraAliasTargetId: 1
""",
}


class Place(NamedTuple):
    """Where a value is put: an attribute of an entry, beside a value that must stay."""

    dialect: str
    dn: str
    attribute: str
    beside: tuple[bytes, ...] = ()


ADDRESSES = (
    Place("native", "uid=john,o=mail", "mail"),
    Place("native", "uid=john,o=mail", "mpAliases"),
    Place("native", "uid=john,o=mail", "mpOldAddress"),
    Place("carbonio", "uid=john,o=mail", "zimbraMailAlias"),
)
DOMAINS = (
    Place("native", "uid=john,o=mail", "mpCatchAllAddresses"),
    Place("native", "dc=acme,o=mail", "associatedDomain"),
    Place("carbonio", "uid=john,o=mail", "zimbraMailCatchAllAddress"),
    Place("carbonio", "dc=acme,o=mail", "zimbraDomainName"),
)
NAMES = (
    Place("native", "cn=basic,o=mail", "cn", (b"basic",)),
    Place("carbonio", "uid=alias,o=mail", "uid", (b"alias",)),
    Place("carbonio", "uid=john,o=mail", "zimbraId"),
)

WORDS = [
    "john",
    "JOHN",
    "a.b+c",
    "jöhn",
    "JO\u0308HN",
    "\u212aay",
    "ΟΔΟΣ",
    "οδος",
    "ﬁx",
    "ß",
    "x'y",
    "*",
    "(a)",
]
LABELS = [
    "acme",
    "ACME",
    "example",
    "bücher",
    "BU\u0308CHER",
    "xn--bcher-kva",
    "XN--BCHER-KVA",
    "straße",
    "a_b",
    "xn--",
]

word = st.sampled_from(WORDS)
domain = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3).map(".".join)
odd = st.text(st.sampled_from("aZé@.\"' -_+ßΣ,;:<>"), min_size=1, max_size=8)
blank = st.sampled_from(["", "", " "])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    local = draw(word | odd)
    if draw(st.booleans()):
        local = f'"{local}"'
    dot = draw(st.sampled_from(["", "", "."]))
    return f"{draw(blank)}{local}@{draw(domain)}{dot}{draw(blank)}"


@st.composite
def domains(draw: st.DrawFn) -> str:
    at, dot = draw(st.sampled_from(["", "@"])), draw(st.sampled_from(["", "."]))
    return f"{draw(blank)}{at}{draw(domain | odd)}{dot}{draw(blank)}"


names = st.lists(word | odd, min_size=1, max_size=3).map(" ".join)


class Stored(NamedTuple):
    """A server, and the directory that asks it."""

    connection: Any
    asked: Asking

    def finds(self, place: Place, text: str) -> None:
        """Store a value, and see that its terms lead there."""
        assume("@ " not in text.strip() and not text.strip().endswith(".."))  # which are left out
        values = [*place.beside, text.encode()]
        try:
            self.connection.modify_s(place.dn, [(ldap.MOD_REPLACE, place.attribute, values)])
        except (ldap.INVALID_SYNTAX, ldap.TYPE_OR_VALUE_EXISTS):
            assume(False)
        entry = self.asked.anew().snapshot.snapshot.entry(place.dn)
        assert entry is not None
        dialect, level = self.asked.snapshot.snapshot.dialect, self.asked.snapshot.snapshot.level_of(entry)
        assert level is not None
        for index, attribute, fold in sources(dialect, level):
            for value in entry.stored(attribute) if attribute == place.attribute else ():
                term = fold(value.decode())
                assert entry in self.asked.anew().snapshot.snapshot.lookup(index, term), (index, term)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Stored]]:
    require()
    with ExitStack() as running:
        stored = {}
        for dialect, entries in ENTRIES.items():
            slapd = Slapd(suffix="o=mail", extra_schema=[schema_of(dialect)], data=entries)
            running.enter_context(slapd)
            stored[dialect] = Stored(slapd.connect(), running.enter_context(counted(slapd).open()))
        yield stored


@given(place=st.sampled_from(ADDRESSES), text=addresses() | odd)
@example(ADDRESSES[1], "Anna@bücher.example.")
@example(ADDRESSES[1], "anna@xn--bcher-kva.BÜCHER.example")
@example(ADDRESSES[0], '"john"@ACME.example')
@example(ADDRESSES[2], "ΟΔΟΣ@acme.example")
def test_addresses(servers: dict[str, Stored], place: Place, text: str) -> None:
    servers[place.dialect].finds(place, text)


@given(place=st.sampled_from(DOMAINS), text=domains())
@example(DOMAINS[3], "@Bücher.example.")
def test_domains(servers: dict[str, Stored], place: Place, text: str) -> None:
    servers[place.dialect].finds(place, text)


@given(place=st.sampled_from(NAMES), text=names)
@example(NAMES[0], "BA\u0301SIC  \u212aAY")
@example(NAMES[0], "é")
def test_names(servers: dict[str, Stored], place: Place, text: str) -> None:
    servers[place.dialect].finds(place, text)
