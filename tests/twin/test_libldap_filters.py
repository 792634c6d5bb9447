"""Filters as libldap reads them: what it refuses we refuse, what it sends is what we mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given

from mailpolicy.errors import InvalidFilter
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
from tests.odd_text import any_text, check_position, corpus, damaged, filters, pieces
from tests.slapd import StartSlapd
from tests.twin import libldap

pytestmark = [pytest.mark.twin, libldap.needed]


def ber(filter: Filter) -> bytes:
    """The filter as it goes over the wire (RFC 4511, section 4.5.1)."""
    match filter:
        case And(filters):
            return tlv(0xA0, b"".join(map(ber, filters)))
        case Or(filters):
            return tlv(0xA1, b"".join(map(ber, filters)))
        case Not():
            return tlv(0xA2, ber(filter.filter))
        case Equal(attribute, value):
            return tlv(0xA3, octets(attribute) + octets(value))
        case Substrings(attribute, initial, middle, final):
            parts = b"" if initial is None else tlv(0x80, initial)
            parts += b"".join(tlv(0x81, part) for part in middle)
            parts += b"" if final is None else tlv(0x82, final)
            return tlv(0xA4, octets(attribute) + tlv(0x30, parts))
        case GreaterOrEqual(attribute, value):
            return tlv(0xA5, octets(attribute) + octets(value))
        case LessOrEqual(attribute, value):
            return tlv(0xA6, octets(attribute) + octets(value))
        case Present(attribute):
            return tlv(0x87, attribute.encode())
        case Approx(attribute, value):
            return tlv(0xA8, octets(attribute) + octets(value))
        case Extensible(rule, attribute, dn_attributes, value):
            parts = tlv(0x81, rule.encode()) if rule else b""
            parts += tlv(0x82, attribute.encode()) if attribute else b""
            parts += tlv(0x83, value) + (tlv(0x84, b"\xff") if dn_attributes else b"")
            return tlv(0xA9, parts)
    raise AssertionError(filter)


def tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def octets(value: str | bytes) -> bytes:
    return tlv(0x04, value.encode() if isinstance(value, str) else value)


def our_filter(text: str) -> bytes | None:
    try:
        return ber(Filter.parse(text))
    except InvalidFilter as error:
        check_position(error)
        return None


def is_filter(text: str) -> bool:
    try:
        Filter.parse(text)
    except InvalidFilter:
        return False
    return True


def same_filter(text: str) -> None:
    assert our_filter(text) == libldap.filter_ber(text.encode())


FILTERS = corpus("filters")


@pytest.mark.parametrize("text", FILTERS)
def test_filter_corpus(text: str) -> None:
    same_filter(text)


def test_the_corpus_is_odd_enough() -> None:
    refused = [text for text in FILTERS if libldap.filter_ber(text.encode()) is None]
    assert len(FILTERS) > 220
    assert len(FILTERS) - len(refused) > 80 < len(refused)


FILTER_PIECES = (
    "(", ")", "&", "|", "!", "=", "*", "\\", "\\2a", "\\28", "\\zz", "\\a", " ", "\t", "\n", "\r",
    "cn", "a", "é", ":", "dn", ":dn:", ":=", "2.5.4.3", ";x", ">=", "<=", "~=", "(cn=x)", "(&", "(|", "(!",
    "1.", "_", "-", "\u212a",
)  # fmt: skip


@given(filters)
def test_libldap_reads_what_we_print(filter: Filter) -> None:
    assert libldap.filter_ber(str(filter).encode()) == ber(filter)
    assert Filter.parse(str(filter)) == filter


@given(pieces(*FILTER_PIECES) | pieces(*FILTER_PIECES).map("({})".format))
@example("(:\u212a:=x)")
def test_odd_filters(text: str) -> None:
    same_filter(text)


@given(damaged(filters.map(str), *FILTER_PIECES))
def test_damaged_filters(text: str) -> None:
    same_filter(text)


@given(any_text)
def test_any_text_as_a_filter(text: str) -> None:
    same_filter(text)
    same_filter(f"({text})")
    same_filter(f"(cn={text})")


@pytest.mark.parametrize(
    "nest",
    [
        lambda depth: "(!" * depth + "(cn=x)" + ")" * depth,
        lambda depth: "(&" * depth + "(cn=*)" + ")" * depth,
        lambda depth: "(|" * (depth + 1) + ")" * (depth + 1),
        lambda depth: "(&(cn=*)" * depth + "(cn=*)" + ")" * depth,
    ],
    ids=["not", "and", "empty", "wide"],
)
def test_slapd_and_we_stop_at_the_same_depth(nest: Callable[[int], str], start_slapd: StartSlapd) -> None:
    import ldap

    slapd = start_slapd(suffix="o=mail", data="dn: o=mail\nobjectClass: organization\no: mail\n")
    for depth in (999, 1000, 1001, 1002):
        text = nest(depth)
        try:
            slapd.connect().search_s("o=mail", 2, text)
            answers = True
        except ldap.PROTOCOL_ERROR:
            answers = False
        assert is_filter(text) == answers == (depth <= 1000)
