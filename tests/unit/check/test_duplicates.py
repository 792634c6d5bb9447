"""What two entries claim is found at both; what they may share is left alone."""

from __future__ import annotations

import pytest

from mailpolicy.check import findings
from mailpolicy.snapshot import Finding
from tests.small_directories import (
    ANN_ID,
    BOB,
    GOLD_ID,
    alias,
    bob,
    carbonio_alias,
    carbonio_bob,
    carbonio_domain,
    cos,
    domain,
    mailing_list,
    record,
    snapshot_with,
)

ANN = "uid=ann,dc=acme.example,o=mail"
Place = tuple[str, str | None, str | None, str | None]


def places(*records: str, dialect: str = "native") -> list[Place]:
    found = findings(snapshot_with(dialect, *records))
    assert all(each.line for each in found)
    return [(each.id, each.dn, each.attribute, each.raw) for each in found]


def test_an_address_of_two() -> None:
    assert places(bob("mpAliases: Ann@ACME.example")) == [
        ("duplicate-address", ANN, "mail", "ann@acme.example"),
        ("duplicate-address", BOB, "mpAliases", "Ann@ACME.example"),
    ]


def test_each_names_the_other() -> None:
    one, other = findings(snapshot_with("native", bob("mail: ann@acme.example")))
    assert one.text == f"{BOB} has it as well; expected an address that nobody else has"
    assert other.text == f"{ANN} has it as well; expected an address that nobody else has"


def test_each_names_all_the_others() -> None:
    third = mailing_list("mpAliases: ann@acme.example")
    *_, last = findings(snapshot_with("native", third, bob("mail: ann@acme.example")))
    assert last.dn == BOB
    assert last.text.startswith(f"cn=all,dc=acme.example,o=mail and {ANN} has it as well")


def test_an_address_twice_at_one_entry_is_no_duplicate() -> None:
    assert places(bob("mpAliases: bob@acme.example", "mpAliases: BOB@acme.example")) == []


def test_an_alias_entry_that_mirrors_its_target_is_no_duplicate() -> None:
    assert places(alias(ANN, "a@acme.example")) == []


def test_an_alias_entry_that_leads_elsewhere_is_one() -> None:
    assert places(bob(), alias(BOB, "a@acme.example")) == [
        ("duplicate-address", "mail=a@acme.example,o=mail", "mail", "a@acme.example"),
        ("duplicate-address", ANN, "mpAliases", "a@acme.example"),
    ]


def test_an_alias_entry_that_leads_nowhere_takes_no_address_away() -> None:
    assert [each[0] for each in places(alias("uid=x,o=mail", "a@acme.example"))] == ["dangling-reference"]


def test_a_mirrored_alias_of_carbonio_is_no_duplicate() -> None:
    assert places(carbonio_alias(ANN_ID), dialect="carbonio") == []


def test_an_old_address_of_two() -> None:
    ways = [("b", "mpOldAddress: anna@acme.example"), ("c", "mpOldAddress: anna@acme.example")]
    records = [
        record(
            f"uid={name},o=mail", "inetOrgPerson mpAccount", f"uid: {name}", f"cn: {name}", f"sn: {name}",
            f"mail: {name}@acme.example", line,
        )
        for name, line in ways
    ]  # fmt: skip
    assert places(*records) == [
        ("duplicate-address", "uid=b,o=mail", "mpOldAddress", "anna@acme.example"),
        ("duplicate-address", "uid=c,o=mail", "mpOldAddress", "anna@acme.example"),
    ]
    assert places(*records, mailing_list("mpAliases: anna@acme.example")) == []


def test_an_old_address_that_somebody_has_today() -> None:
    assert places(bob("mpOldAddress: ann@acme.example")) == []


def test_two_catch_alls_of_one_domain() -> None:
    takes_all = "mpCatchAllAddresses: @acme.example"
    other = record(
        "uid=c,o=mail",
        "inetOrgPerson mpAccount",
        "uid: c",
        "cn: c",
        "sn: c",
        "mail: c@acme.example",
        takes_all,
    )
    assert places(bob(takes_all)) == []
    assert places(bob(takes_all), other) == [
        ("duplicate-catch-all", BOB, "mpCatchAllAddresses", "@acme.example"),
        ("duplicate-catch-all", "uid=c,o=mail", "mpCatchAllAddresses", "@acme.example"),
    ]


def test_the_catch_all_pair_of_a_deployed_alias_domain_is_no_rival() -> None:
    alias_domain = carbonio_domain("zimbraMailCatchAllAddress: @globex.example")
    account = carbonio_bob("zimbraMailCatchAllAddress: @globex.example")
    assert places(alias_domain, account, dialect="carbonio") == []


def test_a_domain_name_of_two() -> None:
    second = record("dc=b,o=mail", "domain mpDomain", "dc: b", "associatedDomain: ACME.example")
    assert places(second) == [
        ("duplicate-domain", "dc=acme.example,o=mail", "associatedDomain", "acme.example"),
        ("duplicate-domain", "dc=b,o=mail", "associatedDomain", "ACME.example"),
    ]
    assert places(domain("b.example")) == []


def test_a_name_of_two_classes_of_service() -> None:
    second = record("cn=Gold,dc=acme.example,o=mail", "mpClassOfService", "cn: Gold")
    assert places(second) == [
        ("duplicate-name", "cn=Gold,dc=acme.example,o=mail", "cn", "Gold"),
        ("duplicate-name", "cn=gold,o=mail", "cn", "gold"),
    ]
    assert places(cos()) == []


def test_a_server_may_be_called_as_a_class_of_service() -> None:
    assert places(record("cn=gold,dc=acme.example,o=mail", "mpServer", "cn: gold")) == []


def test_an_id_of_two() -> None:
    second = record("cn=silver,cn=zimbra", "zimbraCOS", "cn: silver", f"zimbraId: {GOLD_ID.upper()}")
    assert places(second, dialect="carbonio") == [
        ("duplicate-id", "cn=gold,cn=zimbra", "zimbraId", GOLD_ID),
        ("duplicate-id", "cn=silver,cn=zimbra", "zimbraId", GOLD_ID.upper()),
    ]


def test_two_configurations() -> None:
    second = record("cn=more,o=mail", "mpConfig", "cn: more")
    assert places(second) == [
        ("duplicate-config", "cn=config,o=mail", None, None),
        ("duplicate-config", "cn=more,o=mail", None, None),
    ]


@pytest.mark.parametrize("dialect", ["native", "carbonio"])
def test_nothing_is_wrong_with_what_the_tests_start_from(dialect: str) -> None:
    none: tuple[Finding, ...] = ()
    assert findings(snapshot_with(dialect)) == none
