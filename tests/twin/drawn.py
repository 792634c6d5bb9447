"""What hypothesis draws for the twin: a schema with every rule, values, names, filters.

Values come from a small stock of awkward pieces, so that filters find what entries hold and the
cases where two texts are nearly the same come up all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias
from unicodedata import normalize

from attrs import frozen
from hypothesis import strategies as st

from mailpolicy.ldap.dn import AVA, DN
from mailpolicy.ldap.filter import (
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

ARC = "2.25.187693745109887650194587361209548"
SUFFIX = "o=twin"

PIECES = (
    *"aAbBiIsS019",
    "ab", "John", "Smith", "smyth", "Wright", "rite", "tx", "knight",
    "é", "e\u0301", "É", "ß", "ss", "ﬁ", "fi", "İ", "ı", "i\u0307", "Å", "\u212b", "å", "Σ", "σ",
    "ς", "ǅ", "ǆ", "ℋ", "Ⅳ", "ⅳ", "ⓐ", "Ⓐ", "ﷺ", "\u1e9b\u0323", "\u0345", "각", "\u1100\u1161\u11a8", "Ⴀ",
    "Ꭰ", "𐐀", "𝐀", "𝘏", "\uf900", "\U0002f800", "\u00ad", "\u200b", "\u200d", "\ufeff", "\u00a0",
    "\u3000", "\u2028", "\ue000",
    " ", " ", "  ", "   ", "\t", "\n", "\x01", "\x7f",
    "-", "+", ",", "=", "#", "\\", "*", "(", ")", '"', ";", "<", ">", "$", "/", "'", "\\24", "\\5C",
    "?", "&", "|", "!",
)  # fmt: skip

text = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
plain_text = st.lists(st.sampled_from([p for p in PIECES if p.isascii()]), max_size=5).map("".join)
printable_pieces = st.sampled_from([*"aAbB019 -+/'(),.:=?", "  ", "ab"])
printable = st.lists(printable_pieces, min_size=1, max_size=5).map("".join)
numeric = st.lists(st.sampled_from(["0", "1", "9", " ", "12", "  "]), min_size=1, max_size=5).map("".join)
integers = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, -(10**30)]),
).map(str)
bad_integers = st.sampled_from(["", "007", "-0", "+1", " 1", "1 ", "0x1", "1.0", "-", "٣"])
booleans = st.sampled_from(["TRUE", "FALSE"])
bits = st.text("01", max_size=4).map(lambda digits: f"'{digits}'B")
oids = st.sampled_from(["1.2.3", "1.2.3.4", "2.5.4.3", "0.0", "5"])
uuids = st.sampled_from([
    "11111111-1111-1111-1111-111111111111", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE", "00000000-0000-0000-0000-000000000000",
])  # fmt: skip
octets = st.lists(st.sampled_from(["a", "A", " ", "\0", "ab", "é"]), max_size=4).map("".join)
days = st.sampled_from(["20200101", "20200229", "20191231", "19991231", "20210301", "00000101", "99991231"])
hours = st.sampled_from(["00", "12", "23"])
minutes = st.sampled_from(["", "00", "30", "59", "0000", "3059", "5960"])
fractions = st.sampled_from(["", ".5", ",5", ".50", ".0", ".123456789"])
zones = st.sampled_from(["Z", "+0000", "-01", "+0130", "-2359", "+23"])
times = st.tuples(days, hours, minutes, fractions, zones).map("".join)
bad_times = st.sampled_from([
    "2020", "20200101", "20200101000000", "20200230000000Z", "20201301000000Z", "20200101240000Z",
    "20200101006000Z", "20200101000061Z", "202001010Z", "20200101000000.Z", "20200101000000+24",
    "20200101000000+1", "20200101000000z", "19000229000000Z", " 20200101000000Z",
])  # fmt: skip


def _escaped_in_name(value: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in value.encode())


name_values = st.one_of(
    st.sampled_from(["a", "A", "a b", "A  B", " a ", "b", "x"]),
    text.filter(lambda value: "\0" not in value).map(_escaped_in_name),
)
name_attributes = st.sampled_from(
    ["cn", "CN", "commonName", "2.5.4.3", "sn", "o", "twText", "dc", "twInteger", "uid"]
)
avas = st.tuples(name_attributes, name_values).map("=".join)
rdns = st.lists(avas, min_size=1, max_size=2).map("+".join)
names = st.lists(rdns, max_size=2).map(lambda own: ",".join([*own, SUFFIX]))
bad_names = st.sampled_from(
    ["x", "foo=x", "cn=a,", "cn=a+cn=b,o=x", "cn", "=x", "cn=#0401", "twInteger=007", "dc=\\20"]
)
members = st.one_of(names, st.tuples(names, bits).map("#".join))
postal = st.lists(text.filter(lambda value: "\\" not in value), min_size=1, max_size=3).map("$".join)


@frozen(eq=False)
class Kind:
    """An attribute of the drawn schema: how it is defined, its values, and what is not a value of it."""

    name: str
    definition: str
    values: st.SearchStrategy[str]
    invalid: st.SearchStrategy[bytes]


def _kind(
    name: str,
    definition: str,
    values: st.SearchStrategy[str],
    invalid: st.SearchStrategy[str] = st.sampled_from(["", "é", "x y", "¤"]),  # noqa: B008
) -> Kind:
    return Kind(name, definition, values, st.one_of(invalid.map(str.encode), st.just(b"a\xff")))


def _rules(equality: str, ordering: bool = False, substrings: bool = False, *, syntax: str) -> str:
    stem = equality.removesuffix("Match")
    return " ".join([
        f"EQUALITY {equality}",
        f"ORDERING {stem}OrderingMatch" if ordering else "",
        f"SUBSTR {stem}SubstringsMatch" if substrings else "",
        f"SYNTAX {syntax if syntax.count('.') else '1.3.6.1.4.1.1466.115.121.1.' + syntax}",
    ])  # fmt: skip


KINDS = (
    _kind("twText", _rules("caseIgnoreMatch", True, True, syntax="15"), text),
    _kind("twExact", _rules("caseExactMatch", True, True, syntax="15"), text),
    _kind("twPlain", _rules("caseIgnoreIA5Match", False, True, syntax="26"), plain_text),
    _kind("twPlainExact", _rules("caseExactIA5Match", False, True, syntax="26"), plain_text),
    _kind("twPrintable", _rules("caseIgnoreMatch", False, True, syntax="44"), printable),
    _kind("twSub", "SUP twText", text),
    _kind("twSubExact", "SUP twText EQUALITY caseExactMatch", text),
    _kind("twEqualOnly", "EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15", text),
    _kind("twSubOrdered", "SUP twEqualOnly ORDERING caseIgnoreOrderingMatch", text),
    _kind("twNumeric", _rules("numericStringMatch", True, True, syntax="36"), numeric),
    _kind("twPhone", _rules("telephoneNumberMatch", False, True, syntax="50"), printable),
    _kind("twPostal", _rules("caseIgnoreListMatch", False, True, syntax="41"), postal),
    _kind("twInteger", _rules("integerMatch", True, syntax="27"), integers, bad_integers),
    _kind("twBoolean", _rules("booleanMatch", syntax="7"), booleans, st.sampled_from(["true", "", "1"])),
    _kind("twTime", _rules("generalizedTimeMatch", True, syntax="24"), times, bad_times),
    _kind("twBits", _rules("bitStringMatch", syntax="6"), bits, st.sampled_from(["''", "'2'B", "01"])),
    _kind("twOctets", _rules("octetStringMatch", True, True, syntax="40"), octets),
    _kind("twOid", _rules("objectIdentifierMatch", syntax="38"), oids, st.sampled_from(["cn", "1.", "01.2"])),
    _kind("twUuid", _rules("UUIDMatch", True, syntax="1.3.6.1.1.16.1"), uuids),
    _kind("twName", _rules("distinguishedNameMatch", syntax="12"), names, bad_names),
    _kind("twMember", _rules("uniqueMemberMatch", syntax="34"), members, bad_names),
    _kind("twBinary", "SYNTAX 1.3.6.1.4.1.1466.115.121.1.49", octets),
    _kind("twNoRule", "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15", text),
    _kind("twNoRuleOctets", "SYNTAX 1.3.6.1.4.1.1466.115.121.1.40", octets),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}

CLASSES = {
    "twThing": "SUP top STRUCTURAL MUST cn MAY ( sn $ c $ uid $ userPassword $ {all} )",
    "twSubThing": "SUP twThing STRUCTURAL",
    "twExtra": "SUP top AUXILIARY",
    "twMoreExtra": "SUP twExtra AUXILIARY",
}


def schema() -> str:
    """The drawn attributes and classes as `cn=config` LDIF."""
    every = " $ ".join(kind.name for kind in KINDS)
    return "\n".join([
        "dn: cn=twin,cn=schema,cn=config",
        "objectClass: olcSchemaConfig",
        "cn: twin",
        *(
            f"olcAttributeTypes: ( {ARC}.1.{number} NAME ( '{kind.name}' '{kind.name}Alias' )"
            f" {kind.definition} )"
            for number, kind in enumerate(KINDS)
        ),
        *(
            f"olcObjectClasses: ( {ARC}.2.{number} NAME '{name}' {definition.format(all=every)} )"
            for number, (name, definition) in enumerate(CLASSES.items())
        ),
        "",
    ])  # fmt: skip


OPTIONS = ("", "", "", "", ";lang-de", ";lang-fr", ";lang-de-at")
entry_classes = st.sampled_from([
    ["twThing"],
    ["twThing", "twSubThing"],
    ["twSubThing"],
    ["twThing", "twExtra"],
    ["twThing", "twMoreExtra"],
])  # fmt: skip


@frozen
class DrawnEntry:
    """An entry to add: below which of those before it, named by which values, holding which."""

    parent: int
    naming: tuple[AVA, ...]
    attributes: dict[str, list[bytes]]

    def name_below(self, parent: DN) -> DN:
        return DN.build(self.naming, *parent.rdns)


@st.composite
def entries(draw: Draw) -> DrawnEntry:
    """An entry, most of which slapd accepts."""
    attributes: dict[str, list[bytes]] = {}
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=6, unique_by=lambda kind: kind.name)):
        option = ";binary" if kind.name == "twBinary" else draw(st.sampled_from(OPTIONS))
        values = draw(st.lists(kind.values, min_size=1, max_size=3, unique=True))
        attributes[kind.name + option] = [value.encode() for value in values]
    for name, values in (("sn", text), ("c", st.sampled_from(["DE", "de", "a "])), ("uid", text)):
        if draw(st.booleans()):
            attributes[name] = [draw(values).encode()]
    attributes["cn"] = [value.encode() for value in draw(st.lists(text, min_size=1, max_size=2, unique=True))]
    attributes["objectClass"] = [name.encode() for name in draw(entry_classes)]
    naming = ["cn", "uid"] if "uid" in attributes and draw(st.booleans()) else ["cn"]
    return DrawnEntry(
        draw(st.integers(0, 4)), tuple(AVA(name, attributes[name][0]) for name in naming), attributes
    )


Held: TypeAlias = Mapping[str, Sequence[bytes]]
"""The values that drawn entries hold, by the description they are stored under."""

OPERATIONAL = {
    "createTimestamp": st.one_of(times, bad_times),
    "modifyTimestamp": st.one_of(times, bad_times),
    "creatorsName": st.one_of(names, st.just(f"CN=Admin, {SUFFIX}"), bad_names),
    "modifiersName": st.one_of(names, st.just(f"cn=admin,{SUFFIX}")),
    "entryUUID": st.one_of(uuids, st.just("x")),
    "entryCSN": st.sampled_from([
        "20200101000000.000000Z#000000#000#000000", "20990101000000.000000Z#00000A#00A#00000a", "x",
    ]),
    "entryDN": st.one_of(names, bad_names),
    "subschemaSubentry": st.sampled_from(["cn=Subschema", "x"]),
    "hasSubordinates": st.sampled_from(["TRUE", "FALSE", "true"]),
}  # fmt: skip
CLASS_NAMES = st.sampled_from([
    *CLASSES, "top", "TWTHING", f"{ARC}.2.0", "2.5.6.0", "person", "noSuchClass", "1.2.3.4", "",
    "organization",
])  # fmt: skip
OTHERS = {
    "objectClass": CLASS_NAMES,
    "structuralObjectClass": CLASS_NAMES,
    "name": text,
    "cn": text,
    "sn": text,
    "c": st.sampled_from(["DE", "xyz", "a"]),
    "uid": text,
    "userPassword": text,
    "noSuchAttribute": text,
    "description": text,
    **OPERATIONAL,
}  # fmt: skip
attribute_names = st.sampled_from([*(kind.name for kind in KINDS), *OTHERS])
filter_options = st.sampled_from(
    [*[""] * 4, ";lang-de", ";LANG-", ";lang-de-", ";lang-fr;lang-de", ";x-y", ";binary", ";binary;lang-de"]
)



MUTATIONS: tuple[Callable[[str], str], ...] = (
    *[lambda value: value] * 4,
    str.swapcase,
    str.upper,
    lambda value: f" {value}  ",
    lambda value: value.replace(" ", "   "),
    lambda value: value.replace(" ", ""),
    lambda value: value[:-1],
    lambda value: value[1:],
    lambda value: normalize("NFD", value),
    lambda value: normalize("NFKC", value),
    lambda value: value + "a",
    lambda value: value.replace(",", " ,  "),
)


def _mutated(mutation: Callable[[str], str], value: bytes) -> bytes:
    return mutation(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


@st.composite
def described(draw: Draw, held: Held) -> tuple[str, str, st.SearchStrategy[bytes]]:
    """An attribute, a description of it that is spelled somehow, and values to assert.

    Mostly the attribute is one that an entry has, and the value is nearly one of its values.
    """
    stored = draw(st.sampled_from(sorted(held))) if draw(st.integers(0, 4)) else draw(attribute_names)
    name, _, options = stored.partition(";")
    if name in BY_NAME:
        kind = BY_NAME[name]
        number = [each.name for each in KINDS].index(name)
        spelling = draw(st.sampled_from([name, name, name.upper(), f"{name}Alias", f"{ARC}.1.{number}"]))
        values = st.one_of(kind.values.map(str.encode), kind.invalid)
    else:
        spelling = draw(st.sampled_from([name, name.lower()]))
        values = OTHERS[name].map(str.encode)
    if stored in held:
        near = st.builds(_mutated, st.sampled_from(MUTATIONS), st.sampled_from(held[stored]))
        values = st.one_of(near, near, near, near, values)
    option = draw(filter_options) if draw(st.integers(0, 3)) == 0 else f";{options}" if options else ""
    return name, draw(SUPERIORS)(spelling) + option, values


SUPERIORS = st.sampled_from([
    *[lambda name: name] * 8,
    lambda name: {"twSub": "twText", "twSubExact": "twText", "cn": "name", "sn": "name"}.get(name, name),
])  # fmt: skip


NAMED_RULES = st.sampled_from([
    "caseIgnoreMatch", "caseExactMatch", "CASEIGNOREMATCH", "2.5.13.2", "caseIgnoreOrderingMatch",
    "caseExactOrderingMatch", "caseIgnoreIA5Match", "caseExactIA5Match", "caseIgnoreSubstringsMatch",
    "caseIgnoreIA5SubstringsMatch", "numericStringMatch", "numericStringOrderingMatch",
    "telephoneNumberMatch", "caseIgnoreListMatch", "integerMatch", "integerOrderingMatch",
    "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804", "booleanMatch", "generalizedTimeMatch",
    "generalizedTimeOrderingMatch", "bitStringMatch", "octetStringMatch", "octetStringOrderingMatch",
    "octetStringSubstringsMatch",
    "objectIdentifierMatch", "integerFirstComponentMatch", "objectIdentifierFirstComponentMatch", "UUIDMatch",
    "UUIDOrderingMatch", "distinguishedNameMatch", "uniqueMemberMatch", "dnSubtreeMatch", "dnOneLevelMatch",
    "dnSubordinateMatch", "dnSuperiorMatch", "directoryStringApproxMatch", "IA5StringApproxMatch",
    "CSNMatch", "CSNOrderingMatch", "CSNSIDMatch", "noSuchMatch", "2.5.13.99",
])  # fmt: skip
any_values = st.one_of(
    *(kind.values.map(str.encode) for kind in KINDS),
    *(values.map(str.encode) for values in OTHERS.values()),
    st.just(b"\xff"),
)


@st.composite
def simple_filters(draw: Draw, held: Held) -> Filter:
    """A filter that combines no others."""
    name, description, values = draw(described(held))
    match draw(st.sampled_from(["=", "=", "=", ">=", "<=", "~=", "=*", "*", "*", ":=", ":=", ":="])):
        case "=":
            return Equal(description, draw(values))
        case ">=":
            return GreaterOrEqual(description, draw(values))
        case "<=":
            return LessOrEqual(description, draw(values))
        case "~=":
            # Of a postal address slapd would drop what is not ASCII: see docs/differences.md.
            value = draw(values)
            kept = name != "twPostal" or value.isascii()
            return Approx(description, value) if kept else Equal(description, value)
        case "=*":
            return Present(description)
        case "*":
            return draw(_substrings(description, draw(values)))
    rule = draw(st.none() | NAMED_RULES | NAMED_RULES)
    attribute = draw(st.sampled_from([None, description, description])) if rule else description
    asserted = draw(values if draw(st.integers(0, 3)) else any_values)
    return Extensible(rule, attribute, draw(st.booleans()), asserted)


@st.composite
def _substrings(draw: Draw, description: str, value: bytes) -> Filter:
    """Parts cut out of a value, with some of them spoilt."""
    value = value or b" "
    cuts = sorted(draw(st.lists(st.integers(0, len(value)), min_size=2, max_size=6)))
    parts = [value[start:end] for start, end in pairwise([0, *cuts, len(value)])]
    parts = [part.upper() if draw(st.integers(0, 4)) == 0 else part for part in parts]
    initial, final = (part or None if draw(st.booleans()) else None for part in (parts[0], parts[-1]))
    between = [part for part in parts[1:-1:2] if part]
    return Substrings(description, initial, between if initial or final or between else [value], final)


def filters(held: Held) -> st.SearchStrategy[Filter]:
    """A filter about what entries hold: half of them simple, the others a few levels deep."""
    simple = simple_filters(held)
    some = simple
    for _ in range(2):
        several = st.lists(some, max_size=3)
        some = st.one_of(simple, simple, some.map(Not), several.map(And), several.map(Or))
    return st.one_of(simple, some)


@st.composite
def directories(draw: Draw) -> tuple[list[DrawnEntry], list[tuple[int, str, Filter]]]:
    """Entries, and what to ask of them: base, scope and filter of searches."""
    drawn_entries = draw(st.lists(entries(), min_size=1, max_size=4))
    held: dict[str, list[bytes]] = {}
    for entry in drawn_entries:
        for name, values in entry.attributes.items():
            held.setdefault(name, []).extend(values)
    scope = st.sampled_from(["sub", "sub", "sub", "base", "one", "children"])
    question = st.tuples(st.integers(0, 4), scope, filters(held))
    return drawn_entries, draw(st.lists(question, min_size=4, max_size=8))
