"""`mailpolicy decide`: every way of asking, and the exit code of each answer."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from .conftest import Ask

OUTSIDER, AT = "wile.e@customer.example", "--at 2025-03-01T09:00:00Z"
POLICY = "request=smtpd_access_policy\nprotocol_state=RCPT\nsender={}\nrecipient={}\n\n"
LOG = (
    "Mar  1 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from mx[192.0.2.7]: 450 4.2.1 <{1}>: later; "
    "from=<{0}> to=<{1}> proto=ESMTP helo=<mx>\n"
)
JSON = '{{"kind": "delivery", "sender": "{0}", "recipient": "{1}"}}'


@pytest.mark.parametrize(
    ("words", "exit_code", "first"),
    [
        (f"--sender {OUTSIDER} --recipient john@acme.example", 0, "accept"),
        ("--sender a@b.example --recipient c@elsewhere.example", 0, "no_opinion"),
        (f"--sender {OUTSIDER} --recipient judy@acme.example", 1, "550 5.2.1 "),
        (f"--sender {OUTSIDER} --recipient heidi@acme.example", 1, "450 4.2.1 "),
        (f"--sender {OUTSIDER} --recipient trent@acme.example", 4, "451 4.1.4 "),
        (f"--sender {OUTSIDER} --recipient john@acme.example --size 99999999", 1, "552 5.2.3 "),
        (f"--login john@acme.example --recipient {OUTSIDER}", 0, "accept"),
        (f"--login john@acme.example --sender sales.lead@acme.example --recipient {OUTSIDER}", 0, "accept"),
        (f"--login john@acme.example --sender jane@acme.example --recipient {OUTSIDER}", 1, "553 5.7.1 "),
        (
            f"--login john@acme.example --recipient {OUTSIDER} --header-from jane@acme.example",
            1,
            "550 5.7.1 ",
        ),
        ("--account john@acme.example", 1, "534 5.7.9 "),
        ("--account john@acme.example --application-password", 0, "accept"),
        ("--account john --host mail.acme.example --application-password", 0, "accept"),
        ("--account john@acme.example --service webmail --second-factor", 0, "accept"),
        ("--account john@acme.example --service telnet", 1, "535 5.7.8 "),
    ],
)
def test_the_exit_code_is_the_answer(ask: Ask, words: str, exit_code: int, first: str) -> None:
    answer = ask(f"decide ACME {words} {AT}")
    assert answer.exit == exit_code, answer
    assert answer.out.startswith(first)
    assert answer.err == ""
    assert ask(f"decide ACME {words} {AT} --json").exit == exit_code


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "expected one of --recipient, --account and --request"),
        ("--recipient a@b.example --account a@b.example", "expected one of"),
        ("--recipient john@acme.example", "a message needs a --sender"),
        ("--recipient a@b.example --sender c@d.example --service imap", "--service says nothing"),
        ("--account a@b.example --size 5", "--size says nothing"),
        ("--account a@b.example --sender c@d.example", "--sender says nothing"),
        (
            "--recipient a@b.example --sender c@d.example --header-from c@d.example",
            "--header-from says nothing",
        ),
        ("--recipient a@b.example --login c@d.example --spam", "--spam says nothing"),
        ("--request - --client 192.0.2.1", "--client says nothing"),
        ("--account a@b.example --size -5", "expected"),
        ("--account a@b.example --client 192.0.2", "expected an IP address"),
        ("--account a@b.example --used messages", "a counter and a number"),
        ("--account a@b.example --used messages/x=5", "a counter and a number"),
        ("--account a@b.example --used =5", "a counter and a number"),
        ("--account a@b.example --at yesterday", "expected a time"),
        ("--account a@b.example --config /nowhere.toml", "nowhere.toml"),
    ],
)
def test_a_question_that_makes_no_sense(ask: Ask, words: str, why: str) -> None:
    answer = ask(f"decide ACME {words}")
    assert answer.exit == (4 if "nowhere" in why else 2)
    assert why in answer.err
    assert answer.err.count("\n") == 1


def typed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))


@pytest.mark.parametrize("form", [POLICY, LOG, JSON])
@pytest.mark.parametrize(("recipient", "exit_code"), [("john@acme.example", 0), ("judy@acme.example", 1)])
def test_what_was_copied(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str, recipient: str, exit_code: int
) -> None:
    text = form.format(OUTSIDER, recipient)
    typed(monkeypatch, text.encode())
    typed_in = ask(f"decide ACME --request - {AT}")
    assert typed_in.exit == exit_code
    assert f"mail from {OUTSIDER} to {recipient}" in " ".join(typed_in.out.split())
    path = tmp_path / "request.txt"
    path.write_text(text)
    assert ask(["decide", "ACME", "--request", str(path), *AT.split()]) == typed_in


def test_bytes_that_are_no_text_are_copied_too(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, POLICY.format("\xe9@b.example", "judy@acme.example").encode("latin-1"))
    assert ask(f"decide ACME --request - {AT}").exit == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "expected"), (b"hello\n", "expected"), (b'{"kind": "letter"}', "kind"), (b"{", "JSON")],
)
def test_what_is_no_request(ask: Ask, monkeypatch: pytest.MonkeyPatch, content: bytes, why: str) -> None:
    typed(monkeypatch, content)
    answer = ask("decide ACME --request -")
    assert (answer.exit, answer.out) == (2, "")
    assert why in answer.err


def test_both_cannot_come_from_standard_input(ask: Ask) -> None:
    answer = ask("decide - --request -")
    assert (answer.exit, "both" in answer.err) == (2, True)


def test_no_file_and_no_standard_input_are_unknown(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("decide ACME --request /nowhere").exit == 4
    monkeypatch.setattr("sys.stdin", None)
    assert ask("decide ACME --request -").exit == 4


def test_counts_and_time_are_taken_into_account(ask: Ask) -> None:
    words = ["decide", "ACME", "--login", "jane@acme.example", "--recipient", OUTSIDER, "--used"]
    assert ask([*words, "messages/86400 jane@acme.example=4999"]).exit == 0
    full = ask([*words, "messages/86400 jane@acme.example=5000"])
    assert full.out.startswith("450 4.7.1 ")
    assert "max_messages_per_day = 5000, from cos premium" in full.out
    typo = ask([*words, "mesages/86400 jane@acme.example=5000"])
    assert typo.exit == 0
    assert "no rule has looked at --used 'mesages/86400 jane@acme.example'; looked at: " in typo.err
    assert "messages/86400 jane@acme.example" in typo.err
    assert full.err == ""
    # quentin was away in August
    away = "decide ACME --sender a@b.example --recipient quentin@acme.example --json --at"
    effects = [json.loads(ask(f"{away} 2024-{month}-10T09:00:00Z").out)["effects"] for month in ("08", "10")]
    assert [len(each) for each in effects] == [1, 0]


def test_the_rules_are_those_of_the_configuration(ask: Ask, tmp_path: Path) -> None:
    config = tmp_path / "mailpolicy.toml"
    words = [
        "decide",
        "ACME",
        "--sender",
        OUTSIDER,
        "--recipient",
        "all@acme.example",
        "--config",
        str(config),
    ]
    config.write_text('[rules]\nwarn = ["list.posting"]\n')
    watched = ask(words)
    assert (watched.exit, "only watched (warn)" in watched.out) == (0, True)
    config.write_text('[rules]\noff = ["list.psoting"]\n')
    wrong = ask(words)
    assert (wrong.exit, "list.posting" in wrong.err) == (2, True)


def test_the_directory_is_read_as_the_configuration_says(ask: Ask, tmp_path: Path) -> None:
    config = tmp_path / "mailpolicy.toml"
    config.write_text("")
    words = f"decide ACME --sender a@b.example --recipient john@acme.example --config {config}"
    assert ask(words).out.startswith("accept")
    config.write_text('dialect = "carbonio"\n')
    assert ask(words).out.startswith("no_opinion")  # nothing of ours is seen so
    assert ask(f"{words} --dialect native").out.startswith("accept")
    config.write_text("[servers.acme]\nurl = 'ldap://127.0.0.1:1/o=mail'\nclient = 'ldap3'\n")
    servers = ask(words.replace("ACME", "@acme"))
    assert (servers.exit, "ldap://127.0.0.1:1" in servers.err) == (4, True)
    assert "@acme" not in servers.err


def test_what_matched_is_marked_and_where_settings_stand_is_told(ask: Ask) -> None:
    lines = ask(
        f"decide ACME --sender '' --recipient judy@acme.example {AT}".replace("''", "x@y.example")
    ).out
    assert "Postfix is told: action=550 5.2.1 The mailbox is disabled" in lines
    assert "\n• recipient.status     ! account judy@acme.example is closed: mail is rejected\n" in lines
    assert "\n  recipient.syntax       the recipient is an address\n" in lines
    assert "account_status = closed, from account judy\n" in lines


def test_nothing_from_outside_controls_the_terminal(ask: Ask) -> None:
    answer = ask(["decide", "ACME", "--sender", "\x1b[2J@b.example", "--recipient", "john\n550@acme.example"])
    assert "\x1b" not in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_programs_read_the_same(ask: Ask) -> None:
    found = json.loads(ask(f"decide ACME --sender '' --recipient judy@acme.example --json {AT}").out)
    assert found["verdict"] == "reject"
    assert found["rule"] == "recipient.status"
    assert found["reply"]["code"] == 550
    [status] = [each for each in found["reasons"] if each["id"] == "recipient.status"]
    assert status["matched"]
    assert status["origins"][0] == {
        "level": "account",
        "dn": "uid=judy,ou=people,dc=acme.example,o=mail",
        "attribute": "mpAccountStatus",
        "raw": ["closed"],
    }
