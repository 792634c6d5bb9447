"""What entries name and is not there is found; what is there, however it is named, is left alone."""

from __future__ import annotations

import pytest

from mailpolicy.check import findings
from mailpolicy.check.references import REFERRED
from mailpolicy.schema import SETTINGS, Codec
from mailpolicy.schema.kinds import REFERENCE
from tests.small_directories import (
    ACME_ID,
    ANN_ID,
    GOLD_ID,
    NOBODYS_ID,
    Case,
    alias,
    bob,
    carbonio,
    carbonio_alias,
    carbonio_bob,
    carbonio_domain,
    domain,
    mailing_list,
    snapshot_with,
    warning,
)

ANN = "uid=ann,dc=acme.example,o=mail"
IS_ALIAS = "mpDomainKind: alias"
GOLD_5 = "mpMaxAccountsPerCos: cn=gold,o=mail 5"
DEPLOYED_GOLD_5 = f"zimbraDomainCOSMaxAccounts: {GOLD_ID}:5"

REFERENCES = [
    Case("dangling-reference", bob("mpCos: cn=x"), bob("mpCos: CN=Gold, O=Mail"), "mpCos", "cn=x"),
    Case("dangling-reference", bob(f"mpCos: {ANN}"), bob("mpCos: cn=gold,2.5.4.10=mail"), "mpCos", ANN),
    Case(
        "dangling-reference", domain("b.example", "mpDefaultCos: cn=x,o=mail"),
        domain("b.example", "mpDefaultCos: cn=gold,o=mail"), "mpDefaultCos", "cn=x,o=mail",
    ),
    Case(
        "dangling-reference", domain("b.example", GOLD_5, "mpMaxAccountsPerCos: cn=x,o=mail 5"),
        domain("b.example", GOLD_5), "mpMaxAccountsPerCos", "cn=x,o=mail 5",
    ),
    Case(
        "dangling-reference", domain("b.example", f"mpGalSyncAccounts: {ANN}", "mpGalSyncAccounts: uid=x"),
        domain("b.example", f"mpGalSyncAccounts: {ANN}"), "mpGalSyncAccounts", "uid=x",
    ),
    Case(
        "dangling-reference", domain("b.example", IS_ALIAS, "mpAliasTarget: dc=x,o=mail"),
        domain("b.example", IS_ALIAS, "mpAliasTarget: dc=acme.example,o=mail"),
        "mpAliasTarget", "dc=x,o=mail",
    ),
    Case("dangling-reference", alias("uid=x,o=mail"), alias(ANN), "mpAliasTarget", "uid=x,o=mail"),
    Case("dangling-reference", alias("cn=gold,o=mail"), alias(ANN), "mpAliasTarget", "cn=gold,o=mail"),
    carbonio(
        "dangling-reference", carbonio_bob(f"zimbraCOSId: {NOBODYS_ID}"),
        carbonio_bob(f"zimbraCOSId: {GOLD_ID}"), "zimbraCOSId", NOBODYS_ID,
    ),
    carbonio(
        "dangling-reference", carbonio_domain(f"zimbraDomainDefaultExternalUserCOSId: {NOBODYS_ID}"),
        carbonio_domain(f"zimbraDomainDefaultExternalUserCOSId: {GOLD_ID}"),
        "zimbraDomainDefaultExternalUserCOSId", NOBODYS_ID,
    ),
    carbonio(
        "dangling-reference", carbonio_domain(DEPLOYED_GOLD_5, f"zimbraDomainCOSMaxAccounts: {NOBODYS_ID}:5"),
        carbonio_domain(DEPLOYED_GOLD_5), "zimbraDomainCOSMaxAccounts", f"{NOBODYS_ID}:5",
    ),
    carbonio(
        "dangling-reference", carbonio_domain(f"zimbraGalAccountId: {NOBODYS_ID}"),
        carbonio_domain(f"zimbraGalAccountId: {ANN_ID}"), "zimbraGalAccountId", NOBODYS_ID,
    ),
    carbonio(
        "dangling-reference",
        carbonio_domain(f"zimbraDomainAliasTargetId: {NOBODYS_ID}", kind="alias"),
        carbonio_domain(f"zimbraDomainAliasTargetId: {ACME_ID}", kind="alias"),
        "zimbraDomainAliasTargetId", NOBODYS_ID,
    ),
    carbonio(
        "dangling-reference", carbonio_alias(NOBODYS_ID), carbonio_alias(ANN_ID),
        "zimbraAliasTargetId", NOBODYS_ID,
    ),
]  # fmt: skip

DOMAINS = [
    Case("no-target", domain("b.example", IS_ALIAS), domain("b.example"), "mpAliasTarget", None),
    Case(
        "no-target", domain("b.example", IS_ALIAS, "mpAliasTarget: dc=b.example,o=mail"),
        domain("b.example", IS_ALIAS, "mpAliasTarget: dc=acme.example,o=mail"),
        "mpAliasTarget", "dc=b.example,o=mail",
    ),
    carbonio(
        "no-target", carbonio_domain(kind="alias"), carbonio_domain(kind="local"),
        "zimbraDomainAliasTargetId", None,
    ),
    warning("no-domain", bob("mail: bob@b.example"), bob("mail: bob@ACME.Example"), "mail", "bob@b.example"),
]  # fmt: skip

UNKEPT = "mpLocalDeliveryEnabled: FALSE"
DEPLOYED_UNKEPT = "zimbraPrefMailLocalDeliveryDisabled: TRUE"

MAIL = [
    Case("loses-mail", bob(UNKEPT), bob("mpLocalDeliveryEnabled: TRUE"), "mpLocalDeliveryEnabled", "FALSE"),
    Case(
        "loses-mail", bob(UNKEPT), bob(UNKEPT, "mpForwardingAddresses: bob@b.example"),
        "mpLocalDeliveryEnabled", "FALSE",
    ),
    Case("loses-mail", bob(UNKEPT), bob(UNKEPT, "mpRejectAll: TRUE"), "mpLocalDeliveryEnabled", "FALSE"),
    carbonio(
        "loses-mail", carbonio_bob(DEPLOYED_UNKEPT),
        carbonio_bob(DEPLOYED_UNKEPT, "zimbraPrefMailForwardingAddress: bob@b.example"),
        "zimbraPrefMailLocalDeliveryDisabled", "TRUE",
    ),
    carbonio(
        "loses-mail", carbonio_bob(DEPLOYED_UNKEPT),
        carbonio_bob(DEPLOYED_UNKEPT, "zimbraMailForwardingAddress: bob@b.example"),
        "zimbraPrefMailLocalDeliveryDisabled", "TRUE",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", REFERENCES + DOMAINS + MAIL, ids=str)
def test_a_fault_is_found_and_nothing_else(case: Case) -> None:
    case.prove()


def test_every_setting_that_names_entries_is_followed() -> None:
    def names_entries(codec: Codec[object]) -> bool:
        return codec is REFERENCE or REFERENCE in (getattr(codec, "item", None), getattr(codec, "key", None))

    assert {name for name, setting in SETTINGS.items() if names_entries(setting.codec)} == set(REFERRED)


def test_an_account_without_an_address_needs_no_domain() -> None:
    assert findings(snapshot_with("carbonio")) == ()


def test_an_address_that_is_none_is_not_also_without_a_domain() -> None:
    assert [each.id for each in findings(snapshot_with("native", bob("mail: bob")))] == ["invalid-value"]


def test_alias_domains_that_go_round_are_found_each() -> None:
    records = [
        domain("b.example", IS_ALIAS, "mpAliasTarget: dc=c.example,o=mail"),
        domain("c.example", IS_ALIAS, "mpAliasTarget: dc=b.example,o=mail"),
    ]
    found = findings(snapshot_with("native", *records))
    assert [(each.id, each.dn) for each in found] == [
        ("no-target", "dc=b.example,o=mail"),
        ("no-target", "dc=c.example,o=mail"),
    ]


def test_a_chain_of_alias_domains_arrives() -> None:
    records = [
        domain("b.example", IS_ALIAS, "mpAliasTarget: dc=c.example,o=mail"),
        domain("c.example", IS_ALIAS, "mpAliasTarget: dc=acme.example,o=mail"),
    ]
    assert findings(snapshot_with("native", *records)) == ()


OTHER_NAME = domain("b.example", IS_ALIAS, "mpAliasTarget: dc=acme.example,o=mail")


@pytest.mark.parametrize(
    "address",
    [
        "ann@acme.example",
        "Ann@ACME.example",
        "a@acme.example",
        "ann+news@acme.example",
        "everybody@acme.example",
        "ann@b.example",
        "a+news@b.example",
        "b@acme.example",
        "anna@acme.example",
        "anybody@customer.example",
    ],
)
def test_members_that_lead_somewhere(address: str) -> None:
    others = (OTHER_NAME, alias(ANN), bob("mpOldAddress: anna@acme.example", "mpMailStatus: disabled"))
    another = mailing_list().replace("all", "everybody")
    records = (*others, another, mailing_list(f"mpMemberAddresses: {address}"))
    assert findings(snapshot_with("native", *records)) == ()


@pytest.mark.parametrize("address", ["x@acme.example", "x@b.example", "ann-x@acme.example", "c@acme.example"])
def test_members_that_lead_nowhere(address: str) -> None:
    """A catch-all takes their mail, and brings nobody back."""
    dangling = alias("uid=x,o=mail", "c@acme.example")
    others = (OTHER_NAME, dangling, bob("mpCatchAllAddresses: @acme.example"))
    records = (*others, mailing_list("mpMemberAddresses: ann@acme.example", f"mpMemberAddresses: {address}"))
    found = [each for each in findings(snapshot_with("native", *records)) if each.id != "dangling-reference"]
    assert [(each.id, each.severity, each.raw) for each in found] == [("dangling-member", "warning", address)]
    assert found[0].attribute == "mpMemberAddresses"
