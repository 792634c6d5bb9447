"""`mailpolicy replay` and `mailpolicy test`: what would be different, and what is not as expected."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.journal import Concealing
from mailpolicy.journal.record import line_of

from .conftest import EXAMPLES, Ask

JOURNAL, EXPECTED = EXAMPLES / "acme.journal", EXAMPLES / "acme.expect.toml"
KEY = b"a key of some length"


@pytest.fixture
def same(tmp_path: Path) -> Path:
    """A journal of what would be decided the same."""
    acme = mp.open(EXAMPLES / "acme.ldif")
    requests = (
        mp.Delivery("", "john@acme.example"),
        mp.Login("judy"),
        mp.Delivery("", "a@elsewhere.example"),
    )
    path = tmp_path / "journal"
    path.write_text(
        "".join(line_of(mp.decide(acme, each), "policy", "", 0, Concealing(KEY)) for each in requests)
    )
    return path


def test_differences_are_a_no_and_the_worst_come_first(ask: Ask) -> None:
    answer = ask(["replay", "ACME", str(JOURNAL)])
    assert answer.exit == 1
    assert answer.out.startswith("4 of 8 decisions differ\n")
    assert answer.out.index("accept → reject") < answer.out.index("reject → defer")
    assert answer.out.index("10:20:00") < answer.out.index("08:17:00")  # the newest of each first
    found = json.loads(ask(["replay", "ACME", str(JOURNAL), "--json"]).out)
    assert [(each["then"], each["now"], each["count"], each["worse"]) for each in found["changed"]] == [
        ("accept", "reject", 3, True),
        ("reject", "defer", 1, False),
    ]
    assert len(found["examples"]) == 4


def test_hidden_names_take_the_key(ask: Ask, same: Path, tmp_path: Path) -> None:
    without = ask(["replay", "ACME", str(same)])
    assert (without.exit, "--key-file" in without.err) == (3, True)
    key = tmp_path / "key"
    key.write_bytes(KEY + b"\n")
    answer = ask(["replay", "ACME", str(same), "--key-file", str(key)])
    assert (answer.exit, answer.out, answer.err) == (0, "0 of 3 decisions differ\n", "")
    key.write_bytes(b"short")
    assert ask(["replay", "ACME", str(same), "--key-file", str(key)]).exit == 2
    assert ask(["replay", "ACME", str(same), "--key-file", str(tmp_path / "none")]).exit == 4


def test_broken_lines_are_told_with_their_place_and_the_rest_is_read(ask: Ask, tmp_path: Path) -> None:
    good = JOURNAL.read_bytes().splitlines(keepends=True)[0]
    path = tmp_path / "journal.gz"
    path.write_bytes(gzip.compress(b"half of it\n" + good + b"{}\n" * 7))
    answer = ask(["replay", "ACME", str(path), str(path)])
    assert answer.exit == 3
    assert answer.out == "0 of 2 decisions differ\n"
    assert f"mailpolicy: {path}:1: " in answer.err
    assert "mailpolicy: and 11 more lines that cannot be read" in answer.err
    assert ask(["replay", "ACME", str(path), str(JOURNAL)]).exit == 1
    assert ask(["replay", "ACME", str(tmp_path / "none")]).exit == 4


def test_the_rules_may_be_others(ask: Ask, tmp_path: Path) -> None:
    config = tmp_path / "mailpolicy.toml"
    config.write_text('[rules]\nwarn = ["list.posting", "recipient.status", "login.status"]\n')
    answer = ask(["replay", "ACME", str(JOURNAL), "--config", str(config)])
    assert answer.exit == 1
    assert "accept → reject" not in answer.out
    found = json.loads(ask(["replay", "ACME", str(JOURNAL), "--config", str(config), "--json"]).out)
    assert [(each["then"], each["now"], each["count"]) for each in found["changed"]] == [
        ("reject", "accept", 2)
    ]


def test_what_is_expected_holds_or_is_shown_with_its_reasons(ask: Ask, tmp_path: Path) -> None:
    assert ask(["test", "ACME", str(EXPECTED)]).exit == 0
    own = tmp_path / "own.expect.toml"
    own.write_text(
        '[[expect]]\nname = "everybody may write to all"\nverdict = "accept"\n'
        'request = { kind = "delivery", sender = "a@b.example", recipient = "all@acme.example" }\n'
    )
    answer = ask(["test", "ACME", str(EXPECTED), str(own)])
    assert answer.exit == 1
    assert answer.out.startswith("everybody may write to all\n  verdict: expected accept, not reject\n")
    assert "posting_policy = owners, from list all" in answer.out
    assert answer.out.endswith("31 of 32 hold\n")
    found = json.loads(ask(["test", "ACME", str(own), "--json"]).out)["expectations"]
    assert [(each["holds"], each["rule"]) for each in found] == [(False, "list.posting")]


def test_a_file_that_cannot_be_read_is_never_a_yes(ask: Ask, tmp_path: Path) -> None:
    broken = tmp_path / "broken.expect.toml"
    broken.write_text("[[expect]]\nverdict = 5\n")
    answer = ask(["test", "ACME", str(broken), str(EXPECTED)])
    assert answer.exit == 3
    assert f"{broken}: expectation 1: request: missing" in answer.err
    assert ask(["test", "ACME", str(tmp_path / "none")]).exit == 4
