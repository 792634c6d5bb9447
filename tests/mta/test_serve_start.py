"""What cannot be served is said in a line, with the exit code that tells whose fault it is."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpolicy.stores.file import StoreFile
from tests.mta.running import ACME, check, command, offered, written
from tests.ports import free_port

MISTAKE, MISSING = 2, 4


def served(path: Path) -> tuple[int, str]:
    """What becomes of serving that, which ends at once."""
    ended = subprocess.run(command("--config", path), capture_output=True, text=True, timeout=20, cwd="/")
    return ended.returncode, ended.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port where somebody listens."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


POLICY = '[policy]\nlisten = "inet:127.0.0.1:0"\n'
SHARED = '[policy]\nlisten = "inet:127.0.0.1:FREE"\n[socketmap]\nlisten = "inet:localhost:FREE"\n'
TWO = 'workers = 2\ncounters = { store = "sqlite", path = "counters" }\n'


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("[polcy]\nlisten = 'x'", MISTAKE, "polcy: unknown; did you mean policy?"),
        (POLICY + "idle_second = 3", MISTAKE, "policy.idle_second: unknown; did you mean idle_seconds?"),
        ("", MISTAKE, "nothing is served; expected [policy], [socketmap]"),
        (POLICY + '[rules]\noff = ["recipient.exist"]', MISTAKE, "recipient.exist"),
        (POLICY + '[milter]\nlisten = "fd:milter"', MISTAKE, "milter: nobody has handed over a socket"),
        (POLICY + '[exim]\nlisten = "inet:127.0.0.1:0"', MISTAKE, "listens at inet:127.0.0.1:0 already"),
        ("workers = 2\n" + POLICY, MISTAKE, "counters.store: memory is for one process"),
        (TWO + POLICY + '[rules]\noff = ["recipient.exist"]', MISTAKE, "recipient.exist"),
        (POLICY + '[journal]\npath = "/missing/journal"', MISTAKE, "journal.path: /missing/journal: "),
        ('[policy]\nlisten = "unix:FOLDER/x"\nowner = "nobody-at-all"', MISTAKE, "no such user"),
        ('[policy]\nlisten = "unix:/missing/x"', MISSING, "policy at unix:/missing/x: No such file"),
        ('[policy]\nlisten = "inet:127.0.0.1:TAKEN"', MISSING, "policy at inet:127.0.0.1:TAKEN: "),
        (TWO + '[policy]\nlisten = "inet:127.0.0.1:TAKEN"', MISSING, "policy at inet:127.0.0.1:TAKEN: "),
        (TWO + SHARED, MISSING, "socketmap at inet:localhost:FREE: Address already in use"),
        (POLICY + '[metrics]\nlisten = "inet:127.0.0.1:TAKEN"', MISSING, "metrics at inet:127.0.0.1:TAKEN: "),
        (TWO + '[policy]\nlisten = "unix:FOLDER/log"', MISSING, "policy at unix:FOLDER/log: FOLDER/log"),
    ],
)  # fmt: skip
def test_it_does_not_start(tmp_path: Path, taken: int, text: str, code: int, said: str) -> None:
    (tmp_path / "log").touch()
    words = {"FOLDER": str(tmp_path), "TAKEN": str(taken), "FREE": str(free_port())}
    for word, meant in words.items():
        text, said = text.replace(word, meant), said.replace(word, meant)
    found, problem = served(written(tmp_path, text))
    assert (found, problem.count("\n")) == (code, 1), problem
    assert problem.startswith("mailpolicy: ")
    assert said in problem


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    code, problem = served(written(tmp_path, POLICY, source="missing.ldif"))
    assert code == MISSING
    assert problem == f"mailpolicy: {tmp_path}/missing.ldif: No such file or directory\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        ("", "no certificates"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "no certificates"),
    ],
)
def test_nobody_to_trust(tmp_path: Path, content: str | None, why: str) -> None:
    text = f'''{POLICY}[servers.acme]\nurl = "ldap://127.0.0.1:{free_port()}/o=mail"\nca_file = "ca.pem"'''
    path = written(tmp_path, text, source="@acme")
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    said = f"servers.acme.ca_file: {tmp_path}/ca.pem: {why}; expected certificates as PEM\n"
    assert served(path) == (MISTAKE, f"mailpolicy: {said}")
    code, _, problem = check(path)
    assert (code, problem.endswith(said)) == (MISTAKE, True), problem


def test_check_says_everything_at_once(tmp_path: Path) -> None:
    text = f"""
        workers = 2
        [policy]
        listen = ["unix:/missing/policy", "inet:127.0.0.1:{free_port()}"]
        owner = "nobody-at-all:nobody-either"
        [exim]
        listen = "unix:/missing/policy"
        [dovecot]
        quota = "unix:{tmp_path}/quota"
        [sasl]
        listen = "unix:{tmp_path}/sasl"
        passwords = ["bind"]
        [rules]
        off = ["recipient.exist"]
        warn = ["recipient.quota", "recipient.quota"]
        [journal]
        path = "/missing/journal"
        key_file = "key"
    """
    (tmp_path / "key").write_text("short")
    code, said, problem = check(written(tmp_path, text))
    assert (code, problem.count("\n")) == (MISTAKE, 1)
    for each in (
        "exim: policy listens at unix:/missing/policy already",
        "sasl: bind and write_lockouts need a source on LDAP servers",
        "rules.off: ",
        "counters.store: memory is for one process",
        "dovecot.quota: with several workers it takes [stores] with a path",
        "journal.path: there is no folder /missing",
        "journal.key_file: expected a key of at least 16 bytes",
    ):
        assert each in problem
    assert "short" not in problem
    assert said.startswith("source: <Directory native")
    code, _, problem = check(
        written(tmp_path, text.replace("[exim]", "[milter]").replace("/missing/p", "/none/p", 1))
    )
    for each in ("no folder /none", "no folder /missing", "no user nobody-at-all", "no group nobody-either"):
        assert each in problem


def test_check_touches_nothing(tmp_path: Path, taken: int) -> None:
    text = f"""
        workers = 2
        cache = "cache"
        counters = {{ store = "sqlite", path = "counters" }}
        [stores]
        path = "stores"
        usage = "usage"
        [policy]
        listen = ["unix:{tmp_path}/policy", "inet:127.0.0.1:{taken}"]
        [dovecot]
        quota = "unix:{tmp_path}/quota"
        [journal]
        path = "journal"
    """
    (tmp_path / "usage").write_text("john@acme.example 1.5 GiB\n")
    path = written(tmp_path, text)
    code, said, problem = check(path)
    assert (code, problem) == (0, "")
    assert f"policy: inet:127.0.0.1:{taken}\n" in said
    assert {each.name for each in tmp_path.iterdir()} == {"mailpolicy.toml", "usage"}
    (tmp_path / "usage").write_text("john@acme.example lots\n")
    assert "stores.usage: " in check(path)[2]


def test_check_of_servers_that_do_not_answer(tmp_path: Path) -> None:
    code, said, _ = check(written(tmp_path, POLICY, source=f"ldap://127.0.0.1:{free_port()}/o=mail"))
    assert code == 0
    assert "Connection refused; until it answers mail is deferred" in said


def test_check_of_a_source_that_is_not_there(tmp_path: Path) -> None:
    code, _, problem = check(written(tmp_path, POLICY, source="missing.ldif"))
    assert (code, problem) == (MISSING, f"mailpolicy: {tmp_path}/missing.ldif: No such file or directory\n")


PLUGIN = """
import mailpolicy as mp

def no_lottery(request, directory, context):
    return mp.Opinion(mp.Verdict.DISCARD, "no prizes") if request.sender.startswith("lottery@") else None

RULE = mp.Rule("site.lottery", no_lottery, about=(mp.Delivery,), says="No prizes.", otherwise="no lottery")
"""


def test_rules_of_other_packages(tmp_path: Path) -> None:
    environment = offered(tmp_path, "lottery:RULE", lottery=PLUGIN)
    path = written(tmp_path, POLICY + '[rules]\naudit = ["site.lottery"]\nfirst = ["site.lottery"]\n')
    code, said, problem = check(path, environment)
    assert (code, problem) == (0, "")
    assert "site.lottery (audit)" in said
    assert "site.lottery" in check(path)[2]  # it is not there without the package
    path = written(tmp_path, POLICY + '[rules]\naudit = ["site.lottery"]\nplugins = false\n')
    assert check(path, environment)[0] == MISTAKE


@pytest.mark.parametrize("what", ["lottery:MISSING", "missing:RULE", "lottery:PLUGIN", "lottery:no_lottery"])
def test_rules_that_are_none(tmp_path: Path, what: str) -> None:
    code, _, problem = check(written(tmp_path, POLICY), offered(tmp_path, what, lottery=PLUGIN))
    assert code == MISTAKE
    assert f"the rules of {what}: " in problem
    assert problem.count("\n") == 1


def test_every_source_of_the_examples_would_do(tmp_path: Path) -> None:
    for each in ("acme.ldif", "carbonio.ldif"):
        assert check(written(tmp_path, POLICY, source=str(ACME.with_name(each))))[0] == 0


def test_a_source_without_a_domain(tmp_path: Path) -> None:
    """All of its addresses would be foreign, and so refused for good."""
    for text in ("", "dn: o=mail\nobjectClass: organization\no: mail\n"):
        (tmp_path / "empty.ldif").write_text(text)
        path = written(tmp_path, POLICY, source="empty.ldif")
        for code, problem in (check(path)[::2], served(path)):
            assert (code, f"there is no domain in {tmp_path}/empty.ldif" in problem) == (MISTAKE, True)
    code, _, problem = check(written(tmp_path, 'dialect = "carbonio"\n' + POLICY))
    assert (code, "read in the dialect carbonio" in problem) == (MISTAKE, True)


def test_no_file_is_two_things(tmp_path: Path) -> None:
    """A journal in the database of counts is the end of both, and counts in the source that of the source."""
    (tmp_path / "link").symlink_to("journal")
    text = f"""
        cache = "link"
        counters = {{ store = "sqlite", path = "{ACME}" }}
        stores = {{ path = "stores", usage = "usage" }}
        {POLICY}
        [journal]
        path = "journal"
        key_file = "stores"
    """
    path = written(tmp_path, text)
    for code, problem in (check(path)[::2], served(path)):
        assert code == MISTAKE
        for each in (
            f"counters.path: {ACME} is source already",
            "journal.path: journal is cache already",
            "stores.path: stores is journal.key_file already",
        ):
            assert each in problem
    assert ACME.read_text().startswith("#")


def test_check_says_what_would_be_in_the_way(tmp_path: Path) -> None:
    long = f"{tmp_path}/{'x' * 108}"
    (tmp_path / "file").touch()
    text = f"""
        cache = "/missing/cache"
        [servers.acme]
        url = "ldap://127.0.0.1:{free_port()}/o=mail"
        bind_dn = "cn=policy,o=mail"
        password_file = "password"
        ca_file = "ca.pem"
        [policy]
        listen = ["unix:{long}", "unix:{tmp_path}/file", "unix:{tmp_path}/unmade/x"]
        [exim]
        listen = "unix:{tmp_path}/exim"
        owner = "0:0"
    """
    code, _, problem = check(written(tmp_path, text, source="@acme"))
    assert code == MISTAKE
    for each in (
        "cache: there is no folder /missing",
        "servers.acme.password_file: password: No such file",
        f"servers.acme.ca_file: {tmp_path}/ca.pem: No such file",
    ):
        assert each in problem
    (tmp_path / "password").touch()
    (tmp_path / "ca.pem").touch()
    _, _, problem = check(written(tmp_path, text.replace("/missing/", ""), source="@acme"))
    for each in (
        f"policy.listen: {long}: expected at most 107 bytes",
        f"policy.listen: {tmp_path}/file is there, and no socket",
        f"policy.listen: there is no folder {tmp_path}/unmade",
    ):
        assert each in problem
    assert ("exim" in problem) == bool(os.geteuid())


def test_check_knows_a_file_that_is_no_database(tmp_path: Path) -> None:
    path, file = written(tmp_path, POLICY + '[stores]\npath = "stores"\n'), tmp_path / "stores"
    assert check(path)[0] == 0
    StoreFile(file).close()
    assert check(path)[0] == 0
    file.write_text("address size\n")
    code, _, problem = check(path)
    assert (code, served(path)[0]) == (MISTAKE, MISTAKE)
    assert f"stores.path: {file} is no database" in problem


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else")
def test_check_knows_what_a_user_may_not_do(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o755)
    text = f'[policy]\nlisten = "unix:{tmp_path}/policy"\nowner = "root:mail"\n'
    path = written(tmp_path, text)
    ended = subprocess.run(
        [
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            *command("--config", path, "--check"),
        ],
        capture_output=True,
        text=True,
        timeout=20,
        cwd="/",
    )
    assert ended.returncode == MISTAKE
    for each in (
        f"policy.listen: nothing can be made in {tmp_path}",
        "policy.owner: only root may give a file to root",
        "policy.owner: who serves must be in the group mail",
    ):
        assert each in ended.stderr
