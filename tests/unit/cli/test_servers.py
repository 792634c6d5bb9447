"""What the command line takes for a server, and what it says where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mailpolicy.cli import servers
from mailpolicy.cli.command import command_parser
from mailpolicy.cli.exits import Usage
from mailpolicy.cli.verbs import VERBS

from .conftest import EXAMPLES, SOURCES, Ask

NAME = ["--bind-dn", "cn=policy,o=mail"]
SECRET = "s7182"


@pytest.fixture(autouse=True)
def nothing_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("CONFIG", "BIND_DN", "PASSWORD", "PASSWORD_FILE", "CA_FILE"):
        monkeypatch.delenv(f"MAILPOLICY_{name}", raising=False)


def nowhere(folder: Path) -> str:
    return f"ldapi://{str(folder / 'no').replace('/', '%2F')}/o=mail"


QUESTIONS = {
    "explain": ["{}", "john@acme.example"],
    "status": ["{}", "john@acme.example"],
    "search": ["{}", "(uid=john)"],
    "expand": ["{}", "staff@acme.example"],
    "lists-of": ["{}", "john@acme.example"],
    "preview": ["{}", "(ou=Sales)"],
    "load": [SOURCES["ACME"], "{}"],
    "dump": ["{}"],
    "check": ["{}"],
    "decide": ["{}", "--account", "john@acme.example"],
    "replay": ["{}", "/dev/null"],
    "test": ["{}", str(EXAMPLES / "acme.expect.toml")],
}


def test_every_verb_with_a_source_is_asked_here() -> None:
    assert set(QUESTIONS) == {verb.name for verb in VERBS} - {"schema", "serve"}


@pytest.mark.parametrize("verb", QUESTIONS)
def test_no_server_is_never_a_no(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setenv("MAILPOLICY_PASSWORD", SECRET)
    answer = ask([verb, *(each.format(nowhere(tmp_path)) for each in QUESTIONS[verb]), *NAME])
    assert answer.exit == 4
    assert answer.err.count("\n") == 1
    assert "cannot be reached" in answer.err
    assert "7182" not in answer.out + answer.err


@pytest.mark.parametrize("verb", QUESTIONS)
def test_the_configuration_names_servers(ask: Ask, tmp_path: Path, verb: str) -> None:
    (tmp_path / "mailpolicy.toml").write_text(f'[servers.acme]\nurl = "{nowhere(tmp_path)}"\n')
    found = [ask([verb, *(each.format(name) for each in QUESTIONS[verb])]) for name in ("@acme", "@")]
    assert [(each.exit, "cannot be reached" in each.err) for each in found] == [(4, True)] * 2
    wrong = ask([verb, *(each.format("@acne") for each in QUESTIONS[verb])])
    assert (wrong.exit, "did you mean @acme?" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["ldapi:///o=mail", *NAME], "no password for cn=policy,o=mail: expected --password-file, -W,"),
        (["ldapi:///o=mail", "--bind-dn", "policy"], "argument --bind-dn: 'policy'"),
        (["ldapi:///o=mail", "--password-file", "x"], "a password, but no name"),
        (["ldapi:///o=mail", *NAME, "--external"], "needs neither a name nor a password"),
        (["ldapi:///o=mail", "--external", "-W"], "not allowed with argument"),
        (["ldapi:///o=mail", "--start-tls"], "does not leave this machine"),
        (["ldapi:///o=mail", "--strict"], "--strict is about files"),
        (["ldapi:///o=mail??sub?(uid=x)"], "without attributes, a scope or a filter"),
        (["ldaps://john:x@ldap1/o=mail"], "no name and password in a URL"),
        (["@acme"], "there is no section [servers.acme]"),
        (
            ["ldap://ldap1.acme.example/o=mail", *NAME, "--password-file", "x"],
            "--plain sends it nevertheless",
        ),
    ],
)
def test_what_makes_no_sense_is_usage(ask: Ask, words: list[str], problem: str) -> None:
    answer = ask(["status", *words, "john@acme.example"])
    assert (answer.exit, problem in answer.err, answer.err.count("\n")) == (2, True, 1), answer.err


def test_a_mistake_in_the_configuration_is_no_answer(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mailpolicy.toml").write_text('[servers.acme]\nurll = "ldapi:///o=mail"\n')
    answer = ask("status @acme john@acme.example")
    assert (answer.exit, answer.err.count("\n")) == (2, 1)
    assert "servers.acme.urll: unknown; did you mean url?" in answer.err
    assert ask("status ACME john@acme.example").exit == 0, "who asks a file does not read it"


def test_a_file_may_have_any_name(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("@acme").write_bytes(Path(SOURCES["ACME"]).read_bytes())
    assert ask("status ./@acme john@acme.example").exit == 0


def test_a_password_file_that_is_not_there(ask: Ask, tmp_path: Path) -> None:
    answer = ask(
        ["status", nowhere(tmp_path), "john@acme.example", *NAME, "--password-file", "none.password"]
    )
    assert answer.exit == 4


def asked_with(*words: str) -> Any:
    return command_parser().parse_args(["status", "ldapi:///o=mail", "john@acme.example", *words])


def test_a_password_that_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []
    monkeypatch.setattr(servers, "getpass", lambda prompt: prompts.append(prompt) or SECRET)
    for option in ("-W", "--password-prompt"):
        bind = servers.access(asked_with(*NAME, option), "ldapi:///o=mail").bind
        assert bind is not None
        assert (bind.secret(), bind.secret()) == (SECRET.encode(), SECRET.encode())
    assert prompts == ["Password of cn=policy,o=mail: "] * 2


def test_a_password_is_typed_on_a_terminal_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "mailpolicy", "status", "ldapi:///o=mail", "x@acme.example", *NAME, "-W"]
    done = subprocess.run(
        command, input=b"typed\n", capture_output=True, check=False, start_new_session=True, timeout=60
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"there is no terminal" in done.stderr


def test_a_client_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    outside = ("ldap", "_ldap", "ldap3", "pyasn1")
    for name in {*outside, *(each for each in sys.modules if each.partition(".")[0] in outside)}:
        monkeypatch.setitem(sys.modules, name, None)
    for name in [each for each in sys.modules if each.startswith("mailpolicy.live.clients.")]:
        monkeypatch.delitem(sys.modules, name)
    import mailpolicy.live.clients as clients

    for name in ("python_ldap", "ldap3"):
        monkeypatch.delattr(clients, name, raising=False)
    with pytest.raises(Usage, match="pip install 'mailpolicy\\[python-ldap\\]'"):
        servers.servers_of(servers.access(asked_with(), "ldapi:///o=mail"))
