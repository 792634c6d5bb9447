"""What each dialect takes an entry for, where it keeps a setting, what it makes of an LDAP name."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import UTC, datetime

import pytest

from mailpolicy.errors import InvalidValue, NotFound
from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema import DIALECTS, SETTINGS, Binding, Part, Rule, find_dialect
from mailpolicy.schema.deployed import Deployed
from mailpolicy.values import Address, Duration, Size

TABLES = ("carbonio", "zimbra")
L = Level
PAIR = (Address("a@x.example"), Address("b@x.example"))


def deployed(name: str) -> Deployed:
    dialect = find_dialect(name)
    assert isinstance(dialect, Deployed)
    return dialect


def entry(*classes: str, **values: str) -> Entry:
    content = {"objectClass": classes} | {name: (value,) for name, value in values.items()}
    raw = {name: tuple(value.encode() for value in several) for name, several in content.items()}
    return Entry(DN("cn=x,o=mail"), raw, Definitions.standard())


@pytest.mark.parametrize(
    ("dialect", "classes", "level"),
    [
        ("native", ("inetOrgPerson", "mpAccount"), L.ACCOUNT),
        ("native", ("INETORGPERSON", "MPACCOUNT"), L.ACCOUNT),
        ("native", ("mpResource",), L.RESOURCE),
        ("native", ("groupOfURLs", "mpList"), L.LIST),
        ("native", ("mpClassOfService",), L.COS),
        ("native", ("domain", "mpDomain"), L.DOMAIN),
        ("native", ("mpConfig",), L.GLOBAL),
        ("native", ("mpServer",), L.SERVER),
        ("native", ("mpAlias",), L.ALIAS),
        ("native", ("organizationalUnit",), None),
        ("native", ("zimbraAccount",), None),
        ("carbonio", ("inetOrgPerson", "zimbraAccount", "amavisAccount"), L.ACCOUNT),
        ("carbonio", ("zimbraDistributionList", "zimbraMailRecipient"), L.LIST),
        ("carbonio", ("groupOfURLs", "dgIdentityAux", "zimbraGroup"), L.LIST),
        ("carbonio", ("groupOfURLs", "dgIdentityAux", "zimbraGroupDynamicUnit"), None),
        ("carbonio", ("zimbraGroupStaticUnit",), None),
        ("carbonio", ("zimbraAlias",), L.ALIAS),
        ("carbonio", ("dcObject", "organization", "zimbraDomain"), L.DOMAIN),
        ("carbonio", ("dcObject", "organization"), None),
        ("zimbra", ("zimbraCOS",), L.COS),
        ("zimbra", ("zimbraServer",), L.SERVER),
        ("zimbra", ("organizationalRole", "zimbraGlobalConfig"), L.GLOBAL),
    ],
)
def test_what_an_entry_is(dialect: str, classes: tuple[str, ...], level: Level | None) -> None:
    assert find_dialect(dialect).level_of(entry(*classes)) is level


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({}, L.ACCOUNT),
        ({"zimbraAccountCalendarUserType": "USER"}, L.ACCOUNT),
        ({"zimbraAccountCalendarUserType": "RESOURCE"}, L.RESOURCE),
        ({"zimbraCalResType": "Location"}, L.ACCOUNT),
    ],
)
def test_a_resource_is_one_by_its_calendar_user_type(values: dict[str, str], level: Level) -> None:
    for classes in (("zimbraAccount",), ("zimbraAccount", "zimbraCalendarResource")):
        assert find_dialect("carbonio").level_of(entry(*classes, **values)) is level


def test_a_class_of_the_site_counts_as_what_it_derives_from() -> None:
    site = Definitions.parse("objectclass ( 2.25.7.1 NAME 'acmeAccount' SUP mpAccount AUXILIARY )")
    theirs = entry("inetOrgPerson", "acmeAccount")
    assert find_dialect("native").level_of(theirs) is None
    assert find_dialect("native").using(site).level_of(theirs) is L.ACCOUNT
    assert find_dialect("native").using(site).definitions.object_class("acmeaccount") is not None


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        ([], "native"),
        ([entry("organization"), entry("mpAccount")], "native"),
        ([entry("zimbraAccount")], "carbonio"),
        ([entry("zimbraCOS"), entry("zimbraGlobalConfig", carbonioWebUiTitle="x")], "carbonio"),
        ([entry("zimbraCOS"), entry("zimbraGlobalConfig", zimbraBackupEnabled="TRUE")], "zimbra"),
        ([entry("zimbraAccount", zimbraFeatureAllowUsernameInPassword="TRUE")], "zimbra"),
    ],
)
def test_a_dialect_is_recognised(entries: list[Entry], name: str) -> None:
    assert find_dialect("auto", entries).name == name


def test_recognition_reads_no_further_than_it_must() -> None:
    remaining = iter([entry("mpAccount"), entry("zimbraAccount")])
    find_dialect("auto", remaining)
    assert next(remaining) == entry("zimbraAccount")


def test_every_dialect_is_found_by_its_name() -> None:
    assert DIALECTS == ("carbonio", "native", "zimbra")
    for name in DIALECTS:
        dialect = find_dialect(name)
        assert dialect.name == name
        assert pickle.loads(pickle.dumps(dialect)).name == name
    with pytest.raises(NotFound):
        find_dialect("catalog")


def test_a_native_setting_has_its_own_path() -> None:
    for setting in SETTINGS.values():
        codec = setting.codec_on.get(L.ACCOUNT, setting.codec)
        part = Part(setting.attribute, codec, setting.path)
        assert find_dialect("native").binding(setting, L.ACCOUNT) == Binding((part,))


def paths(dialect: str, name: str, level: Level = L.ACCOUNT) -> list[tuple[str, str]]:
    binding = find_dialect(dialect).binding(name, level)
    return [(part.attribute, " ".join(part.path)) for part in binding.parts] if binding else []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mailbox_quota", [("zimbraMailQuota", "account cos")]),
        ("max_mailbox_quota", [("zimbraMailDomainQuota", "domain global")]),
        ("time_zone", [("zimbraPrefTimeZoneId", "account cos domain")]),
        ("imap_enabled", [("zimbraImapEnabled", "account cos"), ("zimbraPrefImapEnabled", "account cos")]),
        ("max_message_size", [("zimbraMtaMaxMessageSize", "global")]),
        ("over_quota_verdict", [("zimbraLmtpPermanentFailureWhenOverQuota", "global")]),
        ("domain_allowed_networks", [("zimbraDomainAllowedIPs", "domain")]),
        ("max_accounts", [("zimbraDomainMaxAccounts", "domain")]),
        ("gal_mode", [("zimbraGalMode", "domain")]),
        ("max_grantable_quota", [("zimbraDomainAdminMaxMailQuota", "account cos")]),
        ("display_name", [("displayName", "")]),
        ("tls_certificate", [("zimbraSSLCertificate", "")]),
        ("reply_to_address", [("zimbraPrefReplyToAddress", ""), ("zimbraPrefReplyToEnabled", "")]),
        ("smtp_enabled", []),
    ],
)
def test_the_path_of_a_deployed_setting_comes_from_the_flags(
    name: str, expected: list[tuple[str, str]]
) -> None:
    assert paths("carbonio", name) == paths("zimbra", name) == expected


def test_the_address_of_a_list_stands_elsewhere() -> None:
    assert paths("carbonio", "address", L.RESOURCE) == [("zimbraMailDeliveryAddress", "")]
    assert paths("carbonio", "address", L.LIST) == [("mail", "")]


def test_settings_that_only_carbonio_has() -> None:
    missing = {
        name for name in SETTINGS if paths("carbonio", name, L.DOMAIN) and not paths("zimbra", name, L.DOMAIN)
    }
    branding = {name for name in SETTINGS if name.startswith(("theme_", "admin_theme_"))}
    assert missing == branding | {
        "notification_recipients",
        "notification_sender",
        "otp_management_enabled",
    }


@pytest.mark.parametrize(
    ("name", "level", "stored", "value"),
    [
        ("mailbox_quota", L.ACCOUNT, {"zimbraMailQuota": ("10737418240",)}, Size("10 GiB")),
        ("mailbox_quota", L.ACCOUNT, {"zimbraMailQuota": ("0",)}, Size.UNLIMITED),
        ("password_max_age", L.ACCOUNT, {"zimbraPasswordMaxAge": ("90",)}, Duration("90d")),
        ("password_change_enabled", L.ACCOUNT, {"zimbraPasswordLocked": ("FALSE",)}, True),
        ("local_delivery_enabled", L.ACCOUNT, {"zimbraPrefMailLocalDeliveryDisabled": ("TRUE",)}, False),
        (
            "imap_enabled",
            L.ACCOUNT,
            {"zimbraImapEnabled": ("TRUE",), "zimbraPrefImapEnabled": ("TRUE",)},
            True,
        ),
        (
            "reply_to_address",
            L.LIST,
            {"zimbraPrefReplyToAddress": ("a@x.example",), "zimbraPrefReplyToEnabled": ("TRUE",)},
            Address("a@x.example"),
        ),
        (
            "forwarding_addresses",
            L.ACCOUNT,
            {"zimbraPrefMailForwardingAddress": ("a@x.example,b@x.example",)},
            (Address("a@x.example"), Address("b@x.example")),
        ),
        (
            "aggregate_quota_policy",
            L.DOMAIN,
            {"zimbraDomainAggregateQuotaPolicy": ("BLOCKSEND",)},
            "block_send",
        ),
        ("over_quota_verdict", L.DOMAIN, {"zimbraLmtpPermanentFailureWhenOverQuota": ("TRUE",)}, "reject"),
        ("gal_mode", L.DOMAIN, {"zimbraGalMode": ("ldap",)}, "external"),
        ("gal_search_base", L.DOMAIN, {"zimbraGalInternalSearchBase": ("SUBDOMAINS",)}, "subdomains"),
        (
            "subscription_policy",
            L.LIST,
            {"zimbraDistributionListSubscriptionPolicy": ("APPROVAL",)},
            "approval",
        ),
        ("resource_kind", L.RESOURCE, {"zimbraCalResType": ("Equipment",)}, "equipment"),
        ("auth_mechanism", L.DOMAIN, {"zimbraAuthMech": ("zimbra",)}, "internal"),
        ("max_accounts_per_cos", L.DOMAIN, {"zimbraDomainCOSMaxAccounts": ("a-b-c:5",)}, {"a-b-c": 5}),
        (
            "auto_reply_starts_at",
            L.ACCOUNT,
            {"zimbraPrefOutOfOfficeFromDate": ("20261231120000Z",)},
            datetime(2026, 12, 31, 12, tzinfo=UTC),
        ),
    ],
)
def test_how_a_deployed_server_spells_a_value(
    name: str, level: Level, stored: dict[str, tuple[str, ...]], value: object
) -> None:
    binding = find_dialect("carbonio").binding(name, level)
    assert binding is not None
    read = binding.combine(tuple(part.codec.decode(stored[part.attribute]) for part in binding.parts))
    assert read == value
    assert binding.encode(read) == stored


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("account_status", "disabled"),
        ("gal_mode", "INTERNAL"),
        ("polling_interval", "1w"),
        ("polling_interval", "5 m"),
        ("password_max_age", "90d"),
        ("over_quota_verdict", "yes"),
    ],
)
def test_what_a_deployed_server_would_not_write_is_not_read(name: str, text: str) -> None:
    binding = find_dialect("carbonio").binding(name, L.ACCOUNT)
    assert binding is not None
    with pytest.raises(InvalidValue):
        binding.parts[0].codec.decode((text,))


@pytest.mark.parametrize(
    ("values", "combined"),
    [((None, None), None), ((True, None), True), ((None, False), False), ((True, False), False)],
)
def test_two_switches_in_a_row(values: tuple[bool | None, ...], combined: bool | None) -> None:
    binding = find_dialect("carbonio").binding("imap_enabled", L.ACCOUNT)
    assert binding is not None
    assert binding.rule is Rule.ALL
    assert binding.combine(values) is combined


def test_a_gate_that_is_not_open_hides_the_value() -> None:
    binding = find_dialect("carbonio").binding("reply_to_address", L.LIST)
    assert binding is not None
    assert binding.combine((Address("a@x.example"), None)) is None
    assert binding.combine((Address("a@x.example"), False)) is None


@pytest.mark.parametrize(
    ("grants", "policy"),
    [
        ((), "everyone"),
        (("g usr viewDistList", "nonsense"), "everyone"),
        (("p pub sendToDistList",), "everyone"),
        (("a all sendToDistList",), "authenticated"),
        (("a usr -sendToDistList",), "nobody"),
        (("a usr sendToDistList",), "granted"),
        (("a all sendToDistList", "b usr -sendToDistList"), "granted"),
    ],
)
def test_who_may_write_to_a_list_follows_from_its_grants(grants: tuple[str, ...], policy: str) -> None:
    binding = find_dialect("carbonio").binding("posting_policy", L.LIST)
    assert binding is not None
    assert binding.derived
    assert binding.parts[0].codec.decode(grants) == policy
    with pytest.raises(InvalidValue, match="zimbraACE"):
        binding.encode(policy)


def test_a_derived_setting_is_written_as_grants_only() -> None:
    assert [
        name
        for name in SETTINGS
        if (binding := find_dialect("carbonio").binding(name, L.LIST)) and binding.derived
    ] == ["posting_policy"]


# --- LDAP names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "count"), [("carbonio", 1819), ("zimbra", 1893)])
def test_every_attribute_of_the_tables_works_by_its_name(name: str, count: int) -> None:
    dialect = deployed(name)
    assert len(dialect.table) == count
    for row in dialect.table.values():
        for spelling in (row.name, row.name.upper(), row.name.lower(), f"{row.name};lang-de"):
            attribute = dialect.attribute(spelling)
            assert attribute is not None
            assert attribute.name == row.name
            assert attribute.codec.multiple == (row.multiple and row.type != "cs_emailp")
        assert dialect.definitions.attribute(row.name) is not None
    assert dialect.attribute("noSuchAttribute") is None


@pytest.mark.parametrize(("name", "both", "any_"), [("carbonio", 19, 52), ("zimbra", 27, 84)])
def test_how_many_attributes_go_from_account_to_domain_and_on(name: str, both: int, any_: int) -> None:
    paths = [attribute.path_from(L.ACCOUNT) for attribute in deployed(name).attributes()]
    counts = Counter(path[2:] for path in paths)
    assert counts[(L.DOMAIN, L.GLOBAL)] == both
    assert counts[(L.DOMAIN,)] == any_ - both


@pytest.mark.parametrize(
    ("name", "level", "path"),
    [
        ("zimbraMailQuota", L.ACCOUNT, (L.ACCOUNT, L.COS)),
        ("zimbraMailQuota", L.RESOURCE, (L.ACCOUNT, L.COS)),
        ("zimbraMailQuota", L.COS, ()),
        ("zimbraMailQuota", L.DOMAIN, ()),
        ("zimbraPrefTimeZoneId", L.ACCOUNT, (L.ACCOUNT, L.COS, L.DOMAIN)),
        ("zimbraPrefTimeZoneId", L.DOMAIN, ()),
        ("zimbraFileUploadMaxSizePerFile", L.ACCOUNT, (L.ACCOUNT, L.COS, L.DOMAIN, L.GLOBAL)),
        ("zimbraFileUploadMaxSizePerFile", L.DOMAIN, (L.DOMAIN, L.GLOBAL)),
        ("zimbraDomainStatus", L.DOMAIN, (L.DOMAIN, L.GLOBAL)),
        ("zimbraDomainStatus", L.ACCOUNT, ()),
        ("zimbraMtaMyNetworks", L.SERVER, (L.SERVER, L.GLOBAL)),
        ("description", L.ACCOUNT, ()),
    ],
)
def test_an_attribute_is_inherited_as_its_flags_say(name: str, level: Level, path: tuple[Level, ...]) -> None:
    for dialect in TABLES:
        attribute = find_dialect(dialect).attribute(name)
        assert attribute is not None
        assert attribute.path_from(level) == path
        assert attribute.binding(level) == Binding((Part(name, attribute.codec, path),))


@pytest.mark.parametrize(
    ("name", "stored", "value"),
    [
        ("zimbraMailQuota", ("0",), 0),
        ("zimbraImapEnabled", ("TRUE",), True),
        ("zimbraAccountStatus", ("lockout",), "lockout"),
        ("zimbraMailAlias", ("A@x.example",), (Address("a@x.example"),)),
        (
            "zimbraPrefMailForwardingAddress",
            ("A <a@x.example>, b@x.example",),
            ("a@x.example", "b@x.example"),
        ),
        ("zimbraPasswordLockoutDuration", ("1h",), Duration("1h")),
        ("zimbraMtaAuthHost", ("a", "b"), ("a", "b")),
        ("zimbraPop3BindPort", ("7110",), 7110),
        ("zimbraPasswordModifiedTime", ("20261231120000Z",), datetime(2026, 12, 31, 12, tzinfo=UTC)),
        ("zimbraSSLDHParam", ("\udcff\x00",), b"\xff\x00"),
        ("mail", ("a@x.example", "b@x.example"), ("a@x.example", "b@x.example")),
        ("zimbraNotes", ("x",), "x"),
    ],
)
def test_an_attribute_has_the_type_of_the_table(name: str, stored: tuple[str, ...], value: object) -> None:
    attribute = find_dialect("carbonio").attribute(name)
    assert attribute is not None
    read = attribute.codec.decode(stored)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zimbraImapEnabled", "true"),
        ("zimbraAccountStatus", "ACTIVE"),
        ("zimbraQuotaWarnPercent", "101"),
        ("zimbraPop3BindPort", "70000"),
        ("zimbraPasswordLockoutDuration", "1w"),
        ("zimbraMailQuota", "12x"),
        ("zimbraMailDeliveryAddress", "nobody"),
        ("zimbraMailCatchAllAddress", "acme.example"),
    ],
)
def test_text_of_another_type_is_refused(name: str, text: str) -> None:
    attribute = find_dialect("carbonio").attribute(name)
    assert attribute is not None
    with pytest.raises(InvalidValue):
        attribute.codec.decode((text,))


def test_native_attributes_by_name() -> None:
    native = find_dialect("native")
    quota, surname, password = (
        native.attribute(name) for name in ("MPMAILBOXQUOTA", "surname", "userPassword")
    )
    assert quota is not None
    assert quota.path_from(L.ACCOUNT) == SETTINGS["mailbox_quota"].path
    assert quota.path_from(L.DOMAIN) == (L.DOMAIN, L.GLOBAL)
    assert quota.path_from(L.LIST) == ()
    assert surname is not None
    assert surname.name == "sn"
    assert password is not None
    assert password.secret
    assert native.attribute("zimbraMailQuota") is None
    assert {attribute.name for attribute in native.attributes()} >= {"mpMailboxQuota", "mpChoices"}
