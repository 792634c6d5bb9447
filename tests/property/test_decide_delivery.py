"""Whatever is said of a mailbox and its domain, mail fares as the plain description says."""

from __future__ import annotations

from hypothesis import example, given, strategies as st

from mailpolicy.decision import Counter, Decision, DeliverTo, FileInto, Usage
from mailpolicy.status.table import ACCOUNT_STATUSES, DOMAIN_STATUSES
from tests.mail_directories import (
    ACME,
    ALIAS,
    ANN,
    carbonio,
    deliver,
    effect,
    native,
    native_account,
    stale,
)
from tests.reference.delivery import Message, Outcome, World, outcome

MAIL = st.sampled_from([None, None, None, "enabled", "disabled"])
RARELY = st.integers(0, 5).map(lambda number: number == 0)
SMALL = st.sampled_from([None, 0, 5, 10, 20])
HELD = st.none() | st.integers(0, 25)
OTHERS = ("ann@home.example", "ann@away.example", ANN)
FORWARDS = (*OTHERS, "ann@alias.example", "ann+x@acme.example", "ANN@globex.example", "bob@acme.example")

worlds = st.builds(
    World,
    table=st.sampled_from(["documented", "server"]),
    # Most of what is drawn lets mail in: else nothing after the status would ever be asked.
    account_status=st.sampled_from([None, "active", "active", "active", "lockout", *ACCOUNT_STATUSES]),
    domain_status=st.sampled_from([None, "active", "active", "active", "active", "locked", *DOMAIN_STATUSES]),
    alias_status=st.sampled_from([None, None, "active", *DOMAIN_STATUSES]),
    is_global_admin=RARELY,
    account_mail=MAIL,
    domain_mail=MAIL,
    alias_mail=MAIL,
    ownership_required=RARELY,
    ownership_verified=st.booleans(),
    has_catch_all=st.booleans(),
    is_stale=RARELY,
    reject_all=RARELY,
    largest=SMALL,
    quota=SMALL,
    cap=SMALL,
    receive_over_quota=st.booleans(),
    over_quota=st.sampled_from([None, "reject", "defer"]),
    warning_percent=st.sampled_from([0, 50, 90, 100]),
    aggregate=SMALL,
    aggregate_policy=st.sampled_from([None, "allow", "block_send", "block_send_and_receive"]),
    aggregate_percent=st.sampled_from([0, 50, 80, 100]),
    has_warned=st.booleans(),
    forwards=st.lists(st.sampled_from(FORWARDS), unique=True, max_size=3).map(tuple),
    is_kept=st.booleans(),
    spam_to_inbox=st.booleans(),
    spam_to_inbox_allowed=st.booleans(),
)
messages = st.builds(
    Message,
    by_alias_domain=st.booleans(),
    size=st.integers(0, 12),
    spam=st.booleans(),
    held=HELD,
    held_together=HELD,
)


roomy = st.builds(
    World,
    largest=st.sampled_from([None, None, 10]),
    quota=st.sampled_from([None, 0, 10, 20]),
    cap=st.sampled_from([None, 0, 10, 20]),
    receive_over_quota=st.booleans(),
    over_quota=st.sampled_from([None, "reject", "defer"]),
    warning_percent=st.sampled_from([0, 50, 90, 100]),
    aggregate=st.sampled_from([0, 10, 20]),
    aggregate_policy=st.sampled_from([None, "block_send", "block_send_and_receive"]),
    aggregate_percent=st.sampled_from([50, 80, 100]),
    has_warned=st.booleans(),
    forwards=st.sampled_from([(), (), OTHERS[:1], FORWARDS[3:4]]),
    is_kept=st.booleans(),
)
"""Nothing but room is lacking here."""


def told(prefix: str, **lines: object) -> list[str]:
    """The lines of an entry for what somebody has said."""
    return [
        f"{prefix}{name}: {str(value).upper() if isinstance(value, bool) else value}"
        for name, value in lines.items()
        if value is not None
    ]


def decided(decision: Decision) -> Outcome:
    assert not decision.errors
    assert decision.charges == ()
    sent, filed = effect(decision, DeliverTo), effect(decision, FileInto)
    kinds = tuple(notice.kind for notice in decision.notices)
    destinations = sent and sent.addresses
    return Outcome(decision.verdict, decision.rule, destinations, filed and filed.folder, kinds)


def usage_of(message: Message) -> Usage:
    gauges = {Counter("mailbox", ANN): message.held, Counter("aggregate", ACME): message.held_together}
    return Usage({counter: held for counter, held in gauges.items() if held is not None})


def native_decision(world: World, message: Message) -> Decision:
    directory = native(
        ann=told(
            "mp", AccountStatus=world.account_status, MailStatus=world.account_mail,
            IsGlobalAdmin=world.is_global_admin, RejectAll=world.reject_all,
            MaxMessageSize=world.largest, MailboxQuota=world.quota,
            ReceiveOverQuota=world.receive_over_quota, QuotaWarningPercent=world.warning_percent,
            LocalDeliveryEnabled=world.is_kept, SpamToInbox=world.spam_to_inbox,
        ) + [f"mpForwardingAddresses: {each}" for each in world.forwards],
        acme=told(
            "mp", DomainStatus=world.domain_status, MailStatus=world.domain_mail,
            OwnershipRequired=world.ownership_required, OwnershipVerified=world.ownership_verified,
            MaxMailboxQuota=world.cap, OverQuotaVerdict=world.over_quota,
            AggregateQuota=world.aggregate, AggregateQuotaPolicy=world.aggregate_policy,
            AggregateQuotaWarningPercent=world.aggregate_percent,
            AggregateQuotaWarningRecipients="bob@acme.example" if world.has_warned else None,
            SpamToInboxAllowed=world.spam_to_inbox_allowed,
        ),
        alias=told("mp", DomainStatus=world.alias_status, MailStatus=world.alias_mail),
        more=[native_account("kim", "mpCatchAllAddresses: @acme.example")] if world.has_catch_all else [],
        statuses=world.table,
    )  # fmt: skip
    return asked(directory if not world.is_stale else stale(directory), message)


def asked(directory: object, message: Message) -> Decision:
    domain = ALIAS if message.by_alias_domain else ACME
    return deliver(
        directory,  # type: ignore[arg-type]
        f"ann@{domain}", size=message.size, spam=message.spam, usage=usage_of(message),
    )  # fmt: skip


@given(worlds, messages)
@example(World(is_kept=False), Message())
@example(World(forwards=(OTHERS[0],), is_kept=False, quota=5), Message(held=25, size=12, spam=True))
@example(World(account_mail="disabled", has_catch_all=True, cap=5), Message(size=9))
@example(World(table="server", is_global_admin=True, domain_status="shutdown"), Message())
def test_mail_fares_as_described(world: World, message: Message) -> None:
    decision = native_decision(world, message)
    assert decided(decision) == outcome(world, message, ann=ANN)


@given(roomy, messages)
def test_mail_fares_as_described_where_only_room_is_lacking(world: World, message: Message) -> None:
    decision = native_decision(world, message)
    assert decided(decision) == outcome(world, message, ann=ANN)


@given(worlds, messages)
def test_the_trail_ends_with_the_rule_that_decided(world: World, message: Message) -> None:
    decision = native_decision(world, message)
    spoken = [each for each in decision.reasons if each.matched]
    if decision.rule is not None and not world.is_stale:
        ids = [each.id for each in spoken if not each.id.startswith("status.")]
        assert ids[-1] == decision.rule
    assert spoken[0].id.startswith("recipient.")


deployed = st.builds(
    World,
    table=st.just("server"),
    account_status=st.sampled_from(["active", "active", *ACCOUNT_STATUSES[:-1]]),
    domain_status=st.sampled_from([None, "active", "active", *DOMAIN_STATUSES]),
    is_global_admin=RARELY,
    account_mail=MAIL,
    domain_mail=MAIL,
    alias_mail=MAIL,
    is_stale=RARELY,
    largest=SMALL,
    quota=SMALL,
    cap=SMALL,
    receive_over_quota=st.booleans(),
    over_quota=st.sampled_from([None, "reject", "defer"]),
    warning_percent=st.sampled_from([0, 50, 90, 100]),
    aggregate=SMALL,
    aggregate_policy=st.sampled_from([None, "allow", "block_send", "block_send_and_receive"]),
    aggregate_percent=st.sampled_from([0, 50, 80, 100]),
    has_warned=st.booleans(),
    forwards=st.lists(st.sampled_from(FORWARDS), unique=True, max_size=3).map(tuple),
    is_kept=st.booleans(),
)
"""What deployed servers can be told of the same."""

POLICIES = {
    None: None,
    "allow": "ALLOWSENDRECEIVE",
    "block_send": "BLOCKSEND",
    "block_send_and_receive": "BLOCKSENDRECEIVE",
}


@given(deployed, messages)
def test_mail_of_deployed_servers_fares_as_described(world: World, message: Message) -> None:
    directory = carbonio(
        ann=told(
            "zimbra", AccountStatus=world.account_status, MailStatus=world.account_mail,
            IsAdminAccount=world.is_global_admin, MailQuota=world.quota,
            MailAllowReceiveButNotSendWhenOverQuota=world.receive_over_quota,
            QuotaWarnPercent=world.warning_percent, PrefMailLocalDeliveryDisabled=not world.is_kept,
            PrefMailForwardingAddress=", ".join(world.forwards) or None,
        ),
        acme=told(
            "zimbra", DomainStatus=world.domain_status, MailStatus=world.domain_mail,
            MailDomainQuota=world.cap, DomainAggregateQuota=world.aggregate,
            DomainAggregateQuotaPolicy=POLICIES[world.aggregate_policy],
            DomainAggregateQuotaWarnPercent=world.aggregate_percent,
            DomainAggregateQuotaWarnEmailRecipient="bob@acme.example" if world.has_warned else None,
        ),
        alias=told("zimbra", MailStatus=world.alias_mail),
        config=told(
            "zimbra", MtaMaxMessageSize=world.largest,
            LmtpPermanentFailureWhenOverQuota=world.over_quota and world.over_quota == "reject",
        ),
    )  # fmt: skip
    decision = asked(stale(directory) if world.is_stale else directory, message)
    assert decided(decision) == outcome(world, message, ann=ANN)
