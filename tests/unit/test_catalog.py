"""The catalog says what the reference table says, row by row."""

from __future__ import annotations

import csv
import pickle
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar

import pytest

from mailpolicy.errors import InvalidValue, NotFound
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.url import LdapUrl
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Catalog, Rule, Setting, find_dialect, find_setting
from mailpolicy.values import (
    Address,
    DomainName,
    Duration,
    Grant,
    Grantee,
    HexColor,
    Hostname,
    Locale,
    Pem,
    Reference,
    Regex,
    Service,
    Size,
    Url,
    time_zone,
)

T = TypeVar("T")

REFERENCE = list(
    csv.DictReader((Path(__file__).parents[1] / "golden/settings.csv").read_text("utf-8").splitlines())
)
ROWS = pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in REFERENCE])

PEM = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"
URL = "ldap:///o=mail??sub?(department=sales)"
DAY = datetime(2026, 12, 31, 12, tzinfo=UTC)
SAMPLES: dict[str, tuple[tuple[str, ...], Any]] = {
    "Address": (("Ann@ACME.example",), Address("ann@acme.example")),
    "DN": (("o = mail",), DN("o=mail")),
    "DomainName": (("ACME.example",), DomainName("acme.example")),
    "Duration": (("90m",), Duration("90m")),
    "Duration (days)": (("90d",), Duration("90d")),
    "Filter": (("(cn=*)",), Filter.parse("(cn=*)")),
    "HexColor": (("2b73d2",), HexColor("#2B73D2")),
    "Hostname": (("MX.acme.example",), Hostname("mx.acme.example")),
    "Locale": (("it_IT",), Locale("it-IT")),
    "Mapping[COS, int]": (("cn=gold plan,o=mail 5",), {Reference("cn=gold plan,o=mail"): 5}),
    "Mapping[Service, enum disabled trusted_network trusted_device]": (
        ("imap trusted_device",),
        {Service.IMAP: "trusted_device"},
    ),
    "Mapping[Service, tuple[Network]]": (
        ("imap 192.0.2.0/24", "imap 2001:db8::/32", "pop3 none"),
        {Service.IMAP: (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")), Service.POP3: ()},
    ),
    "Mapping[str, int]": (("activesync_enabled 5",), {"activesync_enabled": 5}),
    "Mapping[str, str]": (("RelayState a b",), {"RelayState": "a b"}),
    "PEM": ((PEM,), Pem(PEM)),
    "PEM, secret": ((PEM,), Pem(PEM)),
    "Regex": (("[a-z]",), Regex("[a-z]")),
    "Size": (("10 MiB",), Size(10 * 2**20)),
    "TimeZone": (("Europe/Rome",), time_zone("Europe/Rome")),
    "Url": (("https://acme.example/x",), Url("https://acme.example/x")),
    "bool": (("TRUE",), True),
    "datetime": (("20261231120000Z",), DAY),
    "frozenset[Service]": (("imap", "smtp"), frozenset({Service.IMAP, Service.SMTP})),
    "int": (("7",), 7),
    "reference to a COS": (("cn=gold,o=mail",), Reference("cn=gold,o=mail")),
    "reference to a domain": (("dc=acme,o=mail",), Reference("dc=acme,o=mail")),
    "str": (("ldap", "second"), "ldap"),
    "tuple of references to accounts": (("a", "b"), (Reference("a"), Reference("b"))),
    "tuple[Address]": (("A@x.example", "b@x.example"), (Address("a@x.example"), Address("b@x.example"))),
    "tuple[Grant]": (("ann usr sendAs",), (Grant("ann", Grantee.USER, "sendAs"),)),
    "tuple[Hostname]": (("a.example", "b.example"), (Hostname("a.example"), Hostname("b.example"))),
    "tuple[IPAddress]": (("192.0.2.1", "::1"), (ip_address("192.0.2.1"), ip_address("::1"))),
    "tuple[LdapUrl]": ((URL,), (LdapUrl.parse(URL),)),
    "tuple[Network]": (("192.0.2.1",), (ip_network("192.0.2.1/32"),)),
    "tuple[str]": (("@a.example", "@b.example"), ("@a.example", "@b.example")),
}
"""Stored strings and what they are read as, by the type the table gives."""
PHONES = (("+39 02 1234567", "ext. 5"), ("+39 02 1234567", "ext. 5"))
SAMPLE_OF: dict[str, tuple[tuple[str, ...], Any]] = {
    "recipient_delimiter": (("+-",), "+-"),
    **dict.fromkeys(("telephone_number", "home_phone", "mobile_phone", "pager", "fax_number"), PHONES),
}
"""The same for a setting that takes less than its type."""


def test_the_catalog_and_the_table_have_the_same_names() -> None:
    assert list(SETTINGS) == [row["name"] for row in REFERENCE]
    assert all(getattr(Catalog, name) is setting for name, setting in SETTINGS.items())


@ROWS
def test_where_a_setting_stands(row: dict[str, str]) -> None:
    setting = SETTINGS[row["name"]]
    assert setting.topic == row["topic"]
    assert setting.on == frozenset(map(Level, row["on"].split()))
    assert setting.path == (() if row["path"] == "own" else tuple(map(Level, row["path"].split())))
    assert setting.ceiling == (row["ceiling"] or None)


@ROWS
def test_what_a_setting_is(row: dict[str, str]) -> None:
    setting = SETTINGS[row["name"]]
    if row["type"].startswith("enum "):
        words = row["type"].split()[1:]
        assert setting.codec.json_schema()["enum"] == words
        assert [setting.codec.decode((word.upper(),)) for word in words] == words
        with pytest.raises(InvalidValue):
            setting.codec.decode(("perhaps",))
    else:
        texts, value = SAMPLE_OF.get(row["name"]) or SAMPLES[row["type"]]
        read = setting.codec.decode(texts)
        assert read == value
        assert setting.codec.decode(setting.codec.encode(read)) == value
        assert not isinstance(value, bool | Size) or type(read) is type(value)


@ROWS
def test_what_applies_where_nothing_is_stored(row: dict[str, str]) -> None:
    setting = SETTINGS[row["name"]]
    if setting.default is None:
        assert row["default"] == ""
    else:
        shown = setting.codec.text(setting.default)
        assert set(shown.replace(",", "").split()) == set(row["default"].replace(",", "").split())


@ROWS
def test_where_carbonio_keeps_it(row: dict[str, str]) -> None:
    setting = SETTINGS[row["name"]]
    words = {Rule.FIRST: " or ", Rule.ALL: " and ", Rule.GATED: " if "}
    bindings = [find_dialect("carbonio").binding(setting, level) for level in Level if level in setting.on]
    names = [
        words[binding.rule].join(part.attribute for part in binding.parts) for binding in bindings if binding
    ]
    assert " or ".join(dict.fromkeys(names)) == row["carbonio"]
    assert len(names) == (len(bindings) if row["carbonio"] else 0)


def test_only_keys_are_secret() -> None:
    assert [setting.name for setting in SETTINGS.values() if setting.secret] == ["tls_private_key"]


def test_every_setting_says_what_it_is() -> None:
    for setting in SETTINGS.values():
        assert setting.summary.endswith("."), setting
        assert setting.topic, setting


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("mailbox_quota", "bytes"),
        ("password_max_age", "days"),
        ("quota_warning_percent", "percent"),
        ("max_forwarding_length", "characters"),
        ("polling_interval", None),
    ],
)
def test_what_a_number_counts(name: str, unit: str | None) -> None:
    assert SETTINGS[name].unit == unit


@pytest.mark.parametrize(
    ("name", "level", "concerned"),
    [
        ("mailbox_quota", Level.ACCOUNT, True),
        ("mailbox_quota", Level.RESOURCE, True),
        ("mailbox_quota", Level.LIST, False),
        ("max_mailbox_quota", Level.ACCOUNT, True),
        ("max_mailbox_quota", Level.COS, False),
        ("posting_policy", Level.LIST, True),
        ("posting_policy", Level.ACCOUNT, False),
    ],
)
def test_which_objects_have_a_setting(name: str, level: Level, concerned: bool) -> None:
    assert SETTINGS[name].concerns(level) is concerned


def test_every_ceiling_is_a_setting_that_can_cap() -> None:
    for setting in SETTINGS.values():
        if setting.ceiling is not None:
            assert SETTINGS[setting.ceiling].default is not None
            assert (setting.service is not None) == (setting.ceiling == "allowed_services")


def test_native_attributes_are_told_apart() -> None:
    names = [setting.attribute.lower() for setting in SETTINGS.values()]
    assert len(set(names)) == len(names)


class Held(Catalog):
    """What an object's settings look like to the catalog."""

    def value_of(self, setting: Setting[T], /) -> T:
        return setting.default


def test_a_setting_reads_through_its_holder() -> None:
    assert Held().mailbox_quota is Size.UNLIMITED
    assert Held.mailbox_quota is SETTINGS["mailbox_quota"]


def test_a_value_kept_by_the_holder_is_a_plain_attribute() -> None:
    held = Held()
    held.__dict__["mailbox_quota"] = Size("1 GiB")
    assert held.mailbox_quota == Size("1 GiB")


def test_a_setting_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(Catalog.grants)) is Catalog.grants


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(NotFound) as caught:
        find_setting("imap_enabeld")
    assert caught.value.nearest[0] == "imap_enabled"


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("mailbox_quota", "10 GiB", Size("10 GiB")),
        ("mailbox_quota", 5, Size(5)),
        ("mailbox_quota", "0", Size.UNLIMITED),
        ("mailbox_quota", 0, Size.UNLIMITED),
        ("imap_enabled", True, True),
        ("imap_enabled", "FALSE", False),
        ("lockout_duration", Duration("1h") - Duration("30m"), Duration("30m")),
        ("aliases", ["A@x.example"], (Address("a@x.example"),)),
        ("aliases", "a@x.example", (Address("a@x.example"),)),
        ("allowed_services", {"imap", Service.SMTP}, frozenset({Service.IMAP, Service.SMTP})),
        ("allowed_services", "none", frozenset()),
        ("two_factor_policy", {"imap": "disabled"}, {Service.IMAP: "disabled"}),
        ("auto_reply_starts_at", DAY, DAY),
    ],
)
def test_what_is_accepted_for_a_value(name: str, given: object, value: object) -> None:
    assert SETTINGS[name].accept(given) == value


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("mailbox_quota", "5GB?", "a size such as"),
        ("mailbox_quota", True, "size"),
        ("mailbox_quota", Size(0), "above 0, or unlimited"),
        ("mailbox_quota", 1.5, "size"),
        ("quota_warning_percent", 101, "at most 100"),
        ("max_application_passwords", "0", "at least 1"),
        ("max_accounts", True, "whole number"),
        ("imap_enabled", "true", "TRUE or FALSE"),
        ("imap_enabled", 1, "TRUE or FALSE"),
        ("password_max_age", "90", "whole days, such as 90d"),
        ("notes", "x" * 1025, "at most 1024 characters"),
        ("display_name", "", "remove the value"),
        ("display_name", "J\udcf6rg", "characters that UTF-8 can encode"),
        ("telephone_number", "\udcff", "characters that UTF-8 can encode"),
        ("max_accounts_per_feature", ["\udcff 5"], "characters that UTF-8 can encode"),
        ("auto_reply_starts_at", datetime(2026, 1, 1), "its time zone"),  # noqa: DTZ001
        ("aliases", 7, "tuple of address"),
        ("account_status", "deleted", "one of active"),
        ("recipient_delimiter", "a", "punctuation"),
        ("auth_mechanism", "zimbra", "internal"),
        ("home_phone", "ünknown", "a telephone number"),
        ("catch_all_addresses", ["acme.example"], "an @ and a domain"),
    ],
)
def test_what_is_refused_says_what_was_expected(name: str, given: object, expected: str) -> None:
    with pytest.raises(InvalidValue, match=expected):
        SETTINGS[name].accept(given)


def test_an_empty_delimiter_can_be_stored() -> None:
    assert SETTINGS["recipient_delimiter"].codec.decode(("",)) == ""


def test_a_bad_grant_does_not_take_the_others_away() -> None:
    value, problems = SETTINGS["grants"].codec.read(("ann usr sendAs", "nonsense"))
    assert value == (Grant("ann", Grantee.USER, "sendAs"),)
    assert [problem.text for problem in problems] == ["nonsense"]


def test_a_bad_network_takes_the_whole_value_away() -> None:
    value, problems = SETTINGS["allowed_networks"].codec.read(("192.0.2.0/24", "everywhere"))
    assert value is None
    assert [problem.text for problem in problems] == ["everywhere"]


def test_passwords_of_guests_never_show() -> None:
    stored = ("guest@example.org:pass word gst viewFreeBusy",)
    grants = SETTINGS["grants"]
    value = grants.codec.decode(stored)
    for shown in (
        grants.codec.text(value),
        str(grants.codec.to_json(value)),
        *grants.conceal(stored),
        repr(value),
    ):
        assert "guest@example.org" in shown
        assert "pass word" not in shown
    assert grants.codec.encode(value) == stored


def test_an_account_takes_fewer_networks_than_a_class_of_service() -> None:
    networks = SETTINGS["allowed_networks"].accept([f"10.{number}.0.0/16" for number in range(6)])
    native = find_dialect("native")
    on_account, on_cos = (native.binding("allowed_networks", level) for level in (Level.ACCOUNT, Level.COS))
    assert on_account is not None
    assert on_cos is not None
    assert len(on_cos.encode(networks)["mpAllowedNetworks"]) == 6
    assert len(on_account.encode(networks[:5])["mpAllowedNetworks"]) == 5
    with pytest.raises(InvalidValue, match="at most 5 values"):
        on_account.encode(networks)
    stored = on_cos.encode(networks)["mpAllowedNetworks"]
    assert on_account.parts[0].codec.decode(stored) == networks, "what is stored is read"


def test_a_secret_shows_nothing() -> None:
    assert SETTINGS["tls_private_key"].conceal((PEM,)) == ()
