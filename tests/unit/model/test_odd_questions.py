"""Questions that make no sense are told so, at once and always."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidUrl, InvalidValue
from tests.examples import ACME, JOHN


@pytest.mark.parametrize("address", [JOHN, "frank@acme.example"])
def test_a_time_without_a_zone_is_refused_whoever_is_asked(address: str) -> None:
    account = ACME.account(address)
    with pytest.raises(InvalidValue, match="a time with its zone"):
        account.status_at(datetime(2025, 3, 1, 12))  # noqa: DTZ001 -- the point of the test
    assert account.status_at(datetime(2025, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize("url", ["ldap://localhost/o=mail", "LDAPS://x", "ldapi:///"])
def test_who_asks_a_server_says_who_it_is(url: str) -> None:
    with pytest.raises(InvalidUrl, match="bind=None to ask as nobody"):
        mp.open(url)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(InvalidValue, match="limit: '-1'"):
        ACME.search("o=mail", limit=-1)
    assert ACME.search("o=mail", limit=0) == ()


def test_one_attribute_needs_no_list() -> None:
    [john] = ACME.search("", filter=f"(mail={JOHN})", attributes="cn")
    assert list(john) == ["cn"]


def test_what_is_no_change_is_refused() -> None:
    with pytest.raises(TypeError, match="'x' is no change"):
        ACME.with_changes("x")  # type: ignore[arg-type]  # the point of the test
