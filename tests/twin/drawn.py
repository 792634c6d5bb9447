"""What hypothesis draws for the twin: entries, and filters about what they hold."""

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
from tests.twin.drawn_schema import (
    ARC,
    BY_NAME,
    CLASSES,
    KINDS,
    SUFFIX,
    bad_names,
    bad_times,
    names,
    text,
    times,
    uuids,
)

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

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
