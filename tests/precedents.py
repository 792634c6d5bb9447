"""Directories in which all that rules heed makes a difference, and decisions by them that are made twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

import mailpolicy as mp
from mailpolicy.decision import Charge, Counter, Policy, Question, Usage, counters_for
from mailpolicy.decision.context import Context
from mailpolicy.decision.known import known_of
from mailpolicy.decision.policy import Judge
from mailpolicy.decision.selection import Look
from tests.mail_directories import id_of
from tests.small_directories import record

OUT = "wile.e@customer.example"
BEFORE, AFTER = datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 3, 1, 13, tzinfo=UTC)
"""A lockout ends in between."""
ACME = "acme.example"
LIMITS = ["mpSendingWarningPercent: 60", "mpMaxMessageSize: 3"]
BOX = ["mpMailboxQuota: 10", "mpQuotaWarningPercent: 50"]
STATES = {
    "suspended": ["mpDomainStatus: suspended"],
    "closed": ["mpDomainStatus: closed"],
    "unknown": ["mpMailStatus: disabled"],
    "unproved": ["mpOwnershipRequired: TRUE"],
    "fine": [],
}
MANY = [f"mpAliases: many@other-{state}.example" for state in STATES]
PEOPLE = {
    "small": ["mpMaxMessageSize: 3"],
    "full": BOX,
    "over": [*BOX, "mpReceiveOverQuota: TRUE"],
    "minute": [*LIMITS, "mpMaxMessagesPerMinute: 3"],
    "hour": [*LIMITS, "mpMaxMessagesPerHour: 3", "mpMaxMessagesPerMinute: 9", "mpMaxMessagesPerDay: 9"],
    "daily": [*LIMITS, "mpMaxRecipientsPerDay: 8", "mpMaxRecipientsPerMessage: 4"],
    "atonce": ["mpMaxRecipientsPerMessage: 4"],
    "many": MANY,
    "fwd": ["mpForwardingAddresses: fwd@home.example", *BOX],
    "away": ["mpForwardingAddresses: away@home.example", "mpLocalDeliveryEnabled: FALSE", *BOX],
    "bytes": ["mpMaxBytesPerDay: 8"],
    "answer": ["mpAutoReplyEnabled: TRUE", "mpAutoReplyText: I am away"],
    "deaf": ["mpRejectAll: TRUE"],
    "all": ["mpCatchAllAddresses: @other-fine.example"],
    "junk": ["mpSpamToInbox: TRUE"],
    "boss": ["mpGrants: john@acme.example usr sendAs", "mpGrants: minute@acme.example usr sendOnBehalfOf"],
    "out": [
        "mpGrants: john@acme.example usr sendAs", "mpAccountStatus: lockout",
        "mpLockoutStartedAt: 20250301113000Z",
    ],
    "gone": ["mpGrants: john@acme.example usr sendAs", "mpAccountStatus: closed"],
}  # fmt: skip
POSTING = ("everyone", "authenticated", "domain", "members", "owners", "granted", "nobody")


def mp_domain(name: str, *lines: str) -> str:
    return record(f"dc={name},o=mail", "domain mpDomain", f"dc: {name}", f"associatedDomain: {name}", *lines)


def person(uid: str, lines: Iterable[str], domain: str = ACME) -> str:
    return record(
        f"uid={uid},dc={domain},o=mail", "inetOrgPerson mpAccount", f"uid: {uid}", f"cn: {uid}",
        f"sn: {uid}", f"mail: {uid}@{domain}", *lines,
    )  # fmt: skip


def native() -> Iterator[str]:
    text = Path("ldif/examples/acme.ldif").read_text("utf-8")
    # What goes by the space that is left in a domain is judged each time.
    yield re.sub("^mpAggregateQuota.*\n", "", text, flags=re.MULTILINE)
    yield mp_domain(
        "crowd.example", "mpAggregateQuota: 10", "mpAggregateQuotaWarningPercent: 50",
        "mpAggregateQuotaWarningRecipients: jane@acme.example",
    )  # fmt: skip
    yield mp_domain("block.example", "mpAggregateQuota: 10", "mpAggregateQuotaPolicy: block_send_and_receive")
    yield person("two", (), "block.example")
    yield person("one", (), "crowd.example")
    yield mp_domain("postmaster", "mpDomainStatus: active")
    yield person("post", (), "postmaster")
    yield mp_domain("pool.example", "mpDomainMaxMessagesPerDay: 6", "mpDomainMaxRecipientsPerDay: 9")
    yield person("shared", ["mpSendingWarningPercent: 60"], "pool.example")
    for state, lines in STATES.items():
        alias = ("mpDomainKind: alias", f"mpAliasTarget: dc={ACME},o=mail")
        yield mp_domain(f"alias-{state}.example", *alias, *lines)
        yield mp_domain(f"other-{state}.example", *lines)
    for uid, lines in PEOPLE.items():
        yield person(uid, lines)
    for policy in POSTING:
        yield record(
            f"cn={policy},dc={ACME},o=mail", "groupOfURLs mpList", f"cn: {policy}",
            f"mail: to-{policy}@{ACME}", f"mpPostingPolicy: {policy}",
            "mpMemberAddresses: small@acme.example", "mpMemberAddresses: wile.e@customer.example",
            "mpGrants: minute@acme.example usr ownDistList", "mpGrants: john@acme.example usr sendAsDistList",
            "mpGrants: full@acme.example usr sendToDistList",
        )  # fmt: skip


def deployed() -> Iterator[str]:
    text = Path("ldif/examples/carbonio.ldif").read_text("utf-8")
    john = "83a3db40-3a30-50e5-8be1-794747d287c0"
    yield text
    box = ["zimbraMailQuota: 10", "zimbraQuotaWarnPercent: 50"]
    copies = ["zimbraPrefMailForwardingAddress: f@home.example"]
    people = {
        "full": box,
        "over": [*box, "zimbraMailAllowReceiveButNotSendWhenOverQuota: TRUE"],
        "fwd": [*box, *copies],
        "away": [*box, *copies, "zimbraPrefMailLocalDeliveryDisabled: TRUE"],
        "boss": [f"zimbraACE: {john} usr sendAs", "zimbraMailAlias: boss@globex.example"],
        "out": [
            f"zimbraACE: {john} usr sendAs", "zimbraAccountStatus: lockout",
            "zimbraPasswordLockoutLockedTime: 20250301113000.000Z",
        ],
        "any": ["zimbraAllowAnyFromAddress: TRUE"],
        "lent": ["zimbraAllowFromAddress: wile.e@customer.example"],
    }  # fmt: skip
    for uid, lines in people.items():
        status = () if uid == "out" else ("zimbraAccountStatus: active",)
        yield record(
            f"uid={uid},ou=people,dc=acme,dc=example", "inetOrgPerson zimbraAccount", f"uid: {uid}",
            f"cn: {uid}", f"sn: {uid}", f"zimbraMailDeliveryAddress: {uid}@{ACME}", f"zimbraId: {id_of(uid)}",
            f"mail: {uid}@{ACME}", "zimbraMailStatus: enabled", *status, *lines,
        )  # fmt: skip


NATIVE = mp.loads("\n".join(native()).encode(), dialect="native")
DEPLOYED = mp.loads("\n".join(deployed()).encode(), dialect="carbonio")


@frozen
class Told:
    """What counts are told: all the same but those of one kind."""

    usual: int | None = 0
    other: int | None = 0
    kind: tuple[str, int] = ("", 0)

    def of(self, counter: Counter) -> int | None:
        return self.other if (counter.what, counter.window) == self.kind else self.usual


KINDS = (
    ("mailbox", 0), ("messages", 60), ("messages", 3600), ("messages", 86400), ("recipients", 86400),
    ("bytes", 86400), ("aggregate", 0), ("replied", 604800),
)  # fmt: skip
NOTHING = Told()

PARTS = (
    "verdict", "reply", "rule", "charges", "effects", "notices", "observed", "errors", "said", "unknown",
)  # fmt: skip


def anew(policy: Policy) -> Policy:
    """The same policy, and every rule is asked each time."""
    return evolve(policy, rules=[evolve(rule, idle=None, heeds=None) for rule in policy.rules])


def forgetful(directory: mp.Directory) -> mp.Directory:
    """The same, and nothing was decided by it yet."""
    return mp.Directory(evolve(directory.snapshot, memory={}, followers={}), directory.statuses)


class Twins:
    """Decisions by one directory, each compared with one that goes by no other."""

    def __init__(self, directory: mp.Directory, policy: Policy = mp.DEFAULT_POLICY) -> None:
        self.directory, self.other = forgetful(directory), directory
        self.policy, self.slow = policy, anew(policy)

    @property
    def precedents(self) -> int:
        """How many requests others are decided like."""
        return len(known_of(self.directory).outcomes)

    def decide(self, request: Any, at: datetime = AFTER, told: Told = NOTHING, glances: bool = False) -> None:
        wanted = counters_for(self.other, request, at=at, policy=self.slow)
        counts = {each: count for each in wanted if (count := told.of(each)) is not None}
        slow = mp.decide(self.other, request, at=at, usage=Usage(counts), policy=self.slow)
        question = Question(self.directory, request, at, self.policy)
        seen: dict[Counter, int] = {}

        def glance(counter: Counter) -> int | None:
            count = counts.get(counter)
            if count is not None:
                seen[counter] = count
            return count

        quick = question.decided(Usage(), glance) if glances else question.decided(Usage(counts))
        for part in PARTS:
            assert getattr(quick, part) == getattr(slow, part), (part, request, at, told)
        assert quick.usage.counts == (seen if glances else counts)
        assert (quick.request, quick.at) == (request, at)


def raising(request: Any, directory: mp.Directory, context: Context) -> mp.Opinion | None:
    if request.size == 4:
        raise KeyError("four")
    return None


def closed_at_noon(request: Any, directory: mp.Directory, context: Context) -> mp.Opinion | None:
    if request.sender != OUT:
        return None  # without a look at the clock
    return mp.Opinion(mp.Verdict.REJECT, "not now") if context.at == BEFORE else None


def small(request: Any, directory: mp.Directory, context: Context) -> mp.Opinion | None:
    charges = (Charge(Counter("messages", "site", 60), 1),) if request.size > 3 else ()
    return mp.Opinion(mp.Verdict.ACCEPT, "it is not large", charges=charges)


SITE = Counter("messages", "site", 60)


def limited(request: Any, directory: mp.Directory, context: Context) -> mp.Opinion | None:
    return mp.Opinion(mp.Verdict.ACCEPT, "one more", charges=(Charge(SITE, 1, 5),))  # whatever is used


def counting(request: Any, directory: mp.Directory, context: Context) -> tuple[Counter, ...]:
    return (SITE,)


def heeding_nothing(found: object, context: Context) -> tuple[Look, ...]:
    return ()


def heeding_size(found: object, context: Context) -> tuple[Look, ...]:
    return (lambda request, used: request.size > 3,)


def heeding_size_and_sender(found: object, context: Context) -> tuple[Look, ...]:
    return (lambda request, used: (request.size == 4, request.sender),)


def with_site(judge: Judge, **more: Any) -> Policy:
    rule = mp.Rule("site.rule", judge, (mp.Delivery, mp.Submission, mp.Post), "says", "otherwise", **more)
    return mp.DEFAULT_POLICY.with_rules(rule)


SITES = (
    with_site(small),
    with_site(small, heeds=heeding_size),
    with_site(small, heeds=heeding_size, whose="login", mode="warn"),
    with_site(limited, heeds=heeding_nothing, counters=counting),
    with_site(limited, heeds=heeding_nothing, counters=counting, whose="login", mode="audit"),
    with_site(closed_at_noon, heeds=heeding_size_and_sender),
    with_site(closed_at_noon, heeds=heeding_size_and_sender, whose="login", mode="audit"),
    with_site(raising, heeds=heeding_size_and_sender),
    with_site(raising, heeds=heeding_size_and_sender, on_unknown="pass"),
)
MAIL = [rule.id for rule in mp.DEFAULT_POLICY.rules if {mp.Delivery, mp.Submission, mp.Post} & {*rule.about}]
PASSING = mp.DEFAULT_POLICY.with_on_unknown(dict.fromkeys(MAIL, "pass"))
POLICIES = (
    mp.DEFAULT_POLICY,
    PASSING,
    *SITES,
    *(mp.DEFAULT_POLICY.with_modes({id: ("warn", "audit")[odd % 2]}) for odd, id in enumerate(MAIL)),
    *(mp.DEFAULT_POLICY.without(id) for id in MAIL),
    mp.DEFAULT_POLICY.without("sender.account", "sender.login_needed"),
)
