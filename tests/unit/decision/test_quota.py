"""What a mailbox holds, what all of a domain hold, and who is told."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.decision import Counter, Usage, counters_for
from mailpolicy.decision.replies import (
    MAILBOX_FULL,
    MAILBOX_FULL_FOR_NOW,
    SENDER_FULL,
    SENDERS_DOMAIN_FULL,
)
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    BOB,
    OUTSIDER,
    carbonio,
    deliver,
    native,
    outcome,
    said,
    submit,
    used,
)
from tests.small_directories import record

THOUSAND = "mpMailboxQuota: 1000"
RECEIVES = "mpReceiveOverQuota: TRUE"
TOLD = f"mpAggregateQuotaWarningRecipients: {BOB}"
REJECTS = "mpOverQuotaVerdict: reject"
FULL_FOR_NOW, FULL = "defer quota.mailbox", "reject quota.mailbox"
FORWARDS_ONLY = ["mpForwardingAddresses: ann@home.example", "mpLocalDeliveryEnabled: FALSE"]


@pytest.mark.parametrize(
    ("holds", "size", "expected"),
    [
        (0, 1000, "accept"),
        (0, 1001, FULL_FOR_NOW),
        (999, 1, "accept"),
        (999, 2, FULL_FOR_NOW),
        (1000, 0, "accept"),
        (1000, 1, FULL_FOR_NOW),
        (1001, 0, FULL_FOR_NOW),
        (None, 0, "accept"),
        (None, 1000, "accept"),
        (None, 1001, FULL_FOR_NOW),
    ],
)
def test_a_message_must_fit_to_the_last_byte(holds: int | None, size: int, expected: str) -> None:
    directory = native(ann=[THOUSAND])
    for to in (ANN, "a@acme.example", f"ann+x@{ALIAS}", "ann@globex.example"):
        assert outcome(deliver(directory, to, size=size, usage=used(holds))) == expected
    assert outcome(submit(directory, BOB, ANN, size=size, usage=used(holds))) == expected
    assert outcome(deliver(directory, BOB, size=size, usage=used(holds))) == "accept"


def test_the_catch_all_counts_by_its_primary_address() -> None:
    directory = native(ann=[THOUSAND, "mpCatchAllAddresses: @acme.example"])
    assert outcome(deliver(directory, "whoever@acme.example", usage=used(1001))) == FULL_FOR_NOW
    request = mp.Delivery(OUTSIDER, "Whoever@acme.example")
    assert counters_for(directory, request) == (Counter("mailbox", ANN),)


def test_the_domain_says_what_senders_are_told() -> None:
    decision = deliver(native(ann=[THOUSAND], acme=[REJECTS]), usage=used(990), size=20)
    assert (outcome(decision), decision.reply) == (FULL, MAILBOX_FULL)
    text = "ann@acme.example holds 990 bytes and would get 20 more, over its quota of 1000"
    assert said(decision, "quota.mailbox") == text
    assert "1000" not in str(decision.reply)
    assert deliver(native(ann=[THOUSAND]), usage=used(1001)).reply == MAILBOX_FULL_FOR_NOW


@pytest.mark.parametrize(
    ("switch", "expected"), [("TRUE", FULL), ("FALSE", FULL_FOR_NOW), (None, FULL_FOR_NOW)]
)
def test_so_does_the_configuration_of_deployed_servers(switch: str | None, expected: str) -> None:
    config = [f"zimbraLmtpPermanentFailureWhenOverQuota: {switch}"] if switch else []
    directory = carbonio(ann=["zimbraMailQuota: 1000"], config=config)
    assert outcome(deliver(directory, size=1, usage=used(1000))) == expected
    assert outcome(deliver(directory, size=1, usage=used(999))) == "accept"


@pytest.mark.parametrize(
    ("own", "domain", "limit"),
    [
        ((), (), None),
        (("mpMailboxQuota: 0",), (), None),
        ((), ("mpMaxMailboxQuota: 500",), 500),
        ((THOUSAND,), ("mpMaxMailboxQuota: 500",), 500),
        ((THOUSAND,), ("mpMaxMailboxQuota: 5000",), 1000),
        (("mpMailboxQuota: 0",), ("mpMaxMailboxQuota: 500",), 500),
    ],
)
def test_the_cap_of_the_domain_holds(
    own: tuple[str, ...], domain: tuple[str, ...], limit: int | None
) -> None:
    directory = native(ann=own, acme=domain)
    if limit is None:
        assert outcome(deliver(directory, size=10**15, usage=used(10**15))) == "accept"
        assert counters_for(directory, mp.Delivery(OUTSIDER, ANN)) == ()
    else:
        assert outcome(deliver(directory, size=1, usage=used(limit - 1))) == "accept"
        assert outcome(deliver(directory, size=1, usage=used(limit))) == FULL_FOR_NOW


def test_nobody_is_refused_for_what_nobody_knows_and_the_trail_says_so() -> None:
    aggregate = ["mpAggregateQuota: 10", "mpAggregateQuotaPolicy: block_send_and_receive"]
    directory = native(ann=[THOUSAND], acme=aggregate)
    decision = deliver(directory, size=900, usage=used())
    assert outcome(decision) == "accept"
    assert said(decision, "quota.mailbox").startswith("nobody knows how much ann@acme.example holds")
    assert said(decision, "quota.domain").startswith("nobody knows how much acme.example holds")
    sending = submit(native(ann=[THOUSAND, RECEIVES], acme=aggregate), usage=Usage())
    assert said(sending, "quota.sender").startswith("nobody knows how much ann@acme.example")
    assert said(sending, "quota.senders_domain").startswith("nobody knows how much acme.example")


def test_what_no_empty_mailbox_could_hold_is_refused_whatever_is_known() -> None:
    """In the same words, so that senders are told the same while the counts are away."""
    for holds in (0, None):
        decision = deliver(native(ann=[THOUSAND], acme=[REJECTS]), usage=used(holds), size=1001)
        assert (outcome(decision), decision.reply) == (FULL, MAILBOX_FULL)
    text = "ann@acme.example would get 1001 bytes, over its whole quota of 1000"
    assert said(decision, "quota.mailbox") == text
    for lines in ([THOUSAND, RECEIVES], [THOUSAND, *FORWARDS_ONLY], ["mpMailboxQuota: 0"]):
        assert outcome(deliver(native(ann=lines), size=10**9, usage=used())) == "accept"


def test_what_is_only_forwarded_fills_nothing() -> None:
    aggregate = ["mpAggregateQuota: 10", "mpAggregateQuotaPolicy: block_send_and_receive"]
    directory = native(ann=[THOUSAND, *FORWARDS_ONLY], acme=[*aggregate, TOLD])
    for holds, together in ((899, 8), (990, 9)):
        decision = deliver(directory, size=5000, usage=used(holds, together))
        assert (outcome(decision), decision.notices) == ("accept", ())
    assert outcome(deliver(directory, usage=used(5000, 5000))) == "accept"
    # What is not forwarded is kept, so it counts.
    lonely = native(ann=[THOUSAND, FORWARDS_ONLY[1]])
    assert outcome(deliver(lonely, usage=used(5000))) == FULL_FOR_NOW


def test_a_room_can_be_full() -> None:
    room = record(
        f"uid=k2,dc={ACME},o=mail", "inetOrgPerson mpResource", "uid: k2", "cn: k2", "sn: k2",
        "mail: k2@acme.example", THOUSAND,
    )  # fmt: skip
    usage = Usage({Counter("mailbox", "k2@acme.example"): 1001})
    assert outcome(deliver(native(more=[room]), "k2@acme.example", usage=usage)) == FULL_FOR_NOW


# Receiving, but not sending


@pytest.mark.parametrize("holds", [999, 1000, 1001, 10**9])
def test_the_roles_swap_where_full_mailboxes_receive(holds: int) -> None:
    swapped, usual = native(ann=[THOUSAND, RECEIVES]), native(ann=[THOUSAND])
    assert outcome(deliver(swapped, size=10**6, usage=used(holds))) == "accept"
    over = holds > 1000
    sent = submit(swapped, usage=used(holds), size=10**6)
    assert (outcome(sent) == "reject quota.sender") == over
    assert (sent.reply == SENDER_FULL) == over
    assert outcome(submit(usual, usage=used(holds))) != "reject quota.sender"


def test_who_is_full_does_not_post_either() -> None:
    directory = native(ann=[THOUSAND, RECEIVES])
    post = mp.Post("all@acme.example", ANN, login=ANN)
    assert outcome(mp.decide(directory, post, usage=used(1001))) == "reject quota.sender"
    assert counters_for(directory, post) == (Counter("mailbox", ANN),)
    assert outcome(mp.decide(directory, post, usage=used(1000))) == "accept"


def test_deployed_servers_swap_them_too() -> None:
    directory = carbonio(ann=["zimbraMailQuota: 1000", "zimbraMailAllowReceiveButNotSendWhenOverQuota: TRUE"])
    assert outcome(deliver(directory, size=5, usage=used(1000))) == "accept"
    assert outcome(submit(directory, usage=used(1001))) == "reject quota.sender"


# All mailboxes of a domain together


@pytest.mark.parametrize(
    ("policy", "receives", "sends"),
    [
        (None, True, True),
        ("allow", True, True),
        ("block_send", True, False),
        ("block_send_and_receive", False, False),
    ],
)
@pytest.mark.parametrize("holds", [1000, 1001])
def test_the_aggregate_quota_stops_what_its_policy_says(
    policy: str | None, receives: bool, sends: bool, holds: int
) -> None:
    lines = ["mpAggregateQuota: 1000", *([f"mpAggregateQuotaPolicy: {policy}"] if policy else [])]
    directory = native(acme=lines)
    over = holds > 1000
    received = deliver(directory, size=5, usage=used(None, holds))
    sent = submit(directory, usage=used(None, holds))
    assert (received.rule == "quota.domain") == (over and not receives)
    assert (sent.rule == "quota.senders_domain") == (over and not sends)
    if over and not sends:
        assert (sent.verdict, sent.reply) == ("reject", SENDERS_DOMAIN_FULL)
    if over and not receives:
        assert (received.verdict, received.reply) == ("defer", MAILBOX_FULL_FOR_NOW)
        rejecting = native(acme=[*lines, REJECTS])
        assert deliver(rejecting, usage=used(None, holds)).reply == MAILBOX_FULL


def test_deployed_servers_have_the_same_policies() -> None:
    for policy, blocked in (("ALLOWSENDRECEIVE", ""), ("BLOCKSEND", "s"), ("BLOCKSENDRECEIVE", "sr")):
        directory = carbonio(
            acme=["zimbraDomainAggregateQuota: 1000", f"zimbraDomainAggregateQuotaPolicy: {policy}"]
        )
        usage = used(None, 1001)
        assert (deliver(directory, usage=usage).rule == "quota.domain") == ("r" in blocked)
        assert (submit(directory, usage=usage).rule == "quota.senders_domain") == ("s" in blocked)


def test_the_domain_is_that_of_the_mailbox() -> None:
    directory = native(
        acme=["mpAggregateQuota: 1000", "mpAggregateQuotaPolicy: block_send_and_receive"],
        globex=["mpAggregateQuota: 10", "mpAggregateQuotaPolicy: block_send_and_receive"],
    )
    for to in (f"ann@{ALIAS}", "ann@globex.example"):
        assert counters_for(directory, mp.Delivery(OUTSIDER, to)) == (Counter("aggregate", ACME),)
        assert deliver(directory, to, usage=used(None, 1001)).rule == "quota.domain"


# What is fetched


MAILBOX, AGGREGATE = Counter("mailbox", ANN), Counter("aggregate", ACME)
BOTH_WAYS = "mpAggregateQuotaPolicy: block_send_and_receive"


@pytest.mark.parametrize(
    ("own", "domain", "receiving", "sending"),
    [
        ((), (), set(), set()),
        ((THOUSAND,), (), {MAILBOX}, set()),
        ((THOUSAND, RECEIVES), (), {MAILBOX}, {MAILBOX}),
        ((), ("mpAggregateQuota: 9",), set(), set()),
        ((), ("mpAggregateQuota: 9", TOLD), {AGGREGATE}, set()),
        ((), ("mpAggregateQuota: 9", "mpAggregateQuotaPolicy: block_send"), set(), {AGGREGATE}),
        ((THOUSAND,), ("mpAggregateQuota: 9", BOTH_WAYS), {MAILBOX, AGGREGATE}, {AGGREGATE}),
        ((), (BOTH_WAYS, TOLD), set(), set()),
    ],
)
def test_no_count_is_fetched_that_nothing_comes_of(
    own: tuple[str, ...], domain: tuple[str, ...], receiving: set[Counter], sending: set[Counter]
) -> None:
    directory = native(ann=own, acme=domain)
    gauges = {"mailbox", "aggregate"}

    def fetched(request: mp.Delivery | mp.Submission) -> set[Counter]:
        return {counter for counter in counters_for(directory, request) if counter.what in gauges}

    assert fetched(mp.Delivery(OUTSIDER, "a@acme.example")) == receiving
    assert fetched(mp.Submission(ANN, ANN, OUTSIDER)) == sending
    assert fetched(mp.Delivery(OUTSIDER, "x@nowhere.example")) == set()
    assert fetched(mp.Submission(ANN, ANN, ANN)) == receiving | sending
