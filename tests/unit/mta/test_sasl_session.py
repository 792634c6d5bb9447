"""The protocol of logins, without a network."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from mailpolicy.decision import REPLIES, Verdict
from mailpolicy.mta.sasl import Proof, SaslSession
from mailpolicy.mta.sasl.wire import escaped, unescaped
from mailpolicy.mta.session import ProtocolError
from tests.sasl import (
    AtOnce,
    Fixed,
    Nowhere,
    WhenAsked,
    Wire,
    coded,
    gate_of,
    plain,
    saying,
    small_directory,
)

ACME = small_directory()
HELLO = b"VERSION\t1\t1\nCPID\t77\n"
GENERIC = REPLIES["login_refused"].text


def opened(proof: Proof = Proof.YES, aside: AtOnce | None = None, **more: Any) -> tuple[SaslSession, Wire]:
    wire = Wire()
    source = more.pop("source", ACME)
    session = SaslSession(wire, gate_of(source, Fixed(proof), aside, **more))
    session.receive(HELLO)
    wire.taken()
    return session, wire


def auth(number: int, response: str | None, *more: str, mechanism: str = "PLAIN") -> bytes:
    fields = ["AUTH", str(number), mechanism, "service=smtp", "nologin", "rip=192.0.2.7", *more]
    if response is not None:
        fields.append(f"resp={response}")
    return "\t".join(fields).encode() + b"\n"


def test_the_greeting() -> None:
    wire = Wire()
    SaslSession(wire, gate_of(ACME, Fixed(Proof.YES)))
    lines = wire.sent.decode().splitlines()
    assert lines[:3] == ["VERSION\t1\t2", "MECH\tPLAIN\tplaintext", "MECH\tLOGIN\tplaintext"]
    assert [each.split("\t")[0] for each in lines[3:]] == ["SPID", "CUID", "COOKIE", "DONE"]
    other = Wire()
    SaslSession(other, gate_of(ACME, Fixed(Proof.YES)))
    cookies = [each.sent.split(b"COOKIE\t")[1][:32] for each in (wire, other)]
    assert cookies[0] != cookies[1]


def test_plain_with_the_password_along() -> None:
    session, wire = opened()
    session.receive(auth(1, plain("J.Doe@acme.example", "secret")))
    assert wire.taken() == b"OK\t1\tuser=john@acme.example\n"
    assert not session.is_busy


def test_plain_with_the_password_later() -> None:
    session, wire = opened()
    session.receive(auth(1, None))
    assert wire.taken() == b"CONT\t1\t\n"
    assert session.is_busy
    session.receive(f"CONT\t1\t{plain('john@acme.example', 'secret')}\n".encode())
    assert wire.taken() == b"OK\t1\tuser=john@acme.example\n"


def test_login_prompts() -> None:
    session, wire = opened()
    session.receive(auth(3, None, mechanism="LOGIN"))
    assert wire.taken() == f"CONT\t3\t{coded('Username:')}\n".encode()
    session.receive(f"CONT\t3\t{coded('john@acme.example')}\n".encode())
    assert wire.taken() == f"CONT\t3\t{coded('Password:')}\n".encode()
    session.receive(f"CONT\t3\t{coded('secret')}\n".encode())
    assert wire.taken() == b"OK\t3\tuser=john@acme.example\n"


def test_login_with_the_name_along() -> None:
    session, wire = opened()
    session.receive(auth(3, coded("john@acme.example"), mechanism="login"))
    assert wire.taken() == f"CONT\t3\t{coded('Password:')}\n".encode()


def test_a_user_name_is_enough_at_a_host_of_the_domain() -> None:
    session, wire = opened()
    session.receive(auth(1, plain("john", "secret"), "local_name=mail.acme.example"))
    assert wire.taken() == b"OK\t1\tuser=john@acme.example\n"


def test_what_is_said_of_the_connection_reaches_the_rules() -> None:
    seen = []
    wire, verifier = Wire(), Fixed(Proof.YES)
    gate = gate_of(ACME, verifier)
    gate._desk.observers = (lambda handled: seen.append(handled),)
    session = SaslSession(wire, gate)
    session.receive(HELLO + auth(1, plain("john@acme.example", "p\t\u00fc"), "secured"))
    request = seen[0].decision.request
    assert (request.client, request.service, request.secure) == ("192.0.2.7", "smtp", True)
    assert seen[0].adapter == "sasl"
    assert verifier.asked == [("john@acme.example", "p\t\u00fc".encode())]
    session.receive(auth(2, plain("john@acme.example", "x")))
    assert not seen[1].decision.request.secure


@pytest.mark.parametrize("who", ["john@acme.example", "nobody@acme.example", "nobody@else.example"])
def test_a_wrong_password_reveals_nothing(who: str) -> None:
    aside = AtOnce()
    session, wire = opened(Proof.NO, aside)
    session.receive(auth(1, plain(who, "wrong")))
    assert wire.taken() == f"FAIL\t1\tuser={who}\treason={GENERIC}\n".encode()
    assert len(aside.delays) == 1
    assert 0.9 < aside.delays[0] <= 1.0


def test_an_empty_password_is_wrong_without_asking() -> None:
    verifier = Fixed(Proof.YES)
    wire = Wire()
    session = SaslSession(wire, gate_of(ACME, verifier))
    session.receive(HELLO + auth(1, plain("john@acme.example", "")))
    assert wire.sent.endswith(f"FAIL\t1\tuser=john@acme.example\treason={GENERIC}\n".encode())
    assert verifier.asked == []


def test_the_reason_reaches_who_knows_the_password() -> None:
    session, wire = opened()
    session.receive(auth(1, plain("joan@acme.example", "right")))
    said = REPLIES["service_off"].text
    assert wire.taken() == f"FAIL\t1\tuser=joan@acme.example\treason={said}\n".encode()


@pytest.mark.parametrize("verdict", [Verdict.CHALLENGE, Verdict.REJECT, Verdict.HOLD, Verdict.ASK_HUMAN])
def test_other_verdicts_are_a_no(verdict: Verdict) -> None:
    session, wire = opened(policy=saying(verdict, REPLIES["second_factor_needed"]))
    session.receive(auth(1, plain("john@acme.example", "secret")))
    said = REPLIES["second_factor_needed"].text
    assert wire.taken() == f"FAIL\t1\tuser=john@acme.example\treason={said}\n".encode()


def test_no_opinion_lets_in_but_not_for_another() -> None:
    session, wire = opened(policy=saying(Verdict.NO_OPINION))
    session.receive(auth(1, plain("john@acme.example", "secret")))
    assert wire.taken() == b"OK\t1\tuser=john@acme.example\n"
    session.receive(auth(2, plain("john@acme.example", "secret", "jane@acme.example")))
    assert wire.taken().startswith(b"FAIL\t2\t")


def test_acting_for_another_takes_the_right_to() -> None:
    session, wire = opened()
    session.receive(auth(1, plain("john@acme.example", "secret", "jane@acme.example")))
    assert wire.taken() == f"FAIL\t1\tuser=john@acme.example\treason={GENERIC}\n".encode()
    session.receive(auth(2, plain("john@acme.example", "secret", "nobody@acme.example")))
    assert wire.taken() == f"FAIL\t2\tuser=john@acme.example\treason={GENERIC}\n".encode()
    # By another name of hers she acts for herself.
    session.receive(auth(3, plain("john@acme.example", "secret", "j.doe@acme.example")))
    assert wire.taken() == b"OK\t3\tuser=john@acme.example\n"


def test_acting_for_another_is_logging_in_as_that_one() -> None:
    session, wire = opened(policy=saying(Verdict.ACCEPT))
    session.receive(auth(1, plain("john@acme.example", "secret", "jane@acme.example")))
    assert wire.taken() == b"OK\t1\tuser=jane@acme.example\n"


@pytest.mark.parametrize("why", ["password", "directory", "rules"])
def test_unknown_drops_the_connection(why: str) -> None:
    more: dict[str, Any] = {
        "password": {"proof": Proof.UNKNOWN},
        "directory": {"source": Nowhere()},
        "rules": {"policy": saying(Verdict.DEFER)},
    }[why]
    session, wire = opened(**more)
    session.receive(auth(1, plain("john@acme.example", "secret")) + auth(2, plain("a", "b")))
    assert wire.taken() == b""
    assert wire.aborted
    assert not session.is_busy
    session.receive(b"whatever")


def test_several_at_once_are_answered_as_they_finish() -> None:
    aside = WhenAsked()
    session, wire = opened(aside=aside)
    for number in (1, 2, 3):
        session.receive(auth(number, plain("john@acme.example", "secret")))
    assert session.is_busy
    assert wire.taken() == b""
    for place in (2, 0, 1):
        aside.waiting[place]()
    assert wire.taken() == b"".join(b"OK\t%d\tuser=john@acme.example\n" % each for each in (3, 1, 2))
    assert not session.is_busy


def test_at_the_end_what_was_asked_is_answered() -> None:
    aside = WhenAsked()
    session, wire = opened(aside=aside)
    session.receive(auth(1, plain("john@acme.example", "secret")) + auth(2, None))
    wire.taken()
    session.at_end()
    assert not wire.closed
    aside.waiting[0]()
    assert wire.sent == b"OK\t1\tuser=john@acme.example\n"
    assert wire.closed


def test_nobody_is_answered_who_is_gone() -> None:
    aside = WhenAsked()
    session, wire = opened(aside=aside)
    session.receive(auth(1, plain("john@acme.example", "secret")))
    session.lost()
    aside.waiting[0]()
    assert wire.sent == b""
    assert not session.is_busy


def test_a_login_that_was_given_up_is_not_answered_nor_is_its_number_s_next() -> None:
    aside = WhenAsked()
    session, wire = opened(aside=aside)
    session.receive(auth(1, plain("john@acme.example", "secret")) + b"CANCEL\t1\n")
    session.receive(auth(1, plain("jane@acme.example", "secret")))
    aside.waiting[0]()
    assert wire.taken() == b""
    aside.waiting[1]()
    assert wire.taken() == b"OK\t1\tuser=jane@acme.example\n"


@pytest.mark.parametrize(
    "response", ["%%%", "", coded("no nul"), coded("a\0b"), coded("\0\0x"), coded("\0jo\nhn\0x"), "/w=="]
)
def test_what_makes_no_sense_is_a_no(response: str) -> None:
    session, wire = opened()
    session.receive(auth(1, response))
    assert wire.taken() == f"FAIL\t1\treason={GENERIC}\n".encode()
    session.receive(auth(1, plain("john@acme.example", "secret")))
    assert wire.taken() == b"OK\t1\tuser=john@acme.example\n"


def test_an_unknown_mechanism_is_a_no() -> None:
    session, wire = opened()
    session.receive(auth(1, "", mechanism="CRAM-MD5"))
    assert wire.taken().startswith(b"FAIL\t1\treason=")


@pytest.mark.parametrize(
    "said",
    [
        b"VERSION\t2\t0\n",
        b"VERSION\n",
        b"AUTH\n",
        b"AUTH\t1\n",
        b"AUTH\tx\tPLAIN\n",
        b"AUTH\t-1\tPLAIN\n",
        b"AUTH\t99999999999\tPLAIN\n",
        b"AUTH\t1\tPLAIN\nAUTH\t1\tPLAIN\n",
        b"CONT\t1\n",
        b"HELP\n",
        b"\n",
        b"GET / HTTP/1.1\r\n",
        b"x" * 16_385,
        b"AUTH\t1\tPLAIN\tresp=" + b"x" * 16_385 + b"\n",
        b"".join(b"AUTH\t%d\tPLAIN\n" % number for number in range(257)),
    ],
)
def test_what_is_not_the_protocol(said: bytes) -> None:
    session, _ = opened()
    with pytest.raises(ProtocolError):
        session.receive(said)


def test_the_version_comes_first() -> None:
    session = SaslSession(Wire(), gate_of(ACME, Fixed(Proof.YES)))
    with pytest.raises(ProtocolError):
        session.receive(auth(1, plain("john@acme.example", "secret")))


def test_in_pieces_of_any_size() -> None:
    said = HELLO + auth(1, plain("john@acme.example", "secret")) + auth(2, None)
    expected = None
    for size in (len(said), 1, 2, 3, 7, 50):
        wire = Wire()
        session = SaslSession(wire, gate_of(ACME, Fixed(Proof.YES)))
        wire.taken()
        for start in range(0, len(said), size):
            session.receive(said[start : start + size])
        expected = expected or wire.sent
        assert wire.sent == expected


@given(text=st.binary())
def test_a_field_ends_nothing(text: bytes) -> None:
    assert unescaped(escaped(text)) == text
    assert not set(escaped(text)) & set(b"\t\n\r\0")


COMMANDS = [b"VERSION\t1\t1\n", b"CPID\t1\n", b"AUTH\t", b"CONT\t", b"CANCEL\t", b"PLAIN", b"LOGIN"]
RESPONSES = [plain("john@acme.example", "x").encode(), coded("john@acme.example").encode()]
TOKENS = st.sampled_from([*COMMANDS, *RESPONSES, b"resp=", b"1", b"2", b"\t", b"\n"])


@given(pieces=st.lists(TOKENS | st.binary(max_size=20), max_size=40), proof=st.sampled_from(Proof))
def test_any_bytes_in_any_pieces(pieces: list[bytes], proof: Proof) -> None:
    aside = WhenAsked()
    wire = Wire()
    session = SaslSession(wire, gate_of(ACME, Fixed(proof), aside))
    try:
        for piece in pieces:
            session.receive(piece)
            if len(aside.waiting) > 2:
                aside.waiting.pop()()
        session.at_end()
    except ProtocolError:
        session.lost()
    for waiting in aside.waiting:
        waiting()
    assert len(session._buffer) <= 16_384
    assert not session.is_busy


NAMES = st.text() | st.sampled_from(
    ["john@acme.example", "john", "@", "a@b@acme.example", '"x"@acme.example']
)


@given(login=NAMES, password=st.text(), acting_for=NAMES, host=st.text(), client=st.text())
def test_any_name_has_one_answer(login: str, password: str, acting_for: str, host: str, client: str) -> None:
    session, wire = opened()
    said = b"\t".join(
        (
            b"AUTH\t7\tPLAIN\tservice=imap",
            b"rip=" + escaped(client.encode()),
            b"local_name=" + escaped(host.encode()),
            b"resp=" + plain(login, password, acting_for).encode(),
        )
    )
    session.receive(said + b"\n")
    (answer,) = wire.taken().splitlines()
    assert answer.split(b"\t")[:2] in ([b"OK", b"7"], [b"FAIL", b"7"])
    assert not wire.closed
