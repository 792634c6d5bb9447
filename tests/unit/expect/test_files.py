"""Files of expectations: all mistakes at once, each with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.decision import Counter
from mailpolicy.expect import InvalidExpectation, expectations

ACME = mp.open("ldif/examples/acme.ldif")
HERE = """
[[expect]]
name = "he gets mail"
request = { kind = "delivery", sender = "", recipient = "john@acme.example" }
verdict = "accept"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "some.expect.toml"
    path.write_text(text)
    return path


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        att = 2025-03-01T09:00:00Z
        [[expect]]
        name = "first"
        request = { kind = "letter" }
        verdict = "axcept"
        reasonss = ["a"]
        at = "today"
        usage = { "messages/60 john@acme.example" = true }
        [[expect]]
        verdict = "accept"
        [[expect]]
        name = 5
        request = { kind = "delivery", sender = "", recipient = "john@acme.example" }
        silent = "list.posting"
        [[expect]]
        request = { kind = "delivery", sender = "", recipient = "john@acme.example" }
        [[expect]]
        request = { kind = "login", account = "john@acme.example" }
        rule = "login.status"
        usage = { "messages/x a" = 3 }
        """,
    )
    with pytest.raises(InvalidExpectation) as failure:
        expectations(path)
    told = "\n".join(failure.value.problems)
    for piece in (
        "att: unknown",
        "expectation 1 (first): request: kind",
        "expectation 1 (first): verdict: 'axcept': expected one of accept, reject",
        "expectation 1 (first): reasonss: unknown; did you mean reasons?",
        "expectation 1 (first): at: ",
        "expectation 1 (first): usage: ",
        "expectation 2: request: missing",
        "name: '5': expected a text, in quotes",
        "silent: 'list.posting': expected a list of texts",
        "expectation 4: nothing is expected",
        "expectation 5: usage: ",
    ):
        assert piece in told, told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected a section"),
        ("[[expect]", "expected TOML"),
        ("expect = 5", "expected a section"),
        ("expect = [5]", "section"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InvalidExpectation, match=why):
        expectations(written(tmp_path, text))


def test_what_stands_above_holds_for_all_and_gives_way(tmp_path: Path) -> None:
    shared = 'at = 2025-03-01T09:00:00Z\nusage = { "mailbox a@b.example" = 5 }\n'
    own = 'at = 2026-01-01T00:00:00\nusage = { "mailbox a@b.example" = 6 }\n'
    first, second = expectations(written(tmp_path, shared + HERE + HERE + own))
    counter = Counter("mailbox", "a@b.example")
    assert first.usage is not None
    assert second.usage is not None
    assert (first.at, first.usage.of(counter)) == (datetime(2025, 3, 1, 9, tzinfo=UTC), 5)
    assert (second.at, second.usage.of(counter)) == (datetime(2026, 1, 1, tzinfo=UTC), 6)
    assert first.source == str(tmp_path / "some.expect.toml")


def test_without_a_name_it_goes_by_its_request(tmp_path: Path) -> None:
    [found] = expectations(written(tmp_path, HERE.replace('name = "he gets mail"', "")))
    assert found.name == "mail from <> to john@acme.example"


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ('verdict = "accept"', "verdict: expected accept, not reject"),
        ('rule = ""', "rule: expected none, not list.posting"),
        ('reply = "550 5.1"', "reply: expected 550 5.1, not 550 5.7.2"),
        ('reply = ""', "reply: expected none, not 550 5.7.2"),
        ('reasons = ["recipient.size"]', "reasons: expected recipient.size"),
        ('silent = ["recipient.exists"]', "silent: expected recipient.exists"),
        ('silent = ["recipient.sise"]', "no rule 'recipient.sise'; did you mean recipient.size"),
        ('verdict = "reject"\nrule = "list.posting"\nreply = "550"\nreasons = ["recipient.exists"]', ""),
    ],
)
def test_what_does_not_hold_says_how_and_why(tmp_path: Path, expected: str, difference: str) -> None:
    text = HERE.replace("john@", "all@").replace('verdict = "accept"', expected)
    [found] = expectations(written(tmp_path, text))
    outcome = found.hold(ACME)
    assert bool(outcome) == (not difference)
    if difference:
        assert [each.startswith(difference) for each in outcome.differences] == [True]
        assert "posting_policy = owners, from list all" in str(outcome)
        assert "he gets mail" in str(outcome)


def test_what_acme_expects_holds() -> None:
    found = expectations("ldif/examples/acme.expect.toml")
    assert len(found) > 20
    assert not [str(outcome) for each in found if not (outcome := each.hold(ACME))]


@pytest.mark.parametrize(
    "change",
    [
        mp.set("john@acme.example", account_status="closed"),
        mp.set("board@acme.example", posting_policy="everyone"),
        mp.set("cos:premium", max_messages_per_day=4000),
        mp.set("jane@acme.example", cos=None),
        mp.set("everest@acme.example", auto_accept_bookings=False),
    ],
)
def test_it_notices_what_acme_would_not_want(change: mp.Change) -> None:
    changed = ACME.with_changes(change)
    assert not all(each.hold(changed) for each in expectations("ldif/examples/acme.expect.toml"))
