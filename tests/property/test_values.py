"""Laws of the values: what is printed reads back the same, order is kept, copies are equal."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import assume, example, given, strategies as st

from mailpolicy.errors import InvalidValue
from mailpolicy.values import (
    Address,
    DomainName,
    Duration,
    HexColor,
    Hostname,
    Locale,
    Pem,
    Reference,
    Regex,
    Service,
    Size,
    Url,
    ip_address,
    network,
    time_zone,
)
from mailpolicy.values.address import folded

labels = st.sampled_from(
    ["acme", "ACME", "bücher", "BU\u0308CHER", "xn--bcher-kva", "fuß", "例え", "a_b", "1-2", "x" * 63]
)
domains = st.lists(labels, max_size=3).map(lambda chosen: ".".join([*chosen, "Example"]))
bare_locals = st.text("abXY01.+@'éÉИe\u0301", min_size=1, max_size=12)
quoted_locals = (
    st.text('aB \\"@()éÉe\u0301', max_size=8)
    .map(lambda text: re.sub(r'(["\\])', r"\\\1", text))
    .map('"{}"'.format)
)
odd_locals = st.text("ßΣςİǅﬀ", min_size=1, max_size=8)
hosts = st.sampled_from(["acme.example", "Mail.ACME.example", "192.0.2.1", "[2001:DB8::1]"])
pem_blocks = st.builds(
    "-----BEGIN {}-----\n{}\n-----END {}-----\n".format,
    st.just("CERTIFICATE"),
    st.sampled_from(["", "AQID", "QUJD" * 40]),
    st.just("CERTIFICATE"),
)

TEXTS = {
    Size: st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,2})? ?([kmgtp]i?b?)?", fullmatch=True),
    Duration: st.from_regex(r"[0-9]{1,6}(ms|s|m|h|d|w)?", fullmatch=True),
    Address: st.builds("{}@{}".format, bare_locals | quoted_locals | odd_locals, domains),
    DomainName: domains,
    Hostname: domains.filter(lambda name: "_" not in name),
    Url: st.builds(
        "{}://{}:{}/{}".format,
        st.sampled_from(["http", "HTTPS", "ldap"]),
        domains,
        st.integers(0, 9),
        st.just("x?y#z"),
    ),
    HexColor: st.from_regex(r"#?([0-9a-fA-F]{3}){1,2}", fullmatch=True),
    Locale: st.from_regex(r"[a-zA-Z]{2,3}([-_][a-zA-Z]{4})?([-_]([a-zA-Z]{2}|[0-9]{3}))?", fullmatch=True),
    Pem: st.lists(pem_blocks, min_size=1, max_size=3).map("between\r\n".join),
    Reference: st.text(min_size=1),
    Regex: st.text("ab[]()*+?|^$\\d{}1,", max_size=8),
    Service: st.sampled_from(["imap", "POP3", "Smtp", "webmail", "activesync", "dav", "xmpp", "api"]),
    time_zone: st.sampled_from(["Europe/Rome", "UTC", "America/Argentina/Buenos_Aires"]),
    network: st.builds(
        str, st.one_of(st.ip_addresses(), st.integers(0, 32).map(lambda bits: f"0.0.0.0/{bits}"))
    ),
    ip_address: st.ip_addresses().map(str),
}


@pytest.mark.parametrize("read", TEXTS, ids=lambda read: read.__name__)
@pytest.mark.filterwarnings("ignore:Possible .*set:FutureWarning")
@given(choice=st.data())
def test_printed_text_reads_back_as_the_same_value(read, choice) -> None:
    try:
        value = read(choice.draw(TEXTS[read]))
    except InvalidValue:
        assume(False)
    again = read(str(value))
    assert again == value
    assert str(again) == str(value)
    assert hash(again) == hash(value)
    for copied in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert copied == value
        assert type(copied) is type(value)


@pytest.mark.parametrize("read", TEXTS, ids=lambda read: read.__name__)
@pytest.mark.filterwarnings("ignore:Possible .*set:FutureWarning")
@given(text=st.text())
def test_any_text_is_a_value_or_refused(read, text) -> None:
    try:
        read(text)
        return
    except InvalidValue as error:
        refused = error
    assert refused.position is None or 0 <= refused.position <= len(text)
    assert refused.text == text or read is Pem


nearly_plain = (
    st.lists(
        st.sampled_from(
            ["acme", "xn--bcher-kva", "a-b", "1", "d17", "-a", "a-", "", "A", "a_b", "x" * 63, "x" * 64]
        ),
        min_size=1,
        max_size=3,
    ).map(".".join)
    | st.text("a1.-", max_size=6)
    | st.text("a1.A \n", max_size=6)
)


def outcome(read: Callable[[str], str], text: str) -> tuple[str, type[str]] | None:
    try:
        value = read(text)
    except InvalidValue:
        return None
    return str(value), type(value)


nearly_plain_locals = st.text("ab1.+_-", min_size=1, max_size=4) | st.text("aA@'\" \n", max_size=4)


@given(nearly_plain_locals, nearly_plain)
@example("a", "acme..example")
@example("a", "x" * 64)
def test_a_plain_address_is_what_the_rules_make_of_it(local: str, domain: str) -> None:
    # Nothing that begins with a space is plain, and the space has no meaning.
    for read, text in ((Address, f"{local}@{domain}"), (DomainName, domain), (Hostname, domain)):
        assert outcome(read, text) == outcome(read, f" {text}")


@given(nearly_plain_locals, nearly_plain | domains)
def test_a_folded_address_is_the_text_of_the_address(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    address = outcome(Address, text)
    assert outcome(folded, text) == (address and (address[0], str))
    if address:
        assert outcome(folded, Address(text)) == (address[0], str)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_sizes_are_ordered_and_hashed_like_their_bytes(a: int, b: int) -> None:
    assert (Size(a) < Size(b)) == (a < b)
    assert hash(Size(a)) == hash(a)
    assert Size(str(Size(a))) == a


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_durations_are_ordered_like_their_milliseconds(a: int, b: int) -> None:
    short, long = timedelta(milliseconds=a), timedelta(milliseconds=b)
    assert (Duration(short) < Duration(long)) == (a < b)
    assert Duration(str(Duration(short))) == short
    assert hash(Duration(short)) == hash(short)


@given(bare_locals | quoted_locals, domains.filter(lambda name: "ß" not in name))
@example("\u212a", "acme.example")  # the Kelvin sign folds into an ASCII letter
def test_addresses_differing_by_case_alone_are_one(local: str, domain: str) -> None:
    address = Address(f"{local}@{domain}")
    assert Address(f"{local.upper()}@{domain.upper()}") == address
    assert Address(address.unicode) == address
