"""What Postfix is told of a decision."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Header, Policy, Reply
from mailpolicy.decision.replies import REPLIES
from mailpolicy.errors import Ambiguous, Unavailable
from mailpolicy.mta.postfix.action import prepended, rendered
from tests.unit.mta.policy_requests import ACME, action, rule

Verdict = mp.Verdict


def said(opinion: mp.Opinion | Exception | None, *, utf8: bool = False, **options: Any) -> str:
    def judge(request: Any) -> mp.Opinion | None:
        if isinstance(opinion, Exception):
            raise opinion
        return opinion

    policy = Policy((rule(judge, **options),))
    return action(
        rendered(mp.decide(ACME, mp.Delivery("a@b.example", "c@d.example"), policy=policy), utf8=utf8)
    )


def saying(verdict: mp.Verdict, text: str = "why", reply: Reply | None = None, **more: Any) -> mp.Opinion:
    return mp.Opinion(verdict, text, reply, **more)


@pytest.mark.parametrize(
    ("opinion", "expected"),
    [
        (None, "DUNNO"),
        (saying(Verdict.ACCEPT), "DUNNO"),
        (saying(Verdict.ACCEPT, settles=True), "DUNNO"),
        (saying(Verdict.NO_OPINION, settles=True), "DUNNO"),
        (saying(Verdict.REJECT), "550 5.7.1 Refused by policy"),
        (saying(Verdict.REJECT, reply=Reply(554, "5.1.1", "No")), "554 5.1.1 No"),
        (saying(Verdict.DEFER, reply=Reply(452, "4.2.2", "Full")), "452 4.2.2 Full"),
        (saying(Verdict.CHALLENGE), "534 5.7.9 A second factor is needed"),
        (
            saying(Verdict.ASK_HUMAN),
            "450 4.7.1 Somebody has to look at this first, please try again later",
        ),
        (saying(Verdict.HOLD), "HOLD why"),
        (saying(Verdict.HOLD, ""), "HOLD by policy"),
        (saying(Verdict.DISCARD, " \n"), "DISCARD by policy"),
        (saying(Verdict.DISCARD), "DISCARD why"),
        (saying(Verdict.REDIRECT, redirect_to="Jane@acme.example"), "REDIRECT jane@acme.example"),
        # The connection would end
        (saying(Verdict.REJECT, reply=Reply(521, "5.7.1", "No")), "554 5.7.1 No"),
        (saying(Verdict.DEFER, reply=Reply(421, "4.7.1", "No")), "451 4.7.1 No"),
        # The verdict counts, whatever the reply says
        (saying(Verdict.REJECT, reply=Reply(250, "2.0.0", "Fine")), "550 5.0.0 Fine"),
        (saying(Verdict.DEFER, reply=Reply(550, "5.1.1", "No")), "450 4.1.1 No"),
        (saying(Verdict.REJECT, reply=Reply(450, "4.1.1", "No")), "550 5.1.1 No"),
        # Not for Postfix
        (saying(Verdict.REJECT, reply=Reply(550, "5.7.1\n\naction=OK", "No")), "550 5.7.1 No"),
        (saying(Verdict.REJECT, reply=Reply(550, "5.7.", "No")), "550 5.7.1 No"),
        # Unknown
        (
            Unavailable("gone"),
            "DEFER_IF_PERMIT 4.3.0 The directory cannot tell at the moment, please try again later",
        ),
        (
            Ambiguous("x@y.example", ("a", "b")),
            "DEFER_IF_PERMIT 4.1.4 The address belongs to more than one mailbox",
        ),
        (
            ZeroDivisionError("a fault of the rule"),
            "DEFER_IF_PERMIT 4.3.0 The directory cannot tell at the moment, please try again later",
        ),
    ],
)
def test_verdicts(opinion: mp.Opinion | Exception | None, expected: str) -> None:
    assert said(opinion) == expected


@pytest.mark.parametrize("to", ["nobody", "a b@c.example", '"a b"@c.example', "a@b.example\n\naction=OK"])
def test_redirects_to_nobody(to: str) -> None:
    assert said(saying(Verdict.REDIRECT, redirect_to=to)).startswith("DEFER_IF_PERMIT 4.3.0 ")


@pytest.mark.parametrize(
    ("mode", "verdict", "expected"),
    [
        ("warn", Verdict.REJECT, "WARN test.rule would reject: why"),
        ("warn", Verdict.HOLD, "WARN test.rule would hold: why"),
        ("warn", Verdict.NO_OPINION, "DUNNO"),
        ("warn", Verdict.ACCEPT, "DUNNO"),
        ("audit", Verdict.REJECT, "DUNNO"),
    ],
)
def test_rules_that_are_only_watched(mode: str, verdict: mp.Verdict, expected: str) -> None:
    assert said(saying(verdict), mode=mode) == expected


def test_a_warning_gives_way_to_a_refusal() -> None:
    policy = Policy(
        (
            rule(lambda request: saying(Verdict.REJECT, "watched"), mode="warn"),
            mp.Rule("b", lambda *_: saying(Verdict.REJECT, "said"), (mp.Delivery,), "", ""),
        )
    )
    decision = mp.decide(ACME, mp.Delivery("a@b.example", "c@d.example"), policy=policy)
    assert action(rendered(decision)) == "550 5.7.1 Refused by policy"


@pytest.mark.parametrize(
    ("text", "ascii_", "utf8"),
    [
        ("Zürich “mag” keine Post – nie", 'Zurich "mag" keine Post - nie', "Zürich “mag” keine Post – nie"),
        ("Große Straße", "Grosse Strasse", "Große Straße"),
        ("日本語の返事", "Refused by policy", "日本語の返事"),
        ("Costs 5 €, please", "Costs 5 ?, please", "Costs 5 €, please"),
        ("100% sure", "100% sure", "100% sure"),
    ],
)
def test_texts_beyond_ascii(text: str, ascii_: str, utf8: str) -> None:
    opinion = saying(Verdict.REJECT, reply=Reply(550, "5.7.1", text))
    assert said(opinion) == f"550 5.7.1 {ascii_}"
    assert said(opinion, utf8=True) == f"550 5.7.1 {utf8}"


def test_no_text_is_cut_within_a_character() -> None:
    opinion = saying(Verdict.REJECT, reply=Reply(550, "5.7.1", "ä€𝄞" * 1000))
    assert 300 < len(said(opinion, utf8=True).encode()) <= 450


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], "DUNNO"),
        ([Header("Sender", "jane@acme.example")], "PREPEND Sender: jane@acme.example"),
        ([Header("Sender", "a\r\nBcc: b")], "PREPEND Sender: a Bcc: b"),
        ([Header("Sender", " "), Header("X-Second", "2")], "PREPEND X-Second: 2"),
        ([Header("List-Id", "<all.x>"), Header("Sender", "a@x")], "PREPEND Sender: a@x"),
        ([Header("", "x")], "DUNNO"),
        ([Header("Not a name", "x")], "DUNNO"),
        ([Header("A:", "x")], "DUNNO"),
        ([Header("A\n", "x")], "DUNNO"),
    ],
)
def test_headers(headers: list[Header], expected: str) -> None:
    assert action(prepended(headers)) == expected


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_our_own_replies_are_said_as_they_are(name: str) -> None:
    reply = REPLIES[name]
    verdict = Verdict.REJECT if reply.is_permanent else Verdict.DEFER
    assert said(saying(verdict, reply=reply)) == str(reply)
