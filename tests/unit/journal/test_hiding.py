"""What stays readable in a line with hidden names, and what a replay makes of the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Counter, DeviceRule, Usage
from mailpolicy.journal import Concealing, Record, replayed
from mailpolicy.journal.reading import parsed
from mailpolicy.journal.record import line_of

ACME = mp.open("ldif/examples/acme.ldif")
KEY = b"a key of some length"
JOHN = "john@acme.example"


def line(request: mp.Request, usage: Usage | None = None, **more: Any) -> str:
    decision = mp.decide(ACME, request, usage=usage, **more) if usage else mp.decide(ACME, request, **more)
    return line_of(decision, "policy", "67bc.5f3a", 0, Concealing(KEY))


def asked(request: mp.Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line(request))["request"]
    return found


def told(text: str) -> Record:
    """The record as a replay with the key and the directory reads it."""
    concealing = Concealing(KEY)
    concealing.learn([JOHN, "uid=john doe,ou=people,dc=acme,dc=example"])
    return parsed(text.encode(), concealing)


@pytest.mark.parametrize(
    ("request_", "stays"),
    [
        (
            mp.Login(JOHN, "pop3", client="2001:db8::7", host="mail.acme.example"),
            {"service": "pop3", "client": "2001:db8::7", "host": "mail.acme.example"},
        ),
        (mp.Device(JOHN, "ApplDN6GT", state="blocked"), {"state": "blocked"}),
        (
            mp.Edit(JOHN, JOHN, field="mailbox_quota", value="10 GiB"),
            {"field": "mailbox_quota", "value": "10 GiB"},
        ),
        (mp.Edit(JOHN, JOHN, field="account_status", value="closed"), {"value": "closed"}),
        (mp.Edit(JOHN, JOHN, field="allowed_services", value=["imap"]), {"value": ["imap"]}),
        (mp.Edit(JOHN, JOHN, field="allowed_networks", value=["192.0.2.0/24"]), {"value": ["192.0.2.0/24"]}),
        (mp.Edit(JOHN, JOHN, operation="delete"), {"operation": "delete"}),
        (mp.Recovery(JOHN, "imap", code_age=5.0), {"service": "imap", "code_age": 5.0}),
    ],
)
def test_what_names_nobody_stays_for_operators(request_: mp.Request, stays: dict[str, Any]) -> None:
    found = asked(request_)
    assert {key: found[key] for key in stays} == stays


@pytest.mark.parametrize(
    ("operation", "field", "value"),
    [
        ("modify", "display_name", "John Doe"),
        ("modify", "display_name", "ask @john"),
        ("modify", "mailbox_quota", "john"),
        ("modify", "mobile_phone", 441632960123),
        ("modify", "password", "john1234"),
        ("modify", "none_of_ours", {"john": ["doe"]}),
        ("rename", "", "john.doe@acme.example"),
        ("create", "", {"display_name": "John"}),
    ],
)
def test_what_a_setting_becomes_is_hidden(operation: str, field: str, value: Any) -> None:
    found = json.dumps(asked(mp.Edit("jane@acme.example", "judy@acme.example", operation, field, value)))
    assert "john" not in found.lower()
    assert "doe" not in found.lower()
    assert "441632960123" not in found


def test_addresses_that_a_setting_becomes_are_found_again() -> None:
    edit = mp.Edit(JOHN, JOHN, field="forwarding_addresses", value=[JOHN, "x@elsewhere.example"])
    again = told(line(edit)).request
    assert isinstance(again, mp.Edit)
    assert again.value[0] == JOHN
    assert again.value[1].endswith("@elsewhere.example")


def test_whose_counters_they_are_is_found_again() -> None:
    dn = "uid=john doe,ou=people,dc=acme,dc=example"
    counts = {
        Counter("messages", JOHN, 60): 1,
        Counter("aggregate", "acme.example"): 2,
        Counter("recovery", dn, 60): 3,
        Counter("replied", f'{JOHN} "john doe"@elsewhere.example', 60): 4,
    }
    text = line(mp.Recovery(JOHN), Usage(counts, "/home/john/counts does not answer"))
    assert "john" not in text
    assert "aggregate acme.example" in text
    usage = told(text).usage
    assert [usage.of(counter) for counter in list(counts)[:3]] == [1, 2, 3]
    (replied,) = [counter for counter in usage.counts if counter.what == "replied"]
    assert replied.of.startswith(f"{JOHN} h.")
    assert usage.doubt


def test_who_begins_like_a_hash_is_hidden_too() -> None:
    crafted = "h.0123456789abcdef01234567 John"
    assert "John" not in Concealing(KEY).name(crafted)
    hidden = Concealing(KEY).name(JOHN)
    assert Concealing(KEY).name(hidden) == hidden


def test_long_texts_are_not_kept_in_memory() -> None:
    concealing = Concealing(KEY)
    for number in range(3):
        concealing.name(f"{number}" * 5000)
        concealing.whole(f"{number}" * 5000)
    assert concealing._short_name.cache_info().currsize == 0


def test_a_replay_leaves_out_what_hides_a_text_that_counts() -> None:
    device = mp.Device(JOHN, "ApplDN6GT", model="iPhone", user_agent="Apple-iPhone/1801")
    by_model = mp.DEFAULT_POLICY.with_devices([DeviceRule(access="block", model="iPhone")])
    record = told(line(device))
    assert replayed(ACME, [record]).hidden == 0
    assert replayed(ACME, [record], by_model).hidden == 1
    assert replayed(ACME, [told(line(mp.Device(JOHN, "ApplDN6GT")))], by_model).hidden == 0
    by_agent = mp.DEFAULT_POLICY.with_devices([DeviceRule(access="block", user_agent="Apple*")])
    assert replayed(ACME, [record], by_agent).hidden == 1
    text = told(line(mp.Edit(JOHN, JOHN, field="auto_reply_text", value="Gone")))
    replay = replayed(ACME, [text])
    assert (replay.hidden, replay.changed) == (1, 0)
    assert "or a text" in "".join(replay.notes())
    assert replayed(ACME, [told(line(mp.Login("john", host="a server of John's")))]).hidden == 1


@pytest.mark.parametrize(
    "request_",
    [
        mp.Delivery("wile.e@customer.example", JOHN, client="192.0.2.1"),
        mp.Login(JOHN, device="John's iPhone", client="192.0.2.1"),
        mp.Login("john", host="mail.acme.example"),
        mp.Device(JOHN, "ApplDN6GT", model="iPhone", user_agent="Apple-iPhone/1801"),
        mp.Edit(JOHN, JOHN, field="mailbox_quota", value="10 GiB"),
        mp.Edit(JOHN, JOHN, field="locale", value=None),
        mp.Edit(JOHN, JOHN, field="forwarding_addresses", value=["x@elsewhere.example"]),
        mp.Recovery(JOHN),
    ],
)
def test_who_has_the_key_and_the_directory_replays_the_rest(request_: mp.Request) -> None:
    concealing = Concealing(KEY)
    concealing.learn([JOHN, "john"])
    replay = replayed(ACME, [parsed(line(request_).encode(), concealing)])
    assert (replay.same, replay.hidden) == (1, 0)
