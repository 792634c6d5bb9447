"""Whatever is decided, in whatever words: Postfix is told one action that cannot be taken for another."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.decision import Header, Mode, Policy, Reply, Rule
from mailpolicy.errors import Unavailable
from mailpolicy.mta.postfix.action import prepended, rendered

ACME = mp.open("ldif/examples/acme.ldif")
ASKED = mp.Delivery("a@b.example", "c@d.example")

ACTIONS = re.compile(
    r"DUNNO|(?:WARN|HOLD|DISCARD) \S.*|REDIRECT \S+@\S+|DEFER_IF_PERMIT 4\.\d{1,3}\.\d{1,3} \S.*"
    r"|(?P<digit>[45])(?!21)\d\d (?P=digit)\.\d{1,3}\.\d{1,3} \S.*"
)
PREPENDED = re.compile(r"DUNNO|PREPEND [!-9;-~]+: \S.*")

odd = st.one_of(
    st.text(),
    st.text(st.characters()),  # lone surrogates, too
    st.text("\r\n\0\t\x7f\x85\u2028 a"),
    st.text("ä€𝄞\u0301½ﷺ", min_size=100),
    st.sampled_from(["action=OK\n\n", "\n\naction=OK", "OK", "permit", "x" * 5000, "250 fine", "%s%n", ""]),
)


@st.composite
def replies(draw: st.DrawFn) -> Reply | None:
    digit = draw(st.sampled_from("245"))
    code = int(digit + draw(st.sampled_from(["00", "21", "50", "51", "99"])))
    status = digit + "." + draw(st.one_of(st.sampled_from(["7.1", "1.1", "999.999", "1000.1", ""]), odd))
    text = draw(odd)
    try:
        return Reply(code, status, text)
    except mp.errors.InvalidValue:
        return None


@st.composite
def opinions(draw: st.DrawFn) -> mp.Opinion | Exception | None:
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, Unavailable("gone\n\naction=OK"), ZeroDivisionError("x")]))
    to = st.one_of(odd, st.just("jane@acme.example"), odd.map(lambda text: f"{text}@x.example"))
    return mp.Opinion(
        draw(st.sampled_from(list(mp.Verdict))),
        draw(odd),
        draw(replies()),
        settles=draw(st.booleans()),
        redirect_to=draw(to) or "nowhere",
    )


def rule(number: int, opinion: mp.Opinion | Exception | None, mode: Mode) -> Rule:
    def judge(*_: Any) -> mp.Opinion | None:
        if isinstance(opinion, Exception):
            raise opinion
        return opinion

    return Rule(f"rule.{number}", judge, (mp.Delivery,), "", "", mode=mode)


@given(
    st.lists(st.tuples(opinions(), st.sampled_from(list(Mode))), max_size=4),
    st.booleans(),
)
def test_one_action_that_is_meant(said: list[tuple[Any, Mode]], utf8: bool) -> None:
    policy = Policy(tuple(rule(number, *each) for number, each in enumerate(said)))
    decision = mp.decide(ACME, ASKED, policy=policy)
    action = checked(rendered(decision, utf8=utf8))
    found = ACTIONS.fullmatch(action)
    assert found, action
    match decision.verdict:
        case mp.Verdict.ACCEPT | mp.Verdict.NO_OPINION:
            assert action.split()[0] in ("DUNNO", "WARN")
        case mp.Verdict.REJECT | mp.Verdict.CHALLENGE:
            assert found["digit"] == "5"
        case mp.Verdict.DEFER | mp.Verdict.ASK_HUMAN:
            assert found["digit"] == "4" or action.startswith("DEFER_IF_PERMIT 4.")
        case other:
            assert action.split()[0] in (other.name, "DEFER_IF_PERMIT")
    if found["digit"] and not utf8:
        assert action.isascii()


@given(st.lists(st.builds(Header, odd, odd), max_size=3))
def test_headers(headers: list[Header]) -> None:
    assert PREPENDED.fullmatch(checked(prepended(headers)))


def checked(reply: bytes) -> str:
    assert reply.startswith(b"action=")
    assert reply.endswith(b"\n\n")
    text = reply[7:-2].decode("utf-8", "strict")
    assert text.isprintable()
    assert text
    assert len(text.encode()) <= 450
    return text
