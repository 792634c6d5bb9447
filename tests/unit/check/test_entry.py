"""What one entry does wrong is found where it is, and the same entry without the fault is left alone."""

from __future__ import annotations

import pytest

from mailpolicy.check import entry_findings, findings
from tests.small_directories import (
    BOB,
    PERSON,
    Case,
    bob,
    carbonio,
    carbonio_bob,
    cos,
    domain,
    snapshot_with,
    warning,
)

ANYTHING = f"{PERSON} extensibleObject"

CLASSES = [
    Case(
        "unknown-class", bob(classes=f"{PERSON} mpAcount"), bob(classes=ANYTHING), "objectClass", "mpAcount"
    ),
    Case("missing-attribute", bob(without="sn"), bob(), "sn", None),
    Case("missing-attribute", bob(without="sn"), bob("surname: Bob", without="sn"), "sn", None),
    Case("missing-attribute", bob(without="sn"), bob("sn;lang-de: Bob", without="sn"), "sn", None),
    Case("missing-attribute", bob(without="mail"), bob(), "mail", None),
    Case("missing-attribute", f"dn: {BOB}\nuid: bob\n", bob(), "objectClass", None),
    warning("unknown-attribute", bob("shoeSize: 42"), bob("employeeNumber: 42"), "shoesize", None),
    warning("unknown-attribute", bob("shoeSize: 42", classes=ANYTHING), bob(), "shoesize", None),
    warning("attribute-not-allowed", bob("mpMxHostname: mx.b.example"), bob(), "mpMxHostname", None),
    warning("attribute-not-allowed", bob("dc: x"), bob("dc: x", classes=ANYTHING), "dc", None),
    warning("attribute-not-allowed", bob("c;lang-de: DE"), bob("title;lang-de: Chef"), "c;lang-de", None),
    warning("attribute-not-allowed", bob("dc: x"), bob("createTimestamp: 20240305101500Z"), "dc", None),
]

MANY_LANGUAGES = bob("displayName;lang-de: A", "displayName;lang-fr: B")
TWICE_GERMAN = bob("displayName;lang-de: A", "displayName;lang-de: B")
TWO_QUOTAS = bob("mpMailboxQuota: 1 GiB", "mpMailboxQuota: 2 GiB")

SHAPES = [
    Case("several-values", TWO_QUOTAS, bob("mpMailboxQuota: 1 GiB"), "mpMailboxQuota", "1 GiB, 2 GiB"),
    Case("several-values", TWICE_GERMAN, MANY_LANGUAGES, "displayName;lang-de", "A, B"),
    Case("undecodable-value", bob("title:: /yE="), bob("title:: w7wh"), "title", "\udcff!"),
    Case(
        "undecodable-value", bob("mpMailboxQuota:: Mf8="), bob("userPassword:: /yE="),
        "mpMailboxQuota", "1\udcff",
    ),
    Case(
        "undecodable-value", bob("mpAliases: b@acme.example", "mpAliases:: /0BhY21lLmV4YW1wbGU="),
        bob("mpAliases: b@acme.example"), "mpAliases", "\udcff@acme.example",
    ),
]  # fmt: skip

ONE_CHOICE = "mpChoices: mailbox_quota 5 GiB"
GUEST = "mpGrants: guest@x.example:opensesame gst"

VALUES = [
    Case("invalid-value", bob("mpMailboxQuota: 5GB?"), bob("mpMailboxQuota: 5 GB"), "mpMailboxQuota", "5GB?"),
    Case("invalid-value", bob("mail: bob at acme"), bob(), "mail", "bob at acme"),
    Case(
        "invalid-value", bob("mpAliases: b", "mpAliases: b@acme.example"), bob("mpAliases: b@acme.example"),
        "mpAliases", "b",
    ),
    Case("invalid-value", bob("mpImapEnabled: yes"), bob("mpImapEnabled: TRUE"), "mpImapEnabled", "yes"),
    Case("invalid-value", bob("manager: nobody"), bob("manager: cn=nobody"), "manager", "nobody"),
    Case("invalid-value", cos("mpChoices: quota 5"), cos(ONE_CHOICE), "mpChoices", "quota 5"),
    Case(
        "invalid-value", cos(ONE_CHOICE, "mpChoices: mailbox_quota many"), cos(ONE_CHOICE),
        "mpChoices", "mailbox_quota many",
    ),
    Case(
        "invalid-value", domain("b.example", "mpTlsPrivateKey: opensesame"), domain("b.example"),
        "mpTlsPrivateKey", None,
    ),
    Case("invalid-value", bob(f"{GUEST} view Free/Busy"), bob(f"{GUEST} viewFreeBusy"), "mpGrants", "…"),
    carbonio(
        "invalid-value", carbonio_bob("zimbraImapEnabled: yes"), carbonio_bob("zimbraImapEnabled: FALSE"),
        "zimbraImapEnabled", "yes",
    ),
    carbonio(
        "invalid-value", carbonio_bob("zimbraPrefMailItemsPerPage: many"),
        carbonio_bob("zimbraPrefMailItemsPerPage: 50"), "zimbraPrefMailItemsPerPage", "many",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CLASSES + SHAPES + VALUES, ids=str)
def test_a_fault_is_found_and_nothing_else(case: Case) -> None:
    case.prove()


def test_every_bad_value_of_several_is_found() -> None:
    record = bob("mpAliases: b", "mpAliases: b@acme.example", "mpAliases: c")
    assert [each.raw for each in findings(snapshot_with("native", record))] == ["b", "c"]


def test_a_class_that_is_not_known_may_allow_anything() -> None:
    record = bob("dc: x", classes=f"{PERSON} mpAcount")
    assert [each.id for each in findings(snapshot_with("native", record))] == ["unknown-class"]


def test_the_text_says_what_was_expected() -> None:
    (found,) = findings(snapshot_with("native", bob("mpImapEnabled: yes")))
    assert found.text == "expected TRUE or FALSE"


def test_the_text_names_the_class_that_requires_an_attribute() -> None:
    (found,) = findings(snapshot_with("native", bob(without="sn")))
    assert found.text == "the object class person requires a value; expected one"


def test_what_a_server_would_refuse_is_found_where_the_setting_is_lenient() -> None:
    (found,) = findings(snapshot_with("native", cos("mpMaxForwardingAddresses: 007")))
    assert (found.id, found.raw) == ("invalid-value", "007")
    assert found.text == "expected a value of the LDAP syntax Integer"


def test_an_entry_is_judged_that_is_in_no_snapshot() -> None:
    other = snapshot_with("native", bob("mpMailboxQuota: 5GB?", without="sn"))
    entry = other.entry(BOB)
    assert entry is not None
    found = entry_findings(snapshot_with("native"), entry)
    assert [(each.id, each.attribute) for each in found] == [
        ("missing-attribute", "sn"),
        ("invalid-value", "mpMailboxQuota"),
    ]


def test_a_secret_is_in_no_finding() -> None:
    records = (
        domain("b.example", "mpTlsPrivateKey: opensesame", "mpTlsPrivateKey: opensesame2"),
        bob(f"{GUEST} view Free/Busy", "userPassword: opensesame", "authPassword: opensesame"),
    )
    found = findings(snapshot_with("native", *records))
    assert len(found) > 2
    assert "opensesame" not in "".join(map(str, found))
