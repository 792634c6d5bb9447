"""Values that make no sense together are found, and those next to them are left alone."""

from __future__ import annotations

import pytest
from attrs import evolve

import mailpolicy as mp
from mailpolicy.check import findings
from mailpolicy.edit import applied
from mailpolicy.snapshot import Severity
from tests.changing import raw, refused
from tests.small_directories import (
    BOB,
    Case,
    bob,
    carbonio,
    carbonio_bob,
    carbonio_domain,
    cos,
    domain,
    mailing_list,
    record,
    snapshot_with,
    warning,
)

IS_ALIAS = "mpDomainKind: alias"
NETWORKS = tuple(f"mpAllowedNetworks: 10.0.{number}.0/24" for number in range(6))
FORWARDS = tuple(f"mpForwardingAddresses: {name}@b.example" for name in ("x", "y", "z"))
LENGTHS = "mpPasswordMinLength: 12", "mpPasswordMaxLength: 10"
ALIASED = "mpAliases: robert@acme.example"


def deployed_warning(id: str, bad: str, good: str, attribute: str, raw: str | None) -> Case:
    return evolve(carbonio(id, bad, good, attribute, raw), severity=Severity.WARNING)


FORWARDING = [
    Case(
        "forwards-to-itself", bob("mpForwardingAddresses: Bob@ACME.example"),
        bob("mpForwardingAddresses: ann@acme.example"), "mpForwardingAddresses", "Bob@ACME.example",
    ),
    Case(
        "forwards-to-itself", bob(ALIASED, "mpForwardingAddresses: robert@acme.example"),
        bob("mpForwardingAddresses: robert@b.example"), "mpForwardingAddresses", "robert@acme.example",
    ),
    carbonio(
        "forwards-to-itself",
        carbonio_bob("zimbraPrefMailForwardingAddress: x@b.example, bob@acme.example"),
        carbonio_bob("zimbraPrefMailForwardingAddress: x@b.example, y@b.example"),
        "zimbraPrefMailForwardingAddress", "bob@acme.example",
    ),
    warning(
        "too-many-forwards", bob(*FORWARDS, "mpMaxForwardingAddresses: 2"),
        bob(*FORWARDS, "mpMaxForwardingAddresses: 3"), "mpForwardingAddresses", "z@b.example",
    ),
    warning(
        "too-many-forwards", bob(*FORWARDS, "mpMaxForwardingLength: 34"),
        bob(*FORWARDS, "mpMaxForwardingLength: 35"), "mpForwardingAddresses", "z@b.example",
    ),
    deployed_warning(
        "too-many-forwards",
        carbonio_bob(
            "zimbraPrefMailForwardingAddress: x@b.example,y@b.example",
            "zimbraMailForwardingAddressMaxNumAddrs: 1",
        ),
        carbonio_bob(
            "zimbraPrefMailForwardingAddress: x@b.example", "zimbraMailForwardingAddressMaxNumAddrs: 1"
        ),
        "zimbraPrefMailForwardingAddress", "y@b.example",
    ),
    Case(
        "forwards-to-itself", bob('mpForwardingAddresses: "b\\ob"@acme.example'),
        bob('mpForwardingAddresses: "b\\ob"@b.example'), "mpForwardingAddresses", '"b\\ob"@acme.example',
    ),
    warning(
        "no-domain", bob("mpCatchAllAddresses: @b.example"), bob("mpCatchAllAddresses: @ACME.example"),
        "mpCatchAllAddresses", "@b.example",
    ),
    Case(
        "ends-before-start",
        bob("mpAutoReplyStartsAt: 20240102000000Z", "mpAutoReplyEndsAt: 20240101000000Z"),
        bob("mpAutoReplyStartsAt: 20240101000000Z", "mpAutoReplyEndsAt: 20240101000000Z"),
        "mpAutoReplyStartsAt", "20240102000000Z",
    ),
]  # fmt: skip

PEOPLE = [
    Case(
        "recovers-by-itself", bob("mpRecoveryAddress: bob@acme.example"),
        bob("mpRecoveryAddress: ann@acme.example"), "mpRecoveryAddress", "bob@acme.example",
    ),
    carbonio(
        "recovers-by-itself",
        carbonio_bob("zimbraPrefPasswordRecoveryAddress: bob@acme.example"),
        carbonio_bob("zimbraPrefPasswordRecoveryAddress: ann@acme.example"),
        "zimbraPrefPasswordRecoveryAddress", "bob@acme.example",
    ),
    warning(
        "contact-inside", bob("mpContactAddress: ann@ACME.example"), bob("mpContactAddress: bob@b.example"),
        "mpContactAddress", "ann@ACME.example",
    ),
    Case(
        "member-of-itself", mailing_list("mpMemberAddresses: all@acme.example"),
        mailing_list("mpMemberAddresses: ann@acme.example"), "mpMemberAddresses", "all@acme.example",
    ),
    Case(
        "member-of-itself",
        mailing_list("mpAliases: x@acme.example", "mpMemberAddresses: x@acme.example",
                     "mpMemberAddresses: ann@acme.example"),
        mailing_list("mpMemberAddresses: ann@acme.example", "mpMemberAddresses: a@acme.example"),
        "mpMemberAddresses", "x@acme.example",
    ),
    Case("no-password-fits", bob(*LENGTHS), bob(*LENGTHS[:1]), "mpPasswordMinLength", "12"),
    Case(
        "no-password-fits", bob("mpPasswordMinLength: 65"),
        bob("mpPasswordMinLength: 65", "mpPasswordMaxLength: 0"), "mpPasswordMinLength", "65",
    ),
    Case(
        "no-password-fits", bob("mpPasswordMaxLength: 7"),
        bob("mpPasswordMinLength: 0", "mpPasswordMaxLength: 7"), "mpPasswordMaxLength", "7",
    ),
    Case("no-password-fits", cos(*LENGTHS), cos("mpPasswordMinLength: 65"), "mpPasswordMinLength", "12"),
    Case(
        "no-time-to-change", bob("mpPasswordMinAge: 3d", "mpPasswordMaxAge: 2d"),
        bob("mpPasswordMinAge: 2d", "mpPasswordMaxAge: 2d"), "mpPasswordMinAge", "3d",
    ),
    Case(
        "too-many-values", bob(*NETWORKS), bob(*NETWORKS[:5]), "mpAllowedNetworks", "10.0.5.0/24",
    ),
    Case("too-many-values", bob(*NETWORKS), cos(*NETWORKS), "mpAllowedNetworks", "10.0.5.0/24"),
    warning(
        "lockout-without-moment", bob("mpAccountStatus: Lockout"),
        bob("mpAccountStatus: lockout", "mpLockoutStartedAt: 20250301113000Z"), "mpAccountStatus", "Lockout",
    ),
    deployed_warning(
        "lockout-without-moment", carbonio_bob().replace("Status: active", "Status: lockout"), carbonio_bob(),
        "zimbraAccountStatus", "lockout",
    ),
]  # fmt: skip

TO_ACME = "mpAliasTarget: dc=acme.example,o=mail"
CARBONIO_TO_ITSELF = "zimbraDomainAliasTargetId: 66666666-6666-4666-8666-666666666666"
CARBONIO_TO_ACME = "zimbraDomainAliasTargetId: 33333333-3333-4333-8333-333333333333"

DOMAINS = [
    warning(
        "needless-target", domain("b.example", TO_ACME), domain("b.example", IS_ALIAS, TO_ACME),
        "mpAliasTarget", "dc=acme.example,o=mail",
    ),
    Case(
        "no-target", domain("b.example", IS_ALIAS, "mpAliasTarget: DC=b.example, O=mail"),
        domain("b.example", IS_ALIAS, TO_ACME), "mpAliasTarget", "DC=b.example, O=mail",
    ),
    carbonio(
        "no-target", carbonio_domain(CARBONIO_TO_ITSELF, kind="alias"),
        carbonio_domain(CARBONIO_TO_ACME, kind="alias"),
        "zimbraDomainAliasTargetId", CARBONIO_TO_ITSELF.partition(" ")[2],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", FORWARDING + PEOPLE + DOMAINS, ids=str)
def test_a_fault_is_found_and_nothing_else(case: Case) -> None:
    case.prove()


def test_the_text_says_what_is_allowed() -> None:
    (found,) = findings(snapshot_with("native", bob(*FORWARDS, "mpMaxForwardingAddresses: 2")))
    assert found.text == "this is one too many; expected at most 2 forwarding addresses"


def test_the_limit_of_a_layer_counts() -> None:
    records = cos("mpMaxForwardingAddresses: 1"), bob("mpCos: cn=silver,o=mail", *FORWARDS)
    found = findings(snapshot_with("native", *records))
    assert [(each.id, each.raw) for each in found] == [
        ("too-many-forwards", "y@b.example"),
        ("too-many-forwards", "z@b.example"),
    ]


def test_a_layer_is_not_judged_by_the_values_of_others() -> None:
    records = cos("mpPasswordMinLength: 65"), bob("mpCos: cn=silver,o=mail", "mpPasswordMaxLength: 60")
    found = findings(snapshot_with("native", *records))
    assert [(each.id, each.dn, each.attribute) for each in found] == [
        ("no-password-fits", BOB, "mpPasswordMaxLength")
    ]


# -- how many accounts a domain has -------------------------------------------------------------------


def people(*names: str, domain: str = "b.example") -> str:
    return "\n".join(
        record(
            f"uid={name},o=mail", "inetOrgPerson mpAccount", f"uid: {name}", f"cn: {name}", f"sn: {name}",
            f"mail: {name}@{domain}",
        )
        for name in names
    )  # fmt: skip


def test_a_domain_with_more_accounts_than_it_may_have() -> None:
    full = domain("b.example", "mpMaxAccounts: 2")
    assert findings(snapshot_with("native", full, people("x", "y"))) == ()
    (found,) = findings(snapshot_with("native", full, people("x", "y", "z")))
    assert (found.id, found.severity, found.raw) == ("too-many-accounts", Severity.WARNING, "2")
    assert (found.dn, found.attribute) == ("dc=b.example,o=mail", "mpMaxAccounts")
    assert found.text == "the domain has 3 accounts; expected at most 2"


def test_no_limit_is_none() -> None:
    assert findings(snapshot_with("native", domain("b.example", "mpMaxAccounts: 0"), people("x"))) == ()


@pytest.mark.parametrize("mark", ["zimbraIsExternalVirtualAccount", "zimbraIsSystemAccount"])
def test_accounts_that_are_nobodys_do_not_count(mark: str) -> None:
    limited = carbonio_domain("zimbraDomainMaxAccounts: 1")

    def person(name: str, *lines: str) -> str:
        text = carbonio_bob(*lines).replace("bob@acme.example", f"{name}@globex.example")
        text = text.replace("uid=bob,dc=acme", f"uid={name},dc=globex").replace("uid: bob", f"uid: {name}")
        return text.replace("55555555", name * 8)

    one = person("a")
    assert findings(snapshot_with("carbonio", limited, one, person("b", f"{mark}: TRUE"))) == ()
    (found,) = findings(snapshot_with("carbonio", limited, one, person("b", f"{mark}: FALSE")))
    assert found.id == "too-many-accounts"


# -- writing ------------------------------------------------------------------------------------------


def refused_of(change: object, *lines: str) -> str:
    (problem,) = refused(snapshot_with("native", bob(*lines)), change)
    return problem


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"forwarding_addresses": ["bob@acme.example"]}, "somebody else"),
        ({"max_forwarding_addresses": 0, "forwarding_addresses": ["x@b.example"]}, "at most 0"),
        ({"recovery_address": "bob@acme.example"}, "another mailbox"),
        ({"contact_address": "x@acme.example"}, "outside acme.example"),
        ({"password_min_length": 65}, "at most 64"),
        ({"password_min_age": "3d", "password_max_age": "2d"}, "at most 2d"),
        ({"account_status": "lockout"}, "its moment"),
        ({"mpAllowedNetworks": [f"10.0.{number}.0/24" for number in range(6)]}, "at most 5 values"),
    ],
)
def test_a_write_is_refused(values: dict[str, object], expected: str) -> None:
    assert expected in refused_of(mp.set("bob@acme.example", values))


def test_a_value_too_many_cannot_be_added() -> None:
    change = mp.add_value("bob@acme.example", {"mpAllowedNetworks": "10.0.5.0/24"})
    assert "at most 5 values" in refused_of(change, *NETWORKS[:5])


def test_what_is_too_many_already_can_become_fewer() -> None:
    snapshot = snapshot_with("native", bob(*NETWORKS, "mpAllowedNetworks: 10.0.6.0/24"))
    fewer = applied(snapshot, [mp.remove_value("bob@acme.example", {"mpAllowedNetworks": "10.0.0.0/24"})])
    assert len(raw(fewer, "bob@acme.example", "mpAllowedNetworks")) == 6


def test_a_list_does_not_become_its_own_member() -> None:
    snapshot = snapshot_with("native", mailing_list())
    (problem,) = refused(snapshot, mp.add_value("all@acme.example", member_addresses="all@acme.example"))
    assert "the list itself" in problem
