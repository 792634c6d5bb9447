"""The schema that the twin is drawn with: an attribute for every syntax and rule, and its values.

Values come from a small stock of awkward pieces, so that filters find what entries hold, and two
texts that are nearly the same come up all the time.
"""

from __future__ import annotations

from attrs import frozen
from hypothesis import strategies as st

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
    text.map(_escaped_in_name),
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
