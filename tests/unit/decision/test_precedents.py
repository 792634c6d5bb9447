"""Requests like one that was decided are decided like it, and no others are."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve, fields

import mailpolicy as mp
from mailpolicy.decision import Counter, Policy, Usage, decide
from mailpolicy.decision.known import known_of
from tests.mail_directories import ALIAS, ANN, BOB, OUTSIDER, carbonio, native, used
from tests.precedents import DEPLOYED, KINDS, NATIVE, OUT, POLICIES, Told, Twins, with_site

JOHN = "john@acme.example"


class Asked:
    """A rule with nothing to say, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *_: Any) -> None:
        self.times += 1


def outcomes(directory: mp.Directory) -> int:
    return len(known_of(directory).outcomes)


def test_precedents_are_met() -> None:
    directory, asked = native(), Asked()
    policy = with_site(asked, heeds=lambda found, context: ())
    alike: tuple[Any, ...] = (
        mp.Delivery(OUTSIDER, ANN),
        mp.Delivery("somebody@customer.example", ANN, size=7, spam=False),
        mp.Delivery(OUTSIDER, f"a+x@{ANN.partition('@')[2]}", client="192.0.2.1"),
    )
    for number, request in enumerate(alike):
        decision = decide(directory, request, policy=policy)
        assert (decision.verdict, decision.request, outcomes(directory)) == ("accept", request, 1), number
    # By a name that was not asked for before nobody knows her: she has to be found first.
    assert asked.times == 2
    decide(directory, alike[-1], policy=policy)
    assert asked.times == 2
    for request in (
        mp.Delivery("x@elsewhere.example", ANN),
        mp.Delivery(OUTSIDER, f"a@{ALIAS}"),
        mp.Delivery(OUTSIDER, BOB),
        mp.Delivery(OUTSIDER, "x@nowhere.example"),
        mp.Submission(BOB, BOB, ANN),
        mp.Submission(BOB, BOB, "x@nowhere.example"),
        mp.Submission(ANN, ANN, "y@nowhere.example"),
    ):
        before = outcomes(directory)
        for _ in range(2):
            decide(directory, request, policy=policy)
        assert outcomes(directory) == before + 1, request
    assert asked.times == 9


def test_another_policy_and_another_table_have_precedents_of_their_own() -> None:
    request, directory = mp.Delivery(OUTSIDER, ANN), native(acme=["mpDomainStatus: suspended"])
    server = mp.Directory(directory.snapshot, "server")
    open_ = native()
    assert decide(open_, request).verdict == "accept"
    refusing = with_site(lambda *_: mp.Opinion("reject", "no"), heeds=lambda found, context: ())
    assert decide(open_, request, policy=refusing).verdict == "reject"
    assert known_of(directory) is not known_of(server)
    assert {str(decide(each, request).verdict) for each in (directory, server)} == {"defer"}


@pytest.mark.parametrize(
    "said",
    [
        mp.Opinion("reject", "no"),
        mp.Opinion("hold", "wait"),
        mp.Opinion("accept", "always", settles=True),
        "no opinion",
        KeyError("x"),
        mp.errors.Unavailable("x"),
    ],
    ids=str,
)
@pytest.mark.parametrize("on_unknown", ["defer", "pass", "reject"])
def test_what_has_words_to_it_is_judged_each_time(said: Any, on_unknown: str) -> None:
    def judge(*_: Any) -> Any:
        asked.times += 1
        if isinstance(said, Exception):
            raise said
        return said

    if on_unknown == "pass" and isinstance(said, mp.errors.Unavailable):
        return  # then there are none
    asked, directory = Asked(), native()
    policy = with_site(judge, heeds=lambda found, context: (), on_unknown=on_unknown)
    first, second = (decide(directory, mp.Delivery(OUTSIDER, ANN), policy=policy) for _ in range(2))
    assert (asked.times, outcomes(directory)) == (2, 0)
    assert (first.verdict, first.errors) == (second.verdict, second.errors)


def test_no_name_is_kept_that_is_longer_than_an_address() -> None:
    """Whoever asks may write as much as a request holds, and each time something else."""
    directory = native()
    for length, is_kept in (254, True), (255, False), (60_000, False):
        name = f"@{ANN.partition('@')[2]}".rjust(length, "x")
        for _ in range(3):
            assert decide(directory, mp.Delivery(OUTSIDER, name)).verdict is mp.Verdict.REJECT
        known = known_of(directory)
        assert known.is_absent("find", name) is is_kept
        assert any(name in names for names in known.strangers.values()) is is_kept


def test_a_rule_that_says_nothing_of_what_it_heeds_is_asked_each_time() -> None:
    asked, directory = Asked(), native()
    for _ in range(3):
        decide(directory, mp.Delivery(OUTSIDER, ANN), policy=with_site(asked))
    assert (asked.times, outcomes(directory)) == (3, 0)


def test_a_rule_that_cannot_say_what_it_heeds_is_asked_each_time() -> None:
    def heeds(found: object, context: object) -> Any:
        raise KeyError("x")

    asked, directory = Asked(), native()
    for _ in range(2):
        assert decide(directory, mp.Delivery(OUTSIDER, ANN), policy=with_site(asked, heeds=heeds))
    assert (asked.times, outcomes(directory)) == (2, 0)


def failing(request: Any, used: Any) -> Any:
    raise KeyError("x")


@pytest.mark.parametrize("heeded", [(failing,), failing, None, (lambda request, used: [],), ([],)])
def test_what_is_heeded_in_vain_leaves_the_rule_to_be_asked(heeded: Any) -> None:
    asked, directory = Asked(), native()
    policy = with_site(asked, heeds=lambda found, context: heeded)
    for _ in range(2):
        assert decide(directory, mp.Delivery(OUTSIDER, ANN), policy=policy).verdict == "accept"
    assert (asked.times, outcomes(directory)) == (2, 0)


def test_who_logs_in_is_not_nobody() -> None:
    def refuses(*_: Any) -> mp.Opinion:
        return mp.Opinion("reject", "no")

    def is_nobody(found: object, context: object) -> bool:
        return found is None

    rule = mp.Rule("site.rule", refuses, (mp.Login,), "says", "otherwise", whose="login", idle=is_nobody)
    directory, policy = native(), Policy((rule,))
    verdicts = [
        str(decide(directory, mp.Login(who), policy=policy).verdict)
        for who in ("nobody@acme.example", "nobody@acme.example", ANN)
    ]
    assert verdicts == ["no_opinion", "no_opinion", "reject"]


def test_a_bare_user_name_is_that_of_the_usual_domain() -> None:
    def asks(request: Any, directory: Any, context: Any) -> None:
        """Looks for a bare name as if it were an address, which nobody has."""
        assert context.having("ann") is None

    receives = ["zimbraMailQuota: 10", "zimbraMailAllowReceiveButNotSendWhenOverQuota: TRUE"]
    directory = carbonio(receives, config=["zimbraDefaultDomainName: acme.example"])
    policy = with_site(asks, heeds=lambda found, context: ()).without("sender.account")
    mail = mp.Submission("ann", ANN, OUTSIDER)
    decide(directory, evolve(mail, login="gone@acme.example"), policy=policy)
    assert [decide(directory, mail, policy=policy).verdict for _ in range(2)] == ["accept", "accept"]
    assert decide(directory, mail, usage=used(11), policy=policy).rule == "quota.sender"


def test_whoever_looks_at_the_clock_is_asked_each_time() -> None:
    def judge(request: Any, directory: Any, context: Any) -> None:
        asked.times += 1
        if request.size:
            assert context.at

    asked, directory = Asked(), native()
    policy = with_site(judge, heeds=lambda found, context: (lambda request, used: bool(request.size),))
    for size in (1, 1, 0, 0):
        decide(directory, mp.Delivery(OUTSIDER, ANN, size=size), policy=policy)
    assert (asked.times, outcomes(directory)) == (3, 1)


def test_who_receives_over_quota_is_warned_all_the_same() -> None:
    over = native(ann=["mpMailboxQuota: 1000", "mpQuotaWarningPercent: 50", "mpReceiveOverQuota: TRUE"])
    for holds, size, warned in ((2000, 10, 0), (400, 700, 1), (2000, 10, 0), (400, 101, 1), (600, 700, 0)):
        mail = mp.Delivery(OUTSIDER, ANN, size=size)
        assert len(decide(over, mail, usage=used(holds)).notices) == warned, (holds, size)


def test_what_would_fit_into_an_empty_mailbox_is_not_like_what_would_not() -> None:
    limited = native(ann=["mpMailboxQuota: 1000"])
    for size, verdict in ((1, "accept"), (1000, "accept"), (1001, "defer"), (2, "accept"), (5000, "defer")):
        decision = decide(limited, mp.Delivery(OUTSIDER, ANN, size=size), usage=Usage())
        assert (str(decision.verdict), outcomes(limited)) == (verdict, 1), size


@pytest.mark.parametrize("known", [10, 8])
def test_a_count_that_is_let_pass_unknown_is_not_one_that_is_too_high(known: int) -> None:
    limited = native(ann=["mpMaxMessagesPerDay: 10", "mpMaxMessagesPerMinute: 5"])
    policy = mp.DEFAULT_POLICY.with_on_unknown({"limits.messages": "pass"})
    mail, day = mp.Submission(ANN, ANN, OUTSIDER), Counter("messages", ANN, 86400)
    minute = Counter("messages", ANN, 60)
    for _ in range(2):
        assert decide(limited, mail, usage=Usage(), policy=policy).charges == ()
        assert decide(limited, mail, usage=Usage({day: 8}), policy=policy).charges == ()
    decision = decide(limited, mail, usage=Usage({day: known}), policy=policy)
    assert decision.verdict == ("defer" if known == 10 else "accept")
    assert len(decide(limited, mail, usage=Usage({day: 8, minute: 0}), policy=policy).notices) == 1


def test_whether_anybody_has_logged_in_is_heeded_of_nobody() -> None:
    unproved = native(globex=["mpOwnershipRequired: TRUE"])
    policy = mp.DEFAULT_POLICY.without("sender.account", "sender.login_needed", "list.posting")
    post = mp.Post("all@acme.example", "x@globex.example")
    assert [decide(unproved, post, policy=policy).rule for _ in range(2)] == [None, None]
    gone = evolve(post, login="gone@acme.example")
    # Twice: the second time it is known that there is nobody of that name.
    assert [decide(unproved, gone, policy=policy).rule for _ in range(2)] == ["sender.domain"] * 2


SOME: tuple[Any, ...] = (
    mp.Delivery(OUT, JOHN),
    mp.Delivery(OUT, "over@acme.example", size=6),
    mp.Delivery("x@hooli.example", "away+x@acme.example", spam=True),
    mp.Delivery("", "out@acme.example", size=4),
    mp.Delivery(OUT, "x@nowhere.example"),
    mp.Delivery(OUT, "postmaster"),
    mp.Delivery(OUT, "no address"),
    mp.Delivery(OUT, "x@[192.0.2.1]"),
    mp.Delivery(OUT, "x%nowhere.example@nowhere.example"),
    mp.Delivery(OUT, "x%acme.example@nowhere.example"),
    mp.Delivery(OUT, "x@other-fine.example"),
    mp.Delivery(OUT, '"@x:many"@other-fine.example'),
    mp.Delivery(OUT, ""),
    mp.Delivery("", "fwd@acme.example", size=1),
    mp.Submission(JOHN, JOHN, "small@acme.example", size=4),
    mp.Submission("minute@acme.example", "boss@acme.example", OUT),
    mp.Submission("hour@acme.example", "hour@acme.example", OUT),
    mp.Submission("daily@acme.example", "daily@acme.example", OUT, recipients=3),
    mp.Submission("shared@pool.example", "shared@pool.example", "x@hooli.example", size=1),
    mp.Submission("gone@acme.example", "sol@soylent.example", OUT),
    mp.Submission("", "sol@soylent.example", OUT),
    mp.Submission("nobody@acme.example", OUT, "to-domain@acme.example"),
    mp.Post("to-everyone@acme.example", OUT),
    mp.Post("to-everyone@acme.example", "sol@soylent.example"),
    mp.Post("to-everyone@acme.example", "sol@soylent.example", login="nobody@acme.example"),
    *(
        mp.Post("to-members@acme.example", "", login=login)
        for login in (OUT, "", "x@nowhere.example", "small@acme.example", JOHN)
    ),
)
TELLING = (Told(), Told(None, None), Told(9, 9), Told(4, None, KINDS[3]), Told(2, 2))


@pytest.mark.parametrize("directory", [NATIVE, DEPLOYED], ids=["native", "deployed"])
def test_any_policy_has_precedents_that_hold(directory: mp.Directory) -> None:
    met = 0
    for policy in POLICIES:
        twins = Twins(directory, policy)
        for number, told in enumerate((*TELLING, *TELLING[:3])):
            for request in SOME:
                twins.decide(request, told=told, glances=bool(number % 2))
        met += bool(twins.precedents)
    assert met > len(POLICIES) / 2


EXCHANGED: dict[str, tuple[Any, ...]] = {
    "sender": (OUT, "", "x@customer.example", JOHN, "sol@soylent.example", "x@hooli.example"),
    "login": (JOHN, "nobody@acme.example", "x@nowhere.example", "", "atonce@acme.example"),
    "header_from": ("", "sol@soylent.example", JOHN),
    "recipients": (1, 5),
    "size": (0, 1, 4, 11),
    "spam": (False, True),
}
ALONE = [rule for rule in mp.DEFAULT_POLICY.rules if rule.heeds is not None]


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.id)
def test_what_a_rule_heeds_is_enough_for_itself(rule: mp.Rule) -> None:
    """Others, which heed more of the same people, may be left out by a site."""
    requests = [
        evolve(request, **{name: value})
        for request in SOME
        for name, values in EXCHANGED.items()
        if name in {each.name for each in fields(type(request))}
        for value in values
    ]
    twins = Twins(NATIVE, Policy((rule,)))
    for told in TELLING if rule.counters else TELLING[:1]:
        for request in (*requests, *reversed(requests)):
            twins.decide(request, told=told)
    assert twins.precedents > 2


def test_requests_of_a_type_without_rules_are_alike() -> None:
    twins = Twins(NATIVE, Policy(()))
    for request in SOME:
        twins.decide(request)
    assert twins.precedents == 1


def test_of_policies_that_are_gone_little_is_kept() -> None:
    """Each reload makes another one, and a directory may stay as it is for months."""
    directory = native()
    for _ in range(200):
        policy = mp.DEFAULT_POLICY.without("recipient.size")
        for recipient in (ANN, "nobody@customer.example"):
            decide(directory, mp.Delivery(OUTSIDER, recipient), policy=policy)
    known = known_of(directory)
    assert 0 < len(known.parties) < 100
    assert 0 < len(known.strangers) < 100
    assert 0 < len(vars(known.by["find"][ANN])["_regards"]) < 100
