"""mypy reads this, nobody runs it: a setting is itself on the class, and its value on an object."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar, assert_type
from zoneinfo import ZoneInfo

from mailpolicy.schema import Catalog, Setting
from mailpolicy.schema.catalog.second_factor import TwoFactorPolicy
from mailpolicy.schema.catalog.status import AccountStatus
from mailpolicy.values import Address, Duration, Grant, Service, Size

T = TypeVar("T")


class Held(Catalog):
    def value_of(self, setting: Setting[T], /) -> T:
        return setting.default


def values_have_their_types(held: Held) -> None:
    assert_type(held.mailbox_quota, Size)
    assert_type(held.imap_enabled, bool)
    assert_type(held.lockout_duration, Duration)
    assert_type(held.time_zone, ZoneInfo)
    assert_type(held.allowed_services, frozenset[Service])
    assert_type(held.two_factor_policy, Mapping[Service, TwoFactorPolicy])


def what_has_no_default_may_be_missing(held: Held) -> None:
    assert_type(held.display_name, str | None)
    assert_type(held.address, Address | None)
    assert_type(held.account_status, AccountStatus | None)
    assert_type(held.grants, tuple[Grant, ...] | None)
    assert_type(held.allowed_networks, tuple[IPv4Network | IPv6Network, ...] | None)


def a_setting_keeps_its_type() -> None:
    assert_type(Held.mailbox_quota, Setting[Size])
    assert_type(Held.mailbox_quota.accept("10 GiB"), Size)


def a_name_that_is_no_setting_is_an_error(held: Held) -> None:
    held.mailbox_qouta  # type: ignore[attr-defined]  # noqa: B018


def a_catalog_without_values_gives_none() -> None:
    Catalog().mailbox_quota  # type: ignore[call-overload]  # noqa: B018
