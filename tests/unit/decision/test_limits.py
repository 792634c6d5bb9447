"""How much may be sent: several limits at once, warnings before, and what is charged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.counters.memory import MemoryCounters
from mailpolicy.decision import Charge, Counter, Decision, Usage, Verdict, counters_for
from mailpolicy.decision.table import DEFAULT_POLICY
from mailpolicy.model import Directory
from mailpolicy.mta.desk import Desk
from mailpolicy.values import Size
from tests.small_directories import NATIVE

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANN = "ann@acme.example"
RULES = [rule.id for rule in DEFAULT_POLICY.rules]
POLICY = DEFAULT_POLICY.without(*(id for id in RULES if not id.startswith("limits.")))
"""Nothing but limits, whatever other rules think of these senders."""

SETTINGS = {
    "minute": "mpMaxMessagesPerMinute",
    "hour": "mpMaxMessagesPerHour",
    "day": "mpMaxMessagesPerDay",
    "at_once": "mpMaxRecipientsPerMessage",
    "recipients": "mpMaxRecipientsPerDay",
    "bytes": "mpMaxBytesPerDay",
    "percent": "mpSendingWarningPercent",
    "pool": "mpDomainMaxMessagesPerDay",
    "pool_recipients": "mpDomainMaxRecipientsPerDay",
}
ON_THE_DOMAIN = {"pool", "pool_recipients"}

MINUTE, HOUR, DAY = (Counter("messages", ANN, window) for window in (60, 3600, 86400))
RECIPIENTS = Counter("recipients", ANN, 86400)
SENT = Counter("bytes", ANN, 86400)
POOL = Counter("messages", "acme.example", 86400)
POOL_RECIPIENTS = Counter("recipients", "acme.example", 86400)


@pytest.fixture
def limited(tmp_path: Path) -> object:
    def make(**limits: object) -> Directory:
        text = NATIVE
        for name, value in limits.items():
            line = f"{SETTINGS[name]}: {value}\n"
            before = "associatedDomain: acme.example\n" if name in ON_THE_DOMAIN else f"mail: {ANN}\n"
            text = text.replace(before, before + line)
        file = tmp_path / "limited.ldif"
        file.write_text(text)
        return mp.open(file)

    return make


def mail(recipients: int = 1, size: int = 0, login: str = ANN) -> mp.Submission:
    return mp.Submission(login, ANN, "wile.e@customer.example", recipients=recipients, size=size)


def decided(acme: Directory, request: mp.Submission, used: dict[Counter, int], **more: object) -> Decision:
    policy = more.pop("policy", POLICY)
    usage = Usage({**dict.fromkeys(counters_for(acme, request, at=AT, policy=policy), 0), **used})
    return mp.decide(acme, request, at=AT, usage=usage, policy=policy)


@pytest.mark.parametrize(
    ("limit", "counter", "request_", "amount"),
    [
        ("minute", MINUTE, mail(3, 100), 1),
        ("hour", HOUR, mail(3, 100), 1),
        ("day", DAY, mail(3, 100), 1),
        ("recipients", RECIPIENTS, mail(3, 100), 3),
        ("bytes", SENT, mail(3, 100), 100),
        ("pool", POOL, mail(3, 100), 1),
        ("pool_recipients", POOL_RECIPIENTS, mail(3, 100), 3),
    ],
)
def test_up_to_a_limit_and_no_further(limited, limit, counter, request_, amount) -> None:
    acme = limited(**{limit: 1000})
    assert counters_for(acme, request_, at=AT, policy=POLICY) == (counter,)
    accepted = decided(acme, request_, {counter: 1000 - amount})
    assert accepted.verdict is Verdict.NO_OPINION
    assert Charge(counter, amount, 1000) in accepted.charges
    refused = decided(acme, request_, {counter: 1001 - amount})
    assert str(refused.reply).startswith("450 4.7.1")
    assert refused.charges == ()
    reason = next(each for each in refused.reasons if each.id == refused.rule)
    assert counter.of in reason.text
    assert "1000" in reason.text or str(Size(1000)) in reason.text
    assert [origin.attribute for origin in reason.origins if origin.raw] == [SETTINGS[limit]]


@pytest.mark.parametrize(("recipients", "refused"), [(1, False), (5, False), (6, True)])
def test_recipients_of_one_message(limited, recipients: int, refused: bool) -> None:
    decision = decided(limited(at_once=5), mail(recipients), {})
    assert decision.is_refused is refused
    if refused:
        assert str(decision.reply).startswith("452 4.5.3")


def test_without_limits_only_messages_of_a_day_are_counted(limited) -> None:
    acme = limited()
    assert counters_for(acme, mail(), at=AT, policy=POLICY) == ()
    decision = decided(acme, mail(7, 10**9), {})
    assert decision.charges == (Charge(DAY, 1),)
    assert [each.text for each in decision.reasons if each.matched] == ["counted, without a limit"]


def test_a_limit_of_a_minute_leaves_the_day_counted_without_one(limited) -> None:
    decision = decided(limited(minute=3), mail(), {})
    assert decision.charges == (Charge(MINUTE, 1, 3), Charge(DAY, 1))


def test_0_bytes_is_no_limit(limited) -> None:
    assert counters_for(limited(bytes=0), mail(), at=AT, policy=POLICY) == ()


def test_several_windows_at_once(limited) -> None:
    acme = limited(minute=2, hour=10, day=50, recipients=100, bytes="1 MiB", pool=1000)
    used = {MINUTE: 1, HOUR: 9, DAY: 49, RECIPIENTS: 97, SENT: 2**20 - 5, POOL: 999}
    assert not decided(acme, mail(3, 5), used).is_refused
    for counter in used:
        decision = decided(acme, mail(3, 5), {**used, counter: used[counter] + 1})
        assert decision.is_refused, counter


def test_by_an_alias_the_same_account_counts(limited) -> None:
    acme = limited(minute=2)
    assert counters_for(acme, mail(login="A@acme.example"), at=AT, policy=POLICY) == (MINUTE,)


def test_a_login_that_nobody_knows_has_no_limits(limited) -> None:
    assert decided(limited(minute=2), mail(login="nobody@elsewhere.example"), {}).charges == ()


@pytest.mark.parametrize(
    ("used", "warns"), [(7, False), (8, True), (9, False)], ids=["before", "crossing", "after"]
)
def test_a_warning_when_it_is_crossed(limited, used: int, warns: bool) -> None:
    decision = decided(limited(hour=10), mail(), {HOUR: used})
    assert not decision.is_refused
    assert [each.kind for each in decision.notices] == (["limits.warning"] if warns else [])
    if warns:
        (notice,) = decision.notices
        assert (notice.recipients, notice.about) == ((ANN,), ANN)
        assert "9 of 10 messages in an hour" in notice.text


@pytest.mark.parametrize(
    ("percent", "limit", "warned_with"), [(0, 10, None), (100, 10, 10), (50, 5, 3), (90, 5, 5), (1, 5, 1)]
)
def test_the_warning_is_rounded_up(limited, percent: int, limit: int, warned_with: int | None) -> None:
    acme = limited(hour=limit, percent=percent)
    warned = [used + 1 for used in range(limit) if decided(acme, mail(), {HOUR: used}).notices]
    assert warned == ([] if warned_with is None else [warned_with])


def test_a_step_over_the_whole_warning_warns(limited) -> None:
    assert decided(limited(recipients=100), mail(100), {RECIPIENTS: 0}).notices


def test_what_is_not_known_is_no_no_and_no_yes(limited) -> None:
    acme = limited(hour=10, day=50)
    decision = mp.decide(acme, mail(), at=AT, usage=Usage({HOUR: 3}), policy=POLICY)
    assert decision.verdict is Verdict.DEFER
    assert str(decision.reply).startswith("451")
    assert str(DAY) in decision.unknown
    # One limit that is surely passed is enough.
    for passed in ({HOUR: 10}, {DAY: 50}):
        sure = mp.decide(acme, mail(), at=AT, usage=Usage(passed), policy=POLICY)
        assert sure.rule == "limits.messages"
        assert str(sure.reply).startswith("450")
    passing = POLICY.with_on_unknown({"limits.messages": "pass"})
    assert not mp.decide(acme, mail(), at=AT, usage=Usage(), policy=passing).is_refused


def test_a_rule_that_is_only_watched_counts_without_a_limit(limited) -> None:
    acme = limited(hour=10)
    watching = POLICY.with_modes({"limits.messages": "audit"})
    decision = decided(acme, mail(), {HOUR: 10}, policy=watching)
    assert decision.verdict is Verdict.NO_OPINION
    assert [each.verdict for each in decision.observed] == [Verdict.DEFER]
    assert decision.charges == (Charge(HOUR, 1), Charge(DAY, 1))


@pytest.mark.parametrize("size", [-5, 0, 10**30])
def test_odd_sizes_are_no_fault_of_ours(limited, size: int) -> None:
    decision = decided(limited(bytes=1000), mail(1, size), {SENT: 10**25})
    assert decision.rule == "limits.bytes"
    assert decision.reasons
    assert not decision.errors


def test_the_same_with_and_without_a_trail(limited) -> None:
    decision = decided(limited(minute=3, bytes=10, pool=5), mail(2, 4), {})
    texts = [each.text for each in decision.reasons if each.matched]
    assert texts == [
        f"{ANN}: 0 of 3 messages in a minute",
        f"{ANN}: 0 B of 10 B in 24 hours",
        "acme.example: 0 of 5 messages in 24 hours",
    ]


def test_limits_follow_the_directory(limited) -> None:
    assert decided(limited(hour=10), mail(), {HOUR: 10}).is_refused
    assert not decided(limited(hour=11), mail(), {HOUR: 10}).is_refused


class Mail:
    """A message on its way through the desk, one recipient after the other."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name, self.recipients = desk, name, 0

    def rcpt(self) -> Decision:
        said: list[Decision] = []
        self.desk.ask(mail(self.recipients + 1), said.append, adapter="test", message=self.name)
        if not said[0].is_refused:
            self.recipients += 1
        return said[0]


def test_at_the_desk_rejected_mail_does_not_count(limited) -> None:
    acme, clock = limited(recipients=5, minute=3), [1_700_000_000.0]
    desk = Desk(acme, MemoryCounters(), POLICY, clock=lambda: clock[0])
    first = Mail(desk, "first")
    assert [first.rcpt().is_refused for _ in range(6)] == [False] * 5 + [True]
    second = Mail(desk, "second")
    assert second.rcpt().is_refused  # the first is on its way
    desk.release("first")
    assert not second.rcpt().is_refused
    assert not second.rcpt().is_refused
    desk.settle("second")
    assert [Mail(desk, str(each)).rcpt().is_refused for each in range(3)] == [False, False, True]
    clock[0] += 601  # nobody has said what became of them
    assert not Mail(desk, "late").rcpt().is_refused
