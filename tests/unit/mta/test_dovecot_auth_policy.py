"""What Dovecot is told about logins, and what its reports do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given, strategies as st

import mailpolicy as mp
from mailpolicy.decision import DEFAULT_POLICY, REPLIES, Counter, Login, Policy, Rule, Verdict
from mailpolicy.errors import Unavailable
from mailpolicy.mta.dovecot import AuthPolicy
from mailpolicy.mta.dovecot.http import Posted
from mailpolicy.mta.sasl import KeptFailures
from mailpolicy.schema.own import LOCKOUT_STARTED
from tests.sasl import Nowhere, desk_of, saying, small_directory

ACME = small_directory()
A_COUNT = Counter("logins", "x")
GO_ON = {"status": 0, "msg": ""}


class Door:
    def __init__(self, source: Any = ACME, policy: Policy = DEFAULT_POLICY, **more: Any) -> None:
        self.now = 1_740_000_000.0
        self.failures = KeptFailures()
        self.requests: list[Any] = []
        observer = lambda handled: self.requests.append(handled)  # noqa: E731
        desk = desk_of(source, policy, (observer,), clock=lambda: self.now)
        self.policy = AuthPolicy(desk, self.failures, clock=lambda: self.now, **more)

    def posted(self, target: str, content: bytes, **headers: str) -> tuple[int, bytes]:
        got: list[tuple[int, bytes]] = []
        self.policy(
            Posted(target, headers, content), lambda status, content: got.append((status.value, content))
        )
        (answer,) = got
        return answer

    def asked(self, command: str, login: str = "john@acme.example", **more: Any) -> Any:
        said = {"login": login, "protocol": "imap", "remote": "192.0.2.1", "tls": True, **more}
        status, content = self.posted(f"/x?command={command}", json.dumps(said).encode())
        return json.loads(content) if status == HTTPStatus.OK else status

    def told(self) -> list[tuple[str, str | None, str]]:
        decisions = [each.decision for each in self.requests]
        return [(str(each.verdict), each.rule, each.request.password_is) for each in decisions]

    def fails(self, times: int, **more: Any) -> None:
        for _ in range(times):
            self.now += 1
            said = {"pwhash": f"{self.now:.0f}", "success": False, "policy_reject": False, **more}
            assert self.asked("report", **said) == GO_ON


def test_a_login_goes_on() -> None:
    door = Door()
    assert door.asked("allow", device_id="phone") == GO_ON
    request = door.requests[0].decision.request
    assert door.requests[0].adapter == "dovecot"
    assert (request.service, request.client, request.secure, request.device) == (
        "imap",
        "192.0.2.1",
        True,
        "phone",
    )
    door.asked("allow", tls=False)
    door.asked("allow", tls="TLS")
    assert [each.decision.request.secure for each in door.requests] == [True, False, True]


def test_a_refusal_says_why() -> None:
    refused = {"status": -1, "msg": REPLIES["service_off"].text}
    assert Door().asked("allow", "joan@acme.example") == refused


def test_whom_we_do_not_know_dovecot_may_know() -> None:
    assert Door().asked("allow", "nobody@acme.example") == GO_ON
    assert Door().asked("report", "nobody@acme.example", success=False) == GO_ON
    door = Door()
    door.fails(1, login="nobody@acme.example")
    assert door.requests == []


@pytest.mark.parametrize("command", ["allow", "report"])
def test_where_nobody_can_tell_dovecot_decides(command: str) -> None:
    assert Door(Nowhere()).asked(command) == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_rule_that_cannot_tell_is_no_refusal() -> None:
    def away(*_: object) -> None:
        raise Unavailable("ldap://nowhere")

    policy = Policy((Rule("test.away", away, (Login,), "so", "so"),))
    assert Door(policy=policy).asked("allow") == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_deferral_by_a_rule_is_a_refusal_with_its_reason() -> None:
    reply = REPLIES["in_maintenance"]
    assert Door(policy=saying(Verdict.DEFER, reply)).asked("allow") == {"status": -1, "msg": reply.text}
    assert Door(policy=saying(Verdict.CHALLENGE)).asked("allow")["status"] == -1
    assert Door(policy=saying(Verdict.NO_OPINION)).asked("allow") == GO_ON


def test_reports_lock_the_account() -> None:
    door = Door()
    door.fails(3)
    assert door.asked("allow") == {"status": -1, "msg": REPLIES["account_locked_out"].text}
    # A journal must not show an acceptance.
    assert door.told() == [("reject", "login.password", "wrong")] * 3 + [
        ("reject", "login.password", "ignored")
    ]
    assert str(door.requests[-1].decision.reply) == str(REPLIES["account_locked_out"])
    door.now += 3602
    assert door.asked("allow")["status"] >= 0
    assert door.asked("report", success=True, policy_reject=False) == GO_ON
    assert door.asked("allow") == GO_ON


def test_a_lockout_of_the_directory_is_decided_by_the_rules() -> None:
    locked = {"account_status": "lockout", LOCKOUT_STARTED: datetime.fromtimestamp(1_740_000_000, UTC)}
    door = Door(ACME.with_changes(mp.set("account:john@acme.example", **locked)))
    assert door.asked("allow") == {"status": -1, "msg": REPLIES["account_locked_out"].text}
    assert door.requests[0].decision.verdict is Verdict.REJECT
    # A policy that only watches lets nobody in who is locked out.
    watching = Door(ACME.with_changes(mp.set("account:john@acme.example", **locked)), saying(Verdict.ACCEPT))
    assert watching.asked("allow") == {"status": -1, "msg": REPLIES["account_locked_out"].text}
    assert watching.told() == [("accept", None, "ignored")]
    # Nor does one that counts what is out of reach: Dovecot would not wait for it.
    counted = Rule("test.counted", lambda *_: None, (Login,), "so", "so", counters=lambda *_: (A_COUNT,))
    late = Door(ACME.with_changes(mp.set("account:john@acme.example", **locked)), Policy((counted,)))
    late.policy._desk.counters.read = lambda *_: None  # type: ignore[method-assign]
    assert late.asked("allow") == {"status": -1, "msg": REPLIES["account_locked_out"].text}


def test_a_password_that_is_said_again_is_counted_once() -> None:
    door = Door()
    john = ACME.account("john@acme.example")
    door.fails(5, pwhash="0a1b")
    assert door.asked("allow") == GO_ON
    assert len(door.failures.state(john).failures) == 1
    # Where Dovecot says that it was the password, it is.
    door.fails(1, pwhash="0a1b", fail_type="credentials")
    assert len(door.failures.state(john).failures) == 2
    door.asked("report", success=True)
    door.fails(1, pwhash="0a1b")
    assert len(door.failures.state(john).failures) == 1
    assert len(door.policy._tried._tried) == 1
    # And what is counted is told, once.
    wrong = [each for each in door.told() if each[2] == "wrong"]
    assert wrong == [("reject", "login.password", "wrong")] * 3


@pytest.mark.parametrize(
    "more",
    [
        {"success": False, "policy_reject": True},
        {"success": False, "fail_type": "internal"},
        {"success": False, "fail_type": "account"},
        {"success": True},
    ],
)
def test_what_is_no_wrong_password_is_not_counted(more: dict[str, Any]) -> None:
    door = Door()
    for _ in range(5):
        door.now += 1
        assert door.asked("report", **more) == GO_ON
    assert door.requests == []
    assert door.asked("allow") == GO_ON


def test_who_guesses_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    recent = iter(range(10))
    monkeypatch.setattr(door.failures, "recent", lambda account, at: next(recent))
    waits = [door.asked("allow")["status"] for _ in range(10)]
    assert waits == [0, 0, 0, 1, 2, 3, 4, 5, 5, 5]


def test_who_came_in_is_told() -> None:
    seen: list[tuple[str, str, datetime]] = []
    door = Door(seen=lambda *arguments: seen.append(arguments))
    door.asked("report", "J.Doe@acme.example", success=True, protocol="imap")
    door.asked("report", success=False)
    assert [each[:2] for each in seen] == [("john@acme.example", "imap")]
    assert seen[0][2].timestamp() == door.now


def test_only_who_has_the_key() -> None:
    door = Door(key="Bearer secret")
    content = json.dumps({"login": "john@acme.example"}).encode()
    assert door.posted("/?command=allow", content)[0] == HTTPStatus.UNAUTHORIZED
    assert door.posted("/?command=allow", content, authorization="Bearer Secr\u00e9t")[0] == 401
    assert door.posted("/?command=allow", content, authorization="Bearer secret")[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    ("target", "content"),
    [
        ("/", b'{"login": "john@acme.example"}'),
        ("/?command=delete", b'{"login": "john@acme.example"}'),
        ("/?command=allow&command=report", b'{"login": "john@acme.example"}'),
        ("//[?command=allow", b'{"login": "john@acme.example"}'),
        ("/?command=allow", b""),
        ("/?command=allow", b"[]"),
        ("/?command=allow", b"{}"),
        ("/?command=allow", b'{"login": null}'),
        ("/?command=allow", b'{"login": 7}'),
        ("/?command=allow", b'{"login": "a\\nb"}'),
        ("/?command=allow", b'{"login": "\\ud800"}'),
        ("/?command=allow", b'{"login": "a", "remote": ["x"]}'),
        ("/?command=allow", b'{"login": "a", "tls": 7}'),
        ("/?command=allow", b'{"login": "' + b"x" * 2000 + b'"}'),
        ("/?command=allow", b"[" * 60_000),
        ("/?command=allow", b"\xff"),
    ],
)
def test_what_dovecot_would_not_send(target: str, content: bytes) -> None:
    assert Door().posted(target, content) == (400, b"")


@pytest.mark.parametrize("odd", ["\x01\x7f", "\r\n", "\ud800", "x" * 5000])
def test_a_client_cannot_make_itself_unheard(odd: str) -> None:
    door = Door()
    assert door.asked("allow", device_id=odd) == GO_ON
    door.fails(3, device_id=odd)
    refused = door.asked("allow", device_id=odd)
    assert refused == {"status": -1, "msg": REPLIES["account_locked_out"].text}
    assert door.requests[0].decision.request.device.isprintable()


def test_what_is_no_utf_8_is_read_all_the_same() -> None:
    content = b'{"login": "john@acme.example", "protocol": "imap", "tls": true, "device_id": "\xff\x01"}'
    door = Door()
    assert door.posted("/?command=allow", content)[0] == HTTPStatus.OK
    assert door.requests[0].decision.request.device == "\ufffd" * 2


def test_a_name_that_dovecot_takes_for_none() -> None:
    door = Door()
    assert door.asked("allow", login="") == door.asked("report", login="") == GO_ON
    assert door.requests == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["login", "protocol", "remote", "tls", "success", "policy_reject", "fail_type"])


@given(
    target=st.sampled_from(["/?command=allow", "/?command=report"]) | st.text(),
    said=st.dictionaries(NAMES, JSON) | JSON,
    login=st.sampled_from(["john@acme.example", "joan@acme.example"]) | st.text(),
)
def test_any_json_has_one_answer(target: str, said: Any, login: str) -> None:
    if isinstance(said, dict):
        said.setdefault("login", login)
    status, content = Door().posted(target, json.dumps(said).encode())
    assert status in (200, 400)
    assert not content or json.loads(content)["status"] in (-1, 0, 1)
