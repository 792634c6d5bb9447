"""Which mobile devices may synchronise: the device itself, its account, its kind, and what is by default."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

import mailpolicy as mp
from mailpolicy.decision import DeviceOrder, DeviceRule, Order
from mailpolicy.decision.replies import (
    ACCOUNT_CLOSED,
    ACCOUNT_LOCKED_OUT,
    DEVICE_BLOCKED,
    DEVICE_QUARANTINED,
    DEVICE_SUSPENDED,
    IN_MAINTENANCE,
    LOGIN_REFUSED,
    SERVICE_OFF,
    UNKNOWN,
)
from tests.examples import ACME, CARBONIO, EXAMPLES, JOHN, both
from tests.mail_directories import outcome

BOB = "bob@acme.example"


def ask(
    directory: mp.Directory, account: str = JOHN, *rules: DeviceRule, **said: Any
) -> tuple[str, mp.Decision]:
    policy = evolve(mp.DEFAULT_POLICY, devices=rules)
    decision = mp.decide(directory, mp.Device(account, "ApplDN6GT", **said), policy=policy)
    assert not decision.errors
    assert decision.rule is None or decision.rule in [reason.id for reason in decision.reasons]
    return outcome(decision), decision


def default(access: str) -> mp.Directory:
    return ACME.with_changes(mp.set("cos:premium", default_device_access=access))


BY_ACCESS = {
    "allow": ("accept", None),
    "block": ("reject device.access", DEVICE_BLOCKED),
    "quarantine": ("hold device.access", DEVICE_QUARANTINED),
}


@pytest.mark.parametrize("access", BY_ACCESS)
def test_what_is_by_default(access: str) -> None:
    said, decision = ask(default(access))
    assert (said, decision.reply) == BY_ACCESS[access]
    origins = [origin.attribute for reason in decision.reasons for origin in reason.origins]
    assert "mpDefaultDeviceAccess" in origins


@pytest.mark.parametrize("access", BY_ACCESS)
def test_a_rule_that_fits_comes_before_the_default(access: str) -> None:
    other = "block" if access == "allow" else "allow"
    for rule in (
        DeviceRule(access=access, model="iphone*"),
        DeviceRule(access=access, user_agent="*iOS*"),
        DeviceRule(access=access, account="J*@acme.example"),
        DeviceRule(access=access, cos="PREMIUM"),
        DeviceRule(access=access),
    ):
        said, decision = ask(default(other), JOHN, rule, model="iPhone15,2", user_agent="Apple-iOS/17")
        assert (said, decision.reply) == BY_ACCESS[access]
        said, _ = ask(default(other), "jane@acme.example", evolve(rule, model="Nokia"), model="iPhone")
        assert said == BY_ACCESS[other][0]


def test_the_first_rule_that_fits_counts() -> None:
    rules = (
        DeviceRule(access="quarantine", model="Nokia*"),
        DeviceRule(access="block", user_agent="Outlook/*"),
        DeviceRule(access="allow", user_agent="Outlook/1*"),
    )
    assert ask(ACME, JOHN, *rules, user_agent="Outlook/1.0")[0] == "reject device.access"
    assert ask(ACME, JOHN, *rules[::-1], user_agent="Outlook/1.0")[0] == "accept"
    assert ask(ACME, "j.doe@alias.example", DeviceRule(access="block", account=JOHN))[0].startswith("reject")


BLOCKING = DeviceRule(access="block")
LETTING_IN = DeviceRule(access="allow")


@pytest.mark.parametrize(
    ("state", "expected", "reply"),
    [
        ("allowed", "accept", None),
        ("blocked", "reject device.state", DEVICE_BLOCKED),
        ("quarantined", "hold device.state", DEVICE_QUARANTINED),
        ("suspended", "defer device.state", DEVICE_SUSPENDED),
        ("in the post", "hold device.state", DEVICE_QUARANTINED),
    ],
)
def test_what_was_said_of_the_device_itself_comes_before_all_rules(
    state: str, expected: str, reply: mp.Reply | None
) -> None:
    rule = BLOCKING if state == "allowed" else LETTING_IN
    said, decision = ask(ACME, JOHN, rule, state=state)
    assert (said, decision.reply, decision.effects) == (expected, reply, ())


def test_a_device_that_was_let_in_is_still_held_against_a_rule_of_the_site() -> None:
    never = mp.Rule(
        "acme.never", lambda *_: mp.Opinion(mp.Verdict.REJECT, "no"), (mp.Device,), "no devices", "-"
    )
    request = mp.Device(JOHN, "x", state="allowed")
    assert mp.decide(ACME, request, policy=mp.DEFAULT_POLICY.with_rules(never)).rule == "acme.never"


@pytest.mark.parametrize("account", [JOHN, BOB, "judy@acme.example", "gone@acme.example"])
def test_a_device_to_be_wiped_is_told_so_whatever_became_of_the_account(account: str) -> None:
    said, decision = ask(ACME, account, LETTING_IN, state="wipe")
    assert (said, decision.effects) == ("discard device.order", (DeviceOrder(Order.WIPE),))
    assert decision.reply == DEVICE_BLOCKED  # for whoever looks at nothing else


def test_a_device_to_be_reset_begins_anew_and_is_judged_as_a_new_one() -> None:
    said, decision = ask(ACME, JOHN, state="reset")
    assert (said, decision.effects) == ("accept", (DeviceOrder(Order.RESET),))
    said, decision = ask(ACME, JOHN, BLOCKING, state="reset")
    assert (said, decision.effects) == ("reject device.access", ())


@both
def test_the_service_must_be_switched_on(directory: mp.Directory) -> None:
    said, decision = ask(directory, BOB)
    assert (said, decision.reply) == ("reject device.service", SERVICE_OFF)
    assert ask(directory.with_changes(mp.set(BOB, activesync_enabled=True)), BOB)[0] == "accept"


@pytest.mark.parametrize(
    ("status", "expected", "reply"),
    [
        ("locked", "reject", ACCOUNT_CLOSED),
        ("closed", "reject", ACCOUNT_CLOSED),
        ("pending", "reject", ACCOUNT_CLOSED),
        ("maintenance", "defer", IN_MAINTENANCE),
    ],
)
def test_the_status_must_let_it_log_in(status: str, expected: str, reply: mp.Reply) -> None:
    frank = ACME.with_changes(mp.set(JOHN, account_status=status))
    said, decision = ask(frank, JOHN, state="allowed")
    assert (said, decision.reply) == (f"{expected} device.status", reply)


def test_a_lockout_ends() -> None:
    frank = ACME.with_changes(mp.set("frank@acme.example", activesync_enabled=True))
    request = mp.Device("frank@acme.example", "ApplDN6GT")
    before, after = (
        mp.decide(frank, request, at=datetime(2025, 3, 1, hour, tzinfo=UTC)) for hour in (12, 13)
    )
    assert (outcome(before), before.reply) == ("reject device.status", ACCOUNT_LOCKED_OUT)
    assert outcome(after) == "accept"


def test_there_must_be_an_account() -> None:
    for name in ("gone@acme.example", "sales@acme.example", "", "x"):
        said, decision = ask(ACME, name)
        assert (said, decision.reply) == ("reject device.account", LOGIN_REFUSED)
    assert ask(CARBONIO, "gone@acme.example")[0] == "reject device.account"


def test_that_two_mailboxes_have_the_address_is_not_told() -> None:
    twice = mp.loads(
        (EXAMPLES / "acme.ldif").read_text("utf-8").replace("mail: bob@acme.example\n", f"mail: {JOHN}\n", 1)
    )
    decision = mp.decide(twice, mp.Device(JOHN, "X1"))
    assert (decision.verdict, decision.rule) == ("defer", "device.account")
    assert decision.reply == UNKNOWN
