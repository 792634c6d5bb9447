"""Matching, case by case."""

from __future__ import annotations

import io
import sys

import pytest

from mailpolicy.ldap import ldif
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import And, Equal, Filter, Not
from mailpolicy.ldap.matching import RULES, compile_filter, dn_key, find_rule, is_within
from mailpolicy.ldap.matching.phonetic import sounds
from tests import matching_cases

STANDARD = Definitions.standard()


def _entry(values: dict[str, tuple[bytes, ...]], dn: str = "cn=x,o=mail") -> Entry:
    return Entry(DN(dn), values, STANDARD)


@pytest.fixture(scope="module")
def entry() -> Entry:
    for record in ldif.read(io.BytesIO(matching_cases.LDIF.encode())):
        assert isinstance(record, ldif.ContentRecord)
        if record.dn == matching_cases.NAME:
            values: dict[str, tuple[bytes, ...]] = {}
            for name, value in record.attributes:
                name = STANDARD.canonical_name(name)
                values[name] = (*values.get(name, ()), value)
            return Entry(record.dn, values, STANDARD)
    raise AssertionError("the entry is not in the LDIF")


@pytest.mark.parametrize(("text", "outcome"), matching_cases.CASES.items())
def test_a_filter_says_what_openldap_says(entry: Entry, text: str, outcome: bool | None) -> None:
    matches = compile_filter(Filter.parse(text), STANDARD, has_subordinates=lambda _: False)
    assert matches(entry) is outcome


def test_without_the_tree_nobody_knows_what_stands_below() -> None:
    matches = compile_filter(Equal("hasSubordinates", "TRUE"), STANDARD)
    assert matches(_entry({"cn": (b"x",)})) is None


@pytest.mark.parametrize("depth", [1, 31, 32, 33, 34, 999, 1000])
def test_a_filter_of_any_depth_is_evaluated(depth: int) -> None:
    filter: Filter = Equal("cn", "x")
    for _ in range(depth):
        filter = Not(filter)
    matches = compile_filter(filter, STANDARD)
    assert matches(_entry({"cn": (b"x",)})) is (depth % 2 == 0)
    assert matches(_entry({"cn": (b"y",)})) is (depth % 2 == 1)
    assert sys.getrecursionlimit() < 2000  # or the case proves nothing


def test_values_that_are_not_of_their_syntax_match_nothing_and_harm_nothing() -> None:
    entry = _entry({
        "uidNumber": (b"x", b"7"),
        "createTimestamp": (b"yesterday", b"20260131120000Z"),
        "cn": (b"\xff", b"x"),
        "seeAlso": (b"nobody", b"cn=x"),
        "mail": (b"\xff",),
    })  # fmt: skip
    for text in ("(uidNumber>=7)", "(createTimestamp<=20270101000000Z)", "(cn=x)", "(seeAlso=CN=X)"):
        assert compile_filter(Filter.parse(text), STANDARD)(entry) is True, text
    for text in ("(mail=x)", "(uidNumber<=6)", "(cn=y)", "(uidNumber:1.2.840.113556.1.4.803:=8)"):
        assert compile_filter(Filter.parse(text), STANDARD)(entry) is False, text


def test_integers_of_any_length_compare() -> None:
    entry = _entry({"uidNumber": (b"9" * 100_000,)})
    assert compile_filter(Filter.parse(f"(uidNumber>={'9' * 99_999})"), STANDARD)(entry) is True


def test_names_in_names_are_read_to_a_limit() -> None:
    value = "member=" * 1000 + "cn=x"
    matches = compile_filter(Equal("seeAlso", value), STANDARD)
    assert matches(_entry({"seeAlso": (b"cn=x",)})) is None


def test_an_entry_that_was_read_with_its_computed_attributes_is_the_same() -> None:
    entry = _entry({"cn": (b"x",), "entryDN": (b"cn=other,o=mail",), "subschemaSubentry": (b"cn=Subschema",)})
    for text, outcome in {
        "(entryDN=cn=x,o=mail)": True,
        "(entryDN=cn=other,o=mail)": False,
        "(subschemaSubentry=cn=Subschema)": False,
        "(:distinguishedNameMatch:=cn=Subschema)": False,
    }.items():
        assert compile_filter(Filter.parse(text), STANDARD)(entry) is outcome, text


def test_a_subtype_without_the_rule_leaves_the_filter_undefined() -> None:
    definitions = STANDARD | Definitions.parse(
        "attributetype ( 2.25.1 NAME 'base' EQUALITY caseIgnoreMatch"
        " SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n"
        "attributetype ( 2.25.2 NAME 'exact' SUP base EQUALITY caseExactMatch )\n"
    )
    entry = Entry(DN("cn=x"), {"exact": (b"Jane",)}, definitions)
    assert compile_filter(Equal("base", "JANE"), definitions)(entry) is False
    assert compile_filter(Equal("base", "jane"), definitions)(entry) is False
    assert compile_filter(Equal("exact", "Jane"), definitions)(entry) is True


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cn=a b,o=x", "CN = A  B , O=X"),
        ("cn=a+sn=b,o=x", "2.5.4.4=B+commonName=A,o=x"),
        (r"cn=a\,b,o=x", r"cn=a\2Cb,o=x"),
        ('cn="a,b",o=x', r"cn=A\,B;o=x"),
        ("foreign=A,o=x", "FOREIGN=a,o=x"),
        ("uidNumber=007", "UIDNUMBER=007"),
        ("", ""),
    ],
)
def test_names_that_are_the_same(left: str, right: str) -> None:
    assert dn_key(DN(left), STANDARD) == dn_key(DN(right), STANDARD)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cn=a,o=x", "cn=a,o=y"),
        ("cn=ab,o=x", "cn=a b,o=x"),
        (r"cn=a\,o\=x", "cn=a,o=x"),
        ("homeDirectory=/A", "homeDirectory=/a"),
        ("cn=a+sn=b", "cn=b+sn=a"),
        ("cn=#61", "cn=a"),
        ("cn=#61", r"cn=\#61"),
    ],
)
def test_names_that_are_not(left: str, right: str) -> None:
    assert dn_key(DN(left), STANDARD) != dn_key(DN(right), STANDARD)


def test_an_escaped_comma_is_no_step_in_the_tree() -> None:
    key = dn_key(DN(r"cn=a\,o\=x,o=y"), STANDARD)
    assert is_within(key, "o=y", "one")
    assert not is_within(key, "o=x,o=y", "sub")


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("base", {"o=x"}),
        ("one", {"cn=a,o=x"}),
        ("sub", {"o=x", "cn=a,o=x", "cn=b,cn=a,o=x"}),
        ("children", {"cn=a,o=x", "cn=b,cn=a,o=x"}),
    ],
)
def test_scopes(scope: str, found: set[str]) -> None:
    keys = ["", "o=x", "cn=a,o=x", "cn=b,cn=a,o=x", "o=xx", "cn=o=x"]
    assert {key for key in keys if is_within(key, "o=x", scope)} == found


def test_the_root_is_above_all_and_below_nothing() -> None:
    assert is_within("o=x", "", "one")
    assert is_within("", "", "sub")
    assert not is_within("", "", "one")
    assert not is_within("", "", "children")


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(ValueError, match="base, one, sub or children"):
        is_within("o=x", "", "subtree")


def test_the_rules_have_the_syntax_that_the_schema_states() -> None:
    for rule in set(RULES.values()):
        stated = STANDARD.matching_rule(rule.name)
        if stated:
            assert (stated.oid, stated.syntax) == (rule.oid, rule.syntax), rule.name


def test_every_rule_of_the_standard_schema_is_known() -> None:
    not_ours = {"certificateExactMatch", "certificateListExactMatch", "authzMatch", "OpenLDAPaciMatch"}
    not_in_slapd = {"protocolInformationMatch", "presentationAddressMatch"}
    used = {
        rule
        for attribute in STANDARD.attribute_types
        for rule in (attribute.equality, attribute.ordering, attribute.substrings)
        if rule
    }
    assert {rule for rule in used if find_rule(rule) is None} <= not_ours | not_in_slapd


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        (b"", ""),
        (b"Philips", "FLPS"),
        (b"knight", "NKT"),
        (b"Wright", "RKT"),
        (b"Xerxes", "SRKS"),
        (b"example", "EKSM"),
        (b"psychology", "PSXL"),
        (b"lamb", "LM"),
        (b"science", "SNS"),
        (b"church", "XRX"),
        (b"Thomas", "0MS"),
        (b"nation", "NXN"),
        (b"x-ray", "S"),
        (b"3com", ""),
    ],
)
def test_sounds(word: bytes, sound: str) -> None:
    assert sounds(word) == sound


def test_a_conjunction_stops_where_it_is_settled() -> None:
    asked = []

    def has_subordinates(entry: Entry) -> bool:
        asked.append(entry)
        return True

    filter = And([Equal("cn", "y"), Equal("hasSubordinates", "TRUE")])
    matches = compile_filter(filter, STANDARD, has_subordinates=has_subordinates)
    assert matches(_entry({"cn": (b"x",)})) is False
    assert not asked
