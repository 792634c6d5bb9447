"""What became of the password, as the rules are told."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import mailpolicy as mp
from mailpolicy.decision import replies
from mailpolicy.decision.display import subject
from mailpolicy.decision.requests import PasswordIs
from mailpolicy.forms import InvalidForm, request_from_json
from tests.logins import BOB, IN, bob, login, outcome, own
from tests.trees import ANN

WRONG = ("reject", "login.password")
NOBODY = "nobody@acme.example"


def test_a_password_is_right_unless_somebody_says_otherwise() -> None:
    assert mp.Login("ann").password_is == "right"
    assert outcome(login(own())) == outcome(login(own(), password_is="right")) == IN


def test_a_wrong_one_is_refused_like_a_name_that_nobody_has() -> None:
    decision, nobody = (login(own(), account=each, password_is="wrong") for each in (ANN, NOBODY))
    assert outcome(decision) == WRONG
    assert outcome(nobody) == ("reject", "login.account")
    assert decision.reply == nobody.reply == replies.LOGIN_REFUSED
    assert ANN in decision.reasons[0].text


@pytest.mark.parametrize("status", ["closed", "maintenance", "locked", "suspended"])
def test_a_wrong_one_learns_nothing_of_the_account(status: str) -> None:
    directory = own({"mpAccountStatus": status})
    decision = login(directory, "webmail", password_is="wrong")
    assert (outcome(decision), decision.reply) == (WRONG, replies.LOGIN_REFUSED)
    assert login(directory).reply != replies.LOGIN_REFUSED


def test_during_a_lockout_all_passwords_have_one_reply() -> None:
    directory = own({"mpAccountStatus": "lockout"})
    told = {login(directory, password_is=each).reply for each in ("right", "wrong", "ignored")}
    assert told == {replies.ACCOUNT_LOCKED_OUT}
    # Also where the rule about statuses is only watched: a wrong password opens nothing.
    watching = mp.DEFAULT_POLICY.with_modes({"login.status": "audit"})
    decision = mp.decide(directory, mp.Login(ANN, password_is="wrong"), policy=watching)
    assert outcome(decision) == WRONG


def test_one_that_was_not_looked_at_after_too_many() -> None:
    decision = login(own(), password_is="ignored")
    assert (outcome(decision), decision.reply) == (WRONG, replies.ACCOUNT_LOCKED_OUT)
    assert login(own(), account=NOBODY, password_is="ignored").reply == replies.LOGIN_REFUSED


@pytest.mark.parametrize("said", ["unknown", "", "Right", "maybe"])
@pytest.mark.parametrize("name", [ANN, NOBODY, ""])
def test_what_nobody_could_check_is_deferred_for_everybody(said: Any, name: str) -> None:
    decision = login(own(), account=name, password_is=said)
    assert (outcome(decision), decision.reply) == (("defer", "login.password"), replies.UNKNOWN)


def test_of_two_it_is_the_password_of_who_acts() -> None:
    directory = own({}, {}, {}, {}, bob(mpAccountStatus="lockout"))
    assert login(directory, account=BOB, actor=ANN, password_is="wrong").reply == replies.LOGIN_REFUSED
    assert login(directory, actor=BOB, password_is="wrong").reply == replies.ACCOUNT_LOCKED_OUT


def test_a_password_is_no_part_of_a_request() -> None:
    with pytest.raises(InvalidForm) as problem:
        request_from_json({"kind": "login", "account": "ann", "password_is": "hunter2"})
    assert str(problem.value).endswith(f"expected one of {', '.join(get_args(PasswordIs))}")


def test_in_words() -> None:
    assert subject(mp.Login("ann", client="::1")) == "login of ann at imap, from ::1"
    assert subject(mp.Login("ann", password_is="wrong")) == "login of ann at imap, password wrong"
