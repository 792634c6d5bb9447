"""The keys that Postfix would ask a file for, in the orders of its manual pages."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.lookup.ladder import spellings
from mailpolicy.mta.tables.ladders import (
    access_keys,
    address_of,
    domain_of_key,
    split,
    transport_keys,
    virtual_keys,
)
from mailpolicy.values import Address, DomainName

ADDRESS = Address("user+ext@mx.dom.example")


def test_the_order_of_virtual() -> None:
    assert [*virtual_keys(ADDRESS)] == ["user+ext@mx.dom.example", "user@mx.dom.example", "@mx.dom.example"]


def test_the_order_of_access() -> None:
    assert [*access_keys(ADDRESS)] == [
        "user+ext@mx.dom.example", "user@mx.dom.example",
        "mx.dom.example", "dom.example", "example",
        "user+ext@", "user@",
    ]  # fmt: skip
    assert [*access_keys(DomainName("a.b"))] == ["a.b", "b"]


def test_the_order_of_transport() -> None:
    below = ["mx.dom.example", ".dom.example", ".example", "*"]
    assert [*transport_keys(ADDRESS)] == ["user+ext@mx.dom.example", "user@mx.dom.example", *below]
    assert [*transport_keys(DomainName("mx.dom.example"))] == below


@pytest.mark.parametrize(
    ("local", "delimiters", "parts"),
    [
        ("user+ext", "+", ("user", "+ext")),
        ("user", "+", ("user", "")),
        ("user+a+b", "+", ("user", "+a+b")),
        ("user-a+b", "+-", ("user", "-a+b")),
        ("user-a+b", "+", ("user-a", "+b")),
        ("user+", "+", ("user", "+")),
        ("+ext", "+", ("+ext", "")),
        ("user+ext", "", ("user+ext", "")),
        ('"a b+c"', "+", ('"a b"', "+c")),
        ("mailer-daemon+x", "+", ("mailer-daemon", "+x")),
        ("double-bounce", "-", ("double-bounce", "")),
        ("owner-list", "-", ("owner-list", "")),
        ("list-request", "-", ("list-request", "")),
        ("list-request", "+", ("list-request", "")),
    ],
)
def test_where_a_detail_starts(local: str, delimiters: str, parts: tuple[str, str]) -> None:
    assert split(local, delimiters) == parts


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("U1@POLICY.TEST", "u1@policy.test"),
        ('"a b"@policy.test', '"a b"@policy.test'),
        ("a b@policy.test", '"a b"@policy.test'),
        ('"u1"@policy.test', "u1@policy.test"),
        ('a"b@policy.test', '"a\\"b"@policy.test'),
        (" u1@policy.test", '" u1"@policy.test'),
        ("a@b@policy.test", '"a@b"@policy.test'),
        ("u=1!$~*@policy.test", "u=1!$~*@policy.test"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("ünna@policy.test", "ünna@policy.test"),
    ],
)
def test_an_address_in_every_spelling(key: str, address: str) -> None:
    assert address_of(key) == address


@pytest.mark.parametrize(
    "key",
    ["", "<>", '""', "*", "u1", "@policy.test", "u1@", "u1@[192.0.2.1]", "u1@[IPv6:::1]", " @ ", "u1@a..b",
     "u1@policy.test ", "u\n1@policy.test", "u\0@policy.test", "a" * 3000 + "@policy.test"],
)  # fmt: skip
def test_what_is_no_address(key: str) -> None:
    assert address_of(key) is None


@pytest.mark.parametrize("key", ["", "@acme.example", "[192.0.2.1]", "john@acme.example", "a b", "*", "."])
def test_what_is_no_domain(key: str) -> None:
    assert domain_of_key(key) is None


def test_a_domain_in_every_spelling() -> None:
    assert domain_of_key("ACME.Example") == "acme.example"
    assert (
        domain_of_key("bücher.example") == domain_of_key("XN--BCHER-KVA.example") == "xn--bcher-kva.example"
    )


def test_details_start_where_the_ladder_of_addresses_has_them() -> None:
    domain = mp.loads(
        "dn: dc=x,o=mail\nobjectClass: domain\nobjectClass: mpDomain\ndc: x\nassociatedDomain: x.example\n"
        "mpRecipientDelimiter: +-\n",
        dialect="native",
    ).domain("x.example")
    for local in (
        "a+b-c",
        "a-b",
        "-a",
        "a",
        "owner-x",
        "x-request",
        "mailer-daemon",
        "mailer-daemon-x",
        '"a b+"',
    ):
        bare, detail = split(local, "+-")
        assert [*spellings(domain.directory.snapshot, local, domain.entry)] == (
            [local, bare] if detail else [local]
        )
