"""Who is told that a mailbox, or a domain, is filling up, and by which message."""

from __future__ import annotations

import pytest

from mailpolicy.decision import Decision
from tests.mail_directories import ACME, ANN, BOB, deliver, native, outcome, used

THOUSAND = "mpMailboxQuota: 1000"
RECEIVES = "mpReceiveOverQuota: TRUE"
FULL_FOR_NOW = "defer quota.mailbox"


def kinds(decision: Decision) -> list[str]:
    return [notice.kind for notice in decision.notices]


@pytest.mark.parametrize(
    ("percent", "holds", "size", "warned"),
    [
        (None, 899, 0, False),
        (None, 898, 1, False),
        (None, 899, 1, True),
        (None, 0, 1000, True),
        (None, 900, 1, False),
        (50, 499, 1, True),
        (50, 500, 100, False),
        (100, 999, 1, True),
        (0, 0, 1000, False),
    ],
)
def test_the_owner_is_warned_by_the_message_that_reaches_the_percentage(
    percent: int | None, holds: int, size: int, warned: bool
) -> None:
    lines = [THOUSAND, *([] if percent is None else [f"mpQuotaWarningPercent: {percent}"])]
    for to in (ANN, "a@acme.example"):
        decision = deliver(native(ann=lines), to, size=size, usage=used(holds))
        assert (outcome(decision), kinds(decision)) == ("accept", ["quota.warning"] * warned)
        for notice in decision.notices:
            assert (notice.recipients, notice.about) == ((ANN,), ANN)


def test_no_warning_for_mail_that_is_not_taken() -> None:
    decision = deliver(native(ann=[THOUSAND]), size=500, usage=used(600))
    assert (outcome(decision), decision.notices) == (FULL_FOR_NOW, ())


def test_mailboxes_that_receive_over_quota_are_warned_too() -> None:
    decision = deliver(native(ann=[THOUSAND, RECEIVES]), size=5000, usage=used(0))
    assert kinds(decision) == ["quota.warning"]


@pytest.mark.parametrize(
    ("percent", "holds", "size", "warned"),
    [
        (None, 799, 1, False),
        (None, 800, 0, False),
        (None, 800, 1, True),
        (None, 799, 2, True),
        (None, 801, 1, False),
        (50, 500, 1, True),
    ],
)
def test_those_named_for_it_are_warned_by_the_message_that_passes_the_percentage(
    percent: int | None, holds: int, size: int, warned: bool
) -> None:
    lines = ["mpAggregateQuota: 1000"]
    if percent is not None:
        lines.append(f"mpAggregateQuotaWarningPercent: {percent}")
    usage = used(None, holds)
    named = native(acme=[*lines, f"mpAggregateQuotaWarningRecipients: {BOB}"])
    decision = deliver(named, size=size, usage=usage)
    assert kinds(decision) == ["quota.domain_warning"] * warned
    for notice in decision.notices:
        assert (notice.recipients, notice.about) == ((BOB,), ACME)
    assert deliver(native(acme=lines), size=size, usage=usage).notices == ()
