"""All that is wrong with a directory, in an order that its readers can follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpolicy.check import findings
from mailpolicy.ldap.ldif import read
from mailpolicy.snapshot import Finding, load
from tests.small_directories import BOB, bob, cos, domain, snapshot_with

EXAMPLES = Path(__file__).parents[3] / "ldif" / "examples"


def promised(name: str) -> list[tuple[str, str | None, str | None, str | None]]:
    with (EXAMPLES / name).open("rb") as file:
        found = findings(load(read(file)))
    assert all(each.line for each in found)
    return [(each.id, (each.dn or "").partition(",")[0], each.attribute, each.raw) for each in found]


def test_the_native_example_has_the_faults_its_comments_promise() -> None:
    assert promised("acme.ldif") == [
        ("invalid-value", "uid=dave", "mpMailboxQuota", "5GB?"),
        ("invalid-value", "uid=dave", "mpTimeZone", "Mars/Olympus_Mons"),
        ("dangling-reference", "uid=erin", "mpCos", "cn=gold,ou=cos,o=mail"),
        ("loses-mail", "uid=oscar", "mpLocalDeliveryEnabled", "FALSE"),
        ("dangling-member", "cn=partners", "mpMemberAddresses", "gone@acme.example"),
        ("duplicate-address", "uid=sybil", "mpAliases", "trent@acme.example"),
        ("duplicate-address", "uid=trent", "mail", "trent@acme.example"),
    ]


def test_the_carbonio_example_has_the_faults_its_comments_promise() -> None:
    deleted = "3ee4c46a-6605-5a26-a08a-b0c8288ab3d8"
    assert promised("carbonio.ldif") == [
        ("dangling-reference", "dc=globex", "zimbraDomainDefaultCOSId", deleted),
        ("dangling-reference", "uid=erin", "zimbraCOSId", deleted),
        ("loses-mail", "uid=oscar", "zimbraPrefMailLocalDeliveryDisabled", "TRUE"),
        ("dangling-member", "uid=partners", "zimbraMailForwardingAddress", "gone@acme.example"),
    ]


def test_the_source_comes_first_then_entry_after_entry_then_what_they_share() -> None:
    broken = "dn: uid=x,o=mail\nobjectClass mpAccount\n"
    records = (
        broken,
        bob("mail: ann@acme.example", "mpCos: cn=x", "mpImapEnabled: yes"),
        cos("mpChoices: x"),
    )
    assert [each.id for each in findings(snapshot_with("native", *records))] == [
        "broken-record",
        "invalid-value",
        "dangling-reference",
        "invalid-value",
        "duplicate-address",
        "duplicate-address",
    ]


CHOICE_OF_COS = cos(
    "mpMailboxQuota: 5 GiB", "mpChoices: mailbox_quota 5 GiB", "mpChoices: mailbox_quota 9 GiB"
)
CHOICES = domain(
    "b.example", "mpChoices: locale de", "mpChoices: locale en", "mpChoices: mailbox_quota 1 GiB"
)


def unoffered(*lines: str) -> list[Finding]:
    return list(findings(snapshot_with("native", CHOICE_OF_COS, CHOICES, bob("mail: bob@b.example", *lines))))


@pytest.mark.parametrize(
    "lines",
    [
        ("mpMailboxQuota: 1 GiB",),
        ("mpMailboxQuota: 1024 MiB", "preferredLanguage: DE"),
        ("mpCos: cn=silver,o=mail", "mpMailboxQuota: 9 GiB"),
        ("mpCos: cn=silver,o=mail", "preferredLanguage: en"),
        ("mpTimeZone: Europe/Rome",),
    ],
)
def test_what_is_offered_is_good(lines: tuple[str, ...]) -> None:
    assert unoffered(*lines) == []


@pytest.mark.parametrize(
    ("lines", "attribute", "raw", "offered"),
    [
        (("mpMailboxQuota: 9 GiB",), "mpMailboxQuota", "9 GiB", "1 GiB"),
        (("mpMailboxQuota: 2 GiB", "mpCos: cn=silver,o=mail"), "mpMailboxQuota", "2 GiB", "5 GiB, 9 GiB"),
        (("preferredLanguage: fr",), "preferredLanguage", "fr", "de, en"),
    ],
)
def test_what_is_not_offered_is_found(lines: tuple[str, ...], attribute: str, raw: str, offered: str) -> None:
    (found,) = unoffered(*lines)
    assert (found.id, found.severity, found.dn) == ("not-among-choices", "warning", BOB)
    assert (found.attribute, found.raw) == (attribute, raw)
    assert found.text == f"this is not offered as a choice; expected one of {offered}"


def test_the_layer_that_offers_is_bound_itself() -> None:
    (found,) = findings(
        snapshot_with("native", cos("mpMailboxQuota: 7 GiB", "mpChoices: mailbox_quota 5 GiB"))
    )
    assert (found.id, found.dn, found.raw) == ("not-among-choices", "cn=silver,o=mail", "7 GiB")


OFFER = ("mpChoices: allowed_services imap", "mpChoices: allowed_services smtp")


def test_each_value_of_a_set_must_be_offered() -> None:
    services = [f"mpAllowedServices: {each}" for each in ("imap", "pop3", "smtp")]
    (found,) = findings(snapshot_with("native", cos(*OFFER, *services)))
    assert (found.id, found.raw) == ("not-among-choices", "pop3")


def test_nothing_at_all_may_always_be_chosen_of_a_set() -> None:
    assert findings(snapshot_with("native", cos(*OFFER, "mpAllowedServices: none"))) == ()


def test_an_entry_may_be_offered_under_any_of_its_names() -> None:
    offer = domain("b.example", "mpChoices: cos gold", "mpChoices: cos cn=silver,o=mail")
    for name, ids in (
        ("CN=gold,O=mail", []),
        ("2.5.4.3=silver,o=mail", []),
        ("cn=bronze,o=mail", ["not-among-choices"]),
    ):
        record = bob("mail: bob@b.example", f"mpCos: {name}")
        found = findings(snapshot_with("native", offer, cos(), cos(name="bronze"), record))
        assert [each.id for each in found] == ids
