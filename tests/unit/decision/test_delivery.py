"""Where mail goes that is taken."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.decision import DeliverTo, FileInto, Folder
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    BOB,
    carbonio,
    deliver,
    effect,
    native,
    native_account,
    outcome,
    said,
    stale,
    submit,
)
from tests.small_directories import record

HOME, AWAY = "ann@home.example", "ann@away.example"
FORWARDING = ["mpForwardingAddresses: ann@home.example", "mpForwardingAddresses: ann@away.example"]
NOT_HERE = "mpLocalDeliveryEnabled: FALSE"
ZIMBRA_FORWARDING = ["zimbraPrefMailForwardingAddress: ann@home.example, ann@away.example"]
ZIMBRA_NOT_HERE = "zimbraPrefMailLocalDeliveryDisabled: TRUE"


def destinations(directory: mp.Directory, to: str = ANN) -> tuple[str, ...] | None:
    decision = deliver(directory, to)
    assert outcome(decision) == "accept", decision
    assert not decision.errors
    found = effect(decision, DeliverTo)
    return None if found is None else found.addresses


def test_mail_that_goes_nowhere_else_needs_no_words() -> None:
    assert destinations(native()) is None
    assert destinations(native(), "all@acme.example") is None


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        (native(ann=FORWARDING), (ANN, HOME, AWAY)),
        (native(ann=[*FORWARDING, NOT_HERE]), (HOME, AWAY)),
        (native(ann=[*FORWARDING, "mpForwardingEnabled: FALSE"]), (ANN, HOME, AWAY)),
        (native(ann=[f"mpForwardingAddresses: {ANN}", FORWARDING[0]]), (ANN, HOME)),
        (native(ann=[f"mpForwardingAddresses: {ANN}", NOT_HERE]), (ANN,)),
        (native(ann=[NOT_HERE]), (ANN,)),
        (carbonio(ann=ZIMBRA_FORWARDING), (ANN, HOME, AWAY)),
        (carbonio(ann=[*ZIMBRA_FORWARDING, ZIMBRA_NOT_HERE]), (HOME, AWAY)),
        (carbonio(ann=["zimbraMailForwardingAddress: ann@home.example"]), (ANN, HOME)),
        (carbonio(ann=["zimbraMailForwardingAddress: ann@home.example", ZIMBRA_NOT_HERE]), (HOME,)),
        (carbonio(ann=[*ZIMBRA_FORWARDING, "zimbraMailForwardingAddress: x@y.example"]),
         (ANN, HOME, AWAY, "x@y.example")),
        (carbonio(ann=[ZIMBRA_NOT_HERE]), (ANN,)),
    ],
)  # fmt: skip
def test_mail_goes_to_the_forwards_and_home_unless_that_is_switched_off(
    directory: mp.Directory, expected: tuple[str, ...]
) -> None:
    for to in (ANN, "a@acme.example", f"ann@{ALIAS}"):
        assert destinations(directory, to) == expected
    submitted = submit(directory, BOB, ANN)
    assert effect(submitted, DeliverTo).addresses == expected
    assert destinations(stale(directory)) == expected


def test_one_mailbox_of_ours_gets_one_copy() -> None:
    forwards = ("first@acme.example", HOME, f"second@{ALIAS}", BOB, "bob+x@acme.example", f"all@{ACME}")
    directory = native(
        ann=[NOT_HERE, *(f"mpForwardingAddresses: {each}" for each in forwards)],
        more=[native_account("kim", "mpAliases: first@acme.example", "mpAliases: second@acme.example")],
    )
    expected = ("first@acme.example", HOME, BOB, f"all@{ACME}")
    assert destinations(directory) == destinations(stale(directory)) == expected


def test_no_mail_is_lost_where_it_is_neither_kept_nor_forwarded() -> None:
    for directory in (native(ann=[NOT_HERE]), carbonio(ann=[ZIMBRA_NOT_HERE])):
        decision = deliver(directory)
        assert effect(decision, DeliverTo).addresses == (ANN,)
        assert "would lose it: it is kept all the same" in said(decision, "delivery.addresses")
        assert "loses-mail" in {finding.id for finding in directory.findings}


@pytest.mark.parametrize(
    "to", [ANN, "A@acme.example", f"ann@{ALIAS}", "ann+x@acme.example", "ann@globex.example"]
)
def test_what_is_forwarded_to_the_mailbox_itself_is_kept_there(to: str) -> None:
    forward = f"mpForwardingAddresses: {to}"
    alone = native(ann=[forward, NOT_HERE, "mpMailboxQuota: 1 KiB"])
    assert destinations(alone) == (ANN,)
    assert deliver(alone, size=2000).rule == "quota.mailbox"
    assert effect(deliver(alone, spam=True), FileInto) is not None
    assert destinations(native(ann=[forward])) == (ANN,)
    assert destinations(native(ann=[forward, FORWARDING[0], NOT_HERE])) == (ANN, HOME)


@pytest.mark.parametrize(
    ("to", "kept"),
    [
        ("ann+folder@acme.example", "ann+folder@acme.example"),
        ("Ann+Folder@ACME.example", "ann+folder@acme.example"),
        ("a+folder+more@acme.example", "ann+folder+more@acme.example"),
        (f"a+folder@{ALIAS}", "ann+folder@acme.example"),
        # the last is of another domain that knows no such detail, and these have none
        ("ann@globex.example", ANN),
        (ANN, ANN),
        (f"ann@{ALIAS}", ANN),
        ("ann-folder@acme.example", "kim@acme.example"),
        ("ann+kims@acme.example", "kim@acme.example"),
        ("a+kims@acme.example", ANN),
        ('"ann+fol der"@acme.example', ANN),
    ],
)
def test_a_detail_stays_with_the_mailbox_where_there_are_forwards(to: str, kept: str) -> None:
    kim = native_account(
        "kim", "mpCatchAllAddresses: @acme.example", "mpAliases: ann+kims@acme.example", *FORWARDING
    )
    directory = native(ann=FORWARDING, more=[kim])
    assert destinations(directory, to) == (kept, HOME, AWAY)


def test_the_catch_all_of_a_domain_gets_its_own_forward_unless_somebody_has_the_address() -> None:
    caught = ["mpCatchAllAddresses: @acme.example", NOT_HERE]
    assert destinations(native(ann=[*caught, "mpForwardingAddresses: new@acme.example"])) == (ANN,)
    assert destinations(native(ann=[*caught, f"mpForwardingAddresses: {BOB}"])) == (BOB,)
    # somebody has the address without the detail, and somebody else the address
    other = native_account("kim", "mpAliases: ann+x@acme.example")
    forwarded = native(ann=[NOT_HERE, "mpForwardingAddresses: ann+x@acme.example"], more=[other])
    assert destinations(forwarded) == ("ann+x@acme.example",)


def test_the_trail_says_where_the_forwards_stand() -> None:
    directory = carbonio(ann=["zimbraMailForwardingAddress: ann@home.example", ZIMBRA_NOT_HERE])
    (why,) = (each for each in deliver(directory).reasons if each.id == "delivery.addresses")
    assert {"zimbraMailForwardingAddress", "zimbraPrefMailLocalDeliveryDisabled"} <= {
        origin.attribute for origin in why.origins
    }
    assert why.text == "mail for ann@acme.example goes to ann@home.example"


def test_where_mail_goes_is_of_no_interest_where_it_is_refused() -> None:
    assert deliver(native(ann=[*FORWARDING, "mpAccountStatus: closed"])).effects == ()


@pytest.mark.parametrize(
    ("own", "domain", "expected"),
    [
        ((), (), Folder.JUNK),
        (("mpSpamToInbox: TRUE",), (), Folder.INBOX),
        (("mpSpamToInbox: FALSE",), ("mpSpamToInbox: TRUE",), Folder.JUNK),
        ((), ("mpSpamToInbox: TRUE",), Folder.INBOX),
        (("mpSpamToInbox: TRUE",), ("mpSpamToInboxAllowed: FALSE",), Folder.JUNK),
    ],
)
def test_spam_goes_to_junk_or_the_inbox(
    own: tuple[str, ...], domain: tuple[str, ...], expected: Folder
) -> None:
    directory = native(ann=own, acme=domain)
    assert effect(deliver(directory, spam=True), FileInto) == FileInto(expected)
    assert effect(deliver(directory), FileInto) is None


def test_spam_that_is_only_forwarded_is_filed_nowhere() -> None:
    directory = native(ann=[*FORWARDING, NOT_HERE])
    assert effect(deliver(directory, spam=True), FileInto) is None
    assert effect(deliver(directory, "all@acme.example", spam=True), FileInto) is None


def test_spam_of_a_room_is_filed_too() -> None:
    room = record(
        f"uid=k2,dc={ACME},o=mail", "inetOrgPerson mpResource", "uid: k2", "cn: k2", "sn: k2",
        "mail: k2@acme.example",
    )  # fmt: skip
    decision = deliver(native(more=[room]), "k2@acme.example", spam=True)
    assert decision.effects == (FileInto(Folder.JUNK),)
